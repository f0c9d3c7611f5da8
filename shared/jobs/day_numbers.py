"""What happened on one day (UTC), added up person by person while the books are checked at night. Pure.

It costs no reading of its own, and holds numbers only: nothing about anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from shared.credits.ledger import TransferKind
from shared.jobs.audit import BookedJob, PersonalBooks
from shared.jobs.job import JobState
from shared.people.nobody import is_nobody

DELIVERED, FAILED = JobState.DELIVERED.value, JobState.FAILED.value
NOT_ENDED = "open"


@dataclass(frozen=True, slots=True)
class DayNumbers:
    """A day's numbers. A job belongs to the day on which it was requested."""

    day: str
    """As YYYY-MM-DD."""
    people: int = 0
    """Who requested something."""
    ends: dict[str, int] = field(default_factory=dict)
    """Jobs by what became of them: "delivered picture", "failed E-BUSY", "canceled", "open"."""
    models: dict[str, int] = field(default_factory=dict)
    """Jobs that ended with or without a result, by their offer, or by their kind: "delivered fast", "failed answer"."""
    credits: dict[str, int] = field(default_factory=dict)
    """Credits moved that day, by the kind of transfer."""
    slowest_seconds: int = 0
    """The longest time from a request to its result."""
    slowest_kind: str = ""


def add_person(numbers: DayNumbers, books: PersonalBooks) -> DayNumbers:
    """The numbers with one more person's."""
    jobs = [job for job in books.jobs if job.created_at is not None and day_of(job.created_at) == numbers.day]
    jobs = [job for job in jobs if not job.is_incognito]
    moved = [each for each in books.transfers if day_of(each.at) == numbers.day and not _is_handed_over(books)]
    if not (jobs or moved):
        return numbers
    seconds, kind = max(((_seconds(job), job.kind) for job in jobs), default=(0, ""))
    is_slower = seconds > numbers.slowest_seconds
    return replace(
        numbers,
        people=numbers.people + bool(jobs),
        ends=_add(numbers.ends, [(_end(job), 1) for job in jobs]),
        models=_add(numbers.models, [(ended, 1) for job in jobs if (ended := _end_of_model(job))]),
        credits=_add(numbers.credits, [(transfer.kind.value, transfer.credits) for transfer in moved]),
        slowest_seconds=seconds if is_slower else numbers.slowest_seconds,
        slowest_kind=kind if is_slower else numbers.slowest_kind,
    )


def _is_handed_over(books: PersonalBooks) -> bool:
    """Whether these transfers go over to a nobody, who comes after all people and has them counted."""
    return books.account is not None and books.account.is_moving and not is_nobody(books.user_id)


def select(numbers: Mapping[str, int], beginning: str) -> dict[str, int]:
    """The counts under this heading, without it: of "delivered" the kinds, the largest first."""
    found = {name.partition(" ")[2]: count for name, count in numbers.items() if name.partition(" ")[0] == beginning}
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def day_of(at: datetime) -> str:
    """The day in UTC."""
    return at.astimezone(UTC).date().isoformat()


def count_credits(numbers: DayNumbers, *kinds: TransferKind) -> int:
    """The credits that moved in these ways."""
    return sum(numbers.credits.get(kind.value, 0) for kind in kinds)


def _end(job: BookedJob) -> str:
    if job.state is JobState.DELIVERED:
        return f"{DELIVERED} {job.kind}"
    if job.state is JobState.FAILED:
        return f"{FAILED} {job.failure.value if job.failure else '?'}"
    return JobState.CANCELED.value if job.state is JobState.CANCELED else NOT_ENDED


def _end_of_model(job: BookedJob) -> str:
    """Empty for a job that shows nothing about its model: it is open, or its person canceled it."""
    if job.state not in {JobState.DELIVERED, JobState.FAILED}:
        return ""
    return f"{job.state.value} {job.model or job.kind}"


def _seconds(job: BookedJob) -> int:
    """How long its person waited for the result, without its sending; 0 if there is none."""
    made_at = job.attempts[-1].ended_at if job.attempts and job.state is JobState.DELIVERED else None
    return 0 if made_at is None or job.created_at is None else int((made_at - job.created_at).total_seconds())


def _add(counts: Mapping[str, int], further: list[tuple[str, int]]) -> dict[str, int]:
    added = dict(counts)
    for name, count in further:
        added[name] = added.get(name, 0) + count
    return added
