"""A provider of card payments in memory: what `shared.ports.CardPayments` promises.

cards.invoices[id]                     what the provider would say, to be changed at will
cards.pay(id) / cards.settle(id, state)  what happens on the provider's page
cards.outages = n                      the next n calls are not answered
cards.refuses = True                   it takes no sale
"""

from dataclasses import dataclass, field, replace
from uuid import UUID

from shared.errors import CardsRefusedError, CardsUnavailableError
from shared.ports import CardInvoice, CardSale, InvoiceState, OpenedInvoice


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

    def pay(self, invoice_id: str) -> None:
        self.settle(invoice_id, InvoiceState.PAID)

    def settle(self, invoice_id: str, state: InvoiceState) -> None:
        self.invoices[invoice_id] = replace(self.invoices[invoice_id], state=state)

    def _answer(self) -> None:
        if self.outages:
            self.outages -= 1
            raise CardsUnavailableError("no answer")
