"""Subscriptions: from the button to the credits of every period, with cancel, restore, refund and silence between."""

import random
from datetime import timedelta
from typing import Any

import pytest

from shared.credits.catalogue import PLANS
from shared.credits.ledger import Change, TransferKind
from shared.errors import BotBlockedError, DeliveryUnknownError, TooManyRequestsError, UnavailableError
from shared.jobs.job import JobState
from shared.people.change_credits import change_credits
from shared.people.subscriptions import Phase, Renewal, Subscription, phase_of
from shared.ports import Invoice
from shared.texts import write_day
from tests.world import ME, OTHER, World, any_commit

PLUS = PLANS["plus"]
MONTH = timedelta(days=30)
Json = dict[str, Any]


async def order(shop: World) -> Invoice:
    """Ask for the smallest subscription; the invoice behind its link."""
    await shop.send(shop.message("/buy"))
    await shop.send(shop.tap(f"buy;{ME};plus", shop.shown()))
    [[button]] = shop.shown().buttons
    return shop.messenger.invoice_links[button.url]


def paid(shop: World, payload: str, number: int = 0, **fields: Any) -> Json:
    """Telegram's message about the payment of a period, which is made now."""
    now = int(shop.now.timestamp())
    body = {
        "currency": "XTR",
        "total_amount": PLUS.stars,
        "invoice_payload": payload,
        "telegram_payment_charge_id": f"stx{number}",
        "is_recurring": True,
        "subscription_expiration_date": now + int(MONTH.total_seconds()),
    }
    first = {"is_first_recurring": True} if number == 0 else {}
    return shop.message(successful_payment=body | first | fields)


def told(shop: World, payload: str, state: str, *, user_id: int = ME) -> Json:
    """Telegram's update about a renewal."""
    user = {"id": user_id, "is_bot": False, "first_name": "Ann", "language_code": "en"}
    body = {"user": user, "invoice_payload": payload, "state": state}
    return {"update_id": shop._new_update_id(), "subscription": body}


async def subscribe(shop: World) -> str:
    """Subscribe and pay the first period; the payload."""
    payload = (await order(shop)).payload
    shop.messenger.subscriptions[ME, "stx0"] = False
    await shop.send(paid(shop, payload))
    return payload


def subscription(shop: World) -> Subscription:
    [known] = shop.user().subscriptions
    return known


async def open_page(shop: World) -> None:
    await shop.send(shop.message("/subscription"))


async def test_subscribing(shop: World) -> None:
    """The link is for 30 days; the first payment brings the credits, and says until when it is paid."""
    before, invoice = shop.user().account.available, await order(shop)
    assert (invoice.days, invoice.stars) == (30, PLUS.stars)
    await shop.send(paid(shop, invoice.payload))
    assert shop.user().account.available == before + PLUS.credits
    end = write_day("en", shop.now + MONTH)
    assert f"paid until {end}" in shop.shown().text
    await open_page(shop)
    assert f"Paid until {end}" in shop.shown().text


async def test_renewal(shop: World) -> None:
    """A renewal is another charge with the same payload: its credits come once, however often it is told."""
    payload, before = await subscribe(shop), shop.user().account.available
    shop.clock.advance(MONTH.total_seconds())
    update = paid(shop, payload, 1)
    await shop.send(update, update, paid(shop, payload, 1))
    assert shop.user().account.available == before + PLUS.credits
    assert subscription(shop).until == shop.now.replace(microsecond=0) + MONTH
    assert "renewed until" in shop.shown().text


async def test_a_period_without_its_end(shop: World) -> None:
    """Where Telegram names no end, or none that is a time, a period is as long as it was sold."""
    payload = (await order(shop)).payload
    for number, end in enumerate((None, -1, "soon", 2**60)):
        await shop.send(paid(shop, payload, number, subscription_expiration_date=end))
    assert shop.user().account.available >= 4 * PLUS.credits
    assert subscription(shop).until == shop.now.replace(microsecond=0) + MONTH


async def test_other_amount(shop: World) -> None:
    """A payment of another amount is credited at the dearest rate, and begins no subscription."""
    payload, before = (await order(shop)).payload, shop.user().account.available
    await shop.send(paid(shop, payload, total_amount=50))
    assert shop.user().account.available == before + 60
    assert shop.user().subscriptions == ()


async def test_cancel(shop: World) -> None:
    """*Cancel* stops the renewal at Telegram and leaves the credits; the page then has *Allow it again*."""
    payload = await subscribe(shop)
    before = shop.user().account.available
    await open_page(shop)
    await shop.send(shop.tap("sub", shop.shown()))
    assert shop.messenger.subscriptions == {(ME, "stx0"): True}
    assert phase_of(subscription(shop), shop.now) is Phase.RUNS_OUT
    assert shop.user().account.available == before
    assert "Canceled" in shop.shown().text
    assert "Canceled" in shop.messenger.taps[-1].toast
    await shop.send(shop.tap("sub", shop.shown()))
    assert shop.messenger.subscriptions == {(ME, "stx0"): False}
    assert "Settings → My Stars" in shop.shown().text
    assert shop.shown().buttons == ()
    shop.clock.advance(60)
    await shop.send(told(shop, payload, "active"))
    assert phase_of(subscription(shop), shop.now) is Phase.RENEWS


@pytest.mark.parametrize("harm", [TooManyRequestsError(3.0), DeliveryUnknownError("lost")])
async def test_cancel_without_an_answer(shop: World, harm: Exception) -> None:
    """Without an answer the same press asks again, until Telegram has answered."""
    await subscribe(shop)
    await open_page(shop)
    shop.messenger.fail("edit_subscription", harm)  # type: ignore[arg-type]
    await shop.deliver(shop.tap("sub", shop.shown()))
    assert not subscription(shop).is_settled
    await open_page(shop)
    assert "press once more" in shop.shown().text
    await shop.settle()
    assert shop.messenger.subscriptions == {(ME, "stx0"): True}
    assert subscription(shop).is_settled


async def test_cancel_killed(shop: World) -> None:
    """A worker that dies after storing the wish leaves it to the repetition."""
    await subscribe(shop)
    await open_page(shop)
    press = shop.tap("sub", shop.shown())
    shop.store.lose(any_commit)
    with pytest.raises(UnavailableError):
        await shop.deliver(press)
    assert shop.messenger.subscriptions == {(ME, "stx0"): False}
    await shop.deliver(press)
    assert shop.messenger.subscriptions == {(ME, "stx0"): True}


async def test_newest_press_wins(shop: World) -> None:
    """An old *Cancel* whose answer was lost does not undo the *Allow* that came after it."""
    await subscribe(shop)
    await open_page(shop)
    shop.messenger.lose("edit_subscription")
    page = shop.shown()
    await shop.deliver(shop.tap("sub", page))
    order_id = subscription(shop).order_id
    shop.clock.advance(1)
    await shop.deliver(shop.tap_data(f"1;sub;{ME};allow;{order_id}", page.message_id))
    await shop.settle()
    assert shop.messenger.subscriptions == {(ME, "stx0"): False}
    assert (subscription(shop).renewal, subscription(shop).is_settled) == (Renewal.CANCELED, True)


async def test_wish_changes_while_telegram_is_asked(shop: World) -> None:
    """A press in the moment of another's call is asked for as well, after it."""
    await subscribe(shop)
    await open_page(shop)
    page, order_id = shop.shown(), subscription(shop).order_id
    stop = shop.tap("sub", page)
    shop.clock.advance(1)
    allow = shop.tap_data(f"1;sub;{ME};allow;{order_id}", page.message_id)
    shop.messenger.stall("edit_subscription", lambda: shop.deliver(allow))
    await shop.deliver(stop, received_at=shop.now - timedelta(seconds=1))
    assert shop.messenger.subscriptions == {(ME, "stx0"): False}
    assert subscription(shop).renewal is Renewal.CANCELED


async def test_telegram_refuses(shop: World) -> None:
    """What Telegram refuses is said, and the page shows what still is."""
    await subscribe(shop)
    shop.messenger.subscriptions.clear()
    await open_page(shop)
    await shop.send(shop.tap("sub", shop.shown()))
    assert "nothing has changed" in shop.messenger.taps[-1].toast
    assert shop.messenger.taps[-1].alert
    assert "takes the next Stars" in shop.shown().text


async def test_link_paid_twice(shop: World) -> None:
    """One link that was paid twice is two subscriptions at Telegram: *Cancel* stops both."""
    payload = await subscribe(shop)
    shop.messenger.subscriptions[ME, "stx9"] = False
    await shop.send(paid(shop, payload, 9, is_first_recurring=True))
    await open_page(shop)
    await shop.send(shop.tap("sub", shop.shown()))
    assert shop.messenger.subscriptions == {(ME, "stx0"): True, (ME, "stx9"): True}


async def test_two_links_paid(shop: World) -> None:
    """Who had two links open and paid both has two subscriptions, and is told so, with the way out of one."""
    one, other = await order(shop), await order(shop)
    await shop.send(paid(shop, one.payload))
    assert "two subscriptions" not in shop.shown().text
    await shop.send(paid(shop, other.payload, 9, is_first_recurring=True))
    assert "You have two subscriptions now" in shop.shown().text
    await open_page(shop)
    assert len([button for row in shop.shown().buttons for button in row if button.data.startswith("1;sub;")]) == 2
    shop.check_money()


async def test_one_at_a_time(shop: World) -> None:
    """Who has a subscription is led to it, and old buttons sell no second one; where it runs out, they do."""
    await shop.send(shop.message("/buy"))
    old = shop.shown()
    payload = await subscribe(shop)
    await shop.send(shop.message("/buy"))
    assert [row[0].label for row in shop.shown().buttons][-1] == "🔁 My subscription"
    await shop.send(shop.tap(f"sub;{ME};show", shop.shown()))
    assert "every 30 days" in shop.shown().text
    links = len(shop.messenger.invoice_links)
    await shop.send(shop.tap(f"buy;{ME};pro", old))
    assert len(shop.messenger.invoice_links) == links
    assert "already" in shop.messenger.taps[-1].toast
    shop.clock.advance(60)
    await shop.send(told(shop, payload, "canceled"), shop.tap(f"buy;{ME};pro", old))
    assert len(shop.messenger.invoice_links) == links + 1


async def test_refused_wish_goes_on(shop: World) -> None:
    """Out of credits, a wish offers a subscription too, and its first payment begins the picture."""
    spent = Change(TransferKind.CORRECTION, ME, -shop.user().account.available, "t9", "spent")
    await change_credits(shop.store, shop.clock, spent)
    await shop.send(shop.message("/image a red fox in the snow"))
    await shop.send(shop.tap(f"buy;{ME};plus", shop.shown()))
    [invoice] = shop.messenger.invoice_links.values()
    await shop.send(paid(shop, invoice.payload))
    assert shop.job().state is JobState.DELIVERED
    assert shop.user().account.available == PLUS.credits - 4
    await shop.send(shop.message("/image a fox x4 4K"), shop.message("/image a fox x4 4K"))
    await change_credits(
        shop.store, shop.clock, Change(TransferKind.CORRECTION, ME, -shop.user().account.available, "t10", "spent")
    )
    await shop.send(shop.message("/image a blue fox in the snow"))
    assert shop.shown().buttons[0][0].label == "60 credits · 50 ⭐"
    assert not any("🔁" in row[0].label for row in shop.shown().buttons)


async def test_refund_of_a_period(shop: World) -> None:
    """A returned period takes its own credits back, the others stay; the person hears that the subscription goes on."""
    payload = await subscribe(shop)
    shop.clock.advance(MONTH.total_seconds())
    await shop.send(paid(shop, payload, 1))
    before = shop.user().account.available
    body = {"currency": "XTR", "total_amount": PLUS.stars, "invoice_payload": payload}
    back = shop.message(refunded_payment=body | {"telegram_payment_charge_id": "stx1"})
    await shop.send(back, back)
    assert shop.user().account.available == before - PLUS.credits
    assert "goes on all the same" in shop.shown().text


@pytest.mark.parametrize(
    ("state", "renewal", "words"),
    [
        ("canceled", Renewal.CANCELED, "will not be renewed"),
        ("failed", Renewal.FAILED, "could not be renewed"),
    ],
)
async def test_telegram_tells(shop: World, state: str, renewal: Renewal, words: str) -> None:
    """What the person does in Telegram, or lacks there, is stored and told once, and moves no credits."""
    payload = await subscribe(shop)
    before = shop.user().account
    shop.clock.advance(60)
    update = told(shop, payload, state)
    await shop.send(update, update, told(shop, payload, state))
    assert subscription(shop).renewal is renewal
    assert sum(words in each.text for each in shop.messenger.messages(ME)) == 1
    assert shop.user().account == before
    shop.clock.advance(60)
    await shop.send(told(shop, payload, "active"))
    assert subscription(shop).renewal is Renewal.ON
    assert "goes on" in shop.shown().text
    await shop.send(update)
    assert subscription(shop).renewal is Renewal.ON


async def test_telegram_tells_while_others_write(shop: World) -> None:
    """A change that loses a race is decided again, and of two deliveries at once one tells of it."""
    payload = await subscribe(shop)
    shop.clock.advance(60)
    canceled = told(shop, payload, "canceled")
    shop.store.interrupt(any_commit, lambda: shop.deliver(shop.message("/remember tea")))
    shop.store.interrupt(any_commit, lambda: shop.deliver(canceled))
    await shop.send(canceled)
    assert subscription(shop).renewal is Renewal.CANCELED
    assert sum("will not be renewed" in each.text for each in shop.messenger.messages(ME)) == 1


async def test_killed_before_it_is_told(shop: World) -> None:
    """A worker that dies after storing a change leaves the message to the repetition."""
    payload = await subscribe(shop)
    shop.clock.advance(60)
    failed = told(shop, payload, "failed")
    shop.store.lose(any_commit)
    with pytest.raises(UnavailableError):
        await shop.deliver(failed)
    await shop.deliver(failed)
    await shop.settle()
    assert subscription(shop).renewal is Renewal.FAILED
    assert sum("could not be renewed" in each.text for each in shop.messenger.messages(ME)) == 1


async def test_killed_at_each_commit_of_a_renewal(shop: World) -> None:
    """A worker that dies around the commit of a renewal credits the period once, and moves its end once."""
    payload, before = await subscribe(shop), shop.user().account.available
    for number in (1, 2):
        shop.clock.advance(60)
        update = paid(shop, payload, number)
        if number == 1:
            shop.store.lose(any_commit)
        else:
            shop.store.interrupt(any_commit, _die)
        with pytest.raises(UnavailableError):
            await shop.deliver(update)
        await shop.send(update)
    assert shop.user().account.available == before + 2 * PLUS.credits
    shop.check_money()


async def _die() -> None:
    raise UnavailableError("killed before the commit")


async def test_failed_then_paid(shop: World) -> None:
    """A renewal that was late is late no more once it is paid; meanwhile the page says that credits stay."""
    payload = await subscribe(shop)
    shop.clock.advance((MONTH + timedelta(hours=1)).total_seconds())
    await shop.send(told(shop, payload, "failed"))
    await open_page(shop)
    assert "Your credits stay" in shop.shown().text
    shop.clock.advance(3600)
    await shop.send(paid(shop, payload, 1))
    assert phase_of(subscription(shop), shop.now) is Phase.RENEWS


async def test_ended(shop: World) -> None:
    """After the grace a subscription is over: the page says so and has no button, and the shop sells another."""
    await subscribe(shop)
    shop.clock.advance((MONTH + timedelta(days=4)).total_seconds())
    await open_page(shop)
    assert "It ended on" in shop.shown().text
    assert shop.shown().buttons == ()
    await shop.send(shop.message("/buy"))
    assert "300 credits" in shop.shown().buttons[-2][0].label


async def test_told_before_the_payment(shop: World) -> None:
    """An update that overtakes the first payment waits for it."""
    payload = (await order(shop)).payload
    shop.clock.advance(60)
    payment = paid(shop, payload)
    shop.clock.advance(1)
    await shop.deliver(told(shop, payload, "canceled"))
    await shop.deliver(payment)
    await shop.settle()
    assert subscription(shop).renewal is Renewal.CANCELED


async def test_told_of_something_else(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Another's subscription, a package, an unsigned payload, an unknown state: nothing changes, and it is logged."""
    payload = await subscribe(shop)
    await shop.send(shop.message("/buy"))
    await shop.send(shop.tap(f"buy;{ME};s;", shop.shown()))
    package = shop.messenger.sent("send_invoice")[-1].invoice
    assert package is not None
    before = shop.user()
    for update in (
        told(shop, payload, "canceled", user_id=OTHER),
        told(shop, package.payload, "canceled"),
        told(shop, payload[:-1], "canceled"),
        told(shop, payload, "paused"),
    ):
        capsys.readouterr()
        await shop.send(update)
        assert "renewal_unknown" in capsys.readouterr().out
    assert shop.user() == before


@pytest.mark.parametrize("user", [{"id": 5, "is_bot": True}, {}])
async def test_told_of_nobody(shop: World, user: Json) -> None:
    """An update without a person is kept in the quarantine."""
    body = {"user": user, "invoice_payload": "x", "state": "active"}
    await shop.send({"update_id": 77, "subscription": body})
    assert len(shop.store.collection("quarantine")) == 1


async def test_telling_fails(shop: World) -> None:
    """A message that got no answer is sent again; who blocked the bot hears nothing, and both are stored."""
    payload = await subscribe(shop)
    shop.clock.advance(60)
    shop.messenger.fail("send_text", TooManyRequestsError(2.0))
    await shop.send(told(shop, payload, "canceled"))
    assert "will not be renewed" in shop.shown().text
    shop.clock.advance(60)
    shop.messenger.fail("send_text", BotBlockedError("blocked"))
    await shop.send(told(shop, payload, "active"))
    assert subscription(shop).renewal is Renewal.ON


async def test_page_of_nobody(shop: World) -> None:
    """Who has no subscription is told where they are; a group is led to the private chat."""
    await open_page(shop)
    assert "no subscription" in shop.shown().text
    await shop.send(shop.message("/subscription", chat_id=-1001))
    [[button]] = shop.shown(-1001).buttons
    assert button.url.endswith("?start=subscription")
    await shop.send(shop.message("/start subscription"))
    assert "no subscription" in shop.shown().text


async def test_foreign_and_old_buttons(shop: World) -> None:
    """Nobody cancels for another person, and a button without meaning says so."""
    await subscribe(shop)
    await open_page(shop)
    page, order_id = shop.shown(), subscription(shop).order_id
    await shop.send(shop.tap("sub", page, user_id=OTHER))
    await shop.send(shop.tap_data(f"1;sub;{ME};pause;{order_id}", page.message_id))
    await shop.send(shop.tap_data(f"1;sub;{ME};stop;unknown", page.message_id))
    assert shop.messenger.subscriptions == {(ME, "stx0"): False}
    assert subscription(shop).renewal is Renewal.ON


@pytest.mark.parametrize("seed", range(4))
async def test_renewals_over_two_years(shop: World, seed: int) -> None:
    """25 periods, shuffled and told five times each, one of them returned: each is credited once, one taken back."""
    dice = random.Random(seed)  # noqa: S311 — an order, no secret
    payload, before = (await order(shop)).payload, shop.user().account.available
    shop.messenger.subscriptions[ME, "stx0"] = False
    updates = []
    for number in range(25):
        updates += [paid(shop, payload, number) for _ in range(3)]
        if number == 7:
            body = {"currency": "XTR", "total_amount": PLUS.stars, "invoice_payload": payload}
            updates += [shop.message(refunded_payment=body | {"telegram_payment_charge_id": "stx7"})] * 2
        shop.clock.advance(MONTH.total_seconds())
    end = shop.now.replace(microsecond=0)
    updates = updates * 2
    dice.shuffle(updates)
    for number, update in enumerate(updates):
        await shop.deliver(update)
        if number == len(updates) // 2:  # canceled and allowed again in the middle of it
            await open_page(shop)
            for wish in ("stop", "allow"):
                await shop.deliver(
                    shop.tap_data(f"1;sub;{ME};{wish};{subscription(shop).order_id}", shop.shown().message_id)
                )
    await shop.settle()
    free = sum(each.credits for each in shop.transfers() if each.id.startswith("credit:daily"))
    assert shop.user().account.available == before + 24 * PLUS.credits + free
    kinds = [each.kind for each in shop.transfers()]
    assert (kinds.count(TransferKind.PURCHASE), kinds.count(TransferKind.REFUND)) == (25, 1)
    assert subscription(shop).until == end
    shop.check_money()
