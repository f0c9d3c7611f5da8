"""Telegram's list of Stars against our books: each gap is named, and what never came is credited or taken back once."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.credits.ledger import TransferKind
from shared.errors import DeliveryUnknownError
from shared.payments.compare_payments import RETURN_SEEN_AFTER, SETTLED_AFTER, Booked, GapKind, may_repair, write_update
from shared.payments.order import Order, read_payload, write_payload
from shared.payments.payment_documents import payment_id
from shared.payments.reconcile import CONTROL, LOOKED_BACK, VISIT_SECONDS, next_night, start_reconciliation
from shared.payments.refund_payment import refund_payment
from shared.ports import StarTransaction
from shared.telegram.updates import Message, parse_update
from tests.unit.payments.conftest import KEY
from tests.world import ME, OTHER, World, writes_to

STARS, CREDITS = 50, 60
EVER = datetime(2030, 1, 1, tzinfo=UTC)
Lines = pytest.CaptureFixture[str]
Gap = tuple[str, str, bool]


def pay(shop: World, charge: str = "stx1", *, user_id: int = ME, stars: int = STARS, **fields: Any) -> StarTransaction:
    """A payment as Telegram lists it, for an order that we signed."""
    order = Order("o" * 16, user_id, STARS, CREDITS, shop.now.replace(microsecond=0) + timedelta(hours=1))
    made = StarTransaction(charge, shop.now, stars, user_id, write_payload(order, KEY), language_code="en")
    listed = replace(made, **fields)
    shop.messenger.transactions.append(listed)
    return listed


def give_back(shop: World, paid: StarTransaction) -> StarTransaction:
    """Its return as Telegram lists it."""
    listed = replace(paid, at=shop.now, is_returned=True)
    shop.messenger.transactions.append(listed)
    return listed


def make_update(shop: World, listed: StarTransaction) -> dict[str, Any]:
    """An update that Telegram sends of it."""
    update: dict[str, Any] = shop.message() | {"message": json.loads(write_update(listed))["message"]}
    return update


async def tell(shop: World, listed: StarTransaction) -> None:
    """Telegram tells of it, and all that follows happens."""
    await shop.send(make_update(shop, listed))


async def pass_night(shop: World) -> None:
    """Until the next night: `sweep` has the payments compared."""
    kept = shop.store.collection("controls").get("payments")
    shop.clock.set(shop.now + SETTLED_AFTER if kept is None else max(kept["due_at"], shop.now))
    await start_reconciliation(shop.repair_ports)
    await shop.settle()


def gaps(lines: Lines) -> list[Gap]:
    found = map(json.loads, lines.readouterr().out.splitlines())
    return [(each["kind"], each["charge_id"], each["repaired"]) for each in found if each["event"] == "payment_gap"]


async def test_nothing_to_name(shop: World, capsys: Lines) -> None:
    """Payments and returns that were told are no gap; the next comparison is due in the next night."""
    paid = pay(shop)
    await tell(shop, paid)
    await tell(shop, give_back(shop, paid))
    await pass_night(shop)
    assert gaps(capsys) == []
    [stored] = shop.store.collection("payments").values()
    assert stored["confirmed_at"] is not None
    assert stored["return_confirmed_at"] is not None
    assert shop.store.collection("controls")["payments"]["due_at"] == next_night(shop.now)
    await start_reconciliation(shop.repair_ports)
    assert shop.tasks.tasks == []
    for _ in range(4):
        await pass_night(shop)
    assert gaps(capsys) == []


async def test_a_payment_that_never_came(shop: World, capsys: Lines) -> None:
    """It is named, credited once and told; the late update and the next night change nothing."""
    before, paid = shop.user().account.available, pay(shop)
    await pass_night(shop)
    assert gaps(capsys) == [("unbooked", "stx1", True)]
    assert shop.store.collection("controls")["payments"]["found"] == {"at": shop.now, "gaps": {"unbooked": 1}}
    assert shop.user().account.available == before + CREDITS
    assert sum("Thank you" in each.text for each in shop.messenger.messages(ME)) == 1
    assert f"purchase:{payment_id('stars', 'stx1')}" in shop.store.collection("transfers")
    await tell(shop, paid)
    await pass_night(shop)
    assert gaps(capsys) == []
    assert shop.user().account.available == before + CREDITS
    assert sum("Thank you" in each.text for each in shop.messenger.messages(ME)) == 1


async def test_a_subscription_that_never_began(shop: World) -> None:
    """The first period that never came begins the subscription, so that the bot can cancel it; the next renews it."""
    period = timedelta(days=30)
    payload = write_payload(Order("o" * 16, ME, STARS, CREDITS, expires_at=None, days=30), KEY)
    pay(shop, payload=payload, period_seconds=int(period.total_seconds()))
    await pass_night(shop)
    assert "has begun" in shop.shown().text
    shop.clock.advance(period.total_seconds())
    renewed = pay(shop, "stx2", payload=payload, period_seconds=int(period.total_seconds()))
    shop.clock.advance(SETTLED_AFTER.total_seconds())
    await pass_night(shop)
    assert "renewed until" in shop.shown().text
    give_back(shop, renewed)
    shop.clock.advance(SETTLED_AFTER.total_seconds())
    await pass_night(shop)
    assert "were taken back" in shop.shown().text
    [known] = shop.user().subscriptions
    assert known.charge_ids == ("stx1",)


async def test_a_wish_goes_on(world: World) -> None:
    """A wish that waited for the credits of a payment that never came goes on by itself."""
    world.sell(KEY)
    await world.give(1)
    await world.send(world.message("/start"))
    await world.send(world.message("a red fox"))
    assert world.jobs() == []
    pay(world)
    world.messenger.transactions[0] = replace(world.messenger.transactions[0], at=world.now - SETTLED_AFTER)
    await start_reconciliation(world.repair_ports)
    await world.settle()
    assert len(world.jobs()) == 1
    world.check_money()


async def test_a_return_that_never_came(shop: World, capsys: Lines) -> None:
    """Credits of Stars that Telegram gave back are taken once and told."""
    before, paid = shop.user().account.available, pay(shop)
    await tell(shop, paid)
    returned = give_back(shop, paid)
    await pass_night(shop)
    assert gaps(capsys) == [("unreturned", "stx1", True)]
    assert shop.user().account.available == before
    assert "returned" in shop.shown().text
    await tell(shop, returned)
    await pass_night(shop)
    assert gaps(capsys) == []
    assert shop.user().account.available == before


async def test_an_operators_refund_that_was_never_told(shop: World, capsys: Lines) -> None:
    """Where the update of an operator's refund never came, the person is told in the night, once."""
    before, paid = shop.user().account.available, pay(shop)
    await tell(shop, paid)
    await refund_payment(shop.store, shop.clock, shop.messenger, paid.charge_id)
    shop.messenger.transactions[-1] = replace(shop.messenger.transactions[-1], at=shop.now)
    for _ in range(2):
        await pass_night(shop)
    assert gaps(capsys) == [("untold", "stx1", True)]
    assert shop.user().account.available == before
    assert sum("returned" in each.text for each in shop.messenger.messages(ME)) == 1


async def test_neither_came(shop: World, capsys: Lines) -> None:
    """A payment and its return that both never came end in nothing, in whichever order they are handled."""
    before, paid = shop.user().account.available, pay(shop)
    give_back(shop, paid)
    await pass_night(shop)
    assert gaps(capsys) == [("unbooked", "stx1", True), ("unreturned", "stx1", True)]
    kinds = sorted(each.kind for each in shop.transfers() if each.user_id == ME)
    assert kinds == [TransferKind.CREDIT, TransferKind.PURCHASE, TransferKind.REFUND]
    assert shop.user().account.available == before


@pytest.mark.parametrize(
    "fields",
    [
        {"payload": "premium"},
        {"stars": STARS - 1},
        {"payload": write_payload(Order("o" * 16, OTHER, STARS, CREDITS, EVER), KEY)},
    ],
)
async def test_what_we_did_not_sign(shop: World, fields: dict[str, Any], capsys: Lines) -> None:
    """A payment that is not of an order of ours, at its price, by its person, is only named, every night."""
    pay(shop, **fields)
    await pass_night(shop)
    await pass_night(shop)
    assert gaps(capsys) == 2 * [("unbooked", "stx1", False)]
    assert shop.store.collection("payments") == {}


async def test_return_of_what_we_do_not_know(shop: World, capsys: Lines) -> None:
    """A return is not taken for a payment that nobody booked and we did not sign."""
    paid = pay(shop, payload="premium")
    shop.messenger.transactions.clear()
    give_back(shop, paid)
    await pass_night(shop)
    assert gaps(capsys) == [("unreturned", "stx1", False)]


async def test_another_amount_or_person(shop: World, capsys: Lines) -> None:
    """A payment that is booked with another amount, or for somebody else, is named."""
    for charge in ("stx1", "stx2"):
        await tell(shop, pay(shop, charge))
    first, second = shop.messenger.transactions
    shop.messenger.transactions[:] = [replace(first, stars=STARS + 1), replace(second, user_id=OTHER)]
    await pass_night(shop)
    assert gaps(capsys) == [("other_amount", "stx1", False), ("other_person", "stx2", False)]


async def test_unknown_to_telegram(shop: World, capsys: Lines) -> None:
    """A payment that we booked and Telegram does not list is named after a day, for a week."""
    await tell(shop, pay(shop))
    shop.messenger.transactions.clear()
    await pass_night(shop)
    assert gaps(capsys) == []
    for _ in range(LOOKED_BACK.days + 2):
        await pass_night(shop)
    assert gaps(capsys) == (LOOKED_BACK.days - 1) * [("unknown_to_telegram", "stx1", False)]


async def test_confirmed_late(shop: World, capsys: Lines) -> None:
    """A payment that was booked a day before its first night is confirmed by it, and no gap."""
    await pass_night(shop)
    await tell(shop, pay(shop))
    shop.clock.advance(2 * 24 * 3600)
    await pass_night(shop)
    assert gaps(capsys) == []


async def test_returned_here_only(shop: World, capsys: Lines) -> None:
    """Credits that we took back while Telegram kept the Stars are named after two nights."""
    paid = pay(shop)
    await tell(shop, paid)
    await tell(shop, replace(paid, is_returned=True))
    while not (named := gaps(capsys)) and shop.now - paid.at < 2 * RETURN_SEEN_AFTER:
        await pass_night(shop)
    assert named == [("returned_here_only", "stx1", False)]
    assert shop.now - paid.at >= RETURN_SEEN_AFTER


async def test_what_is_too_young(shop: World, capsys: Lines) -> None:
    """A payment whose update may be on its way is left to it."""
    pay(shop)
    await start_reconciliation(shop.repair_ports)
    await shop.settle()
    assert gaps(capsys) == []


async def test_pages(shop: World, capsys: Lines) -> None:
    """All pages are looked at, and in a later night only the days that are looked back upon."""
    for number in range(250):
        pay(shop, f"old-{number}", user_id=0, payload="")
    await pass_night(shop)
    assert len(shop.messenger.sent("list_star_transactions")) == 3
    shop.clock.advance((LOOKED_BACK + timedelta(days=1)).total_seconds())
    pay(shop, "stx-new")
    await pass_night(shop)
    await pass_night(shop)
    assert gaps(capsys) == [("unbooked", "stx-new", True)]
    assert shop.store.collection("controls")["payments"]["start"] == 250
    calls = len(shop.messenger.sent("list_star_transactions"))
    await pass_night(shop)
    assert len(shop.messenger.sent("list_star_transactions")) == calls + 1


async def test_a_visit_has_an_end(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A visit that was long enough leaves the next pages to another task, which goes on where it ended."""
    for number in range(250):
        pay(shop, f"old-{number}", user_id=0)
    list_page = shop.messenger.list_star_transactions

    async def take_time(offset: int) -> tuple[StarTransaction, ...]:
        shop.clock.advance(VISIT_SECONDS)
        return await list_page(offset)

    monkeypatch.setattr(shop.messenger, "list_star_transactions", take_time)
    places = []
    for _ in range(3):
        await start_reconciliation(shop.repair_ports)
        await shop.settle()
        places.append(shop.store.collection("controls")["payments"]["place"])
    assert places == [100, 200, 0]


async def test_two_visits_at_once(shop: World, capsys: Lines) -> None:
    """A second visit of the same page ends one of them, and what never came is credited once."""
    before = shop.user().account.available
    pay(shop)
    shop.clock.advance(SETTLED_AFTER.total_seconds())
    await start_reconciliation(shop.repair_ports)
    await start_reconciliation(shop.repair_ports)
    [task, _] = shop.tasks.tasks
    shop.store.interrupt(writes_to("controls"), lambda: shop.run_task(task))
    await shop.settle()
    assert shop.user().account.available == before + CREDITS


async def test_telegram_does_not_answer(shop: World, capsys: Lines) -> None:
    """Nothing is compared then, and the next task tries again."""
    pay(shop)
    shop.messenger.fail("list_star_transactions", DeliveryUnknownError("TimedOut"))
    await pass_night(shop)
    assert "payments_unread" in capsys.readouterr().out
    assert CONTROL.id not in shop.store.collection("controls")
    await pass_night(shop)
    assert gaps(capsys) == [("unbooked", "stx1", True)]


def test_update_of_a_subscription(world: World) -> None:
    """The update names the period's end, is the same every time, and is read as Telegram's own."""
    order = Order("o" * 16, ME, STARS, CREDITS, world.now.replace(microsecond=0))
    listed = StarTransaction("stx1", world.now, STARS, ME, write_payload(order, KEY), period_seconds=2_592_000)
    body = json.loads(write_update(listed))
    assert body == json.loads(write_update(listed))
    told = body["message"]["successful_payment"]
    assert told["subscription_expiration_date"] == int(world.now.timestamp()) + 2_592_000
    update = parse_update(write_update(listed))
    assert isinstance(update, Message)
    assert update.payment is not None
    assert (update.payment.charge_id, update.payment.amount, update.sender.id) == ("stx1", STARS, ME)
    returned = json.loads(write_update(replace(listed, is_returned=True)))
    assert "is_recurring" not in returned["message"]["refunded_payment"]
    assert returned["update_id"] != body["update_id"]
    assert read_payload(listed.payload, (KEY,)) == order


def test_which_gaps_are_repaired(world: World) -> None:
    """Nothing but a payment or a return that never came is handed in, and of these only what we signed or booked."""
    listed = StarTransaction("stx1", world.now, STARS, ME)
    assert [gap for gap in GapKind if may_repair(gap, listed, Booked(), (KEY,))] == [GapKind.UNTOLD]
    order = Order("o" * 16, ME, STARS, CREDITS, EVER)
    signed = replace(listed, payload=write_payload(order, KEY))
    repaired = [gap for gap in GapKind if may_repair(gap, signed, Booked(), (KEY,))]
    assert repaired == [GapKind.UNBOOKED, GapKind.UNRETURNED, GapKind.UNTOLD]
