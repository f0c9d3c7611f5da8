"""Forged buttons and mutated payments against somebody who has a picture, bought credits and an order by card."""

import json
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from random import Random
from typing import Any

from shared.bot.router import TAPS, VIDEO_TAPS
from shared.credits.ledger import TransferKind
from shared.errors import UnusableUpdateError
from shared.payments.publish_card_order import CARD_ORDERS_PATH
from shared.payments.take_card_notice import LAVA_PATH, YOOKASSA_PATH, take_card_notice
from shared.pictures.press_results import PRESSES
from shared.ports import Key
from shared.task import Task
from shared.telegram.updates import AMOUNT_MAX
from tests.fakes.cards import FakeCards
from tests.security.corpus import load_update
from tests.security.mutation import ODD_VALUES, mutate, write_bytes
from tests.security.storm import make_tap
from tests.stored import copy_all
from tests.unit.payments.conftest import KEY
from tests.unit.payments.test_reconcile import pay, tell
from tests.world import ME, OTHER, World

Json = dict[str, Any]
EVE = OTHER
FORGED_MIN, MUTATED, NOTICES = 500, 500, 2_000
TASKS_BETWEEN = 50
ACTIONS = sorted({*TAPS, *PRESSES, *VIDEO_TAPS})
"""Whatever a button does today."""
Documents = dict[Key, Json]
MOVED = ("sweep_at",)
KEPT = ("jobs", "transfers", "card_orders", "orders", "payments", "gifts", "settlements", "conversations", "drafts")


async def open_world() -> World:
    """The victim has a picture, has bought in Stars, and has ordered by card."""
    world = World()
    world.sell(KEY, cards={"lava": FakeCards()})
    await world.send(world.message("a red fox"))
    await tell(world, pay(world))
    for name, arguments in (("/buy", ""), ("card;", ""), ("cardbuy;", ""), ("ann@example.com", "")):
        act = world.tap(name, world.shown()) if name.startswith("card") else world.message(name + arguments)
        await world.send(act)
    return world


def keep(world: World) -> Json:
    """Everything that is the victim's."""
    mine = {
        name: {key: each for key, each in world.store.collection(name).items() if each.get("user_id", ME) == ME}
        for name in KEPT
    }
    return deepcopy({**mine, "user": world.store.collection("users")[str(ME)]})


def list_forged(world: World) -> Iterator[str]:
    """Every action with the victim's names in the places where buttons have them."""
    [job_id], [order_id] = [job.id for job in world.jobs()], world.store.collection("card_orders")
    for action in ACTIONS:
        yield f"1;{action};{job_id};{ME}"
        yield f"1;{action};{ME};{job_id};1"
        yield f"1;{action};{ME};{order_id};1"
        yield f"1;{action};{ME};keep;{order_id}"
        yield f"1;{action};{ME};s;50;60"


async def test_forged_buttons() -> None:
    """More than 500 forged presses, of every action there is, change nothing of another person's and break nothing."""
    world = await open_world()
    before, shown = keep(world), world.shown().message_id
    forged = list(list_forged(world))
    assert len(forged) >= FORGED_MIN
    for number, data in enumerate(forged):
        chat_id = (EVE, ME)[number % 2]
        await world.deliver(make_tap(data[:64], EVE, chat_id, shown, 10_000_000 + number))
        if number % TASKS_BETWEEN == 0:
            await world.settle()
    await world.settle()
    assert keep(world) == before
    world.check_money()


async def test_mutated_payments() -> None:
    """500 payments and returns with anything in their fields, of others, move no credit of the victim's, credit no
    charge twice, and none that brought no Stars."""
    world, dice = await open_world(), Random(14)  # noqa: S311 — repeatable, not secret
    before = keep(world)
    for number in range(MUTATED):
        update = load_update("message.successful_payment")
        message = update["message"]
        message["from"]["id"] = message["chat"]["id"] = EVE
        payment = message["successful_payment"]
        payment |= {"invoice_payload": dice.choice([world.messenger.transactions[0].payload, "o1.x", "s1." + "A" * 90])}
        payment |= {"telegram_payment_charge_id": f"eve{number % 40}"}
        if dice.random() < 0.5:
            payment[dice.choice([*payment])] = dice.choice(ODD_VALUES)
        if dice.random() < 0.3:
            message["refunded_payment"] = message.pop("successful_payment")
        update["update_id"] = 20_000_000 + number
        body = write_bytes(mutate(update, dice), dice)
        await world.deliver(body)
        if number % TASKS_BETWEEN == 0:
            await world.settle()
    await world.settle()
    assert keep(world) == before
    bought = [each for each in world.transfers() if each.kind is TransferKind.PURCHASE and each.user_id != ME]
    paid = {name: each for name, each in world.store.collection("payments").items() if each["user_id"] != ME}
    assert {each.id for each in bought} == {f"purchase:{name}" for name in paid}
    assert all(0 < each["amount"] <= AMOUNT_MAX and each["credits"] > 0 for each in paid.values())
    world.check_money()


async def test_mutated_notices_of_cards() -> None:
    """2,000 changed notices about an open order, most of which still name it: each task asks its provider, who says
    that nobody has paid, and not one document of anybody changes but when the order is asked for next.
    """
    world, dice = await open_world(), Random(14)  # noqa: S311 — repeatable, not secret
    [cards] = world.ports.cards.values()
    assert isinstance(cards, FakeCards)
    [invoice_id] = cards.invoices
    world.clock.advance(1)
    before, asked = without_times(copy_all(world)), 0
    for number in range(NOTICES):
        body = mutate_notice(make_notice(invoice_id, number), dice)
        reads = cards.reads
        with suppress(UnusableUpdateError):
            await take_card_notice(world.tasks, LAVA_PATH if number % 2 else YOOKASSA_PATH, body)
        await world.settle()
        asked += cards.reads > reads
    assert asked > NOTICES / 10
    assert without_times(copy_all(world)) == before
    cards.pay(invoice_id)
    await take_card_notice(world.tasks, LAVA_PATH, make_notice(invoice_id, 1))
    await world.settle()
    assert without_times(copy_all(world)) != before
    world.check_money()


def make_notice(invoice_id: str, number: int) -> bytes:
    """What lava.top or YooKassa would say, were the order paid."""
    if number % 2:
        said: Json = {"eventType": "payment.success", "contractId": invoice_id, "status": "completed", "amount": 99}
    else:
        said = {"event": "payment.succeeded", "object": {"id": invoice_id, "status": "succeeded", "paid": True}}
    return json.dumps(said).encode()


def mutate_notice(body: bytes, dice: Random) -> bytes:
    return write_bytes(mutate(json.loads(body), dice), dice)


def without_times(documents: Documents) -> Documents:
    """Without when an order is asked for next, which every task of it moves."""
    return {
        key: {name: value for name, value in fields.items() if key.collection != "card_orders" or name not in MOVED}
        for key, fields in documents.items()
    }


async def test_forged_tasks_of_card_orders() -> None:
    """A task about an order that is not ours, or that nobody paid, credits nobody."""
    world = await open_world()
    before = world.user().account
    for order in ("A" * 16, "../users/1", "", *world.store.collection("card_orders")):
        body = json.dumps({"order": order}).encode()
        await world.run_task(Task("bot", CARD_ORDERS_PATH, body, None, {}))
    assert world.user().account == before
