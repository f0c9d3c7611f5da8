"""The numbers of a day: what was requested, how it ended, which credits moved."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.credits.ledger import Account, Side, Transfer, TransferKind
from shared.jobs.audit import BookedJob, PersonalBooks
from shared.jobs.day_numbers import DayNumbers, add_person, count_credits, select
from shared.jobs.job import Attempt, JobState
from shared.people.nobody import FIRST_NOBODY
from shared.providers.outcomes import FailureReason

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY = DayNumbers("2026-11-28")
MADE = BookedJob("a", 501, JobState.DELIVERED, 4, kind="picture", created_at=NOON, attempts=(Attempt(1, NOON),))


def made_in(seconds: int, kind: str = "picture") -> BookedJob:
    return replace(MADE, kind=kind, attempts=(Attempt(1, NOON, "ok", NOON + timedelta(seconds=seconds)),))


def capture(credit_count: int, at: datetime = NOON) -> Transfer:
    return Transfer("capture:a", TransferKind.CAPTURE, Side.HELD, Side.REVENUE, 501, credit_count, at, "a")


def test_a_day() -> None:
    """Jobs count by their ends, credits by their ways, people once; the longest wait has its kind."""
    failed = replace(MADE, state=JobState.FAILED, failure=FailureReason.BUSY)
    ends = [failed, replace(failed, failure=None), replace(MADE, state=JobState.CANCELED)]
    jobs = [made_in(9), made_in(7), made_in(95, "video"), replace(MADE, state=JobState.POLLING), *ends]
    numbers = add_person(DAY, PersonalBooks(501, jobs=jobs, transfers=[capture(4), capture(3)]))
    numbers = add_person(numbers, PersonalBooks(502, jobs=[made_in(8)]))
    assert (numbers.people, numbers.slowest_seconds, numbers.slowest_kind) == (2, 95, "video")
    assert select(numbers.ends, "delivered") == {"picture": 3, "video": 1}
    assert select(numbers.ends, "failed") == {"?": 1, "E-BUSY": 1}
    assert numbers.models == {"delivered picture": 3, "delivered video": 1, "failed picture": 2}
    assert (numbers.ends["canceled"], numbers.ends["open"]) == (1, 1)
    assert count_credits(numbers, TransferKind.CAPTURE, TransferKind.REFUND) == 7


def test_another_day() -> None:
    """What is older or younger than the day, or of an unknown time, is not in it."""
    others = [replace(MADE, created_at=NOON + timedelta(days=days)) for days in (-1, 1)]
    transfers = [capture(4, NOON - timedelta(days=1))]
    books = PersonalBooks(501, jobs=[*others, replace(MADE, created_at=None)], transfers=transfers)
    assert add_person(DAY, books) == DAY


def test_credits_without_a_request() -> None:
    """Somebody who only bought credits is in the sums, not among those who requested something."""
    numbers = add_person(DAY, PersonalBooks(501, transfers=[capture(4)]))
    assert (numbers.people, numbers.credits, numbers.slowest_seconds) == (0, {"capture": 4}, 0)


def test_incognito_is_not_counted() -> None:
    """What was asked incognito is in no number of the day; its credits, which are money, are."""
    assert add_person(DAY, PersonalBooks(501, jobs=[replace(MADE, is_incognito=True)])) == DAY


def test_credits_that_change_hands() -> None:
    """While an erased person's transfers go over to a nobody they count with the nobody, who comes later, alone."""
    moving = Account(is_moving=True)
    numbers = add_person(DAY, PersonalBooks(501, moving, transfers=[capture(4)]))
    assert numbers == DAY
    numbers = add_person(numbers, PersonalBooks(FIRST_NOBODY, moving, transfers=[capture(3)]))
    assert numbers.credits == {"capture": 3}
