"""Two years of subscriptions at the local lava.top, over HTTP and on its time: each payment is credited once."""

import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from infra.local.cards import Cards, Hook, Offer, run_cards
from shared.adapters.lava import LavaCards
from shared.credits.catalogue import PLANS
from shared.errors import UnusableUpdateError
from shared.payments.card_notices import read_lava_notice
from shared.payments.publish_card_order import card_order_id, publish_card_order
from shared.payments.sweep_card_orders import sweep_card_orders
from tests.contracts.http_server import Server, serve_http
from tests.unit.payments.card_world import KEY
from tests.world import World

PLUS = PLANS["plus"]
OFFER = Offer("0a1b9fc5-7ae9-4a27-9642-592bc44072b7", "300 credits", {"USD": 349}, "MONTHLY")
PEOPLE = range(700, 704)
PERIOD, REST = timedelta(days=30), timedelta(hours=36)
"""The first try of a payment is in the last hours before the rest of a period, the other two are in it."""


@dataclass
class Shop:
    """A world that sells by the local lava.top, and the server that gets its notices."""

    world: World
    cards: Cards
    product: Server
    heard: int = 0

    async def pass_time(self, time: timedelta) -> None:
        """Time passes here and there, two hours at a time at its end: what was told arrives, and `sweep` runs."""
        for part in (time - timedelta(hours=16), *[timedelta(hours=2)] * 8):
            await self.cards.advance(part)
            self.world.clock.set(self.cards.now())
            await self.hear()
            await sweep_card_orders(self.world.ports)
            await self.world.settle()

    async def hear(self) -> None:
        """What `payments` does with each notice."""
        told, self.heard = self.product.requests[self.heard :], len(self.product.requests)
        for request in told:
            notice = read_lava_notice(request.body)
            order_id = card_order_id(notice.provider, notice.invoice_id)
            await publish_card_order(self.world.tasks, order_id, notice.told_invoice)
        await self.world.settle()

    async def subscribe(self, user_id: int) -> str:
        """The first invoice of a subscription that was paid."""
        world = self.world
        await world.send(world.message("/start", user_id=user_id))
        await world.send(world.message("/buy", user_id=user_id))
        await world.send(world.tap("card;", world.shown(user_id), user_id=user_id))
        await world.send(world.tap(f"cardbuy;{user_id};plus", world.shown(user_id), user_id=user_id))
        await world.send(world.message(f"person{user_id}@example.com", user_id=user_id))
        invoice_id = list(self.cards.invoices)[-1]
        await self.cards.act(invoice_id, "pay")
        await self.hear()
        return invoice_id


@pytest.fixture
def product() -> Iterator[Server]:
    with serve_http() as server:
        yield server


@pytest.fixture
async def shop(product: Server) -> AsyncIterator[Shop]:
    world = World()
    async with run_cards(offers=(OFFER,), hooks={"lava": Hook(product.url)}, retry_seconds=0.0) as cards:
        lava = LavaCards(cards.lava_key, {"plus": OFFER.id}, cards.lava_url)
        world.sell(KEY, cards={"lava": lava})
        world.clock.set(cards.now())
        yield Shop(world, cards, product)
        await lava.close()


def fill_cards(shop: Shop, dice: random.Random, share: float) -> None:
    """This share of the cards has money."""
    for known in shop.cards.subscriptions.values():
        known.has_money = dice.random() < share


async def test_two_years(shop: Shop) -> None:
    """Notices are lost, repeated, held back, shuffled and untrue, cards are empty at times: every payment counts once.

    One person cancels in the bot, one at lava.top, the others go on.
    """
    dice, behaviour = random.Random(12), shop.cards.behaviour  # noqa: S311 — an order, no secret
    firsts = {user_id: await shop.subscribe(user_id) for user_id in PEOPLE}
    await shop.pass_time(REST + timedelta(minutes=30))
    for period in range(24):
        behaviour.lose, behaviour.repeat = dice.random() < 0.4, dice.choice((1, 1, 2))
        behaviour.hold, behaviour.lie = dice.random() < 0.3, dice.random() < 0.5
        fill_cards(shop, dice, 0.7)
        await shop.pass_time(PERIOD - REST)
        fill_cards(shop, dice, 0.98)
        await shop.pass_time(REST)
        await shop.cards.release()
        await shop.hear()
        if period == 14:
            await shop.cards.act(firsts[700], "cancel")
            await shop.world.send(shop.world.message("/subscription", user_id=701))
            await shop.world.send(shop.world.tap("sub;", shop.world.shown(701), user_id=701))
    await shop.pass_time(REST)
    booked = [each["charge_id"] for each in shop.world.store.collection("payments").values()]
    states = [each.state for each in shop.cards.invoices.values()]
    paid = [each.id for each in shop.cards.invoices.values() if each.state == "paid"]
    assert sorted(booked) == sorted(paid)
    assert len(paid) > 60
    assert states.count("failed") > 5
    assert [shop.cards.subscriptions[firsts[each]].status for each in (700, 701)] == ["CANCELLED"] * 2
    bought = [each for each in shop.world.store.collection("transfers").values() if each["kind"] == "purchase"]
    assert sum(each["credits"] for each in bought) == len(paid) * PLUS.credits
    told = [each.text for each in shop.world.messenger.messages(700)]
    assert sum("will not be renewed" in text for text in told) == 1
    shop.world.check_money()


async def test_notices_are_read(shop: Shop) -> None:
    """Every notice of the local lava.top, in any order, is read as one of its subscription or of a contract in it."""
    first = await shop.subscribe(700)
    shop.cards.subscriptions[first].has_money = False
    await shop.cards.advance(timedelta(days=32))
    notices = [read_lava_notice(request.body) for request in shop.product.requests]
    read = Counter((each.invoice_id == first, bool(each.told_invoice)) for each in notices)
    assert read == {(True, False): 1, (True, True): 3, (False, True): 1}
    with pytest.raises(UnusableUpdateError):
        read_lava_notice(json.dumps({"contractId": first, "parentContractId": 5}).encode())
