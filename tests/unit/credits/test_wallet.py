"""The rules of a group's wallet, and of its books."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.credits.ledger import Account, Hold, Transfer, place_hold, release_hold
from shared.credits.wallet import (
    DEPOSITS_MAX,
    SPENDERS_MAX,
    SPENT_KEPT,
    Deposit,
    Wallet,
    book_deposit,
    book_grant,
    book_regrant,
    deposit,
    find_obstacle,
    pay_for,
    share_of,
    shares_of,
    take_return,
    withdraw,
)
from shared.jobs.audit_wallets import add_up_wallets, audit_grants, audit_wallets
from shared.providers.outcomes import DeclineReason

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
ANN, BOB = 501, 502
HOLD = Hold(ANN, "job-1", 4, NOON, "picture")


def wallet_with(*amounts: int, left: int) -> Wallet:
    """A wallet to which ANN and BOB gave in turn, and which still has so much."""
    deposits = tuple(Deposit((ANN, BOB)[number % 2], amount, NOON) for number, amount in enumerate(amounts))
    return Wallet("w", -1, credits=left, deposits=deposits)


@pytest.mark.parametrize(("left", "shares"), [(60, (10, 20, 30)), (45, (0, 15, 30)), (5, (0, 0, 5))])
def test_shares(left: int, shares: tuple[int, ...]) -> None:
    """What is left belongs to the newest deposits; what belongs to nobody is nobody's share."""
    assert shares_of(wallet_with(10, 20, 30, left=left)) == shares


def test_withdrawn_and_come_back() -> None:
    """What goes back leaves the shares of others, and what a job gives back later is a giver's again."""
    after = withdraw(wallet_with(10, 20, 30, left=45), ANN, 30)
    assert (after.credits, shares_of(after)) == (15, (0, 15, 0))
    assert shares_of(take_return(after, HOLD, 4, NOON)) == (0, 19, 0)


def test_a_part_goes_back() -> None:
    """Of a giver's newest deposits first, so that the rest is as old as it can be; nobody else's share changes."""
    after = withdraw(wallet_with(10, 20, 30, 40, left=95), ANN, 32)
    assert shares_of(after) == (3, 20, 0, 40)
    assert (share_of(after, ANN), share_of(after, BOB)) == (3, 60)


def test_spent_deposits_are_forgotten() -> None:
    """Only when no job can come back that they paid."""
    spent = wallet_with(10, 20, left=20)
    soon, later = (deposit(spent, ANN, 5, NOON + age) for age in (timedelta(days=1), SPENT_KEPT))
    assert [each.credits for each in soon.deposits] == [10, 20, 5]
    assert [each.credits for each in later.deposits] == [20, 5]


def test_too_many_deposits() -> None:
    """The list never grows beyond its limit."""
    full = wallet_with(*[1] * DEPOSITS_MAX, left=DEPOSITS_MAX)
    assert len(deposit(full, BOB, 1, NOON).deposits) == DEPOSITS_MAX
    with pytest.raises(ValueError, match="deposits"):
        deposit(full, ANN, 1, NOON)


def test_the_day() -> None:
    """What was spent yesterday counts no more, and comes back without a count."""
    yesterday = pay_for(wallet_with(50, left=50), [HOLD], NOON - timedelta(days=1))
    assert find_obstacle(yesterday, ANN, 20, NOON) is None
    today = pay_for(yesterday, [replace(HOLD, credits=20)], NOON)
    assert today.spent == {str(ANN): 20}
    old = replace(HOLD, held_at=NOON - timedelta(days=1))
    assert take_return(today, old, 4, NOON).spent == {str(ANN): 20}
    assert find_obstacle(today, ANN, 1, NOON) is DeclineReason.WALLET_LIMIT


def test_too_many_spenders() -> None:
    """On a day only so many people are counted; those who are go on, others pay themselves."""
    crowd = {str(number): 1 for number in range(SPENDERS_MAX)}
    busy = replace(wallet_with(50, left=50), day="2026-01-02", spent=crowd)
    assert find_obstacle(busy, SPENDERS_MAX, 1, NOON) is DeclineReason.WALLET_LIMIT
    assert find_obstacle(busy, 0, 1, NOON) is None


def booked() -> list[Transfer]:
    """A deposit, and a job that was granted and released."""
    account, given = book_deposit(Account(available=10), BOB, "w", "m", 10, NOON)
    account, granted = book_grant(account, HOLD, "w")
    account, held = place_hold(account, HOLD)
    account, released = release_hold(account, HOLD, NOON)
    account, back = book_regrant(account, HOLD, "w", 4, NOON)
    assert (account.available, account.held) == (0, 0)
    return [given, granted, held, released, back]


def test_right_books() -> None:
    """Nothing is found in them; a wallet that was moved is counted once, under its new id."""
    wallets = [Wallet("w", -1, credits=10), Wallet("w", -2, credits=10, moved_to="x")]
    assert list(audit_wallets(wallets, add_up_wallets(booked()))) == []
    assert list(audit_grants(booked())) == []


def test_wrong_books() -> None:
    """Each way in which a wallet and its transfers can differ is named."""
    given, granted, held, released, back = booked()
    assert "add up" in " ".join(audit_wallets([Wallet("w", -1, credits=9)], {"w": 10}))
    assert "negative" in " ".join(audit_wallets([Wallet("w", -1, credits=-1)], {"w": -1}))
    assert "not there" in " ".join(audit_wallets([], {"w": 0}))
    assert "no hold" in " ".join(audit_grants([given, granted]))
    assert "gives back" in " ".join(audit_grants([granted, held, back]))
    assert "gives back" in " ".join(audit_grants([held, released, back]))
