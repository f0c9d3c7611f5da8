"""A provider of card payments in memory: what `shared.ports.CardPayments` promises.

cards.invoices[id]                     what the provider would say, to be changed at will
cards.pay(id) / cards.settle(id, state)  what happens on the provider's page
cards.give_back(id, amount)            money of a paid invoice goes back, up to this total
cards.outages = n                      the next n calls are not answered
cards.lost = n                         the next n refunds are carried out and not answered
cards.refuses = True                   it takes no sale, and returns no money
"""

from dataclasses import dataclass, field, replace
from uuid import UUID

from shared.errors import CardsByHandError, CardsRefusedError, CardsUnavailableError
from shared.ports import CardInvoice, CardRefund, CardSale, InvoiceState, OpenedInvoice


@dataclass
class FakeCards:
    """Implements CardPayments."""

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

    async def create_invoice(self, sale: CardSale) -> OpenedInvoice:
        self._answer()
        if self.refuses:
            raise CardsRefusedError("status 400")
        self.sales.append(sale)
        invoice_id = str(UUID(int=len(self.sales)))
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
        self.invoices[invoice_id] = replace(invoice, state=state, returned=amount)

    def pay(self, invoice_id: str) -> None:
        self.settle(invoice_id, InvoiceState.PAID)

    def settle(self, invoice_id: str, state: InvoiceState) -> None:
        self.invoices[invoice_id] = replace(self.invoices[invoice_id], state=state)

    def _answer(self) -> None:
        if self.outages:
            self.outages -= 1
            raise CardsUnavailableError("no answer")
