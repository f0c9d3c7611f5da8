"""Telegram Stars: invoices of the bot, people who pay them, returns, and the list of transactions.

As documented at core.telegram.org/bots/payments-stars: a person who presses *Pay* causes a `pre_checkout_query`, which
the bot has to answer within ten seconds; only then does the money move, and `successful_payment` comes as a message.
Nobody here runs out of Stars.
"""

import secrets
from typing import Any

from telegram.constants import InvoiceLimit

from infra.local.telegram.content import read_seconds
from infra.local.telegram.errors import ControlError, bad_request
from infra.local.telegram.people import People
from infra.local.telegram.reading import Call
from infra.local.telegram.sending import open_chat, post_message, prepare_head
from infra.local.telegram.world import Chat, Json, World

STARS = "XTR"
CHECKOUT_SECONDS = 10.0
"""How long Telegram waits for the answer to a pre-checkout query."""
_TITLE_MAX = int(InvoiceLimit.MAX_TITLE_LENGTH)
_DESCRIPTION_MAX = int(InvoiceLimit.MAX_DESCRIPTION_LENGTH)
_PAYLOAD_BYTES_MAX = int(InvoiceLimit.MAX_PAYLOAD_LENGTH)
_STARS_MAX = 25_000
_TRANSACTIONS_MAX = 100


async def send_invoice(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#sendinvoice, for Telegram Stars only."""
    chat = open_chat(world, call)
    invoice = read_invoice(call)
    head = prepare_head(world, call, chat)
    pay = {"text": f"Pay ⭐️{invoice['total_amount']}", "pay": True}
    shown = {name: invoice[name] for name in ("title", "description", "currency", "total_amount")}
    head.setdefault("reply_markup", {"inline_keyboard": [[pay]]})
    body = post_message(world, chat, head, {"invoice": {**shown, "start_parameter": call.text("start_parameter")}})
    world.invoices[chat.id, int(body["message_id"])] = invoice
    return body


async def answer_pre_checkout_query(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#answerprecheckoutquery: once, within ten seconds."""
    query = world.checkouts.get(call.text("pre_checkout_query_id"))
    if query is None or query["answer"] is not None or world.now() > query["expires_at"]:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if "ok" not in call.params:
        raise bad_request("parameter ok is required (refused by the local server only)")
    if not call.flag("ok") and not call.text("error_message"):
        raise bad_request("error message must be non-empty")
    query["answer"] = {"ok": call.flag("ok"), "error": call.text("error_message")}
    world.feed.wake()
    return True


async def refund_star_payment(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#refundstarpayment: once for each charge."""
    charge_id, user_id = call.text("telegram_payment_charge_id"), call.integer("user_id") or 0
    paid = next((each for each in world.transactions if each["id"] == charge_id and "source" in each), None)
    if paid is None or paid["source"]["user"]["id"] != user_id:
        raise bad_request("CHARGE_NOT_FOUND")
    if any(each["id"] == charge_id and "receiver" in each for each in world.transactions):
        raise bad_request("CHARGE_ALREADY_REFUNDED")
    payload, amount = paid["source"]["invoice_payload"], paid["amount"]
    world.transactions.append(_describe_transaction(charge_id, amount, "receiver", world.users[user_id], payload))
    returned = {"currency": STARS, "total_amount": amount, "invoice_payload": payload}
    tell = {"refunded_payment": {**returned, "telegram_payment_charge_id": charge_id}}
    _tell(world, world.get_chat(user_id), world.users[user_id], tell)
    return True


async def get_star_transactions(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#getstartransactions: the oldest first."""
    offset, limit = call.integer("offset") or 0, call.integer("limit") or _TRANSACTIONS_MAX
    if not 1 <= limit <= _TRANSACTIONS_MAX or offset < 0:
        raise bad_request("limit must be 1-100 and offset not negative (refused by the local server only)")
    return {"transactions": world.transactions[offset : offset + limit]}


async def pay(people: People, user_id: int, chat_id: int, message_id: int) -> Json:
    """Pay an invoice; `{paid, error, charge_id}` with the bot's reason, or Telegram's when the bot does not answer."""
    world = people.world
    invoice = world.invoices.get((chat_id, message_id))
    if invoice is None:
        raise ControlError(409, f"message {message_id} is no invoice")
    if invoice["paid"]:
        raise ControlError(409, "this invoice is paid")
    person, chat = people.meet(user_id), world.get_chat(chat_id)
    answer = await check_out(world, person, invoice)
    if not answer["ok"]:
        return {"paid": False, "error": answer["error"], "charge_id": ""}
    invoice["paid"] = True
    return {"paid": True, "error": "", "charge_id": take_money(world, chat, person, invoice, {})}


def take_money(world: World, chat: Chat, person: Json, invoice: Json, about: Json) -> str:
    """The money moves, and the bot is told; the charge's id. `about`: more fields of `successful_payment`."""
    charge_id = f"stxLOCAL_{secrets.token_urlsafe(24)}"
    amount, payload = invoice["total_amount"], invoice["payload"]
    paid = _describe_transaction(charge_id, amount, "source", person, payload)
    if "subscription_period" in invoice:
        paid["source"]["subscription_period"] = invoice["subscription_period"]
    world.transactions.append(paid)
    charges = {
        "telegram_payment_charge_id": charge_id,
        "provider_payment_charge_id": f"{person['id']}_{charge_id[-8:]}",
    }
    _tell(world, chat, person, {"successful_payment": {**_describe_price(invoice), **about, **charges}})
    return charge_id


async def check_out(world: World, person: Json, invoice: Json) -> Json:
    """Ask the bot whether this person may pay: `{ok, error}`."""
    query: Json = {"answer": None, "expires_at": world.now() + CHECKOUT_SECONDS}
    query_id = str(secrets.randbits(62))
    world.checkouts[query_id] = query
    update = {"id": query_id, "from": person, **_describe_price(invoice)}
    world.updates.add("pre_checkout_query", update, f"pre_checkout_query {person['id']}")
    await world.feed.wait_until(lambda: query["answer"] is not None, CHECKOUT_SECONDS)
    answer: Json = query["answer"] or {"ok": False, "error": "BOT_PRECHECKOUT_TIMEOUT"}
    return answer


def _describe_price(invoice: Json) -> Json:
    return {"currency": STARS, "total_amount": invoice["total_amount"], "invoice_payload": invoice["payload"]}


def read_invoice(call: Call) -> Json:
    """What the call sells, checked as Telegram checks it."""
    title, description, payload = call.text("title"), call.text("description"), call.text("payload")
    if not 1 <= len(title) <= _TITLE_MAX or not 1 <= len(description) <= _DESCRIPTION_MAX:
        raise bad_request("title and description must be non-empty and short (refused by the local server only)")
    if not 1 <= len(payload.encode()) <= _PAYLOAD_BYTES_MAX:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    if call.text("currency") != STARS or call.text("provider_token"):
        raise bad_request("CURRENCY_INVALID: only Telegram Stars here, without a provider_token")
    return {
        "title": title,
        "description": description,
        "payload": payload,
        "currency": STARS,
        "total_amount": _read_price(call.json("prices")),
        "paid": False,
    }


def _read_price(prices: Any) -> int:
    """The one price in Stars."""
    if not isinstance(prices, list) or len(prices) != 1 or set(prices[0]) != {"label", "amount"}:
        raise bad_request("exactly one price is expected in Telegram Stars")
    amount = prices[0]["amount"]
    if not isinstance(amount, int) or not 1 <= amount <= _STARS_MAX:
        raise bad_request("INVOICE_PRICES_INVALID")
    return amount


def _describe_transaction(charge_id: str, amount: int, side: str, person: Json, payload: str) -> Json:
    """A StarTransaction: `source` where the bot got the Stars, `receiver` where it gave them back."""
    partner = {"type": "user", "transaction_type": "invoice_payment", "user": person, "invoice_payload": payload}
    return {"id": charge_id, "amount": amount, "date": read_seconds(), side: partner}


def _tell(world: World, chat: Chat, person: Json, content: Json) -> None:
    """A service message in the person's name."""
    identity = {"message_id": world.next_message_id(), "date": read_seconds()}
    body = {**identity, "chat": world.describe_chat(chat), "from": person, **content}
    world.put_message(chat, body)
    world.updates.add("message", body, f"chat {chat.id}")
