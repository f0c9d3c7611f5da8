"""The task that asks for an order: `payments` creates it for a notice, `sweep` for an order that is due."""

import json
from typing import Protocol

from shared.hash_ids import hash_id
from shared.jobs.shards import shard_of
from shared.task import Task

CARD_ORDERS_PATH = "/card-orders"
"""The path at which `bot` is told to ask for an order."""
_JSON_HEADERS = {"Content-Type": "application/json"}


class Queue(Protocol):
    """What a task is put into."""

    async def enqueue(self, task: Task) -> None: ...


def card_order_id(provider: str, invoice_id: str) -> str:
    """The id of the order for this invoice: whoever knows the one knows the other."""
    return hash_id("card order", provider, invoice_id)


async def publish_card_order(queue: Queue, order_id: str) -> None:
    """Create the task that asks for this order. Raises UnavailableError."""
    body = json.dumps({"order": order_id}).encode()
    await queue.enqueue(Task("bot", CARD_ORDERS_PATH, body, None, _JSON_HEADERS, shard_of(order_id)))
