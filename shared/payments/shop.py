"""/buy: packages of credits and subscriptions for Telegram Stars, and their invoices.

/buy ── a package ──▶ order + invoice ──────── Pay ──▶ the webhook agrees (`checkout.py`) ── `take_payment.py`
     ── a plan ─────▶ order + link ── opens ── Pay ──▶ … and again every 30 days, by Telegram

A tap that comes again sends the same order once more: it costs nothing until somebody pays, and all that is paid is
credited.
"""

from contextlib import suppress
from datetime import timedelta

from shared.credits.purchases import Package, Plan
from shared.errors import ConflictError
from shared.growth.commit_growth import show_in_private
from shared.hash_ids import hash_id
from shared.payments.order import Order, write_payload
from shared.payments.packages import find_sold
from shared.payments.payment_documents import create_order
from shared.payments.shop_screens import draw_shop
from shared.payments.subscription_screens import draw_subscriptions
from shared.people.subscriptions import renews_any
from shared.people.talk import CONFIRM_USUALLY_ABOVE
from shared.ports import Button, Invoice, Place, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.taps import answer_tap, toast
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text

ORDER_LIFE = timedelta(hours=1)
"""How long an invoice can be paid at its price."""


async def show_shop(ports: Ports, visit: Visit, message: Message) -> None:
    """/buy, in the private chat: what credits cost. Raises MessengerErrors, UnavailableError."""
    if not ports.order_keys:
        await answer(ports, visit, Screen(html_text(visit.language, "payments-closed")))
    elif not visit.update.chat.is_private:
        await lead_to_private(ports, visit, "buy")
    elif await rests(ports):
        await answer(ports, visit, Screen(html_text(visit.language, "buy-books")))
    else:
        await answer(ports, visit, _draw(ports, visit))


async def lead_to_private(ports: Ports, visit: Visit, payload: str) -> None:
    """Say in a group where money is spoken of, with a link whose /start `payload` shows it."""
    await show_in_private(ports, visit, payload, "buy-in-private")


async def press_buy(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Send the invoice of the pressed package or subscription. Raises MessengerErrors, UnavailableError."""
    owner, name, stars, amount, *_ = (*arguments, "", "", "", "")
    package, user, now = find_sold(name), visit.opened.user, ports.clock.now()
    if owner != str(tap.sender.id):
        await toast(ports, visit, tap, "not-yours")
    elif not ports.order_keys:
        await toast(ports, visit, tap, "payments-closed")
    elif package is None or (str(package.stars), str(package.credits)) != (stars, amount):
        await _show_in_private(ports, visit, _draw(ports, visit), "buy")
        await toast(ports, visit, tap, "toast-new-prices")
    elif isinstance(package, Plan) and renews_any(user.subscriptions, now):
        await _show_in_private(ports, visit, draw_subscriptions(visit.language, user, now), "subscription")
        await toast(ports, visit, tap, "toast-subscribed")
    elif await rests(ports):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "buy-books"), alert=True)
    else:
        await (_send_link if isinstance(package, Plan) else _send_invoice)(ports, visit, package)
        await answer_tap(ports, tap.query_id)


async def _show_in_private(ports: Ports, visit: Visit, screen: Screen, payload: str) -> None:
    """Answer with what is nobody else's business: a group gets a link to it."""
    if visit.update.chat.is_private:
        await answer(ports, visit, screen)
    else:
        await lead_to_private(ports, visit, payload)


def _draw(ports: Ports, visit: Visit) -> Screen:
    return draw_shop(visit.language, visit.opened.user, ports.clock.now(), by_card=bool(ports.cards))


async def rests(ports: Ports) -> bool:
    """Whether nothing is sold because the books are wrong."""
    return await ports.spending.rest_until() is not None and ports.spending.rests_for_books()


async def _send_invoice(ports: Ports, visit: Visit, package: Package) -> None:
    place = Place(visit.update.chat.id, visit.update.chat.thread_id)
    await ports.messenger.send_invoice(place, await _order(ports, visit, package))


async def _send_link(ports: Ports, visit: Visit, plan: Package) -> None:
    """A subscription can be paid by a link only, not by a message (core.telegram.org/bots/api#createinvoicelink)."""
    invoice = await _order(ports, visit, plan)
    link = await ports.messenger.create_invoice_link(invoice)
    text = html_text(visit.language, "subscribe", credits=plan.credits, stars=plan.stars, days=invoice.days)
    button = Button(plain_text(visit.language, "button-subscribe", stars=plan.stars), url=link)
    await answer(ports, visit, Screen(text, ((button,),)))


async def _order(ports: Ports, visit: Visit, package: Package) -> Invoice:
    """Store the order; its invoice."""
    received_at = visit.received_at.replace(microsecond=0)
    days = package.days if isinstance(package, Plan) else 0
    order = Order(
        id=hash_id("order", visit.inbox_id),
        user_id=visit.update.sender.id,
        stars=package.stars,
        credits=package.credits,
        expires_at=None if days else received_at + ORDER_LIFE,
        days=days,
    )
    with suppress(ConflictError):  # the tap came again
        await ports.store.commit([create_order(order, received_at)])
    title = plain_text(visit.language, "invoice-title", credits=package.credits)
    description = plain_text(visit.language, "subscription-description" if days else "invoice-description")
    return Invoice(title, description, write_payload(order, ports.order_keys[0]), package.stars, days)


async def show_paysupport(ports: Ports, visit: Visit, message: Message) -> None:
    """/paysupport: how to get money back. Telegram demands it of every bot that sells."""
    text_id = "paysupport" if ports.support_contact else "payments-closed"
    text = html_text(visit.language, text_id, contact=ports.support_contact)
    await answer(ports, visit, Screen(add_way_to_people(ports, visit, text)))


def add_way_to_people(ports: Ports, visit: Visit, text: str) -> str:
    """A text that may leave questions, and where people answer them, if they do."""
    return f"{text}\n{html_text(visit.language, 'support-way')}" if ports.support_chat_id else text


async def show_terms(ports: Ports, visit: Visit, message: Message) -> None:
    """/terms: what is sold, and on which terms; as a page too, where there is an app."""
    address = ports.mini_app_url.rstrip("/")
    page = Button(plain_text(visit.language, "app-rules"), url=f"{address}/rules?language={visit.language}")
    text = html_text(visit.language, "terms", limit=CONFIRM_USUALLY_ABOVE)
    await answer(ports, visit, Screen(add_way_to_people(ports, visit, text), ((page,),) if address else ()))
