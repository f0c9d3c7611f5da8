"""The ledger as a state machine: whatever transfers come, of all kinds and repeated at will, the books stay right."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from shared.credits.bonuses import (
    bonus_id,
    book_bonus,
    cashback_fact,
    inviter_fact,
    recall_gift,
    receive_gift,
    send_gift,
    take_bonus_back,
)
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
    grant_allowance,
    place_hold,
    release_hold,
    spent_today,
    take_back,
    welcome,
)
from shared.credits.portion import Portion
from shared.credits.wallet import (
    Wallet,
    book_deposit,
    book_grant,
    book_regrant,
    book_withdrawal,
    can_take,
    deposit,
    find_obstacle,
    next_withdrawal,
    pay_for,
    shares_of,
    take_return,
    withdraw,
)
from shared.jobs.audit import BookedJob, PersonalBooks, audit_person
from shared.jobs.audit_wallets import add_up_wallets
from shared.jobs.job import JobState
from shared.people.links import name_account

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
ANN = 501
EXAMPLES, EXAMPLES_LONG, STEPS = 500, 5_000, 50
PAID = 97
"""What each purchase cost, in the smallest unit of its currency."""
NUMBER = st.integers(1, 50)
FEW = st.integers(0, 5)
"""So few that a fact often comes again."""


class Ledger(RuleBasedStateMachine):
    """One person's account and transfers, and beside them the plain sums that they have to agree with."""

    holds = Bundle("holds")
    gifts = Bundle("gifts")

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.account = name_account(Account(), ANN)
        self.transfers: dict[str, Transfer] = {}
        self.states: dict[str, JobState] = {}
        self.prices: dict[str, int] = {}
        self.available = self.held = self.debt_max = 0
        self.returned: dict[str, int] = {}
        self.wallet = Wallet("wallet-1", -1001)
        self.granted: set[str] = set()

    # --- what happens ---

    @rule()
    def welcome(self) -> None:
        account, transfer = welcome(self.account, ANN, 20, self.now)
        self.keep(account, transfer, 20)

    @rule(number=FEW)
    def grant_allowance(self, number: int) -> None:
        account, transfer = grant_allowance(self.account, ANN, 4, f"2026-01-{number + 1:02}", self.now)
        self.keep(account, transfer, 4)

    @rule(target=holds, credit_count=NUMBER)
    def hold(self, credit_count: int) -> Hold | None:
        """As far as there are credits for it, as the limits see to it."""
        price = min(credit_count, self.account.available)
        if price <= 0:
            return None
        made = Hold(ANN, f"job-{len(self.prices)}", price, self.now)
        account, transfer = place_hold(self.account, made)
        self.keep(account, transfer, -price, held=price)
        self.states[made.job_id], self.prices[made.job_id] = JobState.QUEUED, price
        return made

    @rule(held=consumes(holds))
    def capture(self, held: Hold | None) -> None:
        if held is not None:
            account, transfer = capture_hold(self.account, held, self.now)
            self.keep(account, transfer, held=-held.credits)
            self.states[held.job_id] = JobState.DELIVERED

    @rule(held=consumes(holds), share=st.floats(0, 1))
    def capture_part(self, held: Hold | None, share: float) -> None:
        if held is not None:
            spent = round(held.credits * share)
            account, transfers = capture_part(self.account, held, spent, self.now)
            assert all(self.transfers.setdefault(each.id, each) is each for each in transfers)
            self.account = account
            self.available, self.held = self.available + held.credits - spent, self.held - held.credits
            self.states[held.job_id] = JobState.DELIVERED if spent else JobState.FAILED
            self.regrant(held, held.credits - spent)

    @rule(held=consumes(holds), was_drawn=st.booleans())
    def release(self, held: Hold | None, was_drawn: bool) -> None:  # noqa: FBT001 — drawn by the machine
        if held is not None:
            account, transfer = release_hold(self.account, held, self.now, was_drawn=was_drawn)
            self.keep(account, transfer, held.credits, held=-held.credits)
            self.states[held.job_id] = JobState.FAILED
            self.regrant(held, held.credits)

    @rule(number=FEW)
    def buy(self, number: int) -> None:
        account, transfer = book_purchase(self.account, charge_of(number), self.now)
        self.keep(account, transfer, transfer.credits)

    @rule(number=FEW, kind=st.sampled_from(get_args(TakingBack)))
    def give_back(self, number: int, kind: TakingBack) -> None:
        """Only what was bought; whichever of the two kinds comes first."""
        charge = charge_of(number)
        if f"purchase:{charge.id}" in self.transfers:
            self.take(charge, kind, self.returned.get(charge.id, 0), PAID)

    @rule(number=FEW, kind=st.sampled_from(get_args(TakingBack)), amount=st.integers(1, PAID))
    def give_a_part_back(self, number: int, kind: TakingBack, amount: int) -> None:
        """Up to so much of the payment, in one return after another."""
        charge = charge_of(number)
        before = self.returned.get(charge.id, 0)
        if f"purchase:{charge.id}" in self.transfers and amount > before:
            self.take(charge, kind, before, amount)

    def take(self, charge: Charge, kind: TakingBack, before: int, after: int) -> None:
        """Book a return as `book_charges.py` does; one that takes less than a credit takes none."""
        portion = Portion(before, after, PAID)
        part = replace(charge, id=portion.name(charge.id, charge.credits), credits=portion.of(charge.credits))
        if not part.credits:
            return
        account, transfer = take_back(self.account, part, kind, self.now)
        if self.keep(account, transfer, -part.credits):
            self.debt_max += part.credits
            self.returned[charge.id] = after

    @rule(number=FEW, kind=st.sampled_from(get_args(Operated)), credit_count=st.integers(-50, 50))
    def change(self, number: int, kind: Operated, credit_count: int) -> None:
        """An operator's change; a reference that stands for another one changes nothing."""
        change = Change(kind, ANN, credit_count, f"ticket-{number}", "as agreed")
        is_empty = not credit_count or (kind is TransferKind.GIFT and credit_count < 0)
        if is_empty or (credit_count < 0 and self.available + credit_count < 0):
            with pytest.raises(ValueError, match="credits"):
                book_change(self.account, change, self.now)
            return
        account, transfer = book_change(self.account, change, self.now)
        self.keep(account, transfer, credit_count)

    @rule(number=FEW)
    def give_bonus(self, number: int) -> None:
        account, transfer = book_bonus(self.account, ANN, inviter_fact(number), number + 3, self.now)
        self.keep(account, transfer, number + 3)

    @rule(number=FEW)
    def give_cashback(self, number: int) -> None:
        """What comes back of a job, once for each."""
        account, transfer = book_bonus(self.account, ANN, cashback_fact(f"job-{number}"), 1, self.now)
        self.keep(account, transfer, 1)

    @rule(number=FEW)
    def take_bonus(self, number: int) -> None:
        """Only what was given."""
        fact = inviter_fact(number)
        if bonus_id(fact) in self.transfers:
            account, transfer = take_bonus_back(self.account, ANN, fact, number + 3, self.now)
            self.debt_max += (number + 3) * self.keep(account, transfer, -number - 3)

    @rule(target=gifts, credit_count=NUMBER)
    def send(self, credit_count: int) -> tuple[str, int] | None:
        """As far as there are credits for it."""
        sent = min(credit_count, self.account.available)
        if sent <= 0:
            return None
        gift_id = f"gift-{len(self.transfers)}"
        account, transfer = send_gift(self.account, ANN, gift_id, sent, self.now)
        self.keep(account, transfer, -sent)
        return gift_id, sent

    @rule(gift=gifts)
    def recall(self, gift: tuple[str, int] | None) -> None:
        if gift is not None:
            account, transfer = recall_gift(self.account, ANN, *gift, self.now)
            self.keep(account, transfer, gift[1])

    @rule(number=FEW)
    def receive(self, number: int) -> None:
        """Somebody else's."""
        account, transfer = receive_gift(self.account, ANN, f"other-{number}", number + 2, self.now)
        self.keep(account, transfer, number + 2)

    @rule(credit_count=NUMBER)
    def deposit(self, credit_count: int) -> None:
        """As far as there are credits for it."""
        given = min(credit_count, self.account.available)
        if given > 0 and can_take(self.wallet, ANN, self.now):
            fact = f"message-{len(self.transfers)}"
            account, transfer = book_deposit(self.account, ANN, self.wallet.id, fact, given, self.now)
            self.keep(account, transfer, -given)
            self.wallet = deposit(self.wallet, ANN, given, self.now)

    @rule(target=holds, credit_count=NUMBER)
    def hold_by_wallet(self, credit_count: int) -> Hold | None:
        """As far as the wallet pays it."""
        price = min(credit_count, self.wallet.credits)
        if price <= 0 or find_obstacle(self.wallet, ANN, price, self.now) is not None:
            return None
        made = Hold(ANN, f"job-{len(self.prices)}", price, self.now)
        account, granted = book_grant(self.account, made, self.wallet.id)
        self.keep(account, granted, price)
        account, transfer = place_hold(self.account, made)
        self.keep(account, transfer, -price, held=price)
        self.wallet = pay_for(self.wallet, [made], self.now)
        self.granted.add(made.job_id)
        self.states[made.job_id], self.prices[made.job_id] = JobState.QUEUED, price
        return made

    def regrant(self, held: Hold, credit_count: int) -> None:
        if held.job_id in self.granted and credit_count:
            account, transfer = book_regrant(self.account, held, self.wallet.id, credit_count, self.now)
            self.keep(account, transfer, -credit_count)
            self.wallet = take_return(self.wallet, held, credit_count, self.now)

    @rule()
    def withdraw(self) -> None:
        """What is left goes back, even while jobs are open: what those give back later can be withdrawn then."""
        found = next_withdrawal(self.wallet)
        if found is not None:
            account, transfer = book_withdrawal(self.account, ANN, self.wallet, found[1], self.now)
            self.keep(account, transfer, found[1])
            self.wallet = withdraw(self.wallet, *found)

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def keep(self, account: Account, transfer: Transfer, available: int = 0, *, held: int = 0) -> bool:
        """Commit as the store does: the second transfer of one id is refused, and with it the account."""
        if transfer.id in self.transfers:
            return False
        self.account, self.transfers[transfer.id] = account, transfer
        self.available, self.held = self.available + available, self.held + held
        return True

    # --- what holds ---

    @invariant()
    def sums_agree(self) -> None:
        """The account is what the plain sums and the transfers say, and nothing is made or lost."""
        sums = dict.fromkeys(Side, 0)
        for each in self.transfers.values():
            assert each.credits > 0
            sums[each.source] -= each.credits
            sums[each.target] += each.credits
        assert sum(sums.values()) == 0
        assert (self.account.available, self.account.held) == (self.available, self.held)
        assert (sums[Side.AVAILABLE], sums[Side.HELD]) == (self.available, self.held)

    @invariant()
    def wallet_agrees(self) -> None:
        """The wallet has what its transfers say, within its limit, and each credit of it is one giver's or spent."""
        assert add_up_wallets(self.transfers.values()).get(self.wallet.id, 0) == self.wallet.credits >= 0
        assert all(0 <= credit_count <= self.wallet.limit for credit_count in self.wallet.spent.values())
        assert sum(shares_of(self.wallet)) <= self.wallet.credits

    @invariant()
    def debts_come_from_returns(self) -> None:
        """Credits are below zero by no more than was taken back, and nothing that is spent makes a debt."""
        assert self.available >= -self.debt_max
        assert self.held >= 0
        assert spent_today(self.account, self.now) >= 0

    @invariant()
    def audit_is_clean(self) -> None:
        """Both checks of the books find nothing."""
        assert find_imbalance(self.account) is None
        jobs = [BookedJob(name, ANN, self.states[name], price) for name, price in self.prices.items()]
        books = PersonalBooks(ANN, self.account, jobs, list(self.transfers.values()))
        assert audit_person(books, at_rest=False) == []


def charge_of(number: int) -> Charge:
    """A charge and its credits, the same every time."""
    return Charge(f"charge-{number}", ANN, 10 * number + 1)


IS_LONG = os.environ.get("TEST_SIZE") == "long"
TestLedger = Ledger.TestCase
TestLedger.settings = settings(
    max_examples=EXAMPLES_LONG if IS_LONG else EXAMPLES, stateful_step_count=STEPS, deadline=None
)

KINDS: dict[TransferKind, Callable[..., object]] = {
    TransferKind.CREDIT: Ledger.welcome,
    TransferKind.HOLD: Ledger.hold,
    TransferKind.CAPTURE: Ledger.capture,
    TransferKind.RELEASE: Ledger.release,
    TransferKind.PURCHASE: Ledger.buy,
    TransferKind.REFUND: Ledger.give_back,
    TransferKind.CHARGEBACK: Ledger.give_back,
    TransferKind.GIFT: Ledger.change,
    TransferKind.CORRECTION: Ledger.change,
    TransferKind.BONUS: Ledger.give_bonus,
    TransferKind.BONUS_BACK: Ledger.take_bonus,
    TransferKind.SENT: Ledger.send,
    TransferKind.RECEIVED: Ledger.receive,
    TransferKind.RECALLED: Ledger.recall,
    TransferKind.DEPOSIT: Ledger.deposit,
    TransferKind.WITHDRAWAL: Ledger.withdraw,
    TransferKind.GRANT: Ledger.hold_by_wallet,
    TransferKind.REGRANT: Ledger.release,
}
"""The rule of each kind."""


def test_every_kind_has_a_rule() -> None:
    """A new kind of transfer is not forgotten in the machine."""
    assert set(KINDS) == set(TransferKind) == set(ROUTES)


def test_a_wrong_ledger_is_noticed() -> None:
    """A hold that a bug makes one credit too small does not pass the machine's checks."""
    machine = Ledger()
    machine.welcome()
    machine.hold(4)
    machine.audit_is_clean()
    machine.account = replace(machine.account, held=3)
    for check in (machine.sums_agree, machine.audit_is_clean):
        with pytest.raises(AssertionError):
            check()
