"""Subscriptions in Stars in the app: begun, shown, stopped and allowed again by `bot`."""

from datetime import timedelta

import pytest

from shared.credits.catalogue import PLANS
from shared.errors import TooManyRequestsError
from shared.miniapp.acts import Act, publish_act
from shared.people.subscriptions import Renewal, Subscription
from shared.ports import CardRenewal
from tests.unit.miniapp.conftest import App
from tests.unit.payments.card_world import open_card_world
from tests.world import ME, OTHER, World

KEY = b"test-order-key-not-a-real-one-000"
PLUS = PLANS["plus"]


@pytest.fixture
def shop(app: App, world: World) -> App:
    world.sell(KEY)
    return app


async def subscribe(shop: App) -> str:
    """From the shop to the first paid period; the order's id."""
    world = shop.world
    page = await shop.get("/buy")
    token = next(each for each in page.offered("token") if each.endswith("plus"))
    form = {"name": "plus", "stars": str(PLUS.stars), "credits": str(PLUS.credits), "token": token}
    answer = await shop.post("/buy", form)
    await world.settle()
    [invoice] = world.messenger.invoice_links.values()
    world.messenger.subscriptions[ME, "stx0"] = False
    payment = {
        "currency": "XTR",
        "total_amount": PLUS.stars,
        "invoice_payload": invoice.payload,
        "telegram_payment_charge_id": "stx0",
        "is_recurring": True,
        "is_first_recurring": True,
        "subscription_expiration_date": int((world.now + timedelta(days=30)).timestamp()),
    }
    await world.send(world.message(successful_payment=payment))
    return answer.location.rpartition("/")[2]


def subscription(world: World) -> Subscription:
    [found] = world.user().subscriptions
    return found


async def test_begun_stopped_allowed(shop: App, world: World) -> None:
    """What was begun in the app is shown there, is stopped at Telegram by a press, and may be turned on again."""
    assert (await shop.get("/buy")).links("/subscription") == []
    assert "You have no subscription" in (await shop.get("/subscription")).text
    order_id = await subscribe(shop)
    for path in ("/buy", "/balance"):
        assert "/subscription" in (await shop.get(path)).links()
    page = await shop.get("/subscription")
    assert (page.hidden("order"), page.hidden("wish")) == (order_id, "stop")
    assert "data-poll" not in page.html
    answer = await shop.post("/subscription", {"order": order_id, "wish": "stop"})
    assert 'data-poll="/subscription/state"' in (await shop.get(answer.location)).html
    await world.settle()
    assert world.messenger.subscriptions[ME, "stx0"] is True
    state = await shop.get("/subscription/state")
    assert ("Canceled: nothing more is taken" in state.text, "data-poll" in state.html) == (True, False)
    await shop.post("/subscription", {"order": order_id, "wish": state.hidden("wish")})
    await world.settle()
    assert world.messenger.subscriptions[ME, "stx0"] is False
    assert subscription(world).renewal is Renewal.CANCELED


async def test_telegram_is_busy(shop: App, world: World) -> None:
    """A wish that Telegram does not take now is told it later; the same press again changes nothing."""
    order_id = await subscribe(shop)
    world.messenger.fail("edit_subscription", TooManyRequestsError(7))
    for _ in range(2):
        await shop.post("/subscription", {"order": order_id, "wish": "stop"})
    await world.settle()
    assert (world.messenger.subscriptions[ME, "stx0"], subscription(world).is_settled) == (True, True)


async def test_telegram_refuses(shop: App, world: World) -> None:
    """What Telegram refuses is told in the chat, once, and the page shows the subscription as it was."""
    order_id = await subscribe(shop)
    del world.messenger.subscriptions[ME, "stx0"]
    await shop.post("/subscription", {"order": order_id, "wish": "stop"})
    await world.settle()
    assert "nothing has changed" in world.shown().text
    count = len(world.messenger.messages(ME))
    await publish_act(world.ports, Act("renewal", ME, order_id, world.now))
    await world.settle()
    assert len(world.messenger.messages(ME)) == count
    assert subscription(world).renewal is Renewal.ON


@pytest.mark.parametrize("form", [{}, {"wish": "stop"}, {"wish": "explode"}, {"wish": "stop", "order": "A" * 16}])
async def test_nonsense(shop: App, world: World, form: dict[str, str]) -> None:
    """A form without a wish or a subscription of this person changes nothing."""
    order_id = await subscribe(shop)
    assert (await shop.post("/subscription", form)).location.endswith("said=gone")
    other = shop.as_other(OTHER)
    assert (await other.post("/subscription", {"order": order_id, "wish": "stop"})).location.endswith("said=gone")
    assert "You have no subscription" in (await other.get("/subscription")).text
    await publish_act(world.ports, Act("renewal", OTHER, order_id, world.now))
    await world.settle()
    assert subscription(world).renewal is Renewal.ON


async def test_one_by_card(app: App, world: World) -> None:
    """A subscription by card is shown and stopped in the app; without the provider's answer `sweep` has it asked."""
    shop = await open_card_world(world)
    first = await shop.subscribe()
    order_id = shop.subscription().order_id
    page = await app.get("/subscription")
    assert (page.hidden("order"), page.hidden("wish")) == (order_id, "stop")
    assert (await app.post("/subscription", {"order": order_id, "wish": "allow"})).location.endswith("said=gone")
    shop.cards.outages = 2
    await app.post("/subscription", {"order": order_id, "wish": "stop"})
    await world.settle()
    assert 'data-poll="/subscription/state"' in (await app.get("/subscription")).html
    await shop.sweep_for(timedelta(hours=2))
    assert shop.cards.subscriptions[first].renewal is CardRenewal.CANCELED
    state = await app.get("/subscription/state")
    assert "nothing more is taken" in state.text
    assert (state.offered("wish"), "data-poll" in state.html) == ([], False)


async def test_one_by_card_is_stopped_at_once(app: App, world: World) -> None:
    """The provider that answers has canceled before the next look; the act that comes again asks no more."""
    shop = await open_card_world(world)
    first = await shop.subscribe()
    order_id = shop.subscription().order_id
    for _ in range(2):
        await app.post("/subscription", {"order": order_id, "wish": "stop"})
        await world.settle()
    assert (shop.cards.subscriptions[first].renewal, shop.cards.cancels) == (CardRenewal.CANCELED, 1)
    assert shop.subscription().is_settled
