"""Buying credits: from /buy to the credits, whatever comes twice, late, or not at all."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.credits.catalogue import PACKAGES
from shared.credits.ledger import Change, TransferKind
from shared.errors import DeliveryUnknownError, MessengerError, TooManyRequestsError, UnavailableError
from shared.jobs.job import JobState
from shared.payments.checkout import answer_checkout
from shared.payments.packages import credits_for, smallest_for
from shared.people.accounts import change_user, open_user
from shared.people.change_credits import change_credits
from shared.people.subscriptions import Subscription
from shared.people.users import with_subscriptions
from tests.world import BOT_ID, ME, World, any_commit

SMALL = PACKAGES["s"]
Json = dict[str, Any]


async def order(shop: World) -> str:
    """Ask for the smallest package; the invoice's payload."""
    await shop.send(shop.message("/buy"))
    await shop.send(shop.tap("buy", shop.shown()))
    return last_payload(shop)


def last_payload(shop: World) -> str:
    """What the last invoice carries."""
    invoice = shop.messenger.sent("send_invoice")[-1].invoice
    assert invoice is not None
    assert invoice.stars == SMALL.stars
    return invoice.payload


def paid(shop: World, payload: str, *, charge: str = "stx1", stars: int = SMALL.stars, **fields: Any) -> Json:
    """Telegram's message about a payment."""
    body = {"currency": "XTR", "total_amount": stars, "invoice_payload": payload, "telegram_payment_charge_id": charge}
    return shop.message(successful_payment=body | fields)


def returned(shop: World, payload: str, *, charge: str = "stx1") -> Json:
    body = {"currency": "XTR", "total_amount": SMALL.stars, "invoice_payload": payload}
    return shop.message(refunded_payment=body | {"telegram_payment_charge_id": charge})


async def test_buying(shop: World) -> None:
    """Two presses: the package, and Telegram's own *Pay*. Then the credits are there, and thanks with the balance."""
    before = shop.user().account.available
    await shop.send(paid(shop, await order(shop)))
    assert shop.user().account.available == before + SMALL.credits
    assert str(before + SMALL.credits) in shop.shown().text


async def test_payment_told_often(shop: World) -> None:
    """A payment is credited once, however often and under however many update ids Telegram tells of it."""
    before, update = shop.user().account.available, paid(shop, await order(shop))
    await shop.send(update, update, paid(shop, update["message"]["successful_payment"]["invoice_payload"]))
    assert shop.user().account.available == before + SMALL.credits
    assert sum("Thank you" in each.text for each in shop.messenger.messages(ME)) == 1


async def test_invoice_paid_twice(shop: World) -> None:
    """Each charge is real money: two of them for one invoice are two purchases."""
    before, payload = shop.user().account.available, await order(shop)
    await shop.send(paid(shop, payload), paid(shop, payload, charge="stx2"))
    assert shop.user().account.available == before + 2 * SMALL.credits


async def test_killed_between_commit_and_thanks(shop: World) -> None:
    """A worker that dies after the commit leaves the thanks to the repetition, and the credits are there once."""
    before, update = shop.user().account.available, paid(shop, await order(shop))
    shop.store.lose(any_commit)
    with pytest.raises(UnavailableError):
        await shop.deliver(update)
    await shop.deliver(update)
    await shop.settle()
    assert shop.user().account.available == before + SMALL.credits
    assert "Thank you" in shop.shown().text


async def test_somebody_else_was_faster(shop: World) -> None:
    """A person who changes a setting at the same moment loses neither the setting nor the credits."""
    before, update = shop.user().account.available, paid(shop, await order(shop))
    shop.store.interrupt(any_commit, lambda: shop.deliver(shop.message("/remember tea")))
    await shop.send(update)
    assert shop.user().account.available == before + SMALL.credits


async def test_two_deliveries_at_once(shop: World) -> None:
    """The second of two deliveries leaves the work to the first, and looks again later."""
    before, update = shop.user().account.available, paid(shop, await order(shop))
    shop.store.interrupt(any_commit, lambda: shop.deliver(update))
    await shop.send(update)
    assert shop.user().account.available == before + SMALL.credits
    assert sum("Thank you" in each.text for each in shop.messenger.messages(ME)) == 1


async def test_payment_without_our_order(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Money that came for no order of ours is honoured at the dearest rate, and reported."""
    before = shop.user().account.available
    await shop.send(paid(shop, "premium", stars=51))
    assert shop.user().account.available == before + credits_for(51) == before + 62
    assert "payment_unmatched" in capsys.readouterr().out


async def test_another_currency(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """What we do not sell for is reported, and credits nothing."""
    before = shop.user().account.available
    await shop.send(paid(shop, "premium", currency="USD"))
    assert shop.user().account.available == before
    assert "payment_unknown" in capsys.readouterr().out


async def test_money_back(shop: World) -> None:
    """A returned payment takes its credits back once, below zero if they were spent."""
    payload = await order(shop)
    await shop.send(paid(shop, payload))
    spent = Change(TransferKind.CORRECTION, ME, -shop.user().account.available, "t1", "spent")
    await change_credits(shop.store, shop.clock, spent)
    update = returned(shop, payload)
    await shop.send(update, update, returned(shop, payload))
    assert shop.user().account.available == -SMALL.credits
    assert "returned" in shop.shown().text
    [payment] = shop.store.collection("payments").values()
    assert payment["returned_amount"] == payment["amount"]


async def test_return_overtakes_the_payment(shop: World) -> None:
    """Updates come in any order: a return waits for its payment."""
    before, payload = shop.user().account.available, await order(shop)
    await shop.deliver(returned(shop, payload))
    await shop.deliver(paid(shop, payload))
    await shop.settle()
    assert shop.user().account.available == before


async def test_return_of_something_unknown(shop: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A return whose payment never comes is reported in the end and kept for an operator, and changes nothing."""
    before = shop.user().account.available
    await shop.send(returned(shop, "premium"))
    assert shop.user().account.available == before
    assert "update_quarantined" in capsys.readouterr().out
    assert len(shop.store.collection("quarantine")) == 1


async def test_return_overtakes_the_payment_after_an_outage(shop: World) -> None:
    """Where both lay in the queue for longer than anybody waits, the return waits for its payment all the same."""
    before, payload = shop.user().account.available, await order(shop)
    long_ago, payment = shop.clock.now() - timedelta(hours=2), paid(shop, payload)
    await shop.deliver(returned(shop, payload), failures=9, received_at=long_ago)
    await shop.deliver(payment, failures=9, received_at=long_ago)
    await shop.settle()
    assert shop.user().account.available == before


async def test_return_in_the_bots_name(shop: World) -> None:
    """Telegram may tell of a return in the bot's own name: the private chat says whose it is."""
    before, payload = shop.user().account.available, await order(shop)
    await shop.send(paid(shop, payload))
    update = returned(shop, payload)
    update["message"]["from"] = {"id": BOT_ID, "is_bot": True}
    await shop.send(update)
    assert shop.user().account.available == before


async def test_return_while_somebody_writes(shop: World) -> None:
    """A return that loses a race with another change is decided again."""
    before, payload = shop.user().account.available, await order(shop)
    await shop.send(paid(shop, payload))
    shop.store.interrupt(any_commit, lambda: shop.deliver(shop.message("/remember tea")))
    await shop.send(returned(shop, payload))
    assert shop.user().account.available == before


async def test_prices_have_changed(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A button with an old price sends no invoice but the new prices."""
    await shop.send(shop.message("/buy"))
    press = shop.tap("buy", shop.shown())
    monkeypatch.setitem(PACKAGES, "s", replace(SMALL, prices=SMALL.prices | {"XTR": SMALL.stars + 1}))
    await shop.send(press)
    assert not any(call.method == "send_invoice" for call in shop.messenger.calls)
    assert f"{SMALL.stars + 1} ⭐" in shop.shown().buttons[0][0].label


async def test_tap_comes_again(shop: World) -> None:
    """The same tap again sends the same order, so both invoices are worth the same."""
    await shop.send(shop.message("/buy"))
    press = shop.tap("buy", shop.shown())
    shop.store.lose(any_commit)
    with pytest.raises(UnavailableError):
        await shop.deliver(press)
    await shop.deliver(press)
    [call] = [call for call in shop.messenger.calls if call.method == "send_invoice"]
    assert call.invoice is not None


async def test_button_of_another(shop: World) -> None:
    """Nobody gets an invoice by another person's button."""
    await shop.send(shop.message("/buy"))
    await shop.send(shop.tap("buy", shop.shown(), user_id=502))
    assert not any(call.method == "send_invoice" for call in shop.messenger.calls)


@pytest.mark.parametrize(("data", "payload"), [("s;49;60", "buy"), ("plus;231;300", "subscription")])
async def test_pressed_in_a_group(shop: World, data: str, payload: str) -> None:
    """A press in a group that shows prices or a subscription shows them to nobody but its person."""
    going = Subscription("AAAAAAAAAAAAAAAA", 231, 300, shop.now + timedelta(days=20))
    await change_user(shop.ports, await open_user(shop.ports, ME), lambda user: with_subscriptions(user, (going,)))
    await shop.send(shop.message("/help", chat_id=-1001))
    await shop.send(shop.tap_data(f"1;buy;{ME};{data}", shop.shown(-1001).message_id, chat_id=-1001))
    [[button]] = shop.shown(-1001).buttons
    assert button.url.endswith(f"?start={payload}")


async def test_in_a_group(shop: World) -> None:
    """In a group /buy leads to the private chat, where the link shows the packages."""
    await shop.send(shop.message("/buy", chat_id=-1001))
    [[button]] = shop.shown(-1001).buttons
    assert button.url.endswith("?start=buy")
    await shop.send(shop.message("/start buy"))
    assert "⭐" in shop.shown().buttons[0][0].label


@pytest.mark.parametrize("factor", [0.5, 2])
async def test_price_changes_before_the_payment(shop: World, monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    """An invoice that is out is agreed to and credited as it was sold, whatever the package costs and holds by then."""
    payload, before = await order(shop), shop.user().account.available
    prices = {currency: int(amount * factor) for currency, amount in SMALL.prices.items()}
    monkeypatch.setitem(PACKAGES, "s", replace(SMALL, credits=SMALL.credits * 3, prices=prices))
    query = {"id": "q1", "from": {"id": ME}, "currency": "XTR", "total_amount": SMALL.stars, "invoice_payload": payload}
    answer = answer_checkout(json.dumps({"pre_checkout_query": query}).encode(), shop.ports.order_keys, shop.now)
    assert answer is not None
    assert answer["ok"] is True
    await shop.send(paid(shop, payload))
    assert shop.user().account.available == before + SMALL.credits
    shop.check_money()


async def test_nothing_is_sold(shop: World) -> None:
    """Where no key is set /buy and old buttons say that payments are not open."""
    await shop.send(shop.message("/buy"))
    press = shop.tap("buy", shop.shown())
    shop.sell()
    await shop.send(shop.message("/buy"), press)
    assert "not open" in shop.shown().text
    assert "not open" in shop.messenger.taps[-1].toast


async def test_refused_wish_goes_on_by_itself(shop: World) -> None:
    """Out of credits, a wish offers the package that suffices; two presses later its picture is being made."""
    await lose_credits(shop)
    await shop.send(shop.message("/image a red fox in the snow"))
    question = shop.shown()
    assert "costs 4" in question.text
    assert [row[0].label for row in question.buttons] == ["60 credits · 50 ⭐", "🔁 300 credits / 30 days · 231 ⭐"]
    await shop.send(shop.tap("buy", question))
    await shop.send(paid(shop, last_payload(shop)))
    assert shop.job().state is JobState.DELIVERED
    assert shop.user().account.available == SMALL.credits - 4


@pytest.mark.parametrize("harm", [TooManyRequestsError(3.0), DeliveryUnknownError("lost")])
async def test_refused_wish_goes_on_although_the_thanks_failed(shop: World, harm: MessengerError) -> None:
    """What waited for credits begins too where Telegram takes the thanks only at the second try."""
    await lose_credits(shop)
    await shop.send(shop.message("/image a red fox in the snow"))
    await shop.send(shop.tap("buy", shop.shown()))
    shop.messenger.fail("send_text", harm)
    await shop.send(paid(shop, last_payload(shop)))
    assert shop.job().state is JobState.DELIVERED
    assert shop.user().account.available == SMALL.credits - 4


async def test_wish_that_was_replaced_does_not_go_on(shop: World) -> None:
    """Who asked for something else meanwhile gets the credits, and nothing that he no longer means."""
    await lose_credits(shop)
    await shop.send(shop.message("/image a red fox in the snow"))
    await shop.send(shop.tap("buy", shop.shown()), shop.message("/image"), shop.photo())
    await shop.send(paid(shop, last_payload(shop)))
    assert shop.jobs() == []


async def test_decline_of_a_repetition_offers_a_package(shop: World) -> None:
    """Where the wish itself does not wait, as under *Again* in words, the package stands under the reason."""
    await shop.send(shop.message("/image a red fox"))
    picture = shop.shown()
    await lose_credits(shop)
    await shop.send(shop.reply("4K", picture))
    assert shop.shown().buttons[0][0].label == "60 credits · 50 ⭐"


async def lose_credits(shop: World) -> None:
    """Take all credits of the person."""
    spent = Change(TransferKind.CORRECTION, ME, -shop.user().account.available, "t9", "spent")
    await change_credits(shop.store, shop.clock, spent)


@pytest.mark.parametrize(("command", "words"), [("/paysupport", "Write to @our_support"), ("/terms", "Terms")])
async def test_what_telegram_demands(shop: World, command: str, words: str) -> None:
    """Who sells has to say how money comes back, and on which terms he sells."""
    await shop.send(shop.message(command))
    assert words in shop.shown().text


@pytest.mark.parametrize(("wanted", "name"), [(1, "s"), (60, "s"), (61, "m"), (9_999_999, "xl")])
def test_smallest_package(wanted: int, name: str) -> None:
    """Who lacks credits is offered the smallest package that suffices."""
    assert smallest_for(wanted, PACKAGES) == name
