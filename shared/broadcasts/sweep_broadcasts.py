"""Repair: a broadcast without a sign of life gets a new task; so does one that an operator has left for a week."""

from dataclasses import replace

from shared.broadcasts.broadcast import SWEEP_AFTER
from shared.broadcasts.broadcast_documents import decode_broadcast, update_broadcast
from shared.broadcasts.publish_broadcast import publish_broadcast
from shared.errors import ConflictError
from shared.jobs.sweep_work import Pages, sweep_pages
from shared.ports import Record, RepairPorts


async def sweep_broadcasts(ports: RepairPorts) -> Pages:
    """Create a task for each broadcast that is due. Raises UnavailableError after all were tried."""
    return await sweep_pages(ports, "broadcasts", ports.clock.now(), _sweep)


async def _sweep(ports: RepairPorts, record: Record) -> int:
    broadcast = decode_broadcast(record)
    later = replace(broadcast, sweep_at=ports.clock.now() + SWEEP_AFTER)
    try:
        await ports.store.commit([update_broadcast(later, record)])
    except ConflictError:  # a task is moving it after all
        return 0
    await publish_broadcast(ports.tasks, broadcast.id, broadcast.round)
    return 1
