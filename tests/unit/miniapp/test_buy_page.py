"""Buying in the app: the catalogue, an order, its invoice's link by `bot`, and the credits once it is paid."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.credits.catalogue import PACKAGES, PLANS
from shared.credits.spending import CACHE_SECONDS, stop_for_books
from shared.errors import BotBlockedError, DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.miniapp.acts import Act, publish_act
from shared.payments.order import read_payload
from shared.people.accounts import change_user, open_user
from shared.people.subscriptions import Subscription
from tests.unit.miniapp.conftest import App, Page
from tests.world import ME, OTHER, World

KEY = b"test-order-key-not-a-real-one-000"


@pytest.fixture
def shop(app: App, world: World) -> App:
    world.sell(KEY)
    return app


def press(page: Page, name: str) -> dict[str, str]:
    """The form of one thing on sale."""
    sold = {**PACKAGES, **PLANS}[name]
    assert name in page.offered("name")
    token = next(each for each in page.offered("token") if each.endswith(name))
    return {"name": name, "stars": str(sold.stars), "credits": str(sold.credits), "token": token}


async def test_what_is_sold(shop: App) -> None:
    """All packages and subscriptions, with what suffices for a wish; the terms, and whom to write to."""
    page = await shop.get("/buy?for=100")
    assert page.offered("name") == [*PACKAGES, *PLANS]
    assert page.text.count("enough for it") == 1
    assert "@" in page.text
    assert "enough for it" not in (await shop.get("/buy?for=nonsense")).text


async def test_nothing_is_sold(app: App) -> None:
    """Where nothing is sold the page says so, and no order is made."""
    assert "Payments are not open yet." in (await app.get("/buy")).text
    answer = await app.post("/buy", {"name": "s", "stars": "50", "credits": "60", "token": "x"})
    assert answer.status == 200
    assert app.world.store.collection("orders") == {}


async def test_the_books_are_wrong(shop: App, world: World) -> None:
    """While the books do not add up nothing is sold in the app either, and it says why."""
    form = press(await shop.get("/buy"), "s")
    await stop_for_books(world.store, world.now, is_wrong=True)
    world.clock.advance(CACHE_SECONDS)
    assert "does not add up" in (await shop.get("/buy")).text
    assert "does not add up" in (await shop.post("/buy", form)).text
    assert shop.world.store.collection("orders") == {}


async def test_an_order(shop: App, world: World) -> None:
    """An order waits for its link; `bot` makes it, signed; a form that comes twice is one order."""
    form = press(await shop.get("/buy"), "s")
    first, second = await shop.post("/buy", form), await shop.post("/buy", form)
    assert first.location == second.location
    assert f'data-poll="{first.location}/state"' in (await shop.get(first.location)).html
    await world.settle()
    [(link, invoice)] = world.messenger.invoice_links.items()
    assert f'data-invoice="{link}"' in (await shop.get(f"{first.location}/state")).html
    order = read_payload(invoice.payload, (KEY,))
    assert order is not None
    assert (order.user_id, order.stars, order.credits) == (ME, PACKAGES["s"].stars, PACKAGES["s"].credits)


async def test_a_subscription(shop: App, world: World) -> None:
    """A subscription is an order without an end, for a period."""
    plan = next(iter(PLANS))
    await shop.post("/buy", press(await shop.get("/buy"), plan))
    await world.settle()
    [invoice] = world.messenger.invoice_links.values()
    assert invoice.days == PLANS[plan].days


async def test_another_price(shop: App) -> None:
    """A price that is not the catalogue's makes no order: the new prices are shown."""
    form = press(await shop.get("/buy"), "s")
    for wrong in ({"stars": "1"}, {"credits": "9999"}, {"name": "nonsense"}):
        assert "Prices have changed" in (await shop.post("/buy", form | wrong)).text
    assert shop.world.store.collection("orders") == {}


async def test_a_price_that_changed_meanwhile(shop: App, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """`bot` signs no order whose price does not hold any more, and none where nothing is sold (any more)."""
    location = (await shop.post("/buy", press(await shop.get("/buy"), "s"))).location
    order_id = location.rpartition("/")[2]
    with monkeypatch.context() as patch:
        patch.setattr("shared.miniapp.link_invoice.PACKAGES", {})
        await world.settle()
    world.sell()
    await publish_act(world.ports, Act("link", ME, order_id, world.now))
    await world.settle()
    assert world.messenger.invoice_links == {}
    assert "data-poll" in (await shop.get(f"{location}/state")).html


async def test_somebody_elses_order(shop: App, world: World) -> None:
    """Nobody sees another person's order, and `bot` makes no link for it in another's name."""
    location = (await shop.post("/buy", press(await shop.get("/buy"), "s"))).location
    other = shop.as_other(OTHER)
    assert (await other.get(location)).status == (await other.get(f"{location}/state")).status == 404
    assert (await shop.get("/buy/nonsense")).status == 404
    world.tasks.tasks.clear()
    for user_id, order_id in ((OTHER, location.rpartition("/")[2]), (ME, "AAAAAAAAAAAAAAAA")):
        await publish_act(world.ports, Act("link", user_id, order_id, world.now))
    await world.settle()
    assert world.messenger.invoice_links == {}


@pytest.mark.parametrize("error", [TooManyRequestsError(7), DeliveryUnknownError("5xx")])
async def test_telegram_is_away(shop: App, world: World, error: MessengerError) -> None:
    """An act that Telegram does not take is done later, for half an hour."""
    location = (await shop.post("/buy", press(await shop.get("/buy"), "s"))).location
    world.messenger.fail("create_invoice_link", error)
    await world.settle()
    assert "data-invoice" in (await shop.get(location)).html
    await publish_act(world.ports, Act("erase", ME, "AAAAAAAAAAAAAAAA", world.now - timedelta(hours=1)))
    await world.settle()


async def test_an_act_is_given_up(shop: App, world: World) -> None:
    """What Telegram refuses for good, or for too long, is not tried for ever."""
    location = (await shop.post("/buy", press(await shop.get("/buy"), "s"))).location
    world.messenger.fail("create_invoice_link", BotBlockedError("403"))
    await world.settle()
    world.messenger.fail("create_invoice_link", TooManyRequestsError(1))
    late = world.now - timedelta(hours=1)
    await publish_act(world.ports, Act("link", ME, location.rpartition("/")[2], late))
    await world.settle()
    assert world.messenger.invoice_links == {}


async def test_one_subscription_at_a_time(shop: App, world: World) -> None:
    """Whoever has a subscription that goes on is offered packages only, and gets no second one by an old form."""
    page = await shop.get("/buy")
    plan = next(iter(PLANS))
    going = Subscription("AAAAAAAAAAAAAAAA", PLANS[plan].stars, PLANS[plan].credits, world.now + timedelta(days=20))
    await change_user(world.ports, await open_user(world.ports, ME), lambda user: replace(user, subscriptions=(going,)))
    assert (await shop.get("/buy")).offered("name") == [*PACKAGES]
    assert "Prices have changed" in (await shop.post("/buy", press(page, plan))).text
