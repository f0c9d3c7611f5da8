"""Opening the invoice of an order by card at a provider. Nothing is stored here: whoever asks commits the order.

An invoice whose order was not stored is known to nobody, so nobody pays it.
"""

from dataclasses import dataclass, field

from shared.credits.catalogue import PLANS
from shared.credits.purchases import Plan
from shared.errors import CardsRefusedError, CardsUnavailableError
from shared.logs import log_event
from shared.payments.card_order import AGAIN_MIN, CardOrder
from shared.payments.packages import find_sold
from shared.payments.prices import price_in
from shared.payments.publish_card_order import card_order_id
from shared.people.card_settings import CardWish
from shared.people.users import Language
from shared.ports import CardInvoice, CardPayments, CardSale, OpenedInvoice, Ports
from shared.texts import plain_text


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys, and where they are told what becomes of it."""

    reference: str
    """Our id of this sale: the same one never makes two invoices where the provider can prevent it."""
    user_id: int
    chat_id: int
    thread_id: int | None
    language: Language
    email: str = field(repr=False)


async def open_card_order(ports: Ports, buyer: Buyer, wish: CardWish) -> CardOrder | CardsRefusedError | None:
    """The order with its invoice, to be stored by the caller; the error if the provider refuses this sale.

    None if no provider takes the currency, if it cannot be asked now, or if it sells at another price than we do.
    """
    offered, package = find_seller(ports, wish.package, wish.currency), find_sold(wish.package)
    price = None if package is None else price_in(package, wish.currency)
    if offered is None or package is None or price is None:  # taken off the list while the person looked for an e-mail
        return None
    name, provider = offered
    days = package.days if isinstance(package, Plan) else 0
    title = plain_text(buyer.language, "invoice-title", credits=package.credits)
    back = f"https://t.me/{await ports.messenger.username()}"
    sale = CardSale(buyer.reference, wish.package, title, price, wish.currency, buyer.language, back, buyer.email, days)
    found = await _open_invoice(name, provider, sale)
    if not isinstance(found, tuple):
        return found
    opened, invoice = found
    now = ports.clock.now()
    return CardOrder(
        id=card_order_id(name, opened.id),
        provider=name,
        invoice_id=opened.id,
        offer=invoice.offer,
        url=opened.url,
        package=wish.package,
        credits=package.credits,
        amount=price,
        currency=wish.currency,
        user_id=buyer.user_id,
        chat_id=buyer.chat_id,
        thread_id=buyer.thread_id,
        language=buyer.language,
        email=buyer.email,
        created_at=now,
        sweep_at=now + AGAIN_MIN,
        days=days,
    )


def find_seller(ports: Ports, name: str, currency: str) -> tuple[str, CardPayments] | None:
    """The preferred provider that sells this package or subscription in this currency, with its name."""
    for provider, cards in ports.cards.items():
        is_sold = name not in PLANS or (cards.plans is not None and cards.plans.sells(name))
        if currency in cards.currencies and is_sold:
            return provider, cards
    return None


async def _open_invoice(
    name: str, provider: CardPayments, sale: CardSale
) -> tuple[OpenedInvoice, CardInvoice] | CardsRefusedError | None:
    """The new invoice, and what the provider says of it when it is read back."""
    try:
        opened = await provider.create_invoice(sale)
        invoice = await provider.read_invoice(opened.id)
    except CardsRefusedError as error:
        log_event("card_sale_refused", severity="WARNING", provider=name, error=error)
        return error
    except CardsUnavailableError as error:
        log_event("card_provider_missed", severity="WARNING", provider=name, error=error)
        return None
    if invoice is None or (invoice.id, invoice.amount, invoice.currency) != (opened.id, sale.amount, sale.currency):
        log_event("card_price_differs", severity="ERROR", provider=name, package=sale.package, currency=sale.currency)
        return None
    return opened, invoice
