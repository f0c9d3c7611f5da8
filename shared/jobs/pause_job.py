"""Releasing a held job for a while: the provider is busy, memory is short, or Telegram does not accept it now."""

from collections.abc import Callable
from datetime import timedelta

from shared.errors import MessengerError, TooManyRequestsError
from shared.jobs.job import Job, give_back, retry_seconds
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.jobs.publish_jobs import publish_job
from shared.ports import Ports

FULL_PAUSE_SECONDS = 5.0
"""The pause of a job for whose files this process has no memory."""


def unchanged(job: Job) -> Job:
    """The change that changes nothing else."""
    return job


async def try_later(
    ports: Ports, held: StoredJob, error: MessengerError, change: Callable[[Job], Job] = unchanged
) -> None:
    """Release a job because Telegram does not accept it now."""
    seconds = error.retry_after_seconds if isinstance(error, TooManyRequestsError) else retry_seconds(held.job)
    await pause_job(ports, held, seconds, change)


async def pause_job(
    ports: Ports, held: StoredJob, seconds: float, change: Callable[[Job], Job] = unchanged
) -> StoredJob:
    """Release a held job and schedule its next move after a pause. Raises LeaseLostError, UnavailableError."""
    at = ports.clock.now() + timedelta(seconds=seconds)
    paused = await change_held_job(ports, held, lambda job: give_back(change(job), at))
    await publish_job(ports, held.job, at if seconds > 0 else None)
    return paused
