"""Checks before a model is asked: outages of ours cost no attempt, and the spending caps may make the job wait."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime

from shared.errors import LeaseLostError, UnavailableError
from shared.jobs.attempts import retract_attempt, retract_unasked
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.jobs.pause_job import pause_job
from shared.ports import Ports

REST_SECONDS_MAX = 60.0
"""The longest pause before a job checks the spending caps again."""


@asynccontextmanager
async def costs_no_attempt(ports: Ports, held: StoredJob) -> AsyncIterator[None]:
    """A context in which an outage of ours uses up no attempt; only the job's deadline bounds the retries."""
    try:
        yield
    except UnavailableError:
        with suppress(LeaseLostError, UnavailableError):
            await change_held_job(ports, held, retract_unasked)
        raise


async def must_wait_for_spending(ports: Ports, held: StoredJob) -> bool:
    """Whether the caps forbid spending now; then the job waits. Raises LeaseLostError, UnavailableError."""
    async with costs_no_attempt(ports, held):
        until = await ports.spending.rest_until()
    if until is not None:
        await wait_for_spending(ports, held, until)
    return until is not None


async def wait_for_spending(ports: Ports, held: StoredJob, until: datetime) -> None:
    """Give the job back because the caps forbid spending; it checks again until its deadline."""
    seconds = min(REST_SECONDS_MAX, (min(until, held.job.deadline_at) - ports.clock.now()).total_seconds())
    await pause_job(ports, held, seconds, _rest)


def _rest(job: Job) -> Job:
    """The job no longer waits for a provider but for the caps, so its failure would not blame a provider."""
    return replace(retract_attempt(job), busy_since=None)
