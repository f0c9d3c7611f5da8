"""Ending a job without a result: first its hold is released, then the surface announces the end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from shared.errors import BotBlockedError, DeliveryUnknownError, MessengerError
from shared.jobs.frame import surface_of
from shared.jobs.job import TELLINGS_MAX, Job, JobState, ended, refuse
from shared.jobs.job_events import end_facts
from shared.jobs.next_step import is_too_old_to_show
from shared.jobs.open_jobs import StoredJob, change_held_job, releasing, settle_job
from shared.jobs.pause_job import try_later, unchanged
from shared.logs import log_event
from shared.people.accounts import open_user
from shared.ports import Ports
from shared.providers.outcomes import PEOPLES_OWN, FailureReason


async def refuse_job(
    ports: Ports,
    held: StoredJob,
    reason: FailureReason,
    change: Callable[[Job], Job] = unchanged,
    cause: MessengerError | None = None,
) -> None:
    """Release a job's hold, then announce its end; `cause` is the surface's error, if it is the reason.

    Raises LeaseLostError, UnavailableError.
    """
    user = await open_user(ports, held.job.user_id)
    at = ports.clock.now()
    refused = await settle_job(ports, held, user, lambda job: refuse(change(job), reason), releasing(at))
    said = type(cause).__name__ if cause else ""
    outcome = _judge(reason, cause)
    log_event("job_refused", outcome=outcome, code=reason.value, cause=said, **end_facts(refused.job, at))
    await tell_end(ports, refused)


async def stop_job(ports: Ports, held: StoredJob, change: Callable[[Job], Job]) -> None:
    """End a held job that its person stopped before there was anything to show; the hold is released.

    The provider was asked and charges us, so the day's limit still counts it. Raises LeaseLostError, UnavailableError.
    """
    user, at = await open_user(ports, held.job.user_id), ports.clock.now()
    settlement = releasing(at, was_drawn=True)
    stopped = await settle_job(ports, held, user, lambda job: refuse(change(job), None), settlement)
    log_event("job_canceled", outcome="refused", code="", **end_facts(stopped.job, at))
    await tell_end(ports, stopped)


def _judge(reason: FailureReason, cause: MessengerError | None) -> str:
    """`refused` if the person is the cause, `failed` if we or a provider are."""
    return "refused" if reason in PEOPLES_OWN or isinstance(cause, BotBlockedError) else "failed"


async def tell_end(ports: Ports, held: StoredJob) -> None:
    """Announce the end on the surface; the hold is already settled. Raises LeaseLostError, UnavailableError."""
    end = JobState.CANCELED if held.job.failure is None else JobState.FAILED
    try:
        held = await surface_of(ports, held.job).tell_end(ports, held)
    except MessengerError as error:
        may_have_come = _may_have_come(ports, held.job, error)
        if not _is_told_enough(held.job, ports.clock.now(), may_have_come=may_have_come):
            await try_later(ports, held, error, _count_telling if may_have_come else unchanged)
            return
    await change_held_job(ports, held, lambda job: ended(job, end))


def _may_have_come(ports: Ports, job: Job, error: MessengerError) -> bool:
    """Whether a new message may have been sent without a response. An edit of an existing message is idempotent."""
    return isinstance(error, DeliveryUnknownError) and not surface_of(ports, job).has_place(job)


def _count_telling(job: Job) -> Job:
    return replace(job, tellings=job.tellings + 1)


def _is_told_enough(job: Job, now: datetime, *, may_have_come: bool) -> bool:
    """Whether to give up announcing the end: after a day, or after TELLINGS_MAX sends that may have arrived."""
    return is_too_old_to_show(job, now) or (may_have_come and job.tellings + 1 >= TELLINGS_MAX)
