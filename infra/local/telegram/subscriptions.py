"""Subscriptions in Telegram Stars: links to pay, renewals, and what the bot and its people may do with them.

As documented at core.telegram.org/bots/api#createinvoicelink and core.telegram.org/api/subscriptions: a subscription is
sold by a link only, is paid every 2,592,000 s, and belongs to the charge of its first payment. What the bot has stopped
its person cannot turn on before the bot allows it. Whether the bot is asked before a renewal is documented nowhere;
here it is not. Time passes only on command.
"""

import secrets

from telegram.constants import InvoiceLimit

from infra.local.telegram.content import read_seconds
from infra.local.telegram.errors import ControlError, bad_request
from infra.local.telegram.payments import check_out, read_invoice, take_money
from infra.local.telegram.people import People
from infra.local.telegram.reading import Call
from infra.local.telegram.world import Chat, Json, World

LINK = "https://t.me/$"
_PERIOD_SECONDS = int(InvoiceLimit.SUBSCRIPTION_PERIOD)
_STARS_MAX = int(InvoiceLimit.SUBSCRIPTION_MAX_PRICE)


async def create_invoice_link(world: World, call: Call) -> str:
    """https://core.telegram.org/bots/api#createinvoicelink, for Telegram Stars only."""
    invoice = read_invoice(call)
    if call.text("subscription_period"):
        if call.integer("subscription_period") != _PERIOD_SECONDS:
            raise bad_request("SUBSCRIPTION_PERIOD_INVALID")
        if invoice["total_amount"] > _STARS_MAX:
            raise bad_request("STARS_AMOUNT_INVALID")
        invoice["subscription_period"] = _PERIOD_SECONDS
    link = f"{LINK}{secrets.token_urlsafe(16)}"
    world.invoice_links[link] = invoice
    return link


async def edit_user_star_subscription(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#edituserstarsubscription."""
    for name in ("telegram_payment_charge_id", "is_canceled"):
        if not call.text(name):
            raise bad_request(f"parameter {name} is required (refused by the local server only)")
    subscription = world.subscriptions.get(call.text("telegram_payment_charge_id"))
    if call.integer("user_id") not in world.users:
        raise bad_request("USER_ID_INVALID")
    if subscription is None or subscription["user_id"] != call.integer("user_id"):
        raise bad_request("CHARGE_ID_INVALID")
    if call.flag("is_canceled"):
        subscription["is_canceled"] = subscription["is_stopped"] = True
    else:
        subscription["is_stopped"] = False
    return True


async def pay_link(people: People, user_id: int, link: str) -> Json:
    """Open an invoice link and pay; as `payments.pay`. A link may be paid again and again, by anybody."""
    world = people.world
    invoice = world.invoice_links.get(link)
    if invoice is None:
        raise ControlError(409, f"{link} is no invoice")
    person = people.meet(user_id)
    answer = await check_out(world, person, invoice)
    if not answer["ok"]:
        return {"paid": False, "error": answer["error"], "charge_id": ""}
    chat = world.chats.setdefault(user_id, Chat(user_id, "private"))
    if "subscription_period" not in invoice:
        return {"paid": True, "error": "", "charge_id": take_money(world, chat, person, invoice, {})}
    until = read_seconds() + _PERIOD_SECONDS
    about = {"is_recurring": True, "is_first_recurring": True, "subscription_expiration_date": until}
    charge_id = take_money(world, chat, person, invoice, about)
    state = {"is_canceled": False, "is_stopped": False, "until": until}
    world.subscriptions[charge_id] = {"user_id": user_id, "invoice": invoice, **state}
    return {"paid": True, "error": "", "charge_id": charge_id}


def change_subscription(people: People, user_id: int, charge_id: str, act: str) -> Json:
    """What happens to a subscription, or what its person does with it; the charge, a new one after a renewal."""
    world = people.world
    subscription = world.subscriptions.get(charge_id)
    if subscription is None or subscription["user_id"] != user_id:
        raise ControlError(404, f"person {user_id} has no subscription {charge_id}")
    acts = {"renew": _renew, "fail": _fail, "cancel": _cancel, "enable": _enable}
    if act not in acts:
        raise ControlError(400, f"act: {act!r} instead of one of {', '.join(acts)}")
    new_id = acts[act](world, people.meet(user_id), subscription)
    return {"charge_id": new_id or charge_id, "until": subscription["until"]}


def _renew(world: World, person: Json, subscription: Json) -> str:
    if subscription["is_canceled"]:
        raise ControlError(409, "its renewal is turned off")
    subscription["until"] += _PERIOD_SECONDS
    about = {"is_recurring": True, "subscription_expiration_date": subscription["until"]}
    return take_money(world, world.get_chat(person["id"]), person, subscription["invoice"], about)


def _fail(world: World, person: Json, subscription: Json) -> None:
    if subscription["is_canceled"]:
        raise ControlError(409, "its renewal is turned off")
    _tell(world, person, subscription, "failed")


def _cancel(world: World, person: Json, subscription: Json) -> None:
    if subscription["is_canceled"]:
        raise ControlError(409, "its renewal is turned off")
    subscription["is_canceled"] = True
    _tell(world, person, subscription, "canceled")


def _enable(world: World, person: Json, subscription: Json) -> None:
    if not subscription["is_canceled"] or subscription["is_stopped"]:
        raise ControlError(409, "its renewal is on, or the bot has stopped it")
    subscription["is_canceled"] = False
    _tell(world, person, subscription, "active")


def _tell(world: World, person: Json, subscription: Json, state: str) -> None:
    """An update of Bot API 10.2: it names neither the charge nor a time."""
    body = {"user": person, "invoice_payload": subscription["invoice"]["payload"], "state": state}
    world.updates.add("subscription", body, f"subscription {person['id']}")
