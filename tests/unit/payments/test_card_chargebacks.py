"""A chargeback ends subscriptions by card: the card that is closed is not charged again."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.credits.catalogue import PACKAGES, PLANS
from shared.credits.ledger import TransferKind
from shared.errors import UnavailableError
from shared.people.accounts import change_user, open_user
from shared.people.perks import NextPurchase
from shared.people.subscriptions import Renewal
from shared.people.users import User
from shared.ports import CardRenewal, InvoiceState
from tests.unit.payments.card_world import CardWorld, open_card_world
from tests.unit.payments.test_card_subscribing import MONTH, count, pass_time, press_cancel
from tests.world import ME, World, nth_commit

PLUS = PLANS["plus"]


@pytest.fixture
async def shop(world: World) -> CardWorld:
    return await open_card_world(world)


@pytest.mark.parametrize("which", ["first", "renewed", "bought"])
async def test_chargeback_ends_the_subscription(shop: CardWorld, which: str) -> None:
    """A bank that took any payment back ends the subscription too: the card that is closed is not charged again."""
    bought = await shop.buy()
    shop.cards.pay(bought)
    await shop.hear(bought)
    first = await shop.subscribe(email="bob@example.com")
    renewed = shop.cards.renew(first)
    await shop.hear(first, renewed)
    taken = {"first": first, "renewed": renewed, "bought": bought}[which]
    shop.cards.settle(taken, InvoiceState.CHARGED_BACK)
    await shop.hear(taken)
    assert count(shop, "Your subscription by card is canceled too") == 1
    assert count(shop, "goes on all the same") == 0
    await shop.sweep_for(timedelta(hours=2))
    assert shop.cards.subscriptions[first].renewal is CardRenewal.CANCELED
    assert (shop.subscription().renewal, shop.subscription().is_settled) == (Renewal.STOPPED, True)
    await shop.sweep_for(timedelta(hours=2))
    assert shop.cards.cancels == 1
    shop.world.check_money()


@pytest.mark.parametrize("which", ["first", "renewed"])
@pytest.mark.parametrize("number", range(3))
async def test_chargeback_killed(shop: CardWorld, which: str, number: int) -> None:
    """A worker that dies after any of its commits, and whose task is lost, leaves the rest to `sweep`."""
    first = await shop.subscribe()
    renewed = shop.cards.renew(first)
    await shop.hear(first, renewed)
    taken = {"first": first, "renewed": renewed}[which]
    shop.cards.settle(taken, InvoiceState.CHARGED_BACK)
    shop.world.store.lose(nth_commit(number))
    with suppress(UnavailableError):
        await shop.hear(taken)
    shop.world.tasks.tasks.clear()
    await shop.sweep_for(timedelta(days=8))
    back = [each.credits for each in shop.world.transfers() if each.kind is TransferKind.CHARGEBACK]
    assert back == [PLUS.credits]
    assert shop.cards.subscriptions[first].renewal is CardRenewal.CANCELED
    assert shop.subscription().is_settled
    shop.world.check_money()


async def test_page_that_was_open_before_the_chargeback(shop: CardWorld) -> None:
    """A subscription whose page was open before cards were closed is credited if it is paid, and canceled at once."""
    bought, opened = await shop.buy(), await shop.open_plan(email="bob@example.com")
    shop.cards.pay(bought)
    await shop.hear(bought)
    shop.cards.settle(bought, InvoiceState.CHARGED_BACK)
    await shop.hear(bought)
    before = shop.credits()
    shop.cards.pay(opened)
    await shop.hear(opened)
    assert shop.credits() == before + PLUS.credits
    assert count(shop, "so it does not renew itself") == 1
    assert shop.cards.subscriptions[opened].renewal is CardRenewal.CANCELED
    assert (shop.subscription().renewal, shop.subscription().is_settled) == (Renewal.STOPPED, True)
    shop.world.check_money()


async def test_two_pages_paid(shop: CardWorld) -> None:
    """Who paid on two pages has two subscriptions, and is told so, with the way out of one."""
    one, other = await shop.open_plan(), await shop.open_plan(email="bob@example.com")
    for invoice_id in (one, other):
        shop.cards.pay(invoice_id)
        await shop.hear(invoice_id)
    assert count(shop, "You have two subscriptions now") == 1
    assert len(shop.world.user().subscriptions) == 2


@pytest.mark.parametrize(("hours", "percent"), [(2, 20), (24 * 60, 0)])
async def test_code_that_ends_while_the_person_pays(shop: CardWorld, hours: int, percent: int) -> None:
    """A promo code that held when the order was made brings its bonus although it is paid after its end; an invoice
    that is left open for months does not keep it.
    """

    def redeem(user: User) -> User:
        code = NextPurchase("AB23CD45EF", 20, shop.world.now + timedelta(minutes=30))
        return replace(user, perks=replace(user.perks, next_purchase=code))

    await change_user(shop.world.ports, await open_user(shop.world.ports, ME), redeem)
    invoice_id = await shop.buy()
    pass_time(shop, timedelta(hours=hours))
    before = (await open_user(shop.world.ports, ME)).user.account.available  # with the credits of that day
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    assert shop.credits() == before + PACKAGES["s"].credits * (100 + percent) // 100
    shop.world.check_money()


async def test_chargeback_without_a_subscription(shop: CardWorld) -> None:
    """Where no subscription goes on by card, none is spoken of."""
    first = await shop.subscribe()
    await press_cancel(shop)
    pass_time(shop, 2 * MONTH)
    shop.cards.settle(first, InvoiceState.CHARGED_BACK)
    await shop.hear(first)
    assert count(shop, "Your bank took") == 1
    assert count(shop, "is canceled too") == 0
    assert shop.cards.cancels == 1
