"""Paying by card in the bot: currencies, the e-mail and who keeps it, prices, and what a provider may refuse."""

from dataclasses import replace
from typing import Any

import pytest

from shared.credits.catalogue import PACKAGES
from shared.credits.purchases import Package
from shared.credits.spending import CACHE_SECONDS, stop_for_books
from shared.errors import UnavailableError
from shared.payments.prices import choose_currency, price_in, show_money
from shared.people.accounts import change_user, open_user
from shared.people.card_settings import WISH_KEPT, CardSettings, read_email
from shared.people.users import Language
from tests.unit.payments.card_world import EMAIL, KEY, SMALL, CardWorld, open_card_world
from tests.world import ME, World, any_commit


@pytest.fixture
async def shop(world: World) -> CardWorld:
    return await open_card_world(world)


def labels(shop: CardWorld) -> list[str]:
    return [button.label for row in shop.world.shown().buttons for button in row]


def offer(shop: CardWorld) -> Any:
    """The link that was sent last."""
    return shop.world.shown().buttons[0][0]


async def test_from_buy_to_the_link(shop: CardWorld) -> None:
    """/buy leads to the packages in money, then to the e-mail, then to the provider's page; nothing is charged here."""
    before = shop.credits()
    await shop.buy()
    assert offer(shop).url == "https://pay.example/00000000-0000-0000-0000-000000000001"
    assert offer(shop).label == "Pay $0.99"
    assert "60 credits for $0.99" in shop.world.shown().text
    [sale] = shop.cards.sales
    assert (sale.email, sale.amount, sale.currency, sale.package) == (EMAIL, 99, "USD", "s")
    assert shop.credits() == before


async def test_russian(shop: CardWorld) -> None:
    """Russian readers pay in rubles."""
    await shop.buy(language="ru")
    assert offer(shop).label == "Оплатить 99\u00a0₽"
    assert shop.cards.sales[0].currency == "RUB"
    assert shop.cards.sales[0].language == "ru"


async def test_another_currency(shop: CardWorld) -> None:
    """Others choose among the currencies."""
    world = shop.world
    await world.send(world.message("/buy"))
    await world.send(world.tap("card;", world.shown()))
    assert labels(shop)[-2:] == ["In RUB", "In EUR"]
    await world.send(world.tap("card;501;EUR", world.shown()))
    assert labels(shop)[0] == "60 credits · €0.99"


async def test_a_provider_of_rubles_alone(shop: CardWorld) -> None:
    """Where only rubles are taken, nothing else is offered."""
    shop.cards.currencies = frozenset({"RUB"})
    await shop.buy()
    assert offer(shop).label == "Pay 99\u00a0₽"


async def test_no_cards(shop: CardWorld) -> None:
    """Without a provider /buy has Stars only, and old buttons say that cards are not taken."""
    world = shop.world
    await world.send(world.message("/buy"))
    press = world.tap("card;", world.shown())
    world.sell(KEY)
    await world.send(world.message("/buy"))
    assert all("⭐" in label for label in labels(shop))
    await world.send(press)
    assert "not open" in world.messenger.taps[-1].toast


async def test_button_of_another(shop: CardWorld) -> None:
    """Nobody orders by another person's button."""
    world = shop.world
    await world.send(world.message("/buy"))
    await world.send(world.tap("card;", world.shown(), user_id=502))
    assert "somebody else" in world.messenger.taps[-1].toast
    assert shop.cards.sales == []


async def test_prices_have_changed(shop: CardWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A button with an old price opens no invoice but the new prices."""
    world = shop.world
    await world.send(world.message("/buy"))
    await world.send(world.tap("card;", world.shown()))
    press = world.tap("cardbuy;", world.shown())
    monkeypatch.setitem(PACKAGES, "s", Package(SMALL.credits, {**SMALL.prices, "USD": 199}))
    await world.send(press)
    assert labels(shop)[0] == "60 credits · $1.99"
    await world.send(world.tap_data(f"1;cardbuy;{ME};unknown;USD;99;60", 5))
    await world.send(world.tap_data(f"1;cardbuy;{ME};s;GBP;99;60", 5))
    await world.send(world.tap_data("1;cardbuy;502;s;USD;199;60", 5))
    assert shop.cards.sales == []


async def test_package_is_taken_off_while_the_email_is_looked_for(
    shop: CardWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package that is not sold any more when the e-mail comes is not sold."""
    await shop.choose()
    monkeypatch.setitem(PACKAGES, "s", Package(SMALL.credits, {}))
    await shop.world.send(shop.world.message(EMAIL))
    assert "cannot be reached" in shop.world.shown().text
    assert shop.cards.sales == []


async def test_not_an_email(shop: CardWorld) -> None:
    """A reply to our question that is no e-mail is asked about again; other words keep their usual meaning."""
    world = shop.world
    await shop.choose()
    question = world.shown()
    await world.send(reply(shop, "ann at example", question))
    assert "not an e-mail" in world.shown().text
    await world.send(reply(shop, "still not", world.shown()))
    assert "not an e-mail" in world.shown().text
    await world.send(world.message("thanks"))
    assert "e-mail" not in world.shown().text
    await world.send(reply(shop, EMAIL, question))
    assert offer(shop).url


def reply(shop: CardWorld, text: str, shown: Any) -> Any:
    update = shop.world.reply(text, shown)
    update["message"]["reply_to_message"]["text"] = shown.text
    return update


async def test_email_out_of_the_blue(shop: CardWorld) -> None:
    """An e-mail that nobody asked for, or too late, orders nothing."""
    await shop.world.send(shop.world.message(EMAIL))
    await shop.choose()
    shop.world.clock.advance(WISH_KEPT.total_seconds() + 1)
    await shop.world.send(shop.world.message(EMAIL))
    assert shop.cards.sales == []


async def test_email_is_kept_only_on_demand(shop: CardWorld) -> None:
    """The e-mail is kept for the next purchase only when the person says so, and forgotten when they say so."""
    world = shop.world
    await shop.buy()
    assert world.user().card.email == ""
    await world.send(world.tap("email;", world.shown()))
    assert world.user().card.email == EMAIL
    await shop.choose()
    assert offer(shop).url.endswith("2")
    assert labels(shop)[1] == "Use another e-mail"
    await world.send(world.message("/buy"))
    await world.send(world.tap("card;", world.shown()))
    await world.send(world.tap("email;", world.shown()))
    assert world.user().card.email == ""


async def test_another_email(shop: CardWorld) -> None:
    """A kept e-mail can be replaced for an order: the same package is ordered with the new one."""
    world = shop.world
    await shop.buy()
    await world.send(world.tap("email;", world.shown()))
    await shop.choose()
    await world.send(world.tap("email;501;other", world.shown()))
    await world.send(world.message("bob@example.com"))
    assert [sale.email for sale in shop.cards.sales] == [EMAIL, EMAIL, "bob@example.com"]
    assert world.user().card.email == ""


@pytest.mark.parametrize("data", ["keep;unknown-order-id", "other;x", "keep", "", "sell;x"])
async def test_email_of_nobodys_order(shop: CardWorld, data: str) -> None:
    """A button with an order that is unknown, of another person or garbled changes nothing."""
    await shop.world.send(shop.world.tap_data(f"1;email;{ME};{data}", 5))
    assert "old" in shop.world.messenger.taps[-1].toast
    await shop.world.send(shop.world.tap_data(f"1;email;502;{data}", 5))
    assert shop.world.user().card.email == ""


async def test_email_of_another_person(shop: CardWorld) -> None:
    """Nobody gets another person's e-mail by naming their order."""
    await shop.buy()
    order = shop.order()
    await shop.world.send(shop.world.message("/start", user_id=502))
    await shop.world.send(shop.world.tap_data(f"1;email;502;keep;{order.id}", 5, user_id=502))
    assert shop.world.user(502).card.email == ""


async def test_provider_is_away(shop: CardWorld) -> None:
    """A provider that does not answer leads to the other way to pay, and nothing is ordered."""
    shop.cards.outages = 1
    await shop.choose()
    await shop.world.send(shop.world.message(EMAIL))
    assert "cannot be reached" in shop.world.shown().text
    assert shop.orders() == []


async def test_no_provider_of_that_currency_any_more(shop: CardWorld) -> None:
    """A currency that nobody takes any more when the e-mail comes is not ordered in."""
    await shop.choose()
    shop.cards.currencies = frozenset({"RUB"})
    await shop.world.send(shop.world.message(EMAIL))
    assert "cannot be reached" in shop.world.shown().text


async def test_provider_refuses(shop: CardWorld) -> None:
    """An e-mail that the provider does not take is named; the next one is taken."""
    shop.cards.refuses = True
    await shop.choose()
    await shop.world.send(shop.world.message(EMAIL))
    assert EMAIL in shop.world.shown().text
    assert shop.orders() == []
    shop.cards.refuses = False
    await shop.world.send(shop.world.message("bob@example.com"))
    assert offer(shop).url


async def test_provider_sells_at_another_price(shop: CardWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody is led to a page that asks for another amount than the button said."""
    shop.cards.markup = 1
    await shop.choose()
    await shop.world.send(shop.world.message(EMAIL))
    assert "card_price_differs" in capsys.readouterr().out
    assert shop.orders() == []


async def test_update_comes_again(shop: CardWorld) -> None:
    """A repeated e-mail opens no second order, also where the first worker died after its commit."""
    world = shop.world
    await shop.choose()
    update = world.message(EMAIL)
    world.store.lose(any_commit)
    with pytest.raises(UnavailableError):
        await world.deliver(update)
    await world.deliver(update)
    await world.settle()
    assert len(shop.orders()) == 1
    assert offer(shop).url == shop.order().url


async def test_two_deliveries_at_once(shop: CardWorld) -> None:
    """Of two deliveries at the same moment one opens the order; the other leaves it alone."""
    world = shop.world
    await shop.choose()
    update = world.message(EMAIL)
    world.store.interrupt(any_commit, lambda: world.deliver(update))
    await world.send(update)
    assert len(shop.orders()) == 1
    assert sum(any(b.url for row in each.buttons for b in row) for each in world.messenger.messages(ME)) == 1


async def test_in_a_group(shop: CardWorld) -> None:
    """An e-mail in a group is nobody's answer."""
    await shop.choose()
    await shop.world.send(shop.world.message(EMAIL, chat_id=-1001))
    assert shop.cards.sales == []


async def test_privacy(shop: CardWorld) -> None:
    """/privacy says who sees e-mail and card, where cards are taken."""
    await shop.world.send(shop.world.message("/privacy"))
    assert "400 days" in shop.world.shown().text


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("a@b.co", "a@b.co"),
        (" Ann.Lee+x@mail.example.com ", "Ann.Lee+x@mail.example.com"),
        ("mailto:a@b.co", "a@b.co"),
        ("a@b", None),
        ("a b@c.de", None),
        ("a@b.co\nBcc: c@d.ef", None),
        ("ä@b.co", None),
        ("a@b..co", None),
        (f"{'a' * 300}@b.co", None),
        ("", None),
    ],
)
def test_reading_an_email(text: str, email: str | None) -> None:
    """Only a whole, plain address is one: nothing else reaches a provider."""
    assert read_email(text) == email


@pytest.mark.parametrize(
    ("amount", "currency", "language", "shown"),
    [
        (9900, "RUB", "ru", "99\u00a0₽"),
        (149950, "RUB", "en", "1,499.50\u00a0₽"),
        (149900, "RUB", "ru", "1\u00a0499\u00a0₽"),
        (99, "USD", "en", "$0.99"),
        (749, "EUR", "ru", "7,49\u00a0€"),
    ],
)
def test_money(amount: int, currency: str, language: Language, shown: str) -> None:
    """Amounts stand as people write them."""
    assert show_money(amount, currency, language) == shown


def test_currency_of_a_language() -> None:
    """The wanted currency, else the language's, else whatever is taken."""
    assert choose_currency("en", "EUR", {"EUR", "USD"}) == "EUR"
    assert choose_currency("en", "GBP", {"EUR", "RUB"}) == "EUR"
    assert choose_currency("ru", "", {"USD"}) == "USD"
    assert price_in(SMALL, "GBP") is None


def test_every_package_fits_its_button() -> None:
    """The data of a button holds 64 bytes, also for the longest id of a person."""
    for name, package in PACKAGES.items():
        for currency, price in package.prices.items():
            assert len(f"1;cardbuy;{2**52};{name};{currency};{price};{package.credits}".encode()) <= 64
    assert len(f"1;email;{2**52};other;{'x' * 16}".encode()) <= 64


async def test_the_books_are_wrong(shop: CardWorld) -> None:
    """While the books do not add up nothing is sold by card either, at the press and when the e-mail comes.

    A kept e-mail is forgotten all the same.
    """
    world = shop.world
    await shop.choose()
    await stop_for_books(world.store, world.now, is_wrong=True)
    world.clock.advance(CACHE_SECONDS + 1)
    await world.send(world.message(EMAIL))
    assert "does not add up" in world.shown().text
    await world.send(world.tap_data(f"1;cardbuy;{ME};s;USD;99;60", 5))
    assert "does not add up" in world.messenger.taps[-1].toast
    assert shop.cards.sales == []
    await change_user(world.ports, await open_user(world.ports, ME), lambda u: replace(u, card=CardSettings(EMAIL)))
    await world.send(world.tap_data(f"1;email;{ME};forget;", 5))
    assert world.user().card.email == ""
