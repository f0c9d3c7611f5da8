"""A provider of card payments in memory: what `shared.ports.CardPayments` and `CardPlans` promise.

cards.invoices[id]                     what the provider would say, to be changed at will
cards.pay(id) / cards.settle(id, state)  what happens on the provider's page
cards.give_back(id, amount)            money of a paid invoice goes back, up to this total
cards.outages = n                      the next n calls are not answered
cards.lost = n                         the next n refunds are carried out and not answered
cards.refuses = True                   it takes no sale, and returns no money
cards.renew(id)                        it takes the next payment of the subscription that this invoice began
cards.switch(id, CardRenewal.FAILED)   what becomes of the renewal
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from shared.errors import CardsByHandError, CardsRefusedError, CardsUnavailableError
from shared.ports import (
    CardInvoice,
    CardRefund,
    CardRenewal,
    CardSale,
    CardSubscription,
    InvoiceState,
    OpenedInvoice,
)


@dataclass
class FakeCards:
    """Implements CardPayments and CardPlans."""

    currencies: frozenset[str] = frozenset({"RUB", "USD", "EUR"})
    invoices: dict[str, CardInvoice] = field(default_factory=dict)
    sales: list[CardSale] = field(default_factory=list)
    reads: int = 0
    outages: int = 0
    refuses: bool = False
    markup: int = 0
    """By how much the provider's price differs from ours."""
    tells_returns: bool = True
    lost: int = 0
    refunds: list[CardRefund] = field(default_factory=list)
    """Those that returned money, each once."""
    has_plans: bool = True
    sold_plans: frozenset[str] = frozenset({"plus", "pro"})
    subscriptions: dict[str, CardSubscription] = field(default_factory=dict)
    """By the invoice of the first payment, once that is paid."""
    cancels: int = 0
    refuses_to_cancel: bool = False

    @property
    def plans(self) -> "FakeCards | None":
        return self if self.has_plans else None

    def sells(self, name: str) -> bool:
        return name in self.sold_plans

    async def create_invoice(self, sale: CardSale) -> OpenedInvoice:
        self._answer()
        if self.refuses:
            raise CardsRefusedError("status 400")
        self.sales.append(sale)
        invoice_id = str(UUID(int=len(self.invoices) + 1))
        amount = sale.amount + self.markup
        self.invoices[invoice_id] = CardInvoice(invoice_id, InvoiceState.OPEN, amount, sale.currency, sale.package)
        return OpenedInvoice(invoice_id, f"https://pay.example/{invoice_id}")

    async def read_invoice(self, invoice_id: str) -> CardInvoice | None:
        self._answer()
        self.reads += 1
        return self.invoices.get(invoice_id)

    async def return_money(self, refund: CardRefund) -> None:
        self._answer()
        if not self.tells_returns:
            raise CardsByHandError("in the cabinet")
        if self.refuses:
            raise CardsRefusedError("status 400")
        if self.invoices[refund.invoice_id].returned < refund.total:
            self.refunds.append(refund)
            self.give_back(refund.invoice_id, refund.total)
        if self.lost:
            self.lost -= 1
            raise CardsUnavailableError("the answer was lost")

    def give_back(self, invoice_id: str, amount: int) -> None:
        invoice = self.invoices[invoice_id]
        state = InvoiceState.RETURNED if amount >= invoice.amount else InvoiceState.PAID
        self.change(invoice_id, replace(invoice, state=state, returned=amount))

    async def read_subscription(self, invoice_id: str) -> CardSubscription | None:
        self._answer()
        self.reads += 1
        return self.subscriptions.get(invoice_id)

    async def cancel_subscription(self, invoice_id: str, email: str) -> bool:
        self._answer()
        self.cancels += 1
        known = self.subscriptions.get(invoice_id)
        if self.refuses_to_cancel or known is None or known.renewal is CardRenewal.CANCELED:
            return False
        self.switch(invoice_id, CardRenewal.CANCELED)
        return True

    def pay(self, invoice_id: str) -> None:
        self.settle(invoice_id, InvoiceState.PAID)
        if invoice_id not in self.subscriptions and self.invoices[invoice_id].offer in self.sold_plans:
            self.subscriptions[invoice_id] = CardSubscription(CardRenewal.ON, None, ())

    def renew(self, first_id: str, paid_at: datetime | None = None) -> str:
        """Take the next payment; its invoice."""
        known, invoice_id = self.subscriptions[first_id], str(UUID(int=len(self.invoices) + 1))
        paid = replace(self.invoices[first_id], id=invoice_id, first_id=first_id, paid_at=paid_at, returned=0)
        self.invoices[invoice_id] = replace(paid, state=InvoiceState.PAID)
        paid_ids = (*known.paid_ids, invoice_id)
        self.subscriptions[first_id] = replace(known, renewal=CardRenewal.ON, paid_ids=paid_ids)
        return invoice_id

    def switch(self, first_id: str, renewal: CardRenewal) -> None:
        self.subscriptions[first_id] = replace(self.subscriptions[first_id], renewal=renewal)

    def settle(self, invoice_id: str, state: InvoiceState) -> None:
        self.change(invoice_id, replace(self.invoices[invoice_id], state=state))

    def change(self, invoice_id: str, changed: CardInvoice) -> None:
        """What the provider says from now on."""
        self.invoices[invoice_id] = changed

    def _answer(self) -> None:
        if self.outages:
            self.outages -= 1
            raise CardsUnavailableError("no answer")
