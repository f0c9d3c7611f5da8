"""The free credits of a day: one portion for each day of the person's calendar, wherever they say they are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.credits.catalogue import DAILY_CREDITS
from shared.credits.ledger import Account
from shared.people.allowance import next_credits_at, take_allowance
from shared.people.manner import Manner
from shared.people.users import User
from shared.people.zones import FALLBACK, local_day

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
ZONES = ("", "UTC", "Pacific/Pago_Pago", "Pacific/Kiritimati", "Europe/Moscow", "America/New_York", "Asia/Kolkata")


def somebody(zone: str = "", **fields: object) -> User:
    return replace(User(501, NOW, manner=Manner(zone=zone)), **fields)  # type: ignore[arg-type]


@given(steps=st.lists(st.tuples(st.integers(1, 2_000), st.sampled_from(ZONES)), max_size=60))
def test_no_move_brings_more(steps: list[tuple[int, str]]) -> None:
    """Whoever spends everything and moves as they like gets nothing sooner than by staying, and no day twice."""
    user, now, last = somebody(daily_day="2026-01-02"), NOW, NOW
    days = [user.daily_day]
    for minutes, zone in steps:
        now += timedelta(minutes=minutes)
        before = user.daily_zone or FALLBACK
        user = replace(user, account=Account(), manner=Manner(zone=zone))
        if (granted := take_allowance(user, now)) is not None:
            assert local_day(before, last) < local_day(before, now)
            user, transfer = granted
            assert transfer.credits == DAILY_CREDITS
            days.append(user.daily_day)
            last = now
    assert days == sorted({*days})
    assert len(days) <= (now - NOW).days + 3


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("", datetime(2026, 1, 3, tzinfo=UTC)),
        ("Europe/Moscow", datetime(2026, 1, 3, tzinfo=UTC)),  # the last credits came in UTC
        ("America/New_York", datetime(2026, 1, 3, 5, tzinfo=UTC)),
    ],
)
def test_next_credits(zone: str, at: datetime) -> None:
    """The time that people read is the first moment when the credits come."""
    user = somebody(zone, daily_day="2026-01-02")
    assert next_credits_at(user, NOW) == at
    assert take_allowance(user, at) is not None
    assert take_allowance(user, at - timedelta(seconds=1)) is None


def test_day_of_the_own_calendar() -> None:
    """Somebody in Moscow gets the next portion at Moscow's midnight, three hours before UTC's."""
    user = somebody("Europe/Moscow", daily_day="2026-01-02", daily_zone="Europe/Moscow")
    midnight = datetime(2026, 1, 2, 21, tzinfo=UTC)
    assert next_credits_at(user, NOW) == midnight
    assert take_allowance(user, midnight - timedelta(seconds=1)) is None
    granted = take_allowance(user, midnight)
    assert granted is not None
    assert granted[1].id == "credit:daily:501:2026-01-03"
    assert next_credits_at(granted[0], midnight) == midnight + timedelta(days=1)


def test_the_first_time() -> None:
    """Somebody of before the daily credits gets them at once, and reads of the next day."""
    assert take_allowance(somebody(), NOW) is not None
    assert next_credits_at(somebody(), NOW) == datetime(2026, 1, 3, tzinfo=UTC)


def test_language_and_zone() -> None:
    """Who chose Russian and no zone lives in Moscow, as for everything else."""
    user = somebody(language="ru", daily_day="2026-01-02", daily_zone="Europe/Moscow")
    assert take_allowance(user, datetime(2026, 1, 2, 22, tzinfo=UTC)) is not None
