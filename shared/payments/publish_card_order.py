"""The task that asks for an order: `payments` creates it for a notice, `sweep` for an order that is due."""

import json
from collections.abc import Mapping
from typing import Any

from shared.hash_ids import hash_id
from shared.jobs.lanes import shard_of
from shared.task import JSON_HEADERS, Task, TaskQueue

CARD_ORDERS_PATH = "/card-orders"
"""The path at which `bot` is told to ask for an order."""
TOLD_INVOICE = "subscription"
"""The field of the task's body; the release before 0094 does not read it, and asks for the order alone."""


def card_order_id(provider: str, invoice_id: str) -> str:
    """The id of the order for this invoice: whoever knows the one knows the other."""
    return hash_id("card order", provider, invoice_id)


async def publish_card_order(queue: TaskQueue, order_id: str, told_invoice: str = "") -> None:
    """Create the task that asks for this order. Raises UnavailableError.

    `told_invoice`: the notice was about the order's subscription, and named this invoice of it.
    """
    said = {"order": order_id} | ({TOLD_INVOICE: told_invoice} if told_invoice else {})
    body = json.dumps(said).encode()
    await queue.enqueue(Task("bot", CARD_ORDERS_PATH, body, None, JSON_HEADERS, shard_of(order_id)))


def find_told_invoice(said: Mapping[str, Any]) -> str:
    """The invoice of a subscription that a task names; empty: it names none."""
    told = said.get(TOLD_INVOICE)
    return told if isinstance(told, str) else ""
