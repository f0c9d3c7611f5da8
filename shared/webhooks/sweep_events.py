"""Repair: an event that nobody has sent in time gets a new task."""

from shared.jobs.sweep_work import Pages, sweep_due, sweep_pages
from shared.ports import Key, Record, RepairPorts
from shared.webhooks.publish_event import publish_event


async def sweep_events(ports: RepairPorts) -> Pages:
    """Create a task for each event that is due. Raises UnavailableError after all were tried."""
    return await sweep_pages(ports, "webhook_events", ports.clock.now(), _sweep)


async def _sweep(ports: RepairPorts, record: Record) -> int:
    return await sweep_due(ports, record, _publish)


async def _publish(ports: RepairPorts, key: Key) -> None:
    await publish_event(ports.tasks, key.id)
