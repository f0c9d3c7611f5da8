"""A provider of card payments that loses, repeats and delays its notices, lies in them, and answers what was before.

What happens on its page happens there at once; whether and when we hear of it is another matter.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shared.payments.card_notices import read_lava_notice
from shared.payments.publish_card_order import card_order_id, publish_card_order
from shared.ports import CardInvoice, CardRenewal, CardSale, CardSubscription, InvoiceState, OpenedInvoice
from tests.fakes.cards import FakeCards
from tests.simulation.virtual_time import VirtualClock

if TYPE_CHECKING:
    from tests.simulation.world import World

PROVIDER = "lava"
PAGE = "https://pay.example/"
"""Where its pages are, with the id of the invoice after it."""
COPIES = (0, 0, 1, 1, 1, 2, 3)
"""How often one thing is told."""
LATE_SECONDS = 60.0
"""How late a notice may be: the next one overtakes it."""
LYING = 0.2
"""How often a payment is told that nobody made."""
STALE, STALE_FOR = 0.25, timedelta(seconds=40)
"""How often an answer says what was before a change, and for how long after it."""
UNKNOWN = 0.02
"""How often it says that it knows no such invoice."""
DEARER = 0.03
"""How often it sells at another price than ours."""
NOBODYS = "00000000-0000-4000-8000-000000000000"
"""An invoice that was never made."""


@dataclass
class MoodyCards(FakeCards):
    """The provider."""

    world: "World" = field(kw_only=True)
    untold: int = 0
    """Changes of which no notice came."""
    changes: dict[str, tuple[datetime, CardInvoice]] = field(default_factory=dict)
    """When an invoice was changed last, and what it was before."""

    async def create_invoice(self, sale: CardSale) -> OpenedInvoice:
        dice = self.world.dice
        self.markup = 100 if dice.random() < DEARER else 0
        opened = await super().create_invoice(sale)
        if dice.random() < LYING:
            self._tell(dice.choice([opened.id, opened.id, NOBODYS]))
        return opened

    async def read_invoice(self, invoice_id: str) -> CardInvoice | None:
        invoice, dice = await super().read_invoice(invoice_id), self.world.dice
        if dice.random() < UNKNOWN:
            return None
        changed_at, before = self.changes.get(invoice_id, (None, invoice))
        is_fresh = changed_at is not None and VirtualClock().now() - changed_at < STALE_FOR
        return before if is_fresh and dice.random() < STALE else invoice

    def settle(self, invoice_id: str, state: InvoiceState) -> None:
        """What a person or a bank does, and what is told of it."""
        is_gone, invoice = state in {InvoiceState.RETURNED, InvoiceState.CHARGED_BACK}, self.invoices[invoice_id]
        returned = invoice.amount if is_gone else invoice.returned
        self.change(invoice_id, replace(invoice, state=state, returned=returned))
        if state is InvoiceState.PAID and invoice.offer in self.sold_plans:
            self.subscriptions.setdefault(invoice_id, CardSubscription(CardRenewal.ON, None, ()))

    def take_next(self, first_id: str) -> None:
        """Take the next payment of a subscription that goes on. It is told at least once: else it is asked for weekly,
        which no storm waits for.
        """
        if self.subscriptions[first_id].renewal is CardRenewal.CANCELED:
            return
        invoice_id = self.renew(first_id, VirtualClock().now())
        for _ in range(max(1, self.world.dice.choice(COPIES))):
            self._tell(invoice_id, first_id)

    def pay_less(self, invoice_id: str) -> None:
        """Somebody pays another amount than the invoice says, as providers allow now and then."""
        invoice = self.invoices[invoice_id]
        self.change(invoice_id, replace(invoice, state=InvoiceState.PAID, amount=invoice.amount - 1))

    def change(self, invoice_id: str, changed: CardInvoice) -> None:
        """It is so at once, and told some times or never."""
        self.changes[invoice_id] = VirtualClock().now(), self.invoices[invoice_id]
        super().change(invoice_id, changed)
        copies = self.world.dice.choice(COPIES)
        self.untold += not copies
        for _ in range(copies):
            self._tell(invoice_id)

    def _tell(self, invoice_id: str, first_id: str = "") -> None:
        """A notice is on its way; what it says of money may be anything. `first_id`: of its subscription."""
        dice = self.world.dice
        said = {
            "eventType": dice.choice(["payment.success", "payment.failed"]),
            "contractId": invoice_id,
            "parentContractId": first_id,
            "amount": dice.choice([0, 99, 1_000_000]),
            "currency": dice.choice(["RUB", "USD"]),
            "status": dice.choice(["completed", "failed"]),
        }
        self.world.spawn(self._deliver(json.dumps(said).encode(), dice.uniform(0.0, LATE_SECONDS)))

    async def _deliver(self, body: bytes, later_seconds: float) -> None:
        """What `payments` does with it."""
        await VirtualClock().sleep(later_seconds)
        notice = read_lava_notice(body)
        order_id = card_order_id(notice.provider, notice.invoice_id)
        await publish_card_order(self.world.ports.tasks, order_id, notice.told_invoice)
