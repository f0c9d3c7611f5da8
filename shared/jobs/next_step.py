"""Deciding the next step of a job."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.jobs.attempts import ATTEMPTS_MAX, busy_failure, worked_count
from shared.jobs.job import CANCELABLE, ENDS, Job, JobState
from shared.providers.outcomes import FailureReason

DELIVERY_SECONDS_MAX = 24 * 3600
"""For how long showing a finished result is retried when the surface does not accept it."""
UNDO_SECONDS = 60
"""For how long a deleted result can be restored."""


FORSAKEN_AFTER = timedelta(days=1)
"""After its deadline: within this time a release that knows a job has ended it, as results are shown for a day."""


def is_forsaken(job: Job, now: datetime) -> bool:
    """Whether credits are still held for a job that every release that knows it would have ended."""
    return job.state in CANCELABLE | {JobState.MADE} and now >= job.deadline_at + FORSAKEN_AFTER


def is_too_old_to_show(job: Job, at: datetime) -> bool:
    """Whether it is too late to show this job's result or its end."""
    return (at - job.created_at).total_seconds() > DELIVERY_SECONDS_MAX


class Move(StrEnum):
    """The kinds of steps."""

    NOTHING = "nothing"
    WAIT = "wait"
    MAKE = "make"
    LOOK = "look"
    POLL = "poll"
    SHOW = "show"
    TELL = "tell"
    PURGE = "purge"
    REMOVE = "remove"
    POSTPONE = "postpone"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next step; for WAIT with the time of the next look."""

    move: Move
    at: datetime | None = None
    failure: FailureReason | None = None


def next_step(job: Job, now: datetime) -> NextStep:
    """The step that a worker has to do for this job."""
    if job.state in ENDS:
        return NextStep(Move.REMOVE) if _is_over(job, now) else _after_deletion(job, now)
    if job.state not in set(JobState):  # of a newer release, which continues the job
        return NextStep(Move.NOTHING)
    if job.lease_until is not None and now < job.lease_until:
        return NextStep(Move.WAIT, job.lease_until)
    if job.not_before is not None and now < job.not_before:
        return NextStep(Move.WAIT, job.not_before)
    if job.state is JobState.REFUSED:
        return NextStep(Move.TELL)
    if job.state is JobState.MADE:
        is_old = is_too_old_to_show(job, now)
        return NextStep(Move.GIVE_UP, failure=FailureReason.UNDELIVERABLE) if is_old else NextStep(Move.SHOW)
    return _next_of_attempt(job, now)


def _next_of_attempt(job: Job, now: datetime) -> NextStep:
    """The next step of a job that no worker holds and that has nothing to show or announce yet."""
    if now >= job.deadline_at:
        return NextStep(Move.GIVE_UP, failure=FailureReason.LATE if job.busy_since is None else busy_failure(job))
    if job.state is JobState.SUBMITTED:
        return NextStep(Move.LOOK)
    if job.state is JobState.POLLING:
        return NextStep(Move.POLL)
    if worked_count(job) >= ATTEMPTS_MAX:
        return NextStep(Move.GIVE_UP, failure=FailureReason.OURS)
    return NextStep(Move.MAKE)


def _is_over(job: Job, now: datetime) -> bool:
    """Whether the chosen term of an ended job is over, and not everything has been removed."""
    if job.leaves_at is None or job.sweep_at is None:
        return False
    return now >= job.leaves_at and not job.artefacts.leaves_something()


def _after_deletion(job: Job, now: datetime) -> NextStep:
    """A deleted result keeps its files until it can no longer be restored; then they are removed."""
    if job.deleted_at is None or job.sweep_at is None:
        return NextStep(Move.NOTHING)
    purge_at = job.deleted_at + timedelta(seconds=UNDO_SECONDS)
    return NextStep(Move.WAIT, purge_at) if now < purge_at else NextStep(Move.PURGE)
