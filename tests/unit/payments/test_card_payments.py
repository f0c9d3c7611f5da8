"""An order by card, from the provider's page to the credits: whatever comes twice, late, wrong or not at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.credits.catalogue import PACKAGES
from shared.errors import BotBlockedError, DeliveryUnknownError, MessengerError, TooManyRequestsError, UnavailableError
from shared.jobs.job import JobState
from shared.payments.card_documents import card_order_key
from shared.payments.card_order import PAYABLE_FOR, CardState
from shared.payments.publish_card_order import card_order_id, publish_card_order
from shared.payments.sweep_card_orders import sweep_card_orders
from shared.pictures.go_on import PAYING_KEPT
from shared.ports import InvoiceState, Query, Record, Update
from tests.unit.payments.card_world import EMAIL, SMALL, CardWorld, open_card_world
from tests.world import ME, World, any_commit, nth_commit, writes_to


@pytest.fixture
async def shop(world: World) -> CardWorld:
    return await open_card_world(world)


def count_thanks(shop: CardWorld) -> int:
    return sum("Thank you" in each.text for each in shop.world.messenger.messages(ME))


async def test_paid(shop: CardWorld) -> None:
    """A payment that the provider confirms brings its credits, thanks with the balance, and a record of the payment."""
    before, invoice_id = shop.credits(), await shop.buy()
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    assert shop.credits() == before + SMALL.credits
    assert str(before + SMALL.credits) in shop.world.shown().text
    [payment] = shop.world.store.collection("payments").values()
    assert (payment["provider"], payment["charge_id"], payment["currency"]) == ("lava", invoice_id, "USD")
    shop.world.check_money()


async def test_webhook_often(shop: CardWorld) -> None:
    """However often a webhook comes, the payment is credited and thanked for once."""
    before, invoice_id = shop.credits(), await shop.buy()
    shop.cards.pay(invoice_id)
    for _ in range(5):
        await shop.hear(invoice_id)
    assert (shop.credits(), count_thanks(shop)) == (before + SMALL.credits, 1)


async def test_webhook_before_the_payment(shop: CardWorld) -> None:
    """A webhook whose payment the provider does not confirm credits nothing; the later one does."""
    before, invoice_id = shop.credits(), await shop.buy()
    await shop.hear(invoice_id)
    assert shop.credits() == before
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    assert shop.credits() == before + SMALL.credits


@pytest.mark.parametrize("change", [{"amount": 1}, {"currency": "RUB"}, {"offer": "other"}, {"id": "other"}])
async def test_something_else_was_paid(
    shop: CardWorld, change: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Another amount, currency, offer or contract than ordered credits nothing, is reported, and the person is told."""
    before, invoice_id = shop.credits(), await shop.buy()
    shop.cards.pay(invoice_id)
    paid = shop.cards.invoices[invoice_id]
    shop.cards.invoices[invoice_id] = replace(paid, **change)  # type: ignore[arg-type]  # fields by name
    await shop.hear(invoice_id)
    await shop.hear(invoice_id)
    assert shop.credits() == before
    assert shop.order().state is CardState.DISPUTED
    assert capsys.readouterr().out.count('"event": "payment_disputed"') == 1
    assert "@our_support" in shop.world.shown().text
    shop.cards.invoices[invoice_id] = paid
    await shop.hear(invoice_id)
    assert shop.credits() == before + SMALL.credits


async def test_unknown_order(shop: CardWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """A webhook about an invoice that is not ours is written down, and asks the provider nothing."""
    await shop.hear("unknown-invoice")
    assert "card_order_unknown" in capsys.readouterr().out
    assert shop.cards.reads == 0


async def test_invoice_is_gone(shop: CardWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """An invoice that its provider does not know any more is reported, and changes nothing."""
    before, invoice_id = shop.credits(), await shop.buy()
    del shop.cards.invoices[invoice_id]
    await shop.hear(invoice_id)
    assert "card_invoice_missing" in capsys.readouterr().out
    assert (shop.credits(), shop.order().state) == (before, CardState.OPEN)


async def test_failed_then_paid(shop: CardWorld) -> None:
    """A refused card is told once, and a second try on the same page is credited where the provider takes it."""
    before, invoice_id = shop.credits(), await shop.buy()
    shop.cards.settle(invoice_id, InvoiceState.FAILED)
    await shop.hear(invoice_id)
    await shop.hear(invoice_id)
    assert sum("did not go through" in each.text for each in shop.world.messenger.messages(ME)) == 1
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    assert shop.credits() == before + SMALL.credits


async def test_failed_then_again(shop: CardWorld) -> None:
    """The button under a refused payment opens a new invoice with the same e-mail, whose payment is credited."""
    world, before, refused = shop.world, shop.credits(), await shop.buy()
    shop.cards.settle(refused, InvoiceState.FAILED)
    await shop.hear(refused)
    await world.send(world.tap("email;", world.shown()))
    [first, second] = shop.cards.sales
    assert (first.email, first.package, first.amount) == (second.email, second.package, second.amount)
    invoice_id = list(shop.cards.invoices)[-1]
    assert world.shown().buttons[0][0].url.endswith(invoice_id)
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    assert shop.credits() == before + SMALL.credits


async def test_receipt_of_the_thanks(shop: CardWorld) -> None:
    """Thanks for a payment by card lead to its receipt, as thanks for Stars do."""
    world, invoice_id = shop.world, await shop.buy()
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    await world.send(world.tap("receipt;", world.shown()))
    assert invoice_id in world.shown().text


async def test_failed_after_it_was_paid(shop: CardWorld) -> None:
    """A late word about an earlier, failed try takes nothing away."""
    invoice_id = await shop.buy()
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    after = shop.credits()
    shop.cards.settle(invoice_id, InvoiceState.FAILED)
    await shop.hear(invoice_id)
    assert shop.credits() == after


@pytest.mark.parametrize("state", [InvoiceState.RETURNED, InvoiceState.CANCELLED])
async def test_money_back(shop: CardWorld, state: InvoiceState) -> None:
    """A refund or chargeback takes the credits back once, below zero if they were spent, and says so."""
    invoice_id = await shop.buy()
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    await shop.spend_all()
    shop.cards.settle(invoice_id, state)
    await shop.hear(invoice_id)
    await shop.hear(invoice_id)
    assert shop.credits() == -SMALL.credits
    assert "went back to you" in shop.world.shown().text
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    assert shop.credits() == -SMALL.credits
    shop.world.check_money()


async def test_money_back_without_a_webhook(shop: CardWorld) -> None:
    """Paid orders are asked for as long as a bank may take money back, so a chargeback is found without being told."""
    before, invoice_id = shop.credits(), await shop.buy()
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    shop.cards.settle(invoice_id, InvoiceState.RETURNED)
    await shop.sweep_for(timedelta(hours=2))
    assert shop.credits() == before


async def test_withdrawn(shop: CardWorld) -> None:
    """An invoice that expired at its provider closes the order without a word, and a late payment is credited."""
    before, invoice_id = shop.credits(), await shop.buy()
    messages = len(shop.world.messenger.messages(ME))
    shop.cards.settle(invoice_id, InvoiceState.CANCELLED)
    await shop.hear(invoice_id)
    assert shop.order().state is CardState.CLOSED
    assert len(shop.world.messenger.messages(ME)) == messages
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    assert shop.credits() == before + SMALL.credits


async def test_paid_late_without_a_webhook(shop: CardWorld) -> None:
    """An order is asked for ever more rarely, but as long as its provider may yet take the payment."""
    invoice_id = await shop.buy()
    await shop.sweep_for(timedelta(days=5))
    assert shop.cards.reads < 30
    shop.world.clock.advance(20 * 86_400)
    await shop.sweep_for(timedelta(minutes=30))
    before = shop.credits()
    shop.cards.pay(invoice_id)
    shop.world.clock.advance(7 * 86_400)
    await shop.sweep_for(timedelta(minutes=30))
    assert shop.credits() >= before + SMALL.credits


async def test_never_paid(shop: CardWorld) -> None:
    """An order is closed before its document ends; a webhook of a later payment still counts."""
    before, invoice_id = shop.credits(), await shop.buy()
    shop.world.clock.advance((PAYABLE_FOR + timedelta(hours=1)).total_seconds())
    await shop.sweep_for(timedelta(minutes=30))
    assert (shop.order().state, shop.order().sweep_at) == (CardState.CLOSED, None)
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    assert shop.credits() >= before + SMALL.credits


@pytest.mark.no_cover  # its thousands of steps go where smaller tests go too
async def test_every_webhook_lost(shop: CardWorld) -> None:
    """200 people pay and no webhook ever comes: all are credited, once, because sweep has each order asked for."""
    world, people = shop.world, range(1000, 1200)
    for user_id in people:
        await shop.buy(user_id=user_id)
    for invoice_id in shop.cards.invoices:
        shop.cards.pay(invoice_id)
    before = {user_id: shop.credits(user_id) for user_id in people}
    for _ in range(3):
        world.clock.advance(180)
        assert (await sweep_card_orders(world.ports)).unreadable == 0
        await world.settle()
    assert {user_id: shop.credits(user_id) for user_id in people} == {
        user_id: held + SMALL.credits for user_id, held in before.items()
    }
    world.check_money()


async def test_provider_is_away(shop: CardWorld) -> None:
    """A provider that does not answer is asked again by sweep, a minute later."""
    before, invoice_id = shop.credits(), await shop.buy()
    shop.cards.pay(invoice_id)
    shop.cards.outages = 1
    await shop.hear(invoice_id)
    assert shop.credits() == before
    shop.world.clock.advance(61)
    await sweep_card_orders(shop.world.ports)
    await shop.world.settle()
    assert shop.credits() == before + SMALL.credits


async def test_provider_is_not_configured_any_more(shop: CardWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """An order of a provider whose key was taken away is kept, and asked for again when it is back."""
    before, invoice_id = shop.credits(), await shop.buy()
    shop.cards.pay(invoice_id)
    cards = shop.world.ports.cards
    shop.world.ports = replace(shop.world.ports, cards={})
    await shop.hear(invoice_id)
    assert "not configured" in capsys.readouterr().out
    shop.world.ports = replace(shop.world.ports, cards=cards)
    await shop.sweep_for(timedelta(hours=1))
    assert shop.credits() == before + SMALL.credits


@pytest.mark.parametrize("harm", [TooManyRequestsError(3.0), DeliveryUnknownError("lost")])
async def test_thanks_that_failed(shop: CardWorld, harm: MessengerError) -> None:
    """Thanks that Telegram did not take are sent by the next task of the order, even if the provider is away then."""
    before, invoice_id = shop.credits(), await shop.buy()
    shop.cards.pay(invoice_id)
    shop.world.messenger.fail("send_text", harm)
    await shop.hear(invoice_id)
    assert (shop.credits(), count_thanks(shop)) == (before + SMALL.credits, 0)
    shop.cards.outages = 1
    shop.world.clock.advance(3_601)
    await sweep_card_orders(shop.world.ports)
    await shop.world.settle()
    assert (shop.credits(), count_thanks(shop)) == (before + SMALL.credits, 1)


async def test_person_blocked_the_bot(shop: CardWorld) -> None:
    """Whoever blocked the bot has their credits all the same, and is not written to again and again."""
    before, invoice_id = shop.credits(), await shop.buy()
    shop.cards.pay(invoice_id)
    shop.world.messenger.fail("send_text", BotBlockedError("blocked"))
    await shop.hear(invoice_id)
    await shop.hear(invoice_id)
    assert (shop.credits(), count_thanks(shop), shop.order().told) == (before + SMALL.credits, 0, "paid")


@pytest.mark.parametrize("number", range(3))
async def test_killed_anywhere(shop: CardWorld, number: int) -> None:
    """A worker that dies after any of its commits is followed by one that does the rest, once."""
    before, invoice_id = shop.credits(), await shop.buy()
    shop.cards.pay(invoice_id)
    order_id = card_order_id("lava", invoice_id)
    shop.world.store.lose(nth_commit(number))
    for _ in range(3):
        await publish_card_order(shop.world.tasks, order_id)
        try:
            await shop.world.settle()
        except UnavailableError:
            continue
    assert shop.credits() == before + SMALL.credits
    assert 1 <= count_thanks(shop) <= 2  # dead between sending and writing it down: told twice rather than never


async def test_two_workers_at_once(shop: CardWorld) -> None:
    """Two tasks of one order that run at the same moment credit it once."""
    before, invoice_id = shop.credits(), await shop.buy()
    shop.cards.pay(invoice_id)
    shop.world.store.interrupt(writes_to("transfers"), lambda: shop.hear(invoice_id))
    await shop.hear(invoice_id)
    assert shop.credits() == before + SMALL.credits


async def test_state_moves_while_the_news_is_sent(shop: CardWorld) -> None:
    """News that is outdated when it is noted leaves the newer state to be told."""
    invoice_id = await shop.buy()
    shop.cards.settle(invoice_id, InvoiceState.FAILED)

    async def pay() -> None:
        shop.cards.pay(invoice_id)
        await shop.hear(invoice_id)

    shop.world.store.interrupt(lambda writes: writes[0].fields.get("told") == "failed", pay)
    await shop.hear(invoice_id)
    assert shop.order().told == "paid"


async def test_sweep_loses_a_race(shop: CardWorld) -> None:
    """An order that a worker moves while sweep looks at it gets no second task."""
    invoice_id = await shop.buy()
    shop.world.clock.advance(180)
    shop.world.store.interrupt(any_commit, lambda: shop.hear(invoice_id))
    assert (await sweep_card_orders(shop.world.ports)).moved == 0


async def test_sweep_asks_once(shop: CardWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every order has a shard, so a sweep that finds nothing is one query."""
    asked, find = list[Query](), shop.world.store.find

    async def note(query: Query) -> list[Record]:
        asked.append(query)
        return await find(query)

    monkeypatch.setattr(shop.world.store, "find", note)
    await sweep_card_orders(shop.world.ports)
    assert len(asked) == 1


async def test_refused_wish_goes_on_by_itself(shop: CardWorld) -> None:
    """A picture that lacked credits is made as soon as the card has paid for them."""
    world = shop.world
    await shop.spend_all()
    await world.send(world.message("/image a red fox in the snow"))
    invoice_id = await shop.buy()
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    assert world.job().state is JobState.DELIVERED
    assert shop.credits() == SMALL.credits - 4


async def test_two_presses_from_out_of_credits(shop: CardWorld) -> None:
    """With a remembered e-mail a wish without credits is one press from the page, and goes on when that is paid."""
    world = shop.world
    await shop.buy()
    await world.send(world.tap(f"email;{ME};keep", world.shown()))
    await shop.spend_all()
    await world.send(world.message("/image a red fox in the snow"))
    card = world.shown()
    assert [row[0].label for row in card.buttons][:2] == ["60 credits · 50 ⭐", "💳 60 credits · $0.99"]
    await world.send(world.tap("cardbuy;", card))
    assert world.shown().buttons[0][0].label == "Pay $0.99"
    invoice_id = list(shop.cards.invoices)[-1]
    world.clock.advance((PAYING_KEPT - timedelta(minutes=1)).total_seconds())
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    assert world.job().state is JobState.DELIVERED


async def test_decline_of_a_repetition_offers_a_card(shop: CardWorld) -> None:
    """What is declined for want of credits shows the package by card too, in the person's currency."""
    world = shop.world
    await world.send(world.message("/image a red fox", language="ru"))
    picture = world.shown()
    await shop.spend_all()
    await world.send(world.reply("4K", picture, language="ru"))
    assert world.shown().buttons[1][0].label == "💳 60 кредитов · 99\u00a0₽"


async def test_wish_goes_on_although_the_worker_died(shop: CardWorld) -> None:
    """A worker that dies between the credits and the picture leaves the picture to the next task, made once."""
    world = shop.world
    await shop.spend_all()
    await world.send(world.message("/image a red fox in the snow"))
    invoice_id = await shop.buy()
    shop.cards.pay(invoice_id)
    world.store.lose(writes_to("payments"))
    with pytest.raises(UnavailableError):
        await shop.hear(invoice_id)
    await shop.hear(invoice_id)
    assert world.job().state is JobState.DELIVERED
    assert shop.credits() == SMALL.credits - 4


async def test_bonus_of_a_first_purchase(shop: CardWorld) -> None:
    """What a purchase brings on top comes with a card too, is thanked for, and goes with the money."""
    world, before, package = shop.world, shop.credits(), PACKAGES["m"]
    await world.send(world.tap_data(f"1;cardbuy;{ME};m;USD;{package.prices['USD']};{package.credits}", 5))
    await world.send(world.message(EMAIL))
    invoice_id = list(shop.cards.invoices)[-1]
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    assert shop.credits() == before + package.credits + 19
    assert "19 as a present" in world.shown().text
    shop.cards.settle(invoice_id, InvoiceState.RETURNED)
    await shop.hear(invoice_id)
    assert shop.credits() == before
    assert "209 credits were taken back" in world.shown().text
    world.check_money()


async def test_return_that_the_release_before_booked(shop: CardWorld) -> None:
    """A return that the release before booked and did not tell of is told with all credits of the order."""
    invoice_id = await shop.buy()
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    key = card_order_key(shop.order().id)
    [record] = await shop.world.store.read([key])
    assert record is not None
    await shop.world.store.commit([Update(key, {"state": "returned"}, record.version)])
    shop.cards.give_back(invoice_id, shop.order().amount)
    await shop.hear(invoice_id)
    assert "$0.99 went back to you, so 60 credits were taken back" in shop.world.shown().text
