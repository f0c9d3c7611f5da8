"""What a purchase brings on top: once, and gone with its money; and every way to pay books it."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from shared.credits.catalogue import GROWTH
from shared.credits.ledger import Charge
from shared.credits.offers import Campaign
from shared.growth import book_charges
from shared.growth.settlement import find_bonus
from shared.payments.refund_payment import refund_payment
from shared.people.perks import NextPurchase, Perks
from shared.people.users import User
from shared.ports import StarTransaction
from tests.unit.growth.buying import MEDIUM, SMALL, available, paid, returned
from tests.world import ME, World

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
CAMPAIGN = Campaign("New Year", 20, date(2025, 12, 30), date(2026, 1, 2))
RULES = replace(GROWTH, campaigns=(CAMPAIGN,))


@pytest.mark.parametrize(
    ("perks", "credit_count", "day", "bonus"),
    [
        (Perks(purchases=1), 100, 2, 20),
        (Perks(purchases=1), 100, 3, 0),
        (Perks(purchases=1), 4, 2, 0),
        (Perks(), 100, 3, 10),
        (Perks(), 99, 3, 0),
        (Perks(), 100, 2, 30),
        (Perks(1, NextPurchase("X", 7, NOON + timedelta(days=1))), 100, 2, 27),
        (Perks(1, NextPurchase("X", 7, NOON)), 100, 2, 20),
        (Perks(0, NextPurchase("X", 70, NOON + timedelta(days=9))), 100, 2, 50),
    ],
)
def test_bonus(perks: Perks, credit_count: int, day: int, bonus: int) -> None:
    """The first purchase, a campaign and a promo code add up to a limit; parts of a credit are nobody's."""
    assert find_bonus(perks, credit_count, RULES, NOON.replace(day=day)) == bonus


async def test_first_purchase(shop: World) -> None:
    """The first purchase brings a tenth on top, the second does not, and a return takes it back once."""
    before = available(shop)
    await shop.send(paid(shop, package="m"), paid(shop, charge="stx2", package="m"))
    assert available(shop) == before + 2 * MEDIUM.credits + 19
    await shop.send(returned(shop, package="m"), returned(shop, package="m"))
    assert available(shop) == before + MEDIUM.credits
    await shop.send(paid(shop, charge="stx3", package="m"))
    assert available(shop) == before + 2 * MEDIUM.credits
    shop.check_money()


async def test_returned_by_an_operator(shop: World) -> None:
    """What an operator gives back takes its bonus along, and the update that follows books nothing more."""
    before = available(shop)
    await shop.send(paid(shop, package="m"))
    shop.messenger.transactions.append(StarTransaction("stx1", shop.now, MEDIUM.stars, ME))
    await refund_payment(shop.store, shop.clock, shop.messenger, "stx1")
    assert available(shop) == before
    await shop.send(returned(shop, package="m"))
    assert available(shop) == before
    shop.check_money()


async def test_campaign(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the days of a campaign each purchase brings more."""
    monkeypatch.setattr(book_charges, "GROWTH", RULES)
    before = available(shop)
    await shop.send(paid(shop), paid(shop, charge="stx2"))
    assert available(shop) == before + 2 * SMALL.credits + 24
    shop.check_money()


async def test_return_of_an_old_purchase(shop: World) -> None:
    """A purchase of the release before has no settlement: its return takes its credits alone."""
    before = available(shop)
    await shop.send(paid(shop))
    [key] = [key for key in shop.store._documents if key.collection == "settlements"]
    del shop.store._documents[key]
    await shop.send(returned(shop))
    assert available(shop) == before
    shop.check_money()


def test_period_of_a_subscription() -> None:
    """A period brings nothing on top, and leaves that to the first purchase of a package."""
    user = User(ME, NOON)
    booked = book_charges.book_charge(user, Charge("c-1", ME, 300), NOON, is_period=True)
    assert (booked.bonus, booked.user.perks) == (0, user.perks)
    assert book_charges.book_charge(booked.user, Charge("c-2", ME, 300), NOON).bonus == 30


def test_every_way_to_pay_books_through_here() -> None:
    """Nobody else books a purchase or takes one back: what belongs to it would be forgotten."""
    shared = Path(book_charges.__file__).parents[1]
    names = re.compile(r"\b(book_purchase|take_back)\b")
    users = {
        path.relative_to(shared).as_posix()
        for path in shared.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("from shared.credits.ledger import") and names.search(line)
    }
    assert users == {"growth/book_charges.py"}
