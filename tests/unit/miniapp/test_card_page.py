"""Paying by card in the app: the form, the invoice that `bot` opens, and what the page says of the order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.codec import decode
from shared.credits.catalogue import PACKAGES
from shared.credits.purchases import Package
from shared.credits.spending import CACHE_SECONDS, stop_for_books
from shared.errors import UnavailableError
from shared.miniapp.acts import Act, publish_act
from shared.payments.card_order import CardOrder
from shared.payments.card_request import OPENED_WITHIN, CardRequest, RequestState
from shared.payments.publish_card_order import card_order_id, publish_card_order
from shared.people.accounts import change_user, open_user
from shared.people.card_settings import CardSettings
from shared.ports import InvoiceState
from tests.fakes.cards import FakeCards
from tests.unit.miniapp.conftest import App, Page
from tests.world import ME, OTHER, World, any_commit

KEY = b"test-order-key-not-a-real-one-000"
EMAIL = "ann@example.com"
SMALL = PACKAGES["s"]


@pytest.fixture
def cards() -> FakeCards:
    return FakeCards()


@pytest.fixture
def shop(app: App, world: World, cards: FakeCards) -> App:
    world.sell(KEY, cards={"lava": cards})
    return app


def fill(page: Page, **fields: str) -> dict[str, str]:
    form = {"package": page.chosen("package"), "currency": page.hidden("currency"), "token": page.hidden("token")}
    return form | {"email": EMAIL} | fields


def requests(world: World) -> list[CardRequest]:
    return [decode(CardRequest, fields) for fields in world.store.collection("card_requests").values()]


def orders(world: World) -> list[CardOrder]:
    return [decode(CardOrder, fields) for fields in world.store.collection("card_orders").values()]


async def order(shop: App, **fields: str) -> str:
    """From the form to the page of its request, whose invoice is open."""
    answer = await shop.post("/buy/card", fill(await shop.get("/buy/card"), **fields))
    await shop.world.settle()
    return answer.location


async def hear(world: World, cards: FakeCards, state: InvoiceState = InvoiceState.PAID) -> None:
    """The provider says this of the newest invoice, and tells of it."""
    invoice_id = list(cards.invoices)[-1]
    cards.settle(invoice_id, state)
    await publish_card_order(world.tasks, card_order_id("lava", invoice_id))
    await world.settle()


async def test_from_the_shop_to_the_credits(shop: App, world: World, cards: FakeCards) -> None:
    """The shop leads to the form, the form to the provider's page, and the page says when the credits are here."""
    assert "/buy/card?for=100" in (await shop.get("/buy?for=100")).links()
    form = await shop.get("/buy/card?for=100")
    assert form.chosen("package").startswith("m.")
    assert form.offered("package")[0] == f"s.{SMALL.prices['USD']}.{SMALL.credits}"
    await world.send(world.message("/start"))
    before = world.user().account.available
    answer = await shop.post("/buy/card", fill(await shop.get("/buy/card")))
    assert f'data-poll="{answer.location}/state"' in (await shop.get(answer.location)).html
    await world.settle()
    page = await shop.get(answer.location)
    assert cards.sales[0].email == EMAIL
    assert (page.links("https")[0], "$0.99" in page.text) == (
        "https://pay.example/00000000-0000-0000-0000-000000000001",
        True,
    )
    await hear(world, cards)
    assert "60 credits are here" in (await shop.get(f"{answer.location}/state")).text
    assert world.user().account.available == before + SMALL.credits
    assert "60 credits came" in world.shown().text


async def test_currencies(shop: App, cards: FakeCards) -> None:
    """Another currency keeps what is missing and what begins then; nonsense is the person's usual one."""
    job = "AAAAAAAAAAAAAAA-"
    page = await shop.get(f"/buy/card?for=100&then={job}&x=1")
    assert f"/buy/card?currency=EUR&for=100&then={job}" in page.links()
    assert page.hidden("currency") == "USD"
    assert (await shop.get("/buy/card?currency=EUR")).hidden("currency") == "EUR"
    assert (await shop.get('/buy/card?currency=GBP&for=x&then="><b>')).links("/buy/card")[0] == "/buy/card?currency=RUB"
    cards.currencies = frozenset({"RUB"})
    assert (await shop.get("/buy/card?currency=EUR")).links("/buy/card") == []


async def close_cards_of(world: World) -> None:
    opened = await open_user(world.ports, ME)
    await change_user(world.ports, opened, lambda user: replace(user, card=CardSettings(closed_at=world.now)))


async def test_cards_are_closed(shop: App, world: World) -> None:
    """Whose bank took a payment back is told why nothing is sold by card, and a form that was open orders nothing."""
    form = fill(await shop.get("/buy/card"))
    await close_cards_of(world)
    assert "Cards are closed for you" in (await shop.get("/buy/card")).text
    assert "Cards are closed for you" in (await shop.post("/buy/card", form)).text
    assert requests(world) == []


async def test_cards_are_closed_meanwhile(shop: App, world: World, cards: FakeCards) -> None:
    """A request from before the bank took a payment back opens no invoice."""
    await shop.post("/buy/card", fill(await shop.get("/buy/card")))
    await close_cards_of(world)
    await world.settle()
    assert [each.state for each in requests(world)] == [RequestState.MISSED]
    assert (cards.sales, orders(world)) == ([], [])


async def test_no_cards(app: App, world: World) -> None:
    """Where cards are not taken nothing leads there, and a form orders nothing."""
    world.sell(KEY)
    assert (await app.get("/buy")).links("/buy/card") == []
    assert "Payments are not open yet" in (await app.get("/buy/card")).text
    form = {"package": "s.99.60", "currency": "USD", "email": EMAIL, "token": "x"}
    assert (await app.post("/buy/card", form)).status == 200
    assert requests(world) == []


@pytest.mark.parametrize("package", ["s.1.60", "s.99.6000", "s.99", "s", "none.99.60", "", "s.99.60.1"])
async def test_another_price(shop: App, world: World, package: str) -> None:
    """A price that is not the catalogue's orders nothing: the new prices are shown, and the e-mail is still there."""
    page = await shop.post("/buy/card", fill(await shop.get("/buy/card"), package=package))
    assert "Prices have changed" in page.text
    assert EMAIL in page.html
    assert (await shop.post("/buy/card", fill(await shop.get("/buy/card"), currency="GBP"))).status == 200
    assert requests(world) == []


@pytest.mark.parametrize("email", ["", "ann", "ann@example", "a@b.co\nBcc: c@d.ef", '"><script>'])
async def test_not_an_email(shop: App, world: World, email: str) -> None:
    """What is no e-mail reaches no provider: the form says so and keeps what was chosen."""
    chosen = next(each for each in (await shop.get("/buy/card")).offered("package") if each.startswith("m."))
    page = await shop.post("/buy/card", fill(await shop.get("/buy/card"), email=email, package=chosen))
    assert "not an e-mail" in page.text
    assert page.chosen("package") == chosen
    assert "<script>" not in page.html
    assert requests(world) == []


async def test_a_form_that_comes_twice(shop: App, world: World, cards: FakeCards) -> None:
    """Two posts of one form are one request and one invoice; so are two acts, one after the other or at once."""
    form = fill(await shop.get("/buy/card"))
    first, second = await shop.post("/buy/card", form), await shop.post("/buy/card", form)
    assert first.location == second.location
    await world.settle()
    assert (len(requests(world)), len(orders(world)), len(cards.sales)) == (1, 1, 1)
    [request] = requests(world)
    other = await shop.post("/buy/card", fill(await shop.get("/buy/card")))
    act = Act("card", ME, other.location.rpartition("/")[2], world.now)
    world.store.interrupt(any_commit, world.settle)
    await publish_act(world.ports, act)
    await world.settle()
    assert len(orders(world)) == 2
    assert request.state is RequestState.OPENED


async def test_a_worker_dies_after_its_commit(shop: App, world: World) -> None:
    """The act that comes again finds the order that was opened."""
    await shop.post("/buy/card", fill(await shop.get("/buy/card")))
    world.store.lose(any_commit)
    with pytest.raises(UnavailableError):
        await world.settle()
    [request] = requests(world)
    await publish_act(world.ports, Act("card", ME, request.id, world.now))
    await world.settle()
    assert [each.id for each in orders(world)] == [requests(world)[0].order_id]


async def test_the_email_is_kept_on_demand(shop: App, world: World) -> None:
    """The box says whether the e-mail is kept for the next purchase; without it a kept one is forgotten."""
    await order(shop, keep="on")
    assert world.user().card.email == EMAIL
    page = await shop.get("/buy/card")
    assert f'value="{EMAIL}"' in page.html
    assert "checked" in page.html.partition('name="keep"')[2][:40]
    await order(shop)
    assert world.user().card.email == ""


async def test_what_the_provider_says(shop: App, world: World, cards: FakeCards) -> None:
    """A provider that refuses, or is away, or sells at another price: nothing is charged, and there is a way on."""
    cards.refuses = True
    page = await shop.get(await order(shop))
    assert (f"does not take this with {EMAIL}" in page.text, page.links("/buy/card")) == (True, ["/buy/card"])
    cards.refuses, cards.outages = False, 1
    assert "cannot be reached" in (await shop.get(await order(shop))).text
    cards.markup = 1
    assert "cannot be reached" in (await shop.get(await order(shop))).text
    assert orders(world) == []


async def test_what_becomes_of_a_payment(shop: App, world: World, cards: FakeCards) -> None:
    """Declined: another try; withdrawn, returned, not as ordered: said in words."""
    path = await order(shop)
    await hear(world, cards, InvoiceState.FAILED)
    page = await shop.get(path)
    assert ("did not go through" in page.text, page.links("/buy/card")) == (True, ["/buy/card"])
    await hear(world, cards, InvoiceState.CANCELLED)
    assert "was not finished" in (await shop.get(path)).text
    await hear(world, cards)
    assert "are here" in (await shop.get(path)).text
    await hear(world, cards, InvoiceState.RETURNED)
    assert "went back to you" in (await shop.get(path)).text
    path = await order(shop)
    invoice_id = list(cards.invoices)[-1]
    cards.invoices[invoice_id] = replace(cards.invoices[invoice_id], amount=1)
    await hear(world, cards)
    assert "does not fit the order" in (await shop.get(path)).text
    await hear(world, cards, InvoiceState.RETURNED)
    assert "$0.01 went back to you, so 0 credits were taken back" in (await shop.get(path)).text


async def test_what_begins_then(shop: App, world: World, cards: FakeCards) -> None:
    """The page of a paid order leads to the job that waited for it."""
    job = "AAAAAAAAAAAAAAA-"
    path = await order(shop, then=job)
    assert path.endswith(f"?then={job}")
    await hear(world, cards)
    assert f'data-go="/made/{job}?paid=1"' in (await shop.get(path)).html


async def test_prices_and_books_meanwhile(
    shop: App, world: World, cards: FakeCards, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`bot` opens nothing at a price that does not hold any more, too late, or while the books are wrong."""
    form = fill(await shop.get("/buy/card"))
    await shop.post("/buy/card", form)
    with monkeypatch.context() as patch:
        patch.setitem(PACKAGES, "s", Package(SMALL.credits, {**SMALL.prices, "USD": 199}))
        await world.settle()
    with monkeypatch.context() as patch:
        await shop.post("/buy/card", fill(await shop.get("/buy/card")))
        patch.setattr("shared.miniapp.order_by_card.PACKAGES", {})
        await world.settle()
    await shop.post("/buy/card", fill(await shop.get("/buy/card")))
    world.clock.advance((OPENED_WITHIN + timedelta(seconds=1)).total_seconds())
    await world.settle()
    form = fill(await shop.get("/buy/card"))
    await shop.post("/buy/card", form)
    await stop_for_books(world.store, world.now, is_wrong=True)
    world.clock.advance(CACHE_SECONDS)
    await world.settle()
    assert [each.state for each in requests(world)] == [RequestState.MISSED] * 4
    assert cards.sales == []
    assert "does not add up" in (await shop.get("/buy/card")).text
    assert "does not add up" in (await shop.post("/buy/card", form | {"token": "y"})).text


async def test_somebody_elses(shop: App, world: World, cards: FakeCards) -> None:
    """Nobody sees another person's request, or has `bot` open its invoice; their e-mail stays theirs."""
    answer = await shop.post("/buy/card", fill(await shop.get("/buy/card")))
    world.tasks.tasks.clear()
    other = shop.as_other(OTHER)
    assert (await other.get(answer.location)).status == (await other.get(f"{answer.location}/state")).status == 404
    assert (await shop.get("/buy/card/nonsense")).status == 404
    for user_id, request_id in ((OTHER, answer.location.rpartition("/")[2]), (ME, "AAAAAAAAAAAAAAAA")):
        await publish_act(world.ports, Act("card", user_id, request_id, world.now))
    await world.settle()
    assert cards.sales == []


async def test_privacy_mentions_cards(shop: App, app: App, world: World) -> None:
    """The privacy page says who sees the e-mail and the card, where cards are taken."""
    assert "400 days" in (await shop.get("/privacy")).text
    world.sell(KEY)
    assert "400 days" not in (await app.get("/privacy")).text


async def test_no_email_is_asked_twice(shop: App, world: World) -> None:
    """A kept e-mail stands in the form from the beginning."""
    opened = await open_user(world.ports, ME)
    await change_user(world.ports, opened, lambda user: replace(user, card=CardSettings(EMAIL)))
    assert f'value="{EMAIL}"' in (await shop.get("/buy/card")).html
