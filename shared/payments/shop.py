"""/buy: packages of credits for Telegram Stars, and their invoices.

/buy ── a package ──▶ order + invoice ── Pay ──▶ the webhook agrees (`checkout.py`) ── `take_payment.py`

A tap that comes again sends the same order once more: it costs nothing until somebody pays, and all that is paid is
credited.
"""

from contextlib import suppress
from datetime import timedelta

from shared.credits.catalogue import PACKAGES
from shared.credits.purchases import Package
from shared.errors import ConflictError
from shared.hash_ids import hash_id
from shared.payments.order import Order, write_payload
from shared.payments.payment_documents import create_order
from shared.payments.shop_screens import draw_shop
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
        url = f"https://t.me/{await ports.messenger.username()}?start=buy"
        button = Button(plain_text(visit.language, "button-chat"), url=url)
        await answer(ports, visit, Screen(html_text(visit.language, "buy-in-private"), ((button,),)))
    else:
        await answer(ports, visit, draw_shop(visit.language, visit.opened.user.id, visit.opened.user.account.available))


async def press_buy(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Send the invoice of the pressed package. Raises MessengerErrors, UnavailableError."""
    owner, name, stars, amount, *_ = (*arguments, "", "", "", "")
    package = PACKAGES.get(name)
    if owner != str(tap.sender.id):
        await toast(ports, visit, tap, "not-yours")
    elif not ports.order_keys:
        await toast(ports, visit, tap, "payments-closed")
    elif package is None or (str(package.stars), str(package.credits)) != (stars, amount):
        await answer(ports, visit, draw_shop(visit.language, tap.sender.id, visit.opened.user.account.available))
        await toast(ports, visit, tap, "toast-new-prices")
    else:
        await _send_invoice(ports, visit, package)
        await answer_tap(ports, tap.query_id)


async def _send_invoice(ports: Ports, visit: Visit, package: Package) -> None:
    received_at = visit.received_at.replace(microsecond=0)
    order_id = hash_id("order", visit.inbox_id)
    order = Order(order_id, visit.update.sender.id, package.stars, package.credits, received_at + ORDER_LIFE)
    with suppress(ConflictError):  # the tap came again
        await ports.store.commit([create_order(order, received_at)])
    title = plain_text(visit.language, "invoice-title", credits=package.credits)
    description = plain_text(visit.language, "invoice-description")
    payload = write_payload(order, ports.order_keys[0])
    chat = visit.update.chat
    invoice = Invoice(title, description, payload, package.stars)
    await ports.messenger.send_invoice(Place(chat.id, chat.thread_id), invoice)


async def show_paysupport(ports: Ports, visit: Visit, message: Message) -> None:
    """/paysupport: how to get money back. Telegram demands it of every bot that sells."""
    text_id = "paysupport" if ports.support_contact else "payments-closed"
    await answer(ports, visit, Screen(html_text(visit.language, text_id, contact=ports.support_contact)))


async def show_terms(ports: Ports, visit: Visit, message: Message) -> None:
    """/terms: what is sold, and on which terms."""
    await answer(ports, visit, Screen(html_text(visit.language, "terms")))
