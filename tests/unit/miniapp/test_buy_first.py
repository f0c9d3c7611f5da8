"""Out of credits in the app: one press leads to the payment, another pays, and the order begins by itself."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from shared.credits.catalogue import PACKAGES
from shared.credits.spending import CACHE_SECONDS, stop_for_books
from shared.errors import BotBlockedError, UnavailableError
from shared.jobs.job import JobState, credits_of
from shared.payments.publish_card_order import card_order_id, publish_card_order
from shared.pictures.picture import request_of
from shared.pictures.wait_for_credits import WAITS_FOR
from shared.videos.video import is_video
from tests.fakes.cards import FakeCards
from tests.unit.miniapp.conftest import App
from tests.unit.miniapp.test_create_page import fill
from tests.world import OTHER, World, any_commit

LOST = 4
KEY = b"test-order-key-not-a-real-one-000"
SMALL = PACKAGES["s"]
BUY = f"s.{SMALL.stars}.{SMALL.credits}"


@pytest.fixture
async def shop(app: App, world: World) -> App:
    """Somebody with one credit, where credits are sold for Stars and by card."""
    await world.give(1)
    world.sell(KEY, cards={"lava": FakeCards()})
    return app


async def press(shop: App, buy: str = BUY, path: str = "/create", **fields: Any) -> str:
    """The button that buys first, on a filled form; where it leads."""
    form = fill(await shop.get(path), words="a red fox", **fields)
    price = (await shop.post("/create/options", form)).hidden("price")
    return (await shop.post("/create", form | {"price": price, "buy": buy})).location


def payment(world: World, charge: str = "stx1") -> dict[str, Any]:
    """Telegram's message of a payment of the newest invoice."""
    *_, invoice = world.messenger.invoice_links.values()
    paid = {"currency": "XTR", "total_amount": invoice.stars, "invoice_payload": invoice.payload}
    return world.message(successful_payment={**paid, "telegram_payment_charge_id": charge})


async def test_two_presses(shop: App, world: World) -> None:
    """The button names the package that suffices; once it is paid the picture is made, with the form's own options."""
    page = await shop.get("/create")
    assert (page.offered("buy")[0], "and create" in page.text) == (BUY, True)
    location = await press(shop, size="2K", model="fast")
    order_path, _, then = location.partition("?then=")
    assert "Preparing the payment" in (await shop.get(location)).text
    await world.settle()
    assert f'data-paid="/made/{then}?paid=1"' in (await shop.get(location)).html
    waiting = await shop.get(f"/made/{then}?paid=1")
    assert ("It begins as soon as" in waiting.text, f"/made/{then}/state?paid=1" in waiting.html) == (True, True)
    assert (await shop.get(f"/made/{then}")).status == 404
    assert world.jobs() == []
    assert list(world.store.collection("asked_orders")) == [world.user().unpaid_order]  # the release before finds it
    update = payment(world)
    await world.send(update, update)
    job = world.job()
    assert (job.id, job.state, request_of(job).size) == (then, JobState.DELIVERED, "2K")
    assert world.user().account.available == 1 + SMALL.credits - credits_of(job)
    assert world.user().unpaid_order == ""
    assert f"/gallery/{then}" in (await shop.get(f"/made/{then}?paid=1")).links()
    world.check_money()
    assert order_path.startswith("/buy/")


async def test_by_card(shop: App, world: World) -> None:
    """Paying by card begins the order too: also a video."""
    assert "card" in (await shop.get("/create?kind=video")).offered("buy")
    location = await press(shop, "card", "/create?kind=video", seconds="4")
    assert location.startswith("/buy/card?for=")
    page = await shop.get(location)
    form = {name: page.hidden(name) for name in ("token", "currency", "then")}
    large = next(each for each in page.offered("package") if each.startswith("m."))
    answer = await shop.post("/buy/card", form | {"package": large, "email": "ann@example.com"})
    await world.settle()
    cards = next(iter(world.ports.cards.values()))
    assert isinstance(cards, FakeCards)
    [invoice_id] = cards.invoices
    cards.pay(invoice_id)
    await publish_card_order(world.tasks, card_order_id("lava", invoice_id))
    await world.settle()
    assert is_video(world.job())
    assert f'data-go="/made/{world.job().id}?paid=1"' in (await shop.get(answer.location)).html
    world.check_money()


async def test_declined_and_then_changed(shop: App, world: World) -> None:
    """A form that was declined, changed and sent again with a payment begins as it was changed."""
    form = fill(await shop.get("/create"), words="a red fox", size="2K")
    options = {size: await shop.post("/create/options", form | {"size": size}) for size in ("2K", "1K")}
    prices = {size: page.hidden("price") for size, page in options.items()}
    await shop.post("/create", form | {"price": prices["2K"]})
    assert world.user().unpaid_order
    world.clock.advance(1)
    await shop.post("/create", form | {"size": "1K", "price": prices["1K"], "buy": BUY})
    await world.settle()
    await world.send(payment(world))
    assert [(request_of(job).size, job.state) for job in world.jobs()] == [("1K", JobState.DELIVERED)]


async def test_not_paid(shop: App, world: World) -> None:
    """Whoever leaves the invoice unpaid is told that the order waits, and may choose another way to pay it."""
    location = await press(shop)
    await world.settle()
    then = location.partition("?then=")[2]
    assert f'data-unpaid="/buy?said=unpaid&amp;then={then}"' in (await shop.get(location)).html
    page = await shop.get(f"/buy?said=unpaid&then={then}")
    assert ("is kept for an hour" in page.text, page.hidden("then")) == (True, then)
    assert f"/buy/card?then={then}" in page.links()
    assert "is kept for an hour" in (await shop.get(f"/buy/card?then={then}")).text


async def test_enough_by_now(shop: App, world: World) -> None:
    """Whoever has got credits meanwhile buys nothing: the form is an order."""
    form = fill(await shop.get("/create"), words="a red fox", buy=BUY)
    await press(shop)
    await world.settle()
    await world.send(payment(world))
    await world.settle()
    assert (await shop.post("/create", form)).location.startswith("/made/")
    assert len(world.jobs()) == 2


@pytest.mark.parametrize("buy", ["s.1.60", "s", "none.50.60", "s.50.6000", "plus"])
async def test_another_price(shop: App, world: World, buy: str) -> None:
    """A package at a price that is not the catalogue's is not sold: the form shows the new prices."""
    form = fill(await shop.get("/create"), words="a red fox", buy=buy)
    assert "Prices have changed" in (await shop.post("/create", form)).text
    assert (world.store.collection("orders"), world.store.collection("asked_orders")) == ({}, {})


async def test_where_nothing_is_sold(app: App, world: World) -> None:
    """Where nothing is sold, or no cards are taken, a form that buys keeps nothing."""
    await world.give(1)
    form = fill(await app.get("/create"), words="a red fox")
    for buy in (BUY, "card"):
        assert "Prices have changed" in (await app.post("/create", form | {"buy": buy})).text
    assert world.store.collection("asked_orders") == {}


async def test_the_books_are_wrong(shop: App, world: World) -> None:
    """While the books do not add up nothing is sold here either."""
    form = fill(await shop.get("/create"), words="a red fox", buy=BUY)
    await stop_for_books(world.store, world.now, is_wrong=True)
    world.clock.advance(CACHE_SECONDS)
    assert "does not add up" in (await shop.post("/create", form)).text


async def test_what_cannot_be_made(shop: App) -> None:
    """Nothing is bought for a form without words: it says what is missing."""
    form = fill(await shop.get("/create"), words="", buy=BUY)
    assert (await shop.post("/create", form)).status == 200


async def test_too_late(shop: App, world: World) -> None:
    """After an hour a payment begins nothing: the person may have thought of something else."""
    await press(shop)
    await world.settle()
    world.clock.advance((WAITS_FOR + timedelta(seconds=1)).total_seconds())
    await world.send(payment(world))
    assert world.jobs() == []


async def test_the_newest_wish(shop: App, world: World) -> None:
    """Of two orders that wait the later one begins; another payment begins nothing more."""
    await press(shop)
    location = await press(shop)
    await world.settle()
    await world.send(payment(world))
    await world.send(payment(world, "stx2"))
    assert [job.id for job in world.jobs()] == [location.partition("?then=")[2]]


@pytest.mark.parametrize("is_blocked", [False, True])
async def test_declined_after_the_payment(
    shop: App, world: World, monkeypatch: pytest.MonkeyPatch, *, is_blocked: bool
) -> None:
    """What is declined all the same is said in the chat, unless Telegram does not take it, and waits for more."""
    await press(shop, path="/create?kind=video", seconds="8", resolution="1080p")
    await world.settle()
    if is_blocked:
        monkeypatch.setattr(world.messenger, "send_text", _raise(world, BotBlockedError("403")))
    await world.send(payment(world))
    assert (world.jobs(), bool(world.user().unpaid_order)) == ([], True)
    assert ("Thank you" in world.shown().text) is is_blocked
    assert is_blocked or [row[0].label for row in world.shown().buttons][:1] == ["60 credits · 50 ⭐"]


def _raise(world: World, error: Exception) -> Any:
    thanked = world.messenger.send_text

    async def send_text(*given: Any, **more: Any) -> Any:
        if "Thank you" in str(given):
            return await thanked(*given, **more)
        raise error

    return send_text


async def test_a_worker_dies(shop: App, world: World) -> None:
    """Wherever a worker dies after the payment, the order is placed once."""
    await press(shop)
    await world.settle()
    update = payment(world)
    for _ in range(LOST):
        world.store.lose(any_commit)
    for _ in range(2 * LOST):
        with suppress(UnavailableError):
            await world.send(update)
    assert len(world.jobs()) == 1
    world.check_money(at_rest=False)


async def test_somebody_elses(shop: App, world: World) -> None:
    """What waits for one person is not begun by another's payment, and its page is like one of nothing."""
    location = await press(shop)
    await world.settle()
    then = location.partition("?then=")[2]
    await world.send(payment(world))
    other = shop.as_other(OTHER)
    nobodys = "AAAAAAAAAAAAAAA-"
    theirs, nothing = await other.get(f"/made/{then}?paid=1"), await other.get(f"/made/{nobodys}?paid=1")
    assert theirs.html.replace(then, nobodys) == nothing.html


async def test_signing_out(shop: App, world: World) -> None:
    """Who signs out everywhere drops the order that waits: credits that are bought later begin nothing."""
    await press(shop)
    await world.settle()
    world.clock.advance(5)
    await shop.post("/privacy/sign-out")
    await world.send(payment(world))
    assert (world.jobs(), world.user().account.available) == ([], 1 + SMALL.credits)
