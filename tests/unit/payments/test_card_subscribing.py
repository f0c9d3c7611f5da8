"""Subscriptions by card: each period is credited once, as its provider says, whatever a notice says or leaves out."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.bot.take_card_order import take_card_order
from shared.codec import encode
from shared.credits.catalogue import PLANS
from shared.errors import BotBlockedError, DeliveryUnknownError, MessengerError, TooManyRequestsError, UnavailableError
from shared.payments.card_documents import card_order_key
from shared.payments.card_order import CardState
from shared.payments.payment_documents import ORDERS_KEPT
from shared.payments.publish_card_order import card_order_id, publish_card_order
from shared.people.accounts import change_user, open_user
from shared.people.subscriptions import Phase, Renewal, phase_of
from shared.people.users import with_subscriptions
from shared.ports import CardRenewal, InvoiceState, Update
from shared.texts import write_day
from tests.fakes.cards import FakeCards
from tests.unit.payments.card_world import EMAIL, KEY, CardWorld, open_card_world
from tests.unit.payments.test_subscribing import order as order_in_stars
from tests.unit.payments.test_subscribing import paid as paid_in_stars
from tests.world import ME, World, any_commit, nth_commit

PLUS = PLANS["plus"]
MONTH = timedelta(days=30)


@pytest.fixture
async def shop(world: World) -> CardWorld:
    return await open_card_world(world)


def pass_time(shop: CardWorld, time: timedelta) -> None:
    shop.world.clock.advance(time.total_seconds())


def texts(shop: CardWorld) -> list[str]:
    return [each.text for each in shop.world.messenger.messages(ME)]


def count(shop: CardWorld, words: str) -> int:
    return sum(words in text for text in texts(shop))


async def open_page(shop: CardWorld) -> str:
    """What /subscription shows."""
    await shop.world.send(shop.world.message("/subscription"))
    return shop.world.shown().text


async def press_cancel(shop: CardWorld) -> None:
    await open_page(shop)
    await shop.world.send(shop.world.tap("sub;", shop.world.shown()))


async def test_subscribing(shop: CardWorld) -> None:
    """The link says what is taken every month; the first payment brings the credits, and the page what comes next."""
    before, invoice_id = shop.credits(), await shop.open_plan()
    assert "300 credits every 30 days for $3.49" in shop.world.shown().text
    assert shop.cards.sales[-1].days == PLUS.days
    assert shop.world.user().subscriptions == ()
    shop.cards.pay(invoice_id)
    await shop.hear(invoice_id)
    assert shop.credits() == before + PLUS.credits
    end = write_day("en", shop.world.now + MONTH)
    assert f"paid until {end} and then renews itself" in shop.world.shown().text
    page = await open_page(shop)
    assert "$3.49, by card" in page
    assert f"Paid until {end}. Then the payment service takes the next $3.49" in page
    shop.world.check_money()


async def test_period_is_no_first_purchase(shop: CardWorld) -> None:
    """A period brings no bonus of a purchase, as one in Stars does not."""
    before = shop.credits()
    await shop.subscribe()
    assert shop.credits() == before + PLUS.credits
    assert shop.world.user().perks.purchases == 0


async def test_renewal(shop: CardWorld) -> None:
    """A later payment is an invoice of its own: it is credited and told once, however often a notice comes."""
    first = await shop.subscribe()
    before = shop.credits()
    pass_time(shop, MONTH)
    renewed = shop.cards.renew(first, shop.world.now)
    for _ in range(3):
        await shop.hear(first, renewed)
        await shop.hear(renewed)
    assert shop.credits() >= before + PLUS.credits
    assert shop.credits() < before + 2 * PLUS.credits
    assert count(shop, "renewed until") == 1
    assert shop.subscription().until == shop.world.now + MONTH
    assert {each["charge_id"] for each in shop.world.store.collection("payments").values()} == {first, renewed}
    shop.world.check_money()


async def test_renewal_that_no_notice_told(shop: CardWorld) -> None:
    """The provider is asked soon after each payment is due, so a lost notice loses nothing."""
    first = await shop.subscribe()
    before = shop.credits()
    pass_time(shop, MONTH)
    shop.cards.renew(first, shop.world.now)
    await shop.sweep_for(timedelta(hours=1))
    assert before + PLUS.credits <= shop.credits() < before + 2 * PLUS.credits


async def test_late_renewal_is_found(shop: CardWorld) -> None:
    """A payment that the provider got a day late is found within hours; until then the subscription is late."""
    first = await shop.subscribe()
    await shop.sweep_for(MONTH + timedelta(hours=24))
    before = shop.credits()
    assert "has not come" in await open_page(shop)
    shop.cards.renew(first, shop.world.now)
    await shop.sweep_for(timedelta(hours=8))
    assert shop.credits() >= before + PLUS.credits


async def test_questions_are_few(shop: CardWorld) -> None:
    """A subscription that simply goes on costs its provider a few questions a month."""
    await shop.subscribe()
    before = shop.cards.reads
    await shop.sweep_for(MONTH - timedelta(hours=1))
    assert shop.cards.reads - before <= 40


@pytest.mark.parametrize("change", [{"state": InvoiceState.OPEN}, {"first_id": "other-0001"}, {"first_id": ""}])
async def test_notice_that_lies(shop: CardWorld, change: dict[str, str]) -> None:
    """A payment that only a notice knows is nothing unless its own invoice is paid and names this subscription."""
    first = await shop.subscribe()
    before, known = shop.credits(), shop.cards.subscriptions[first]
    renewed = shop.cards.renew(first)
    shop.cards.subscriptions[first] = known
    invoice = shop.cards.invoices[renewed]
    shop.cards.invoices[renewed] = replace(invoice, **change)  # type: ignore[arg-type]  # fields by name
    for told in (renewed, "not-an-invoice-0", "../../x", first, "x" * 64):
        await shop.hear(first, told)
    assert (shop.credits(), len(shop.orders())) == (before, 1)


async def test_payment_that_only_the_notice_names(shop: CardWorld) -> None:
    """A payment that the provider's list does not show yet is credited once, by its own invoice."""
    first = await shop.subscribe()
    before, known = shop.credits(), shop.cards.subscriptions[first]
    renewed = shop.cards.renew(first)
    listed, shop.cards.subscriptions[first] = shop.cards.subscriptions[first], known
    await shop.hear(first, renewed)
    assert shop.credits() == before + PLUS.credits
    shop.cards.subscriptions[first] = listed
    await shop.hear(first, renewed)
    assert shop.credits() == before + PLUS.credits


@pytest.mark.parametrize(
    "change", [{"amount": 1}, {"currency": "RUB"}, {"offer": "other", "first_id": ""}, {"first_id": "other-0001"}]
)
async def test_renewal_is_not_as_agreed(shop: CardWorld, change: dict[str, str]) -> None:
    """Another price, currency, offer or subscription than agreed credits nothing, and the person is told."""
    first = await shop.subscribe()
    before, renewed = shop.credits(), shop.cards.renew(first)
    invoice = shop.cards.invoices[renewed]
    shop.cards.invoices[renewed] = replace(invoice, **change)  # type: ignore[arg-type]  # fields by name
    await shop.hear(first, renewed)
    assert shop.credits() == before
    assert [each.state for each in shop.orders()] == [CardState.PAID, CardState.DISPUTED]
    assert "@our_support" in shop.world.shown().text


@pytest.mark.parametrize("change", [{"offer": "renamed"}, {"first_id": ""}])
async def test_renewal_under_another_name(shop: CardWorld, change: dict[str, str]) -> None:
    """A later payment is known by its subscription or by its offer: an offer may be renamed while people subscribe."""
    first = await shop.subscribe()
    before, renewed = shop.credits(), shop.cards.renew(first)
    invoice = shop.cards.invoices[renewed]
    shop.cards.invoices[renewed] = replace(invoice, **change)  # type: ignore[arg-type]  # fields by name
    await shop.hear(first, renewed)
    assert shop.credits() == before + PLUS.credits


async def test_order_of_ours_is_no_renewal(shop: CardWorld) -> None:
    """An invoice that has an order already is that order, whatever a provider lists it under."""
    bought = await shop.buy()
    first = await shop.subscribe(email="bob@example.com")
    before = shop.credits()
    shop.cards.pay(bought)
    shop.cards.subscriptions[first] = replace(shop.cards.subscriptions[first], paid_ids=(first, bought))
    await shop.hear(first, bought)
    assert (shop.credits(), len(shop.orders())) == (before, 2)


async def test_cancel(shop: CardWorld) -> None:
    """*Cancel* has the provider take no more; the credits stay, there is no *Restore*, and the shop has a new one."""
    first = await shop.subscribe()
    before = shop.credits()
    await press_cancel(shop)
    assert shop.cards.subscriptions[first].renewal is CardRenewal.CANCELED
    assert "Canceled" in shop.world.messenger.taps[-1].toast
    assert "Canceled: nothing more is taken" in shop.world.shown().text
    assert shop.world.shown().buttons == ()
    assert phase_of(shop.subscription(), shop.world.now) is Phase.RUNS_OUT
    await shop.hear(first, first)
    await shop.sweep_for(timedelta(days=1))
    assert (shop.credits(), shop.cards.cancels, count(shop, "will not be renewed")) == (before, 1, 0)
    assert shop.order().renews_at is None
    await shop.world.send(shop.world.message("/buy"))
    await shop.world.send(shop.world.tap("card;", shop.world.shown()))
    assert any("/ 30 days" in row[0].label for row in shop.world.shown().buttons)


async def test_cancel_without_an_answer(shop: CardWorld) -> None:
    """Without the provider's answer the page says so, and `sweep` has it asked until it has canceled."""
    first = await shop.subscribe()
    await open_page(shop)
    shop.cards.outages = 1
    await shop.world.send(shop.world.tap("sub;", shop.world.shown()))
    assert shop.world.messenger.taps[-1].alert
    assert "has not confirmed" in shop.world.shown().text
    assert not shop.subscription().is_settled
    await shop.sweep_for(timedelta(hours=1))
    assert shop.cards.subscriptions[first].renewal is CardRenewal.CANCELED
    assert shop.subscription().is_settled
    assert "nothing more is taken" in await open_page(shop)


async def test_cancel_that_was_carried_out_without_an_answer(shop: CardWorld) -> None:
    """A cancel whose answer got lost is found done, although the provider refuses its repetition."""
    first = await shop.subscribe()
    shop.cards.switch(first, CardRenewal.CANCELED)
    await press_cancel(shop)
    assert "Canceled" in shop.world.messenger.taps[-1].toast
    assert (shop.subscription().renewal, shop.subscription().is_settled) == (Renewal.STOPPED, True)


@pytest.mark.parametrize("number", range(3))
async def test_cancel_killed(shop: CardWorld, number: int) -> None:
    """A worker that dies after any of its commits leaves the wish to the repetition, or to `sweep`."""
    first = await shop.subscribe()
    await open_page(shop)
    press = shop.world.tap("sub;", shop.world.shown())
    shop.world.store.lose(nth_commit(number))
    with pytest.raises(UnavailableError):
        await shop.world.deliver(press)
    if number:  # the wish is stored, and the press never comes again
        await shop.sweep_for(timedelta(hours=1))
    else:
        await shop.world.send(press)
    assert shop.cards.subscriptions[first].renewal is CardRenewal.CANCELED
    assert (shop.subscription().renewal, shop.subscription().is_settled) == (Renewal.STOPPED, True)


async def test_provider_refuses_to_cancel(shop: CardWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """A refused cancel is reported and asked for again; the person is never told that it is done."""
    first = await shop.subscribe()
    shop.cards.refuses_to_cancel = True
    await press_cancel(shop)
    assert "has not confirmed" in shop.world.shown().text
    await shop.sweep_for(timedelta(hours=3))
    assert "card_cancel_refused" in capsys.readouterr().out
    assert not shop.subscription().is_settled
    shop.cards.refuses_to_cancel = False
    await shop.sweep_for(timedelta(hours=2))
    assert shop.cards.subscriptions[first].renewal is CardRenewal.CANCELED
    assert shop.subscription().is_settled


async def test_cancel_of_what_has_failed(shop: CardWorld) -> None:
    """A provider that gave up a refused payment and refuses the cancel is not asked to cancel for ever."""
    first = await shop.subscribe()
    pass_time(shop, MONTH)
    shop.cards.switch(first, CardRenewal.FAILED)
    shop.cards.refuses_to_cancel = True
    await press_cancel(shop)
    await shop.sweep_for(timedelta(days=3, hours=2))
    before = shop.cards.cancels
    await shop.sweep_for(timedelta(days=2))
    assert shop.cards.cancels == before > 1
    assert phase_of(shop.subscription(), shop.world.now) is Phase.ENDED


async def test_provider_goes_on_after_a_cancel(shop: CardWorld) -> None:
    """A provider that confirmed a cancel and still goes on is asked to cancel again."""
    first = await shop.subscribe()
    await press_cancel(shop)
    shop.cards.switch(first, CardRenewal.ON)
    await shop.hear(first, first)
    assert shop.cards.subscriptions[first].renewal is CardRenewal.CANCELED
    assert shop.cards.cancels == 2


async def test_payment_after_a_cancel(shop: CardWorld) -> None:
    """A payment that the provider takes after it confirmed a cancel does not undo the cancel: it is asked again."""
    first = await shop.subscribe()
    await press_cancel(shop)
    pass_time(shop, MONTH)
    before, renewed = shop.credits(), shop.cards.renew(first, shop.world.now)
    shop.cards.refuses_to_cancel = True
    await shop.hear(first, renewed)
    assert shop.credits() >= before + PLUS.credits
    shop.cards.refuses_to_cancel = False
    await shop.sweep_for(timedelta(hours=2))
    assert shop.cards.subscriptions[first].renewal is CardRenewal.CANCELED
    assert shop.subscription().renewal is Renewal.STOPPED


async def test_buttons_of_others_and_old_ones(shop: CardWorld) -> None:
    """Nobody cancels for another person, and a card has no *Restore*, whatever a button says."""
    first = await shop.subscribe()
    order_id = card_order_id("lava", first)
    for data, words in (
        (f"1;sub;502;stop;{order_id}", "somebody else"),
        (f"1;sub;{ME};allow;{order_id}", "old"),
        (f"1;sub;{ME};stop;{card_order_id('lava', 'x')}", "old"),
    ):
        await shop.world.send(shop.world.tap_data(data, 5))
        assert words in shop.world.messenger.taps[-1].toast
    assert shop.cards.cancels == 0


async def test_canceled_elsewhere(shop: CardWorld) -> None:
    """What the person canceled at the provider is told once, under whichever contract the notice comes."""
    first = await shop.subscribe()
    renewed = shop.cards.renew(first)
    await shop.hear(first, renewed)
    before = shop.credits()
    shop.cards.switch(first, CardRenewal.CANCELED)
    await shop.hear(renewed, renewed)
    await shop.hear(renewed, renewed)
    assert (count(shop, "will not be renewed"), shop.credits()) == (1, before)
    assert "Nothing more is taken" in await open_page(shop)


async def test_refused_renewal(shop: CardWorld) -> None:
    """A refused payment is told once with the way on; the next success ends it, and the next refusal is told again."""
    first = await shop.subscribe()
    pass_time(shop, MONTH)
    for _ in range(2):
        shop.cards.switch(first, CardRenewal.FAILED)
        await shop.hear(first, "refused-contract")
        await shop.hear(first, "refused-contract")
        assert "could not be renewed" in shop.world.shown().text
        assert "has not come" in await open_page(shop)
        renewed = shop.cards.renew(first, shop.world.now)
        await shop.hear(first, renewed)
        assert "renewed until" in shop.world.shown().text
        pass_time(shop, MONTH)
    assert count(shop, "could not be renewed") == 2
    shop.cards.switch(first, CardRenewal.FAILED)
    await shop.hear(first, "refused-contract")
    shop.cards.switch(first, CardRenewal.CANCELED)
    await shop.hear(first, "refused-contract")
    assert "will not be renewed" in shop.world.shown().text


async def test_one_subscription_at_a_time(shop: CardWorld) -> None:
    """Who subscribes by card is offered no other one, by card or in Stars; an old button leads to the page."""
    world = shop.world
    await world.send(world.message("/buy"))
    in_stars = world.tap(f"buy;{ME};plus", world.shown())
    await world.send(world.tap("card;", world.shown()))
    by_card = world.tap(f"cardbuy;{ME};pro", world.shown())
    await shop.subscribe()
    sales = len(shop.cards.sales)
    for press in (in_stars, by_card):
        await world.send(press)
        assert "have a subscription already" in world.messenger.taps[-1].toast
        assert "$3.49, by card" in world.shown().text
    await world.send(world.message("/buy"))
    await world.send(world.tap("card;", world.shown()))
    assert [row[0].label for row in world.shown().buttons][4] == "🔁 My subscription"
    assert (len(shop.cards.sales), world.messenger.invoice_links) == (sales, {})


async def test_subscribed_while_the_email_was_looked_for(shop: CardWorld) -> None:
    """A subscription that began meanwhile ends the wish for one by card."""
    world = shop.world
    stars = await order_in_stars(world)
    await world.send(world.message("/buy"))
    await world.send(world.tap("card;", world.shown()))
    await world.send(world.tap(f"cardbuy;{ME};plus", world.shown()))
    await world.send(paid_in_stars(world, stars.payload))
    await world.send(world.message(EMAIL))
    assert shop.cards.sales == []
    assert "⭐" in world.shown().text


async def test_provider_without_subscriptions(shop: CardWorld) -> None:
    """Where no provider takes later payments by itself, or has no offer for a plan, that is not sold."""
    world = shop.world
    shop.cards.sold_plans = frozenset({"pro"})
    await world.send(world.message("/buy"))
    await world.send(world.tap("card;", world.shown()))
    labels = [row[0].label for row in world.shown().buttons]
    assert [label for label in labels if "/ 30 days" in label] == ["🔁 1,000 credits / 30 days · $11.49"]


async def test_two_providers(shop: CardWorld) -> None:
    """In rubles packages go to the preferred provider, and subscriptions to the one that has them."""
    world = shop.world
    kassa = FakeCards(currencies=frozenset({"RUB"}), has_plans=False)
    world.sell(KEY, cards={"yookassa": kassa, "lava": shop.cards})
    await world.send(world.message("/buy", language="ru"))
    await world.send(world.tap("card;", world.shown(), language="ru"))
    page = world.shown()
    for data in (f"cardbuy;{ME};s", f"cardbuy;{ME};plus"):
        await world.send(world.tap(data, page, language="ru"))
        await world.send(world.message(EMAIL, language="ru"))
    assert [each.package for each in kassa.sales] == ["s"]
    assert [(each.package, each.amount) for each in shop.cards.sales] == [("plus", 34900)]


async def test_money_of_a_period_back(shop: CardWorld) -> None:
    """A returned payment takes its own credits back once, and says that the subscription goes on."""
    first = await shop.subscribe()
    renewed = shop.cards.renew(first)
    await shop.hear(first, renewed)
    before = shop.credits()
    shop.cards.settle(renewed, InvoiceState.RETURNED)
    await shop.hear(renewed)
    await shop.hear(renewed)
    assert shop.credits() == before - PLUS.credits
    assert "goes on all the same" in shop.world.shown().text
    shop.cards.settle(first, InvoiceState.RETURNED)
    await shop.hear(first)
    again = shop.cards.renew(first)
    await shop.hear(first, again)
    assert shop.credits() == before - PLUS.credits
    shop.world.check_money()


async def test_end_of_a_subscription_is_no_return(shop: CardWorld) -> None:
    """An invoice that its provider calls canceled because the subscription is takes no credits back."""
    first = await shop.subscribe()
    before = shop.credits()
    shop.cards.settle(first, InvoiceState.CANCELLED)
    await shop.hear(first)
    assert (shop.credits(), shop.order().state) == (before, CardState.PAID)


async def test_provider_is_away(shop: CardWorld) -> None:
    """A provider that is away, unset, without subscriptions, or does not know this one is asked again later."""
    first = await shop.subscribe()
    before, renewed = shop.credits(), shop.cards.renew(first)
    known, cards = shop.cards.subscriptions.pop(first), shop.world.ports.cards
    await shop.hear(first)
    await shop.hear(first, renewed)
    shop.cards.subscriptions[first] = known
    shop.world.ports = replace(shop.world.ports, cards={})
    await shop.hear(first, renewed)
    shop.world.ports = replace(shop.world.ports, cards=cards)
    shop.cards.has_plans = False
    await shop.hear(first, renewed)
    shop.cards.has_plans = True
    shop.cards.outages = 2
    await shop.hear(first, renewed)
    assert shop.credits() == before
    await shop.sweep_for(timedelta(hours=2))
    assert shop.credits() == before + PLUS.credits


@pytest.mark.parametrize("harm", [TooManyRequestsError(3.0), DeliveryUnknownError("lost"), BotBlockedError("blocked")])
async def test_news_that_failed(shop: CardWorld, harm: MessengerError) -> None:
    """News of a renewal that Telegram did not take is sent later, unless the person blocked the bot."""
    first = await shop.subscribe()
    shop.cards.switch(first, CardRenewal.FAILED)
    shop.world.messenger.fail("send_text", harm)
    await shop.hear(first, "refused-contract")
    await shop.sweep_for(timedelta(hours=2))
    assert count(shop, "could not be renewed") == (0 if isinstance(harm, BotBlockedError) else 1)
    assert shop.order().told_renewal == "failed"


@pytest.mark.parametrize("number", range(7))
async def test_killed_anywhere(shop: CardWorld, number: int) -> None:
    """A worker that dies after any of its commits is followed by others, which credit the period once."""
    first = await shop.subscribe()
    before = shop.credits()
    renewed = shop.cards.renew(first)
    shop.world.store.lose(nth_commit(number))
    for _ in range(4):
        await publish_card_order(shop.world.tasks, card_order_id("lava", first), renewed)
        try:
            await shop.world.settle()
        except UnavailableError:
            continue
    await shop.sweep_for(timedelta(hours=1))
    assert shop.credits() == before + PLUS.credits
    assert 1 <= count(shop, "renewed until") <= 2  # dead between sending and writing it down: told twice, not never
    shop.world.check_money()


async def test_two_workers_at_once(shop: CardWorld) -> None:
    """Two tasks that find the same payment at the same moment make one order of it, and one credit."""
    first = await shop.subscribe()
    before, renewed = shop.credits(), shop.cards.renew(first)
    shop.world.store.interrupt(any_commit, lambda: shop.hear(first, renewed))
    await shop.hear(first, renewed)
    assert (shop.credits(), len(shop.orders())) == (before + PLUS.credits, 2)


async def test_begun_by_an_older_release(shop: CardWorld) -> None:
    """A first payment that a release without subscriptions booked is followed all the same."""
    first = await shop.subscribe()
    opened = await open_user(shop.world.ports, ME)
    await change_user(shop.world.ports, opened, lambda user: with_subscriptions(user, ()))
    key = card_order_key(card_order_id("lava", first))
    [record] = await shop.world.store.read([key])
    assert record is not None
    plain = replace(shop.order(), until=None, renews_at=None)
    await shop.world.store.commit([Update(key, encode(plain, record.fields), record.version)])
    await shop.hear(first)
    assert phase_of(shop.subscription(), shop.world.now) is Phase.RENEWS
    before, renewed = shop.credits(), shop.cards.renew(first)
    await shop.hear(first, renewed)
    assert shop.credits() == before + PLUS.credits


async def test_order_is_kept_while_it_renews(shop: CardWorld) -> None:
    """Each payment leads to the first order, so that outlives the 400 days of other orders."""
    first = await shop.subscribe()
    await shop.sweep_for(timedelta(days=8))
    [record] = await shop.world.store.read([card_order_key(card_order_id("lava", first))])
    assert record is not None
    assert record.fields["expire_at"] > shop.world.now + ORDERS_KEPT


async def test_renewals_over_two_years(shop: CardWorld) -> None:
    """24 periods of ten people, with notices lost, repeated, shuffled, late and untrue: each is credited once."""
    dice, world = random.Random(24), shop.world  # noqa: S311 — an order, no secret
    people = range(700, 710)
    firsts = {user_id: await shop.subscribe(user_id=user_id) for user_id in people}
    paid = dict.fromkeys(people, 1)
    for _ in range(23):
        pass_time(shop, MONTH)
        notices = []
        for user_id, first in firsts.items():
            if dice.random() < 0.1:
                shop.cards.switch(first, CardRenewal.FAILED)
                notices.append((first, "refused-contract"))
            renewed = shop.cards.renew(first, world.now)
            paid[user_id] += 1
            notices += [(first, renewed)] * dice.choice((0, 0, 1, 3))
            notices += [(first, f"untrue-contract-{user_id}"), (renewed, "")] * dice.choice((0, 1))
        dice.shuffle(notices)
        for notice in notices:
            await publish_card_order(world.tasks, card_order_id("lava", notice[0]), notice[1])
        await world.settle()
        await shop.sweep_for(timedelta(minutes=45))
    booked = [each["user_id"] for each in world.store.collection("payments").values()]
    assert {user_id: booked.count(user_id) for user_id in people} == paid
    for user_id in people:
        bought = [
            each["credits"]
            for each in world.store.collection("transfers").values()
            if each["user_id"] == user_id and each["kind"] == "purchase"
        ]
        assert sum(bought) == paid[user_id] * PLUS.credits
    world.check_money()


async def test_a_first_payment_that_went_back_before_we_asked(shop: CardWorld) -> None:
    """A subscription that its provider goes on with all the same: the next payment brings its credits, once."""
    first = await shop.open_plan()
    before = shop.credits()
    shop.cards.pay(first)
    shop.cards.give_back(first, shop.cards.invoices[first].amount)
    await shop.hear(first)
    assert shop.order().state is CardState.CLOSED
    renewed = shop.cards.renew(first)
    for _ in range(2):
        await shop.hear(first, renewed)
    assert shop.credits() == before + PLUS.credits
    shop.world.check_money()


async def test_a_later_payment_is_told_before_the_first_is_known(shop: CardWorld) -> None:
    """While the provider does not say what became of the first payment, the notice of a later one comes again."""
    first = await shop.open_plan()
    before = shop.credits()
    shop.cards.pay(first)
    renewed = shop.cards.renew(first)
    shop.cards.outages = 1
    with pytest.raises(UnavailableError):
        await take_card_order(shop.world.ports, shop.order().id, renewed)
    await shop.hear(first, renewed)
    assert shop.credits() == before + 2 * PLUS.credits
