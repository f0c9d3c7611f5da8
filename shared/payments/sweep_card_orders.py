"""Repair: each order that is due gets a task, which asks its provider. A webhook that never came loses nothing."""

from shared.errors import ConflictError
from shared.jobs.sweep_work import Pages, sweep_pages
from shared.payments.card_documents import decode_card_order, update_card_order
from shared.payments.card_order import swept
from shared.payments.publish_card_order import publish_card_order
from shared.ports import Record, RepairPorts


async def sweep_card_orders(ports: RepairPorts) -> Pages:
    """Create a task for each order that is due. Raises UnavailableError after all were tried."""
    return await sweep_pages(ports, "card_orders", ports.clock.now(), _sweep)


async def _sweep(ports: RepairPorts, record: Record) -> int:
    order = swept(decode_card_order(record), ports.clock.now())
    try:
        await ports.store.commit([update_card_order(order, record)])
    except ConflictError:  # a task is moving it after all
        return 0
    await publish_card_order(ports.tasks, order.id)
    return 1
