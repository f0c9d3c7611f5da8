"""Attempts of a job: how one starts and ends, and whether an outcome leads to a retry, a wait or a failure."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.jobs.job import BEING_MADE, ENDS, Attempt, Job, JobState, claim, mark_made, refuse
from shared.providers.outcomes import Busy, FailureReason, FileRefused, ModelOutcome, NoResult, Refused, TimedOut

PAUSE_SECONDS_MIN = 5.0
PAUSE_SECONDS_MAX = 40.0
"""The longest pause of one job before it asks an unavailable provider again, without the random part."""
PAUSE_SPREAD = 0.5
"""The random part, as a share of the pause: jobs that were rejected together do not come back together."""
BUSY_SECONDS_MIN = 1.0
"""With less time than this before the deadline the job does not wait again."""
ATTEMPTS_MAX = 3
CANCELED_ATTEMPT = "canceled"
"""The outcome of the attempt that was running when the person canceled."""
STOPPED_ATTEMPT = "stopped"
"""The outcome of an attempt whose process got SIGTERM."""
BUSY_OUTCOMES = frozenset({"busy", "fault"})
"""Outcomes of attempts that the provider rejected."""
FREE_OUTCOMES = BUSY_OUTCOMES | {STOPPED_ATTEMPT}
"""Outcomes of attempts that do not count as failures; they only take time."""
NO_RESULT_ATTEMPTS_MAX = 2


def was_drawn(job: Job) -> bool:
    """Whether the model was working when the job was canceled."""
    return bool(job.attempts) and job.attempts[-1].outcome == CANCELED_ATTEMPT


def was_open(job: Job, at: datetime) -> bool:
    """Whether this job was unfinished at that time: a press that arrives late refers to what the person saw then."""
    ends = (attempt.ended_at for attempt in job.attempts)
    return job.state not in ENDS or any(ended_at is not None and ended_at > at for ended_at in ends)


def start_attempt(job: Job, now: datetime) -> Job:
    """The claimed job with a new attempt."""
    return replace(job, state=JobState.WORKING, attempts=(*job.attempts, Attempt(job.fence, now)))


def submit(job: Job) -> Job:
    """The held job before its provider is asked to begin: until `follow` nobody knows whether it has begun."""
    return replace(job, state=JobState.SUBMITTED)


def follow(job: Job, operation: str) -> Job:
    """The job whose provider has begun; `operation` is the provider's id of the work."""
    return replace(job, state=JobState.POLLING, operation=operation, busy_since=None)


def end_attempt(job: Job, now: datetime, outcome: str) -> Job:
    """The job with the outcome of the running attempt; it no longer waits for a provider."""
    *earlier, last = job.attempts
    state = JobState.WORKING if job.state in BEING_MADE else job.state
    return replace(job, state=state, operation="", attempts=(*earlier, replace(last, outcome=outcome, ended_at=now)))


def stop_attempt(job: Job, now: datetime) -> Job:
    """The job whose process got SIGTERM; an operation at a provider continues and is not begun again."""
    return end_attempt(job, now, STOPPED_ATTEMPT) if job.state is JobState.WORKING else job


def retract_attempt(job: Job) -> Job:
    """The job, queued again, without an attempt that was recorded but never reached the model."""
    state = JobState.QUEUED if job.state is JobState.WORKING else job.state
    return replace(job, state=state, attempts=job.attempts[:-1])


def retract_unasked(job: Job) -> Job:
    """The held job without an attempt that an outage of ours ended before the model was asked."""
    last = job.attempts[-1] if job.state is JobState.WORKING and job.attempts else None
    is_ours = last is not None and last.fence == job.fence and not last.outcome
    return retract_attempt(job) if is_ours else job


@dataclass(frozen=True, slots=True)
class Retry:
    """Ask the model again after a pause."""

    seconds: float


def after_outcome(job: Job, outcome: ModelOutcome, now: datetime, jitter: float) -> Retry | FailureReason:
    """The consequence of an outcome without a result; the attempt is already recorded."""
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
    """An unavailable provider is asked again after 5 to 40 s, or after the time that it names, until the deadline."""
    left_seconds = (job.deadline_at - now).total_seconds()
    if left_seconds < BUSY_SECONDS_MIN:
        return busy_failure(job)
    wanted_seconds = max(busy.retry_after_seconds or 0.0, PAUSE_SECONDS_MIN * 2 ** min(busy_count(job) - 1, 3))
    return Retry(min(_spread(wanted_seconds, jitter), left_seconds))


def postpone_seconds(job: Job, now: datetime, jitter: float) -> float:
    """The pause, in seconds, of a job that the breaker stops; it grows with the time that the job has waited."""
    waited_seconds = (now - (job.busy_since or now)).total_seconds()
    left_seconds = max((job.deadline_at - now).total_seconds(), 0.0)
    return min(_spread(max(PAUSE_SECONDS_MIN, waited_seconds / 2), jitter), left_seconds)


def _spread(seconds: float, jitter: float) -> float:
    return min(seconds, PAUSE_SECONDS_MAX) * (1 + PAUSE_SPREAD * jitter)


def wait_for_provider(job: Job, now: datetime, *, is_faulty: bool) -> Job:
    """The job that waits for its provider, which its surface shows."""
    return replace(job, busy_since=job.busy_since or now, is_faulty=is_faulty)


def busy_failure(job: Job) -> FailureReason:
    """The failure of a job that waited for its provider until its deadline."""
    return FailureReason.PROVIDER if job.is_faulty else FailureReason.BUSY


def attempt_seconds(job: Job) -> float:
    """How long all ended attempts took together, from claim to outcome."""
    return sum((each.ended_at - each.started_at).total_seconds() for each in job.attempts if each.ended_at is not None)


def busy_count(job: Job) -> int:
    """How many attempts the provider rejected."""
    return sum(attempt.outcome in BUSY_OUTCOMES for attempt in job.attempts)


def worked_count(job: Job) -> int:
    """How many attempts may have cost us money."""
    return sum(attempt.outcome not in FREE_OUTCOMES for attempt in job.attempts)


def cancel(job: Job, now: datetime) -> Job:
    """A cancelable job after its cancel: the raised fence stops a worker that waits for the model."""
    stopped = end_attempt(job, now, CANCELED_ATTEMPT) if job.state in BEING_MADE else job
    return refuse(claim(stopped, now), None)


def untold_fences(job: Job) -> tuple[int, ...]:
    """The fences of earlier attempts without a recorded outcome: they may have stored a result."""
    if job.state is JobState.MADE:
        return ()
    return tuple(each.fence for each in job.attempts if not each.outcome and each.fence != job.fence)


def adopt(job: Job, fence: int, now: datetime) -> Job:
    """The job with the result that an earlier attempt stored; the running attempt is removed, as it asked no model."""
    earlier = [each for each in job.attempts if each.fence != job.fence]
    told = tuple(replace(each, outcome="made", ended_at=now) if each.fence == fence else each for each in earlier)
    return mark_made(replace(job, attempts=told), now)
