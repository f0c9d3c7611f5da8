"""An operator gives payments back: each once at Telegram and once in the books, whatever is lost on the way."""

import random
from dataclasses import replace

import pytest

from shared.credits.ledger import TransferKind
from shared.errors import (
    ConflictError,
    DeliveryUnknownError,
    MessageRejectedError,
    UnavailableError,
    UnusableChangeError,
)
from shared.payments.payment_documents import payment_id, payment_key
from shared.payments.refund_payment import CALLS_MAX, Refunded, refund_payment
from shared.ports import Create
from tests.unit.payments.conftest import KEY
from tests.unit.payments.test_reconcile import CREDITS, make_update, pay, tell
from tests.world import ME, World, writes_to

LOST = 0.3


@pytest.fixture
async def shop(world: World) -> World:
    """A world in which somebody has paid once."""
    world.sell(KEY)
    await world.send(world.message("/start"))
    await tell(world, pay(world))
    return world


async def refund(shop: World, charge: str = "stx1") -> Refunded:
    return await refund_payment(shop.store, shop.clock, shop.messenger, charge)


def count_returns(shop: World) -> int:
    return sum(each.is_returned for each in shop.messenger.transactions)


def count_refunds(shop: World) -> int:
    return sum(each.kind is TransferKind.REFUND for each in shop.transfers())


async def test_once(shop: World) -> None:
    """The Stars go back and the credits go; said again, nothing happens; the update tells the person, once."""
    before = shop.user().account.available
    first, second = await refund(shop), await refund(shop)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.available == second.available == before - CREDITS
    assert (count_returns(shop), count_refunds(shop)) == (1, 1)
    returned = shop.messenger.transactions[-1]
    await tell(shop, returned)
    await tell(shop, returned)
    assert shop.user().account.available == before - CREDITS
    assert sum("returned" in each.text for each in shop.messenger.messages(ME)) == 1
    shop.check_money()


async def test_below_zero(shop: World) -> None:
    """Credits that were spent become a debt."""
    await shop.send(shop.message("a red fox"))
    user = shop.user()
    while user.account.available >= CREDITS:
        await shop.send(shop.message("/image a fox 4K x2"))
        user = shop.user()
    done = await refund(shop)
    assert done.available == user.account.available - CREDITS < 0
    shop.check_money()


async def test_telegram_gave_it_back_before(shop: World) -> None:
    """What Telegram has returned already counts as done, and is booked."""
    await shop.messenger.return_stars(ME, "stx1")
    assert (await refund(shop)).is_new
    assert (count_returns(shop), count_refunds(shop)) == (1, 1)


async def test_update_is_faster(shop: World) -> None:
    """The update that comes while Telegram answers books it; the act finds it booked."""
    paid = replace(shop.messenger.transactions[0], is_returned=True)
    shop.store.interrupt(writes_to("transfers"), lambda: tell(shop, paid))
    assert not (await refund(shop)).is_new
    assert count_refunds(shop) == 1
    shop.check_money()


@pytest.mark.parametrize("charge", ["stx2", ""])
async def test_unknown_charge(shop: World, charge: str) -> None:
    """A charge that is not booked is refused before Telegram is asked."""
    with pytest.raises(UnusableChangeError, match="no payment with this charge"):
        await refund(shop, charge)
    assert shop.messenger.sent("return_stars") == []


async def test_telegram_refuses(shop: World) -> None:
    """Without the Stars no credits are taken."""
    shop.messenger.transactions.clear()
    with pytest.raises(MessageRejectedError):
        await refund(shop)
    assert count_refunds(shop) == 0


async def test_telegram_is_away(shop: World) -> None:
    """After some calls without an answer the operator is to say it again, and nothing is booked."""
    shop.messenger.fail("return_stars", *[DeliveryUnknownError("TimedOut")] * CALLS_MAX)
    with pytest.raises(UnavailableError, match="does not answer"):
        await refund(shop)
    assert count_refunds(shop) == 0
    assert (await refund(shop)).is_new


async def test_purchase_is_missing(shop: World) -> None:
    """Nothing is taken for a payment whose credits were never given."""
    record = shop.store.collection("payments")[payment_id("stars", "stx1")]
    lone = record | {"id": payment_id("stars", "stx9"), "charge_id": "stx9"}
    await shop.store.commit([Create(payment_key(lone["id"]), lone)])
    pay(shop, "stx9")
    with pytest.raises(UnusableChangeError, match="ledger-check"):
        await refund(shop, "stx9")


async def test_lost_rounds(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever loses every race says so."""

    async def refuse(*_: object) -> None:
        raise ConflictError("somebody else")

    monkeypatch.setattr(shop.store, "commit", refuse)
    with pytest.raises(UnavailableError, match="lost 10 rounds"):
        await refund(shop)


@pytest.mark.no_cover  # its thousands of steps go where smaller tests go too
@pytest.mark.timeout(120)
async def test_a_thousand_refunds(world: World) -> None:
    """With three of ten answers lost, of Telegram and of the store, and every update told twice in any order, each
    of 1,000 payments is given back once and taken from the books once.
    """
    dice = random.Random(7)  # noqa: S311 — repeatable on purpose
    world.sell(KEY)
    charges = [f"stx{number}" for number in range(1000)]
    people = range(601, 621)
    for number, charge in enumerate(charges):
        await world.deliver(make_update(world, pay(world, charge, user_id=people[number % len(people)])))
    await world.settle()
    bought = sum(each.kind is TransferKind.PURCHASE for each in world.transfers())
    for charge in charges:
        done = False
        while not done:
            if dice.random() < LOST:
                world.messenger.lose("return_stars")
            if dice.random() < LOST:
                world.store.lose(writes_to("transfers"))
            try:
                await refund(world, charge)
                done = True
            except UnavailableError:
                continue
    returned = [each for each in world.messenger.transactions if each.is_returned] * 2
    dice.shuffle(returned)
    for listed in returned:
        await world.deliver(make_update(world, listed))
    await world.settle()
    assert (bought, count_returns(world), count_refunds(world)) == (1000, 1000, 1000)
    told = sum("returned" in each.text for user_id in people for each in world.messenger.messages(user_id))
    assert told == 1000
    assert {world.user(user_id).account.available for user_id in people} == {20}
    world.check_money()
