"""Repair: each order that is due gets a task, which asks its provider. A webhook that never came loses nothing."""

import json

from shared.errors import ConflictError
from shared.jobs.publish_jobs import JSON_HEADERS
from shared.jobs.shards import shard_of
from shared.jobs.sweep_work import Pages, sweep_pages
from shared.payments.card_documents import CARD_ORDERS, decode_card_order, update_card_order
from shared.payments.card_order import swept
from shared.ports import Record, RepairPorts, TaskQueue
from shared.task import Task

CARD_ORDERS_PATH = "/card-orders"
"""The path at which `bot` is told to ask for an order."""


async def sweep_card_orders(ports: RepairPorts) -> Pages:
    """Create a task for each order that is due. Raises UnavailableError after all were tried."""
    return await sweep_pages(ports, CARD_ORDERS, ports.clock.now(), _sweep)


async def publish_card_order(tasks: TaskQueue, order_id: str) -> None:
    """Create the task that asks for this order. Raises UnavailableError."""
    body = json.dumps({"order": order_id}).encode()
    await tasks.enqueue(Task("bot", CARD_ORDERS_PATH, body, None, JSON_HEADERS, shard_of(order_id)))


async def _sweep(ports: RepairPorts, record: Record) -> int:
    order = swept(decode_card_order(record), ports.clock.now())
    try:
        await ports.store.commit([update_card_order(order, record)])
    except ConflictError:  # a task is moving it after all
        return 0
    await publish_card_order(ports.tasks, order.id)
    return 1
