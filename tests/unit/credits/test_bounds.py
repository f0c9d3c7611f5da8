"""What everybody and what one person may cost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.credits.bounds import (
    FAILURES_IN_A_ROW_FREE,
    FAILURES_PER_DAY_MAX,
    LOSS_FORGIVEN_USD_MICROS_PER_DAY,
    LOSS_USD_MICROS_MIN,
    REQUESTS_AT_ONCE,
    SECONDS_PER_REQUEST,
    TRIES_PER_DAY_MAX,
    Caps,
    Conduct,
    Level,
    Spent,
    count_delivery,
    count_failure,
    count_tries,
    find_personal_rest,
    find_rest,
    reached_percent,
)

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NEXT_HOUR = datetime(2026, 1, 2, 4, tzinfo=UTC)
NEXT_DAY = datetime(2026, 1, 3, tzinfo=UTC)
TODAY = "2026-01-02"


@pytest.mark.parametrize(
    ("spent", "until"),
    [
        (Spent(9, 99), None),
        (Spent(10, 99), NEXT_HOUR),
        (Spent(9, 100), NEXT_DAY),
        (Spent(11, 101), NEXT_DAY),
    ],
)
def test_caps(spent: Spent, until: datetime | None) -> None:
    """A cap that is reached rests the product until its hour or day is over, and not a cent earlier."""
    assert find_rest(spent, Caps(10, 100), NOW) == until


@pytest.mark.parametrize(
    ("spent", "percent"), [(0, 0), (49, 0), (50, 50), (79, 50), (80, 80), (99, 80), (100, 100), (300, 100)]
)
def test_levels(spent: int, percent: int) -> None:
    """Each level is reached at its share of the cap."""
    assert reached_percent(spent, 100) == percent


@pytest.mark.parametrize(
    ("conduct", "until"),
    [
        (Conduct(), None),
        (Conduct(TODAY, tries=TRIES_PER_DAY_MAX - 1, failures=FAILURES_PER_DAY_MAX - 1), None),
        (Conduct(TODAY, tries=TRIES_PER_DAY_MAX), NEXT_DAY),
        (Conduct(TODAY, failures=FAILURES_PER_DAY_MAX), NEXT_DAY),
        (Conduct("2026-01-01", tries=TRIES_PER_DAY_MAX, failures=FAILURES_PER_DAY_MAX), None),
        (Conduct(failures_in_a_row=FAILURES_IN_A_ROW_FREE, failed_at=NOW), None),
        (Conduct(failures_in_a_row=FAILURES_IN_A_ROW_FREE + 1, failed_at=NOW), NOW + timedelta(seconds=30)),
        (Conduct(failures_in_a_row=FAILURES_IN_A_ROW_FREE + 3, failed_at=NOW), NOW + timedelta(seconds=120)),
        (Conduct(failures_in_a_row=1000, failed_at=NOW), NOW + timedelta(hours=1)),
        (Conduct(failures_in_a_row=1000, failed_at=NOW - timedelta(hours=1)), None),
        (Conduct(requests=Level(REQUESTS_AT_ONCE - 1, NOW)), None),
        (Conduct(requests=Level(REQUESTS_AT_ONCE, NOW)), NOW + timedelta(seconds=1)),
        (Conduct(requests=Level(REQUESTS_AT_ONCE, NOW - timedelta(seconds=SECONDS_PER_REQUEST))), None),
        (Conduct(lost_usd_micros=Level(LOSS_USD_MICROS_MIN - 1, NOW)), None),
        (Conduct(lost_usd_micros=Level(LOSS_USD_MICROS_MIN, NOW)), NOW + timedelta(seconds=1)),
        (Conduct(lost_usd_micros=Level(LOSS_USD_MICROS_MIN, NOW - timedelta(minutes=1))), None),
    ],
)
def test_a_person_rests(conduct: Conduct, until: datetime | None) -> None:
    """Each bound lets its last value pass, and says when it ends; the longest rest counts."""
    assert find_personal_rest(conduct, 4, NOW) == until


def test_credits_bear_losses() -> None:
    """A person with more credits may cost us their value before a pause."""
    lost = Conduct(lost_usd_micros=Level(200_000, NOW))
    assert find_personal_rest(lost, 20, NOW) is not None
    assert find_personal_rest(lost, 21, NOW) is None


def test_tries_are_counted_by_day() -> None:
    """Pictures of one day add up, another day starts anew, and an older day changes nothing."""
    conduct = count_tries(count_tries(Conduct(), 4, NOW), 1, NOW)
    assert (conduct.day, conduct.tries, conduct.requests.amount) == (TODAY, 5, 5.0)
    assert count_tries(conduct, 1, NOW - timedelta(days=1)).tries == 6
    assert count_tries(conduct, 1, NOW + timedelta(days=1)).tries == 1


def test_a_failure_counts() -> None:
    """A picture that a person let end unpaid counts in every way; one that we let end only for the day."""
    ours = count_failure(Conduct(), 33_600, NOW, is_theirs=False)
    assert ours == Conduct(TODAY, failures=1)
    theirs = count_failure(ours, 33_600, NOW, is_theirs=True)
    assert theirs == Conduct(TODAY, 0, 2, 1, NOW, lost_usd_micros=Level(33_600.0, NOW))
    later = NOW + timedelta(days=1)
    assert count_failure(theirs, 0, later - timedelta(seconds=1), is_theirs=True).failures_in_a_row == 2
    assert count_failure(theirs, 0, later, is_theirs=True).failures_in_a_row == 1


def test_a_delivery_makes_up_for_it() -> None:
    """A payment reduces the losses, never below zero, and ends the row of failures."""
    conduct = replace(count_failure(Conduct(), 70_000, NOW, is_theirs=True), failures_in_a_row=9)
    paid = count_delivery(conduct, 4, NOW)
    assert (paid.failures_in_a_row, paid.failed_at, paid.lost_usd_micros) == (0, None, Level(30_000.0, NOW))
    assert count_delivery(paid, 4, NOW).lost_usd_micros.amount == 0


def test_losses_are_forgiven_with_time() -> None:
    """Half a day forgives half of what a day does; a clock that goes back forgives nothing."""
    lost = Conduct(lost_usd_micros=Level(LOSS_FORGIVEN_USD_MICROS_PER_DAY, NOW))
    half = count_failure(lost, 0, NOW + timedelta(hours=12), is_theirs=True)
    assert half.lost_usd_micros.amount == pytest.approx(LOSS_FORGIVEN_USD_MICROS_PER_DAY / 2)
    back = count_failure(lost, 0, NOW - timedelta(hours=12), is_theirs=True)
    assert back.lost_usd_micros.amount == LOSS_FORGIVEN_USD_MICROS_PER_DAY
