"""Checks before a model is asked: outages of ours cost no attempt, and the spending caps may make the job wait."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime

from shared.errors import (
    BlobMissingError,
    DeliveryUnknownError,
    FileAwayError,
    FileTooLargeError,
    FileTooManyPixelsError,
    FileUnreadableError,
    LeaseLostError,
    MessengerError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.jobs.attempts import retract_attempt, retract_unasked
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.jobs.pause_job import pause_job, try_later
from shared.jobs.refuse_job import refuse_job
from shared.ports import Ports
from shared.providers.outcomes import FailureReason

REST_SECONDS_MAX = 60.0
"""The longest pause before a job checks the spending caps again."""
_FILE_FAILURES: dict[type[Exception], FailureReason] = {
    FileTooLargeError: FailureReason.FILE_TOO_LARGE,
    FileTooManyPixelsError: FailureReason.FILE_TOO_LARGE,
    FileUnreadableError: FailureReason.FILE_UNREADABLE,
    FileAwayError: FailureReason.FILE_GONE,
    BlobMissingError: FailureReason.FILE_GONE,
}
PREPARING_ERRORS: tuple[type[Exception], ...] = (TimeoutError, MessengerError, *_FILE_FAILURES)
"""What can go wrong while a place is prepared and files are fetched for a model; see `end_unasked`."""


@asynccontextmanager
async def costs_no_attempt(ports: Ports, held: StoredJob) -> AsyncIterator[None]:
    """A context in which an outage of ours uses up no attempt; only the job's deadline bounds the retries."""
    try:
        yield
    except UnavailableError:
        with suppress(LeaseLostError, UnavailableError):
            await change_held_job(ports, held, retract_unasked)
        raise


async def end_unasked(
    ports: Ports, held: StoredJob, error: Exception, change: Callable[[Job], Job] = retract_attempt
) -> None:
    """Settle a held job that met one of PREPARING_ERRORS: it tries later, or ends for free. Nothing was asked.

    Raises LeaseLostError, UnavailableError.
    """
    if isinstance(error, TimeoutError):
        error = DeliveryUnknownError("files")
    reason = next((reason for kind, reason in _FILE_FAILURES.items() if isinstance(error, kind)), None)
    if isinstance(error, TooManyRequestsError | DeliveryUnknownError):
        await try_later(ports, held, error, change)
    elif reason is not None:
        await refuse_job(ports, held, reason, change)
    else:
        assert isinstance(error, MessengerError)
        await refuse_job(ports, held, FailureReason.UNDELIVERABLE, change, error)


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
