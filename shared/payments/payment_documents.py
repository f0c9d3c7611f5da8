"""Documents of orders and payments."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.codec import encode
from shared.hash_ids import hash_id
from shared.payments.order import Order
from shared.ports import Create, Key

ORDERS_KEPT = timedelta(days=400)
"""How long an order is kept: longer than a person may dispute it."""


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
    paid_until: datetime | None = None
    """The end of the period that a subscription's payment pays for."""


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
    return Create(Key("payments", payment.id), encode(payment))


def purchase_key(payment: str) -> Key:
    """The transfer that credited a payment."""
    return Key("transfers", f"purchase:{payment}")
