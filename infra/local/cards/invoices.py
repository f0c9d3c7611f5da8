"""The invoices of both providers, what people do with them, and how the server shall misbehave."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]
# Shaped like the real things and obviously none: an API key, and a shop's id with its secret key.
LAVA_KEY = "local-lava-not-a-real-key"
YOOKASSA_KEY = "100500:local-yookassa-not-a-real-key"
ACTS = {
    "pay": ({"open", "failed"}, "paid"),
    "decline": ({"open", "failed"}, "failed"),
    "withdraw": ({"open", "failed"}, "withdrawn"),
    "return": ({"paid"}, "returned"),
    "chargeback": ({"paid"}, "charged_back"),
}
"""What a person or a bank may do: from which states, and into which."""


@dataclass(slots=True)
class Behaviour:
    """How the server misbehaves."""

    lose: bool = False
    """No notice is sent."""
    lie: bool = False
    """A notice of a payment is sent as soon as an invoice is made, with another amount."""
    repeat: int = 1
    """How often each notice is sent."""
    delay_seconds: float = 0.0
    """Before a notice is sent."""
    hold: bool = False
    """Notices wait until they are released, and then come in another order."""
    status: int = 0
    """The answer to every call of the API; it is carried out all the same. 0: the right one."""
    refund_status: str = "succeeded"
    """What becomes of a refund at YooKassa: succeeded, pending or canceled."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What lava.top sells: made in its cabinet, with a price for each currency in the smallest unit."""

    id: str
    title: str
    prices: dict[str, int]
    periodicity: str = "ONE_TIME"
    """MONTHLY: a subscription."""


@dataclass(slots=True)
class Invoice:
    """One invoice of either provider."""

    provider: str
    amount: int
    """In the smallest unit."""
    currency: str
    email: str
    title: str
    more: Json
    """What was given with it, and is given back."""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    state: str = "open"
    refunds: list[Json] = field(default_factory=list)
    """YooKassa's objects."""
    refunded: int = 0
    """What went back by them, in the smallest unit."""
    periodicity: str = "ONE_TIME"
    first_id: str = ""
    """The invoice of the first payment, if this is a later one of a subscription."""

    @property
    def decimal(self) -> str:
        return write_decimal(self.amount)

    def act(self, act: str) -> bool:
        """Do what a person does; False if it is too late or too early for it."""
        if not self.may(act):
            return False
        _, self.state = ACTS[act]
        self.refunded = self.amount if self.state == "returned" else self.refunded
        return True

    def may(self, act: str) -> bool:
        """Whether a person may do this now. YooKassa cancels a refused payment for good; lava.top takes another try."""
        is_over = self.provider == "yookassa" and self.state == "failed"
        return self.state in ACTS[act][0] and not is_over


@dataclass(slots=True)
class Subscription:
    """What lava.top takes every 30 days after the payment of its first invoice."""

    first: Invoice
    expires_at: datetime
    payments: list[Invoice] = field(default_factory=list)
    """The later ones, refused ones too."""
    status: str = "ACTIVE"
    tries: int = 0
    """Refused ones of the payment that is due."""
    canceled_at: datetime | None = None
    has_money: bool = True
    """On the card."""


def write_decimal(amount: int) -> str:
    """An amount in the smallest unit, as both providers write it."""
    return f"{amount // 100}.{amount % 100:02d}"


class Book:
    """All invoices of one server, and its time."""

    def __init__(self, offers: tuple[Offer, ...] = ()) -> None:
        self.offers = {offer.id: offer for offer in offers}
        self.invoices: dict[str, Invoice] = {}
        self.keys: dict[str, Invoice] = {}
        """YooKassa's idempotence keys of payments."""
        self.refund_keys: dict[str, Json] = {}
        """Those of refunds."""
        self.subscriptions: dict[str, Subscription] = {}
        """By the id of the first invoice, from its payment on."""
        self.behaviour = Behaviour()
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """The server's time, which only moves forward when it is told to."""
        return datetime.now(UTC) + self._ahead

    def set_now(self, now: datetime) -> None:
        self._ahead = now - datetime.now(UTC)

    def add(self, invoice: Invoice) -> Invoice:
        self.invoices[invoice.id] = invoice
        return invoice

    def find(self, provider: str, invoice_id: str) -> Invoice | None:
        found = self.invoices.get(invoice_id)
        return found if found is not None and found.provider == provider else None
