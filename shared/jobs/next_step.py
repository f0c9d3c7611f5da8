"""What has to be done next for a job that a worker finds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.jobs.attempts import ATTEMPTS_MAX, busy_failure, worked_count
from shared.jobs.job import ENDS, Job, JobState
from shared.providers.outcomes import FailureReason

DELIVERY_SECONDS_MAX = 24 * 3600
"""How long a finished result is offered to a surface that does not take it."""
UNDO_SECONDS = 60
"""How long a deleted result can be brought back."""


def is_too_old_to_show(job: Job, at: datetime) -> bool:
    """Whether the surface is no longer asked to show this job's result, or its end."""
    return (at - job.created_at).total_seconds() > DELIVERY_SECONDS_MAX


class Move(StrEnum):
    """What the next step of a job is."""

    NOTHING = "nothing"
    WAIT = "wait"
    MAKE = "make"
    LOOK = "look"
    POLL = "poll"
    SHOW = "show"
    TELL = "tell"
    PURGE = "purge"
    POSTPONE = "postpone"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next step, and for WAIT the time to come again."""

    move: Move
    at: datetime | None = None
    failure: FailureReason | None = None


def next_step(job: Job, now: datetime) -> NextStep:
    """What a worker that finds this job has to do."""
    if job.state in ENDS:
        return _after_deletion(job, now)
    if job.state not in set(JobState):  # a newer release's, which goes on with it
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
    """The next step of a job that nobody holds and that has nothing to show or tell yet."""
    if now >= job.deadline_at:
        return NextStep(Move.GIVE_UP, failure=FailureReason.LATE if job.busy_since is None else busy_failure(job))
    if job.state is JobState.SUBMITTED:
        return NextStep(Move.LOOK)
    if job.state is JobState.POLLING:
        return NextStep(Move.POLL)
    if worked_count(job) >= ATTEMPTS_MAX:
        return NextStep(Move.GIVE_UP, failure=FailureReason.OURS)
    return NextStep(Move.MAKE)


def _after_deletion(job: Job, now: datetime) -> NextStep:
    """A deleted result keeps its files until it can no longer be brought back; then they are removed."""
    if job.deleted_at is None or job.sweep_at is None:
        return NextStep(Move.NOTHING)
    purge_at = job.deleted_at + timedelta(seconds=UNDO_SECONDS)
    return NextStep(Move.WAIT, purge_at) if now < purge_at else NextStep(Move.PURGE)
