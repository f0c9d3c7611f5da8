"""The link of an order's invoice, which only `bot` can make: it has the key of orders and the bot's token.

    api ── order ✓ ── act ──▶ bot ── createInvoiceLink ── the link is in the order ✓      the page looks for it there

An act that comes twice makes two links to one order. Only one is stored; each would be honoured.
"""

from contextlib import suppress

from shared.codec import decode
from shared.credits.catalogue import PACKAGES, PLANS
from shared.errors import ConflictError
from shared.payments.order import Order, write_payload
from shared.payments.payment_documents import order_key
from shared.payments.shop import rests
from shared.people.accounts import open_user
from shared.people.users import language_of
from shared.ports import Invoice, Ports, Update
from shared.texts import plain_text

LINK = "link"
"""The field of an order's document."""


async def link_invoice(ports: Ports, user_id: int, order_id: str) -> None:
    """Make the link of this person's order, at a price that still holds. Raises MessengerErrors, UnavailableError."""
    [record] = await ports.store.read([order_key(order_id)])
    order = None if record is None else decode(Order, record.fields)
    if record is None or order is None or order.user_id != user_id or record.fields.get(LINK):
        return
    if not ports.order_keys or not is_sold(order) or await rests(ports):
        return
    language = language_of((await open_user(ports, user_id)).user, "")
    title = plain_text(language, "invoice-title", credits=order.credits)
    description = plain_text(language, "subscription-description" if order.days else "invoice-description")
    payload = write_payload(order, ports.order_keys[0])
    link = await ports.messenger.create_invoice_link(Invoice(title, description, payload, order.stars, order.days))
    with suppress(ConflictError):  # another delivery has stored its link
        await ports.store.commit([Update(record.key, {LINK: link}, record.version)])


def is_sold(order: Order) -> bool:
    """Whether the order's credits have this price now."""
    offered = [(each.stars, each.credits, 0) for each in PACKAGES.values()]
    offered += [(each.stars, each.credits, each.days) for each in PLANS.values()]
    return (order.stars, order.credits, order.days) in offered
