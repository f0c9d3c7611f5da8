"""Credits are neither made nor lost, and the account is what its transfers add up to."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.ledger import (
    ROUTES,
    Account,
    Hold,
    Side,
    Transfer,
    TransferKind,
    capture_hold,
    find_imbalance,
    place_hold,
    release_hold,
    spent_today,
    welcome,
)

Settle = Callable[[Account, Hold, datetime], tuple[Account, Transfer]]
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
HOLD = Hold(501, "job-1", 4, NOON)


class Book:
    """One account and everything that was booked on it."""

    def __init__(self, credit_count: int) -> None:
        self.now = NOON
        self.account, gift = welcome(Account(), 501, credit_count, NOON)
        self.transfers: list[Transfer] = [gift]
        self.open: list[Hold] = []

    def hold(self, credit_count: int) -> None:
        hold = Hold(501, f"job-{len(self.transfers)}", credit_count, self.now)
        self._keep(place_hold(self.account, hold))
        self.open.append(hold)

    def capture(self, which: int) -> None:
        if self.open:
            self._keep(capture_hold(self.account, self.open.pop(which % len(self.open)), self.now))

    def release(self, which: int) -> None:
        if self.open:
            self._keep(release_hold(self.account, self.open.pop(which % len(self.open)), self.now))

    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def sum(self, side: Side) -> int:
        inflow = sum(t.credits for t in self.transfers if t.target is side)
        return inflow - sum(t.credits for t in self.transfers if t.source is side)

    def _keep(self, booked: tuple[Account, Transfer]) -> None:
        self.account, transfer = booked
        self.transfers.append(transfer)


ACTIONS = st.lists(st.tuples(st.sampled_from(["hold", "capture", "release", "wait"]), st.integers(0, 50)), max_size=40)


@given(credit_count=st.integers(0, 1000), actions=ACTIONS)
def test_nothing_is_lost(credit_count: int, actions: list[tuple[str, int]]) -> None:
    """After any sequence of changes available + held + revenue is what was given, and the cache agrees."""
    book = Book(credit_count)
    for name, number in actions:
        getattr(book, name)(number)
        account = book.account
        assert account.available + account.held + book.sum(Side.REVENUE) == credit_count
        assert (account.available, account.held) == (book.sum(Side.AVAILABLE), book.sum(Side.HELD))
        assert account.active_jobs == len(book.open)
        assert account.held == sum(hold.credits for hold in book.open)
        assert spent_today(account, book.now) >= 0
    assert len({transfer.id for transfer in book.transfers}) == len(book.transfers)


def test_hold_is_booked_once_under_its_job() -> None:
    """A hold's id comes from its job, and it carries what the receipt says."""
    account, transfer = place_hold(Account(available=20), HOLD)
    assert (account.available, account.held, account.active_jobs) == (16, 4, 1)
    assert transfer == Transfer("hold:job-1", TransferKind.HOLD, Side.AVAILABLE, Side.HELD, 501, 4, NOON, "job-1")


@pytest.mark.parametrize(
    ("settle", "expected_id", "available"),
    [(capture_hold, "capture:job-1", 16), (release_hold, "release:job-1", 20)],
)
def test_settled_hold_is_gone(settle: Settle, expected_id: str, available: int) -> None:
    """Either end of a hold empties it, at the time of the settlement."""
    held, _ = place_hold(Account(available=20), HOLD)
    later = NOON + timedelta(minutes=5)
    account, transfer = settle(held, HOLD, later)
    assert (account.available, account.held, account.active_jobs) == (available, 0, 0)
    assert (transfer.id, transfer.at) == (expected_id, later)


def test_welcome_is_booked_once_per_person() -> None:
    """The gift's id names the person, so that a second one fails."""
    account, transfer = welcome(Account(), 501, 20, NOON)
    assert account == Account(available=20)
    assert (transfer.id, transfer.source, transfer.target) == (
        "credit:welcome:501",
        Side.PROMOTIONS,
        Side.AVAILABLE,
    )


def test_every_kind_has_a_route() -> None:
    """No transfer is without two different sides."""
    assert set(ROUTES) == set(TransferKind)
    assert all(source is not target for source, target in ROUTES.values())


def test_day_starts_anew_at_midnight_utc() -> None:
    """What was spent yesterday does not count today."""
    account, _ = place_hold(Account(available=20), HOLD)
    assert spent_today(account, NOON) == 4
    assert spent_today(account, NOON + timedelta(hours=12)) == 0
    account, _ = place_hold(account, Hold(501, "job-2", 6, NOON + timedelta(days=1)))
    assert spent_today(account, NOON + timedelta(days=1)) == 6


def test_returned_credits_do_not_count_as_spent() -> None:
    """A release gives the day's allowance back, but only on the day it was taken from."""
    account, _ = place_hold(Account(available=20), HOLD)
    returned, _ = release_hold(account, HOLD, NOON)
    assert spent_today(returned, NOON) == 0
    tomorrow, _ = place_hold(account, Hold(501, "job-2", 6, NOON + timedelta(days=1)))
    returned, _ = release_hold(tomorrow, HOLD, NOON + timedelta(days=1))
    assert spent_today(returned, NOON + timedelta(days=1)) == 6


@pytest.mark.parametrize(
    ("account", "problem"),
    [
        (Account(20), None),
        (Account(16, 4, 1), None),
        (Account(-1), "negative"),
        (Account(20, -4, 0), "negative"),
        (Account(20, 0, -1), "negative"),
        (Account(16, 4, 0), "held without jobs"),
        (Account(20, 0, 1), "jobs without a hold"),
    ],
)
def test_imbalance(account: Account, problem: str | None) -> None:
    """An account that cannot be right is noticed without reading its transfers."""
    assert find_imbalance(account) == problem
