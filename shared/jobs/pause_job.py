"""Giving a held job back for a while: the provider is busy, there is no room, or Telegram does not take it now."""

from collections.abc import Callable
from datetime import timedelta

from shared.errors import MessengerError, TooManyRequestsError
from shared.jobs.job import Job, give_back, retry_seconds
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.jobs.publish_jobs import publish_job
from shared.ports import Ports

FULL_PAUSE_SECONDS = 5.0
"""How long a job goes back to the queue that found no room for its files in this process."""


def unchanged(job: Job) -> Job:
    """No other change than the one that is made anyway."""
    return job


async def try_later(
    ports: Ports, held: StoredJob, error: MessengerError, change: Callable[[Job], Job] = unchanged
) -> None:
    """Give a job back because Telegram does not take it now."""
    seconds = error.retry_after_seconds if isinstance(error, TooManyRequestsError) else retry_seconds(held.job)
    await pause_job(ports, held, seconds, change)


async def pause_job(
    ports: Ports, held: StoredJob, seconds: float, change: Callable[[Job], Job] = unchanged
) -> StoredJob:
    """Give a held job back for a while and have it moved then. Raises LeaseLostError, UnavailableError."""
    at = ports.clock.now() + timedelta(seconds=seconds)
    paused = await change_held_job(ports, held, lambda job: give_back(change(job), at))
    await publish_job(ports, held.job, at if seconds > 0 else None)
    return paused
