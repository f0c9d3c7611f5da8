"""Credits are neither made nor lost, and the account is what its transfers add up to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.credits.ledger import (
    ROUTES,
    Account,
    Change,
    Charge,
    Hold,
    Operated,
    Side,
    TakingBack,
    Transfer,
    TransferKind,
    book_change,
    book_purchase,
    capture_hold,
    capture_part,
    find_imbalance,
    place_hold,
    release_hold,
    spent_today,
    take_back,
    welcome,
)
from shared.people.allowance import take_allowance
from shared.people.users import User

Settle = Callable[[Account, Hold, datetime], tuple[Account, Transfer]]
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
TAKING_BACK: tuple[TakingBack, ...] = get_args(TakingBack)
HOLD = Hold(501, "job-1", 4, NOON)


@given(charge_id=st.text(min_size=1), credit_count=st.integers(1, 1000), available=st.integers(-500, 500))
def test_a_charge_is_taken_back_once(charge_id: str, credit_count: int, available: int) -> None:
    """A refund and a chargeback of one charge share their id, and each undoes the purchase, below zero if need be."""
    charge, account = Charge(charge_id, 501, credit_count), Account(available, taken_back=500)
    bought, purchase = book_purchase(account, charge, NOON)
    ends = [take_back(bought, charge, kind, NOON) for kind in TAKING_BACK]
    assert {transfer.id for _, transfer in ends} == {f"refund:{charge_id}"}
    assert purchase.id == f"purchase:{charge_id}"
    for after, _ in ends:
        assert after == replace(account, taken_back=500 + credit_count)


@given(price=st.integers(1, 100), spent=st.integers(0, 100), days=st.integers(0, 1))
def test_capture_below_the_hold(price: int, spent: int, days: int) -> None:
    """The unused part is released at once and no longer counts for the day; a capture above the hold is refused."""
    hold = Hold(501, "job-1", price, NOON)
    held, _ = place_hold(Account(available=150), hold)
    later, spent_before = NOON + timedelta(days=days), held.spent_credits
    if spent > price:
        with pytest.raises(ValueError, match="held credits"):
            capture_part(held, hold, spent, later)
        return
    account, transfers = capture_part(held, hold, spent, later)
    assert (account.available, account.held, account.active_jobs) == (150 - spent, 0, 0)
    assert account.spent_credits == spent_before - (price - spent)
    assert {t.id: t.credits for t in transfers} == {
        name: amount for name, amount in (("capture:job-1", spent), ("release:job-1", price - spent)) if amount
    }


def test_rest_of_yesterdays_hold_does_not_change_today() -> None:
    """A part that comes back after another hold was placed on a new day leaves that day's sum."""
    account, _ = place_hold(Account(available=20), HOLD)
    tomorrow, _ = place_hold(account, Hold(501, "job-2", 6, NOON + timedelta(days=1)))
    account, _ = capture_part(tomorrow, HOLD, 1, NOON + timedelta(days=1))
    assert spent_today(account, NOON + timedelta(days=1)) == 6


@pytest.mark.parametrize(
    ("kind", "credit_count"), [(TransferKind.GIFT, 0), (TransferKind.GIFT, -1), (TransferKind.CORRECTION, 0)]
)
def test_no_empty_change(kind: Operated, credit_count: int) -> None:
    """A gift gives, and a correction changes something."""
    with pytest.raises(ValueError, match=f"a {kind} of {credit_count} credits"):
        book_change(Account(20), Change(kind, 501, credit_count, "ticket-1", "because"), NOON)


def test_who_owes_gets_no_free_credits() -> None:
    """A debt after a refund is not paid by the day's allowance."""
    assert take_allowance(User(501, NOON, Account(-1, taken_back=5)), NOON) is None
    assert take_allowance(User(501, NOON, Account(0, taken_back=5)), NOON) is not None


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
    """Yesterday's spending does not count today."""
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
        (Account(-5, taken_back=5), None),
        (Account(-6, taken_back=5), "negative"),
        (Account(20, -4, 0), "negative"),
        (Account(20, 0, -1), "negative"),
        (Account(16, 4, 0), "held without jobs"),
        (Account(20, 0, 1), "jobs without a hold"),
    ],
)
def test_imbalance(account: Account, problem: str | None) -> None:
    """An account that cannot be right is noticed without reading its transfers."""
    assert find_imbalance(account) == problem
