"""What comes late of an erased person makes them no profile again: money goes back or is nobody's, nobody is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.bot import take_card_order
from shared.codec import encode, update
from shared.errors import BeingErasedError, MessageRejectedError, UnusableChangeError
from shared.jobs.check_books import CONTROL, Check
from shared.payments.card_documents import card_order_key
from shared.payments.follow_card_subscription import RenewalNews
from shared.payments.order import Order
from shared.payments.payment_documents import create_order
from shared.payments.publish_card_order import card_order_id
from shared.payments.refund_payment import refund_payment
from shared.people.accounts import open_user
from shared.people.nobody import is_nobody
from shared.people.subscriptions import Renewal, Subscription
from shared.people.user_documents import user_key
from shared.ports import CardRenewal, Create, Delete, InvoiceState, StarTransaction
from shared.privacy.erasure import DAY, VISITS, WAITED
from tests.fakes.cards import FakeCards
from tests.unit.growth.buying import SMALL, have_bought, paid, pass_time, returned
from tests.unit.payments.card_world import CardWorld
from tests.unit.payments.test_reconcile import gaps, pass_night
from tests.unit.payments.test_subscribing import told
from tests.unit.privacy.rich_person import EMAIL, INVITED, RICH, find_traces, live, say
from tests.unit.privacy.test_erase import ask, pass_the_day, sweep
from tests.unit.support.desk import DESK, copies, said
from tests.world import World, writes_to

Lines = pytest.CaptureFixture[str]


@pytest.fixture
async def cards(world: World) -> FakeCards:
    """The provider of cards of somebody who had everything and was erased."""
    cards = await live(world)
    await ask(world)
    await pass_the_day(world)
    return cards


def pay(world: World, charge: str, payload: str = "") -> None:
    """Telegram lists a payment of theirs, made now."""
    listed = StarTransaction(charge, world.now, SMALL.stars, RICH, payload, language_code="en")
    world.messenger.transactions.append(listed)


def nobodies(world: World) -> list[int]:
    return [int(name) for name in world.store.collection("users") if is_nobody(int(name))]


def is_back(world: World) -> bool:
    return str(RICH) in world.store.collection("users")


async def test_payment_after_it(world: World, cards: FakeCards, capsys: Lines) -> None:
    """A payment by an old invoice goes back at once, and is told once; the books and Telegram's list agree."""
    pay(world, "stx5")
    told_of = paid(world, user_id=RICH, charge="stx5")
    await world.send(told_of, told_of)
    assert world.messenger.transactions[-1].is_returned
    assert sum("gave its" in each.text for each in world.messenger.messages(RICH)) == 1
    await world.send(returned(world, user_id=RICH, charge="stx5"))
    assert "back with you" in world.shown(RICH).text
    assert not is_back(world)
    assert len(nobodies(world)) == 2
    assert find_traces(world).keys() == {"inbox"}
    world.check_money(at_rest=False)
    capsys.readouterr()
    world.messenger.transactions[-1] = replace(world.messenger.transactions[-1], at=world.now)
    await pass_night(world)
    assert [gap for gap in gaps(capsys) if gap[1] == "stx5"] == []


async def test_booked_payment_comes_again(world: World, cards: FakeCards) -> None:
    """A payment that was booked before, told by another update, does not go back, and makes nobody a profile."""
    world.messenger.transactions.append(StarTransaction("stx1", world.now, SMALL.stars, RICH, language_code="en"))
    count = len(world.messenger.messages(RICH))
    await world.send(paid(world, user_id=RICH, charge="stx1"))
    assert not world.messenger.transactions[-1].is_returned
    assert len(world.messenger.messages(RICH)) == count
    assert not is_back(world)
    assert len(nobodies(world)) == 1
    world.check_money(at_rest=False)


async def test_order_of_somebody_who_is_back(world: World, cards: FakeCards) -> None:
    """Whoever comes back in the app alone and buys there gets the credits: only old orders are gone."""
    order = Order("order-0123456789", RICH, SMALL.stars, SMALL.credits, world.now)
    await world.store.commit([create_order(order, world.now)])
    await world.send(paid(world, user_id=RICH, charge="stx7"))
    assert world.user(RICH).account.available == SMALL.credits + find_more(world)
    world.check_money(at_rest=False)


def find_more(world: World) -> int:
    """What the first purchase brought on top."""
    return sum(each.credits for each in world.transfers() if each.user_id == RICH and each.id.startswith("bonus:"))


async def test_first_period_after_it(world: World, cards: FakeCards) -> None:
    """A subscription that begins by an old link is stopped, and its first payment goes back."""
    pay(world, "stx6")
    world.messenger.subscriptions[RICH, "stx6"] = False
    told_of, until = paid(world, user_id=RICH, charge="stx6"), int(world.now.timestamp()) + 2_592_000
    period = {"is_recurring": True, "is_first_recurring": True, "subscription_expiration_date": until}
    told_of["message"]["successful_payment"] |= period
    await world.send(told_of)
    assert world.messenger.subscriptions[RICH, "stx6"]
    assert world.messenger.transactions[-1].is_returned
    assert not is_back(world)


async def test_old_payment_is_returned(world: World, cards: FakeCards) -> None:
    """Stars that Telegram gives back, and a card's bank, are booked to the nobody who took the account over."""
    [nobody] = nobodies(world)
    before = world.user(nobody).account.available
    await world.send(returned(world, user_id=RICH, charge="stx1"))
    assert "back with you" in world.shown(RICH).text
    [invoice_id] = [each for each, invoice in cards.invoices.items() if invoice.state is InvoiceState.PAID]
    cards.settle(invoice_id, InvoiceState.CHARGED_BACK)
    await CardWorld(world, cards).hear(invoice_id)
    assert world.user(nobody).account.available < before - 2 * SMALL.credits
    assert not is_back(world)
    assert find_traces(world).keys() == {"inbox"}
    world.check_money(at_rest=False)


async def test_reward_goes_back(world: World) -> None:
    """The reward of an erased inviter goes back with the payment that brought it, and nobody is told."""
    await live(world)
    await have_bought(world, user_id=INVITED, charge="stx8")
    assert "bonus:inviter:7300050188" in world.store.collection("transfers")
    await ask(world)
    await pass_the_day(world)
    [nobody] = nobodies(world)
    await world.send(returned(world, user_id=INVITED, charge="stx8"))
    await pass_time(world)
    assert "bonus_back:inviter:7300050188" in world.store.collection("transfers")
    assert world.messenger.messages(nobody) == []
    assert not is_back(world)
    world.check_money(at_rest=False)


async def test_operator_cannot_return_stars(world: World, cards: FakeCards) -> None:
    """Telegram gives Stars back to a person only, so an operator is told why it cannot be done."""
    with pytest.raises(UnusableChangeError, match="was erased"):
        await refund_payment(world.store, world.clock, world.messenger, "stx1")


async def test_updates_from_before(world: World, cards: FakeCards) -> None:
    """A message from before that comes only now, or again, and news of the subscription, change and say nothing."""
    late = say(world, "a red fox")
    late["message"]["date"] -= 8 * 3600
    [plan] = [each for each in world.messenger.invoice_links.values() if each.days]
    count = len(world.messenger.messages(RICH))
    await world.send(late, late, told(world, plan.payload, "canceled", user_id=RICH))
    assert len(world.messenger.messages(RICH)) == count
    assert not is_back(world)


async def test_update_that_comes_again(world: World) -> None:
    """An update that was handled before the erasure stays known: delivered again, it does nothing."""
    await live(world)
    handled = say(world, "/memory")
    await world.send(handled)
    await ask(world)
    await pass_the_day(world)
    count = len(world.messenger.messages(RICH))
    await world.send(handled)
    assert len(world.messenger.messages(RICH)) == count
    assert not is_back(world)


async def test_while_it_is_done(world: World) -> None:
    """What a person writes meanwhile is answered afterwards, as to somebody new; nothing of it joins the old books."""
    await live(world)
    await ask(world)
    world.clock.advance(24 * 3600)
    await sweep(world)
    world.clock.advance(5)
    with pytest.raises(BeingErasedError):
        await open_user(world.ports, RICH)
    await world.deliver(say(world, "/start"))
    assert "erasing" in world.shown(RICH).text
    waiting = world.tasks.take_all()
    await pass_the_day(world)
    world.tasks.tasks.extend(waiting)
    world.clock.advance(600)
    await world.settle()
    assert is_back(world)
    assert world.user(RICH).has_come_back
    world.check_money(at_rest=False)


async def open_shop(world: World) -> CardWorld:
    """Where somebody who had everything, but has no subscription, can begin one by card."""
    cards = await live(world)
    cards.sold_plans = frozenset({"plus", "pro"})
    user = world.user(RICH)
    [record] = await world.store.read([user_key(RICH)])
    assert record is not None
    await world.store.commit([update(record, replace(user, subscriptions=()))])
    return CardWorld(world, cards)


async def subscribe_by_card(world: World) -> tuple[CardWorld, str]:
    """Somebody who had everything and pays a subscription by card; the provider's invoice of its first payment."""
    shop = await open_shop(world)
    return shop, await shop.subscribe(user_id=RICH, email=EMAIL)


async def test_subscription_by_card(world: World) -> None:
    """A subscription by card is stopped at its provider before the e-mail is gone, however often that is away."""
    shop, first = await subscribe_by_card(world)
    cards = shop.cards
    await ask(world)
    cards.outages = 3
    await pass_the_day(world)
    assert cards.subscriptions[first].renewal is CardRenewal.CANCELED
    renewed = cards.renew(first)
    await shop.hear(first, renewed)
    await shop.sweep_for(timedelta(hours=2))
    assert not is_back(world)
    assert find_traces(world) == {}
    world.check_money(at_rest=False)


async def test_subscription_begins_meanwhile(world: World) -> None:
    """A subscription by card that is paid while the others are being stopped is stopped before anything is closed."""
    shop = await open_shop(world)
    invoice_id = await shop.open_plan(user_id=RICH, email=EMAIL)
    await ask(world)

    async def pay_first() -> None:
        shop.cards.pay(invoice_id)
        await take_card_order.take_card_order(world.ports, card_order_id("lava", invoice_id))

    world.store.interrupt(writes_to("gifts", state="recalled"), pay_first)
    await pass_the_day(world)
    assert shop.cards.subscriptions[invoice_id].renewal is CardRenewal.CANCELED
    assert find_traces(world) == {}
    world.check_money(at_rest=False)


async def test_news_of_a_subscription_by_card(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What becomes of a subscription by card that an erased person left behind is noted, and nobody is told."""
    shop, first = await subscribe_by_card(world)
    await ask(world)
    await pass_the_day(world)
    [order] = [each for each in shop.orders() if each.invoice_id == first]
    assert is_nobody(order.user_id)
    ended = Subscription(order.id, 0, 100, provider=order.provider, renewal=Renewal.CANCELED)

    async def follow(*_: object) -> RenewalNews:
        return RenewalNews(order, ended)

    monkeypatch.setattr(take_card_order, "follow_card_subscription", follow)
    await take_card_order.take_card_order(world.ports, order.id)
    assert world.messenger.messages(order.user_id) == []
    [noted] = [each for each in shop.orders() if each.id == order.id]
    assert noted.told_renewal == Renewal.CANCELED


async def test_card_is_not_stopped(world: World, capsys: Lines) -> None:
    """A provider that refuses to stop it, or an order that is gone, is reported and stops nobody from being erased."""
    shop, _ = await subscribe_by_card(world)
    shop.cards.refuses_to_cancel = True
    await ask(world)
    await pass_the_day(world)
    assert "card_cancel_refused" in capsys.readouterr().out
    assert find_traces(world) == {}


async def test_order_of_a_card_is_gone(world: World) -> None:
    """A subscription whose order has expired is left as it is."""
    shop, _ = await subscribe_by_card(world)
    for each in shop.orders():
        [record] = await world.store.read([card_order_key(each.id)])
        assert record is not None
        await world.store.commit([Delete(record.key, record.version)])
    await ask(world)
    await pass_the_day(world)
    assert find_traces(world) == {}


async def test_return_is_refused(world: World, cards: FakeCards, capsys: Lines) -> None:
    """Stars that Telegram does not let us return are named and tried again every night, until they are returned."""
    told_of = paid(world, user_id=RICH, charge="stx5")
    pay(world, "stx5", told_of["message"]["successful_payment"]["invoice_payload"])
    refusal = MessageRejectedError("BALANCE_TOO_LOW")
    world.messenger.fail("return_stars", *[refusal] * 12)
    await world.send(told_of)
    assert "does not let me" in world.shown(RICH).text
    for _ in range(10):
        await pass_night(world)
        assert ("unbooked", "stx5", True) in gaps(capsys)
    for _ in range(3):
        await pass_night(world)
    assert world.messenger.transactions[-1].is_returned
    assert sum("does not let me" in each.text for each in world.messenger.messages(RICH)) == 1
    assert sum("gave its" in each.text for each in world.messenger.messages(RICH)) == 1
    assert not is_back(world)
    capsys.readouterr()
    for _ in range(2):
        await pass_night(world)
    assert [gap for gap in gaps(capsys) if gap[1] == "stx5"] == []
    assert world.store.collection("controls")["payments"]["unsettled"] == []
    world.check_money(at_rest=False)


async def test_return_is_not_answered(world: World, cards: FakeCards) -> None:
    """Where it is unknown whether Stars went back, Telegram is asked again, and their person is told once."""
    pay(world, "stx5")
    world.messenger.lose("return_stars")
    await world.send(paid(world, user_id=RICH, charge="stx5"))
    assert world.messenger.transactions[-1].is_returned
    assert sum("gave its" in each.text for each in world.messenger.messages(RICH)) == 1
    world.check_money(at_rest=False)


async def test_operators_answer_comes_late(world: World) -> None:
    """Who writes to an erased person in their old topic, or wants their card, is told that they are gone."""
    await live(world)
    [thread_id] = world.messenger.topics[DESK]
    await ask(world)
    await pass_the_day(world)
    before = len(copies(world, RICH))
    closed = said(world, thread_id, "", forum_topic_closed={})
    await world.send(said(world, thread_id, "// gone?"), closed, said(world, thread_id, "/ban@keeper_bot"))
    assert "erased at their own wish" not in world.messenger.messages(DESK)[-1].text
    for words in ("We are sorry.", "/card"):
        await world.send(said(world, thread_id, words))
        assert "erased at their own wish" in world.messenger.messages(DESK)[-1].text
    assert len(copies(world, RICH)) == before
    await world.send(say(world, "/support it is me again"))
    assert len(world.messenger.topics[DESK]) == 2


async def test_check_of_the_books_is_under_way(world: World) -> None:
    """Transfers go over before or after a night's check of all books, so that it counts none twice; one that does not
    end is not waited for.
    """
    await live(world)
    await ask(world)
    world.clock.advance(DAY.total_seconds())
    await sweep(world)
    checking = Create(CONTROL, encode(Check(world.now, passed=1)))
    await world.store.commit([checking])
    world.clock.advance(VISITS.total_seconds())
    await sweep(world)
    assert any(each.user_id == RICH for each in world.transfers())
    world.clock.advance(WAITED.total_seconds())
    await pass_the_day(world)
    assert find_traces(world) == {}
