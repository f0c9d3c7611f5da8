"""Showing what was packed: the card becomes the file, or the links to it."""

from contextlib import suppress

from shared.errors import MessengerError
from shared.jobs.deliver_job import deliver_job
from shared.jobs.frame import Document, Receipt, Words, surface_of
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob
from shared.ports import Ports

RING_SECONDS = 10
"""A longer one ends with an additional message, because edits cause no notification."""


async def deliver_zip(ports: Ports, held: StoredJob, shown: Document | Words) -> None:
    """Show it and end its job. Raises LeaseLostError, UnavailableError."""
    delivered = await deliver_job(ports, held, shown, _unchanged)
    if delivered is not None and (ports.clock.now() - held.job.created_at).total_seconds() > RING_SECONDS:
        with suppress(MessengerError):
            await surface_of(ports, delivered.job).ring(ports, delivered.job)


def _unchanged(job: Job, _: Receipt) -> Job:
    return job
