"""Attempts of a job: how one starts and ends, and whether an outcome leads to a retry, a wait or a failure."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.jobs.job import BEING_MADE, ENDS, Attempt, Job, JobState, claim, mark_made, refuse
from shared.providers.outcomes import Busy, FailureReason, FileRefused, ModelOutcome, NoResult, Refused, TimedOut

PAUSE_SECONDS_MIN = 5.0
PAUSE_SECONDS_MAX = 40.0
"""How long a provider that cannot is left alone by one job, before the part that spreads the jobs."""
PAUSE_SPREAD = 0.5
"""So much longer at most: what was sent away together does not come back together."""
BUSY_SECONDS_MIN = 1.0
"""Less than this is no pause."""
ATTEMPTS_MAX = 3
CANCELED_ATTEMPT = "canceled"
"""The outcome of the attempt that was running when the person canceled."""
STOPPED_ATTEMPT = "stopped"
"""The outcome of an attempt whose process was told to end."""
BUSY_OUTCOMES = frozenset({"busy", "fault"})
"""Of attempts that the provider did not take."""
FREE_OUTCOMES = BUSY_OUTCOMES | {STOPPED_ATTEMPT}
"""Of attempts that count for nothing but time."""
NO_RESULT_ATTEMPTS_MAX = 2


def was_drawn(job: Job) -> bool:
    """Whether the model was at work when the job was canceled."""
    return bool(job.attempts) and job.attempts[-1].outcome == CANCELED_ATTEMPT


def was_open(job: Job, at: datetime) -> bool:
    """Whether this job was still being made at that time: a press that comes late means what was seen then."""
    ends = (attempt.ended_at for attempt in job.attempts)
    return job.state not in ENDS or any(ended_at is not None and ended_at > at for ended_at in ends)


def start_attempt(job: Job, now: datetime) -> Job:
    """The claimed job on its way to the model."""
    return replace(job, state=JobState.WORKING, attempts=(*job.attempts, Attempt(job.fence, now)))


def submit(job: Job) -> Job:
    """The held job whose provider is asked to begin next: from now on nobody knows whether it did."""
    return replace(job, state=JobState.SUBMITTED)


def follow(job: Job, operation: str) -> Job:
    """The job whose provider has begun, and calls the work `operation`."""
    return replace(job, state=JobState.POLLING, operation=operation, busy_since=None)


def end_attempt(job: Job, now: datetime, outcome: str) -> Job:
    """The job with the running attempt's outcome written down; what it waited for is over."""
    *earlier, last = job.attempts
    state = JobState.WORKING if job.state in BEING_MADE else job.state
    return replace(job, state=state, operation="", attempts=(*earlier, replace(last, outcome=outcome, ended_at=now)))


def stop_attempt(job: Job, now: datetime) -> Job:
    """The job whose process is told to end; what a provider was asked to begin goes on, and is not asked again."""
    return end_attempt(job, now, STOPPED_ATTEMPT) if job.state is JobState.WORKING else job


def retract_attempt(job: Job) -> Job:
    """The job without the attempt that was written down but never reached the model: it is queued again."""
    state = JobState.QUEUED if job.state is JobState.WORKING else job.state
    return replace(job, state=state, attempts=job.attempts[:-1])


def retract_unasked(job: Job) -> Job:
    """The held job without the attempt that an outage of ours ended before the model was asked."""
    last = job.attempts[-1] if job.state is JobState.WORKING and job.attempts else None
    is_ours = last is not None and last.fence == job.fence and not last.outcome
    return retract_attempt(job) if is_ours else job


@dataclass(frozen=True, slots=True)
class Retry:
    """Ask the model again after a pause."""

    seconds: float


def after_outcome(job: Job, outcome: ModelOutcome, now: datetime, jitter: float) -> Retry | FailureReason:
    """What an answer without a result leads to; the attempt is already written down."""
    match outcome:
        case Busy() as busy:
            return _after_busy(job, now, busy, jitter)
        case Refused():
            return FailureReason.SAFETY
        case FileRefused():
            return FailureReason.FILE_UNREADABLE
        case NoResult():
            tried = sum(attempt.outcome == "no_image" for attempt in job.attempts)
            return Retry(0.0) if tried < NO_RESULT_ATTEMPTS_MAX else FailureReason.NO_RESULT
        case TimedOut():
            return Retry(0.0) if worked_count(job) < ATTEMPTS_MAX else FailureReason.LATE
        case _:
            return FailureReason.OURS


def _after_busy(job: Job, now: datetime, busy: Busy, jitter: float) -> Retry | FailureReason:
    """A provider that cannot is asked again after 5 to 40 s, or when it says, until the deadline."""
    left_seconds = (job.deadline_at - now).total_seconds()
    if left_seconds < BUSY_SECONDS_MIN:
        return busy_failure(job)
    wanted_seconds = max(busy.retry_after_seconds or 0.0, PAUSE_SECONDS_MIN * 2 ** min(busy_count(job) - 1, 3))
    return Retry(min(_spread(wanted_seconds, jitter), left_seconds))


def postpone_seconds(job: Job, now: datetime, jitter: float) -> float:
    """How long a job waits that may not even ask: the longer, the longer it has waited."""
    waited_seconds = (now - (job.busy_since or now)).total_seconds()
    left_seconds = max((job.deadline_at - now).total_seconds(), 0.0)
    return min(_spread(max(PAUSE_SECONDS_MIN, waited_seconds / 2), jitter), left_seconds)


def _spread(seconds: float, jitter: float) -> float:
    return min(seconds, PAUSE_SECONDS_MAX) * (1 + PAUSE_SPREAD * jitter)


def wait_for_provider(job: Job, now: datetime, *, is_faulty: bool) -> Job:
    """The job whose provider cannot take it now: its surface says so."""
    return replace(job, busy_since=job.busy_since or now, is_faulty=is_faulty)


def busy_failure(job: Job) -> FailureReason:
    """Why a job ended that waited for its provider until its deadline."""
    return FailureReason.PROVIDER if job.is_faulty else FailureReason.BUSY


def attempt_seconds(job: Job) -> float:
    """How long the attempts that ended took together, from claim to answer."""
    return sum((each.ended_at - each.started_at).total_seconds() for each in job.attempts if each.ended_at is not None)


def busy_count(job: Job) -> int:
    """How many attempts ended with a provider that could not."""
    return sum(attempt.outcome in BUSY_OUTCOMES for attempt in job.attempts)


def worked_count(job: Job) -> int:
    """How many attempts may have cost something."""
    return sum(attempt.outcome not in FREE_OUTCOMES for attempt in job.attempts)


def cancel(job: Job, now: datetime) -> Job:
    """A cancelable job, stopped: its fence voids the worker that may be waiting for the model."""
    stopped = end_attempt(job, now, CANCELED_ATTEMPT) if job.state in BEING_MADE else job
    return refuse(claim(stopped, now), None)


def untold_fences(job: Job) -> tuple[int, ...]:
    """Earlier attempts of which nobody wrote down what came of them: they may have stored a result."""
    if job.state is JobState.MADE:
        return ()
    return tuple(each.fence for each in job.attempts if not each.outcome and each.fence != job.fence)


def adopt(job: Job, fence: int, now: datetime) -> Job:
    """The job with what an earlier attempt stored; the one that found it asks no model and is none."""
    earlier = [each for each in job.attempts if each.fence != job.fence]
    told = tuple(replace(each, outcome="made", ended_at=now) if each.fence == fence else each for each in earlier)
    return mark_made(replace(job, attempts=told), now)
