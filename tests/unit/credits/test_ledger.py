"""Credits are neither made nor lost, and the account is what its transfers add up to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.credits.bonuses import book_bonus, recall_gift, receive_gift, send_gift, take_bonus_back
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
from shared.jobs.audit import BookedJob, PersonalBooks, audit_person
from shared.jobs.job import JobState
from shared.people.allowance import take_allowance
from shared.people.links import name_account
from shared.people.users import User

Settle = Callable[[Account, Hold, datetime], tuple[Account, Transfer]]
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
TAKING_BACK: tuple[TakingBack, ...] = get_args(TakingBack)
HOLD = Hold(501, "job-1", 4, NOON)


class Book:
    """One account and everything that was booked on it."""

    def __init__(self, credit_count: int) -> None:
        self.now = NOON
        self.account, gift = welcome(name_account(Account(), 501), 501, credit_count, NOON)
        self.transfers: list[Transfer] = [gift]
        self.open: list[Hold] = []
        self.charges: list[Charge] = []
        self.bonuses: list[tuple[str, int]] = []
        self.gifts: list[tuple[str, int]] = []

    def hold(self, credit_count: int) -> None:
        """As far as there are credits for it, as the limits see to it."""
        credit_count = min(credit_count, self.account.available)
        if credit_count <= 0:
            return
        hold = Hold(501, f"job-{len(self.transfers)}", credit_count, self.now)
        self._keep(place_hold(self.account, hold))
        self.open.append(hold)

    def capture(self, which: int) -> None:
        if self.open:
            self._keep(capture_hold(self.account, self.open.pop(which % len(self.open)), self.now))

    def release(self, which: int) -> None:
        if self.open:
            self._keep(release_hold(self.account, self.open.pop(which % len(self.open)), self.now))

    def capture_part(self, which: int) -> None:
        if self.open:
            hold = self.open.pop(which % len(self.open))
            self.account, transfers = capture_part(self.account, hold, which % (hold.credits + 1), self.now)
            self.transfers += transfers

    def buy(self, credit_count: int) -> None:
        charge = Charge(f"charge-{len(self.transfers)}", 501, credit_count + 1)
        self._keep(book_purchase(self.account, charge, self.now))
        self.charges.append(charge)

    def refund(self, which: int) -> None:
        """Each charge once: the store refuses the second transfer of one id."""
        if self.charges:
            charge = self.charges.pop(which % len(self.charges))
            self._keep(take_back(self.account, charge, TAKING_BACK[which % 2], self.now))

    def bonus(self, credit_count: int) -> None:
        fact = f"inviter:{len(self.transfers)}"
        self._keep(book_bonus(self.account, 501, fact, credit_count + 1, self.now))
        self.bonuses.append((fact, credit_count + 1))

    def bonus_back(self, which: int) -> None:
        if self.bonuses:
            fact, credit_count = self.bonuses.pop(which % len(self.bonuses))
            self._keep(take_bonus_back(self.account, 501, fact, credit_count, self.now))

    def send(self, credit_count: int) -> None:
        """As far as there are credits for it."""
        credit_count = min(credit_count, self.account.available)
        if credit_count > 0:
            gift_id = f"gift-{len(self.transfers)}"
            self._keep(send_gift(self.account, 501, gift_id, credit_count, self.now))
            self.gifts.append((gift_id, credit_count))

    def recall(self, which: int) -> None:
        if self.gifts:
            self._keep(recall_gift(self.account, 501, *self.gifts.pop(which % len(self.gifts)), self.now))

    def receive(self, credit_count: int) -> None:
        """Somebody else's."""
        gift_id = f"other-{len(self.transfers)}"
        self._keep(receive_gift(self.account, 501, gift_id, credit_count + 1, self.now))

    def gift(self, credit_count: int) -> None:
        self._change(TransferKind.GIFT, credit_count + 1)

    def correct(self, credit_count: int) -> None:
        self._change(TransferKind.CORRECTION, (credit_count or 1) - 25 or 1)

    def _change(self, kind: Operated, credit_count: int) -> None:
        change = Change(kind, 501, credit_count, f"ticket-{len(self.transfers)}", "as agreed")
        if self.account.available + min(credit_count, 0) < 0 and credit_count < 0:
            with pytest.raises(ValueError, match="are there to be taken"):
                book_change(self.account, change, self.now)
            return
        self._keep(book_change(self.account, change, self.now))

    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def sum(self, side: Side) -> int:
        inflow = sum(t.credits for t in self.transfers if t.target is side)
        return inflow - sum(t.credits for t in self.transfers if t.source is side)

    def _keep(self, booked: tuple[Account, Transfer]) -> None:
        self.account, transfer = booked
        self.transfers.append(transfer)


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("hold", "capture", "capture_part", "release", "buy", "refund", "gift", "correct", "wait"),
                *("bonus", "bonus_back", "send", "recall", "receive"),
            ],
        ),
        st.integers(0, 50),
    ),
    max_size=40,
)


@given(credit_count=st.integers(1, 1000), actions=ACTIONS)
def test_nothing_is_lost(credit_count: int, actions: list[tuple[str, int]]) -> None:
    """After any sequence of changes all sides add up to nothing, the cache agrees, and only taking back makes debts.

    Each transfer names the account.
    """
    book = Book(credit_count)
    for name, number in actions:
        before = book.account
        getattr(book, name)(number)
        account = book.account
        assert sum(book.sum(side) for side in Side) == 0
        assert (account.available, account.held) == (book.sum(Side.AVAILABLE), book.sum(Side.HELD))
        assert account.active_jobs == len(book.open)
        assert account.held == sum(hold.credits for hold in book.open)
        assert spent_today(account, book.now) >= 0
        assert account.available >= min(before.available, 0) or name == "refund"
        assert find_imbalance(account) is None
        assert all(transfer.credits > 0 for transfer in book.transfers)
        assert (account.id, account.links) == (before.id, before.links)
    assert len({transfer.id for transfer in book.transfers}) == len(book.transfers)
    assert {transfer.account_id for transfer in book.transfers} == {book.account.id}
    jobs = [BookedJob(hold.job_id, 501, JobState.QUEUED, hold.credits) for hold in book.open]
    assert audit_person(PersonalBooks(501, book.account, jobs, book.transfers), at_rest=False) == []


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
