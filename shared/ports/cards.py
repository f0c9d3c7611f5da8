"""Paying by card at an outside provider, which has the page with the form and sees the card; we never do."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class InvoiceState(StrEnum):
    """What a provider says about an invoice, in the words of this port."""

    OPEN = "open"
    PAID = "paid"
    FAILED = "failed"
    """The bank or the provider refused the payment; the person may try again."""
    CANCELLED = "cancelled"
    """Nobody pays it any more: it expired, or was withdrawn."""
    RETURNED = "returned"
    """It was paid, and all of the money went back: a refund, or a chargeback that the provider does not tell apart."""
    CHARGED_BACK = "charged_back"
    """It was paid, and the buyer's bank took all of the money back."""


@dataclass(frozen=True, slots=True)
class CardSale:
    """What a person wants to pay for."""

    reference: str
    """Our id of this sale. The same reference never makes two invoices where the provider can prevent it."""
    package: str
    """The name of the package in the catalogue."""
    title: str
    """What is sold, in words for the provider's page and the receipt; at most 128 characters."""
    amount: int
    """In the smallest unit of the currency: kopecks, cents."""
    currency: str
    """RUB, USD or EUR."""
    language: str
    """ru or en, of the provider's page."""
    back_url: str
    """Where the person goes from the provider's page."""
    email: str = field(repr=False)
    """Of the buyer; providers send the receipt to it."""
    days: int = 0
    """The period of a subscription, whose next payments the provider takes by itself; 0: paid once."""


@dataclass(frozen=True, slots=True)
class OpenedInvoice:
    """An invoice that waits for its payment."""

    id: str
    """The provider's."""
    url: str
    """The provider's page with the form; https outside of tests."""


@dataclass(frozen=True, slots=True)
class CardInvoice:
    """An invoice as the provider describes it when it is asked."""

    id: str
    state: InvoiceState
    amount: int
    """In the smallest unit of the currency."""
    currency: str
    offer: str
    """What the provider says is sold by it, in its own words."""
    returned: int = 0
    """How much of a paid invoice went back so far, where the provider tells parts."""
    first_id: str = ""
    """The invoice of the subscription's first payment, if this one is of a later payment."""
    paid_at: datetime | None = None
    paid_until: datetime | None = None
    """The end of the period that a subscription's invoice pays for, where the provider tells."""


@dataclass(frozen=True, slots=True)
class CardRefund:
    """Money of a paid invoice that is to go back."""

    invoice_id: str
    reference: str
    """Our id of it. The same reference with the same amounts never returns money twice."""
    total: int
    """How much of the invoice shall have gone back afterwards, whoever returned it."""
    paid: int
    """The amount of the invoice. Both in the smallest unit of the currency."""
    currency: str
    title: str
    """What was sold, for the receipt of a part; at most 128 characters."""
    email: str = field(repr=False)
    """Of the buyer; the receipt goes there."""


class CardRenewal(StrEnum):
    """Whether a provider will take the next payment of a subscription."""

    ON = "on"
    FAILED = "failed"
    """The last try was refused; the provider tries again, or gives up."""
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class CardSubscription:
    """A subscription as the provider describes it when it is asked."""

    renewal: CardRenewal
    paid_until: datetime | None
    """The end of the paid period, where the provider tells."""
    paid_ids: tuple[str, ...]
    """The invoices of its payments; that of the first may be missing."""


class CardPlans(Protocol):
    """Subscriptions of a provider that takes their next payments by itself."""

    def sells(self, name: str) -> bool:
        """Whether this plan of the catalogue can be sold."""
        ...

    async def read_subscription(self, invoice_id: str) -> CardSubscription | None:
        """What the provider says now of the subscription that this invoice began; None if it knows no such one.

        Raises CardsUnavailableError.
        """
        ...

    async def cancel_subscription(self, invoice_id: str, email: str) -> bool:
        """Have no more payments taken; may be repeated. False: the provider refused. Raises CardsUnavailableError."""
        ...


class CardPayments(Protocol):
    """One provider of card payments."""

    @property
    def currencies(self) -> frozenset[str]:
        """The currencies in which it sells here."""
        ...

    @property
    def plans(self) -> CardPlans | None:
        """Its subscriptions; None: it sells none."""
        ...

    async def create_invoice(self, sale: CardSale) -> OpenedInvoice:
        """Open an invoice. After a CardsUnavailableError there may be one that nobody knows of: nobody can pay it.

        Raises CardsUnavailableError, CardsRefusedError.
        """
        ...

    async def read_invoice(self, invoice_id: str) -> CardInvoice | None:
        """What the provider says now; None if it knows no such invoice. Raises CardsUnavailableError."""
        ...

    @property
    def tells_returns(self) -> bool:
        """Whether it says of an invoice what went back. Otherwise an operator's word counts."""
        ...

    async def return_money(self, refund: CardRefund) -> None:
        """See that so much goes back in total; what went back or is on its way already counts.

        Raises CardsUnavailableError, after which it is to be repeated; CardsRefusedError if the provider does not do
        it; CardsByHandError if it only does so in its cabinet.
        """
        ...
