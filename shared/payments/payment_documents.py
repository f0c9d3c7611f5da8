"""Documents of orders and payments."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.codec import encode
from shared.hash_ids import hash_id
from shared.payments.order import Order
from shared.ports import Create, Key, Query

ORDERS_KEPT = timedelta(days=400)
"""How long an order is kept: longer than a person may dispute it."""

FIRST_ID = "-"
"""No id of ours comes before it."""


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """A payment as it was made. It is kept for ever, as its transfers are."""

    id: str
    """The id of the charge in the ledger."""
    provider: str
    charge_id: str
    """The provider's own id, with which it returns the money."""
    user_id: int
    order_id: str
    """Empty if the payment named no order of ours."""
    amount: int
    """In the smallest unit of the currency."""
    currency: str
    credits: int
    paid_at: datetime
    """When we booked it."""
    paid_until: datetime | None = None
    """The end of the period that a subscription's payment pays for."""
    confirmed_at: datetime | None = None
    """When the provider's list of payments was seen to have it."""
    return_confirmed_at: datetime | None = None
    """Likewise its return."""
    is_return_told: bool = False
    """The person was told that the money came back."""
    returned_amount: int = 0
    """How much went back. Stars go back as a whole; of older ones only the transfer says so."""
    returned_credits: int = 0
    """The credits that went with it, without presents; 0 for Stars."""


def payment_id(provider: str, charge_id: str) -> str:
    """The id of a provider's charge, as the ledger and the documents name it."""
    return hash_id("payment", provider, charge_id)


def order_key(order_id: str) -> Key:
    """One per invoice."""
    return Key("orders", order_id)


def create_order(order: Order, now: datetime) -> Create:
    """The creation of an order."""
    return Create(order_key(order.id), encode(order) | {"created_at": now, "expire_at": now + ORDERS_KEPT})


def create_payment(payment: PaymentRecord) -> Create:
    """The creation of a payment; a second commit with the same charge fails."""
    return Create(payment_key(payment.id), encode(payment))


def payment_key(payment: str) -> Key:
    """The record of a payment, by the id of its charge in the ledger."""
    return Key("payments", payment)


def paid_after(at: datetime, last_id: str, limit: int) -> Query:
    """The payments that were booked after this one, the oldest first."""
    return Query("payments", (), limit, ("paid_at", "ASCENDING"), (at, last_id or FIRST_ID))


def purchase_key(payment: str) -> Key:
    """The transfer that credited a payment."""
    return Key("transfers", f"purchase:{payment}")
