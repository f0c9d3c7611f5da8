"""Buyers who pay by card too; some of their payments are never told, and an operator gives Stars back.

Telegram's list of the bot's Stars knows everything. A night lasts half a minute here.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shared.codec import decode
from shared.credits.ledger import refund_id
from shared.jobs import check_books
from shared.payments import compare_payments, reconcile
from shared.payments.card_order import CardOrder, CardState, is_as_ordered, is_news
from shared.payments.payment_documents import payment_id
from shared.payments.take_payment import PROVIDER as STARS
from shared.ports import CardInvoice, InvoiceState, StarTransaction
from tests.fakes import messenger
from tests.simulation.buyers import Buyers, Charge, Sent
from tests.simulation.moody_cards import PAGE, MoodyCards
from tests.simulation.operators import Operators
from tests.simulation.talkers import talks

if TYPE_CHECKING:
    from tests.simulation.world import World

NIGHT, SETTLED_AFTER, SEEN_AFTER = timedelta(seconds=30), timedelta(seconds=60), timedelta(seconds=400)
PAGE_OF_STARS = 10
"""Telegram's is 100, more than there are payments in a storm."""
LOST = 0.15
"""How often Telegram's update of a payment or a return never comes."""
PAYABLE = (InvoiceState.OPEN, InvoiceState.FAILED)
BECOMES = {InvoiceState.PAID: 63, InvoiceState.FAILED: 20, InvoiceState.CANCELLED: 5, None: 12}
"""What comes of a visit to the provider's page, in per cent; None: another amount is paid."""
SEEN_LAST = 12


@dataclass
class CardBuyers(Buyers):
    """What those people do; in whatever they do not do here they are buyers."""

    world: "World" = field(kw_only=True)
    unheard: set[str] = field(default_factory=set)
    """Charges that Telegram told of too rarely: their payment, their return or both."""
    charges_of: dict[str, Charge] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.operators = Operators(self.world)

    @property
    def cards(self) -> MoodyCards:
        """The provider."""
        return self.world.cards

    def act(self, user_id: int) -> Sent:
        """What one of them does now. Nobody subscribes in Stars: months that pass in a moment are none in Telegram's
        list.
        """
        deeds: list[Any] = [
            self._look, self._choose_package, self._pay, self._pay_unknown, self._get_back, self._complain, self._wish,
            self._press, self._change_mind, self._choose_card, self._write_email, self._visit_page, self._take_back,
            self._renew,
        ]  # fmt: skip
        weights = [3, 8, 14, 1, 3, 16, 6, 5, 1, 6, 12, 45, 24, 12]
        sent: Sent = self.crowd.dice.choices(deeds, weights=weights)[0](user_id)
        return sent

    # --- by card ---

    def _choose_card(self, user_id: int) -> Sent:
        """*By card*, a currency or a package there."""
        offered = [
            (shown.message_id, button.data)
            for shown in self._shown(user_id)
            for row in shown.buttons
            for button in row
            if button.data.startswith(("1;card;", "1;cardbuy;"))
        ]
        if not offered:
            return self._look(user_id)
        return [self.crowd._press(user_id, user_id, *self.crowd.dice.choice(offered))]

    def _write_email(self, user_id: int) -> Sent:
        """The answer, where the question for an e-mail is the last thing that was said."""
        if not any(shown.force_reply and "@" in shown.force_reply for shown in self._shown(user_id)[-2:]):
            return self._choose_card(user_id)
        email = f"buyer{user_id}@example.com"
        sent = [self.crowd._message(user_id, email)]
        if talks(user_id):  # where the order is open already, their words are a question
            self.crowd.talkers.questions[user_id, self.crowd.next_message_id] = email
        return sent

    def _visit_page(self, user_id: int) -> Sent:
        """Pay, fail or give up on the provider's page; who has nothing to pay orders something."""
        links = self._links(user_id)
        payable = [each for each in links if self.cards.invoices[each].state in PAYABLE]
        declined = [each for each in payable if self.cards.invoices[each].state is InvoiceState.FAILED]
        if not payable:
            return self._write_email(user_id)
        invoice_id = self.crowd.dice.choice(declined or payable)
        [became] = self.crowd.dice.choices([*BECOMES], weights=[*BECOMES.values()])
        if became is None:
            self.cards.pay_less(invoice_id)
        else:
            self.cards.settle(invoice_id, became)
        return []

    def _take_back(self, user_id: int) -> Sent:
        """Money goes back: by the provider, the bank or an operator, all of it or a part."""
        links, dice = self._links(user_id), self.crowd.dice
        paid = [each for each in links if self.cards.invoices[each].state is InvoiceState.PAID]
        if not paid:
            return self._visit_page(user_id)
        invoice = self.cards.invoices[dice.choice(paid)]
        match dice.randrange(4):
            case 0:
                self.cards.settle(invoice.id, dice.choice([InvoiceState.RETURNED, InvoiceState.CHARGED_BACK]))
            case 1:
                self.cards.give_back(invoice.id, min(invoice.returned + invoice.amount // 4, invoice.amount))
            case _:
                for order, its in self.list_orders():
                    if its is invoice and order.state in {CardState.PAID, CardState.DISPUTED}:
                        self.operators.end_card_order(order)
        return []

    def _renew(self, user_id: int) -> Sent:
        """A month is over for a subscription of this person."""
        mine = [each for each in self._links(user_id) if each in self.cards.subscriptions]
        if not mine:
            return self._visit_page(user_id)
        self.cards.take_next(self.crowd.dice.choice(mine))
        return []

    def _links(self, user_id: int) -> list[str]:
        """The invoices whose pages this person can open."""
        urls = [button.url for shown in self._shown(user_id) for row in shown.buttons for button in row]
        return [url.removeprefix(PAGE) for url in urls if url.startswith(PAGE)]

    def _shown(self, user_id: int) -> list[Any]:
        return list(self.crowd.messenger.chats[user_id].values())[-SEEN_LAST:]

    # --- by Stars ---

    def charge(self, user_id: int, stars: int, payload: str, period: dict[str, Any] | None = None) -> Sent:
        """Telegram's list has it at once; the update of what we signed never comes now and then."""
        charge_id, now = f"stx{len(self.charges)}", self.crowd.clock.now()
        language_code = "ru" if user_id % 2 else "en"
        self.crowd.messenger.transactions.append(
            StarTransaction(charge_id, now, stars, user_id, payload, language_code=language_code)
        )
        sent = super().charge(user_id, stars, payload, period)
        self.charges_of[charge_id] = self.charges[-1]
        return self._lose(charge_id, sent) if payload.startswith("o1.") else sent

    def _complain(self, user_id: int) -> Sent:
        """An operator is asked to give a payment back, and says so until it is done."""
        mine = [charge for charge in self.charges if charge.user_id == user_id and not charge.is_returned]
        if not mine:
            return self._pay(user_id)
        self.operators.refund_stars(self.crowd.dice.choice(mine).id)
        return []

    def hear_return(self, charge_id: str) -> None:
        """Telegram has given Stars back, because it was asked to: it tells of that, once."""
        if not (charge := self.charges_of[charge_id]).is_returned:
            for delay, body, _ in self._lose(charge_id, super()._return(charge)):
                self.world._send(body, delay)

    def _return(self, charge: Charge) -> Sent:
        """Telegram gives Stars back by itself."""
        listed, at = self.crowd.messenger.transactions, self.crowd.clock.now()
        [paid] = [each for each in listed if each.charge_id == charge.id]
        listed.append(
            StarTransaction(paid.charge_id, at, paid.stars, paid.user_id, paid.payload, True, paid.language_code)
        )
        return self._lose(charge.id, super()._return(charge))

    def _lose(self, charge_id: str, sent: Sent) -> Sent:
        if self.crowd.dice.random() >= LOST:
            return sent
        self.unheard.add(charge_id)
        return []

    # --- what is to come of it ---

    def list_orders(self) -> list[tuple[CardOrder, CardInvoice]]:
        """The orders by card as they are stored, each with its invoice as it really is."""
        orders = [decode(CardOrder, fields) for fields in self.world.store.collection("card_orders").values()]
        return [(order, self.cards.invoices[order.invoice_id]) for order in orders]

    def are_booked(self) -> bool:
        """Whether all that happened to anybody's money is in our books."""
        booked = self.world.store.collection("transfers")
        listed = self.crowd.messenger.transactions
        names = [(payment_id(STARS, each.charge_id), each.is_returned) for each in listed]
        are_heard = all((refund_id(name) if returned else f"purchase:{name}") in booked for name, returned in names)
        orders = self.list_orders()
        later = {invoice.id for invoice in self.cards.invoices.values() if invoice.first_id}
        are_followed = later <= {order.invoice_id for order, _ in orders}
        return are_heard and are_followed and all(is_booked(order, invoice) for order, invoice in orders)


def is_booked(order: CardOrder, invoice: CardInvoice) -> bool:
    """Whether our books know what became of an invoice, and its person does too."""
    is_in_part = order.state is CardState.PAID and order.returns.booked != invoice.returned
    return order.state in find_ends(order, invoice) and not is_in_part and not is_news(order)


def find_ends(order: CardOrder, invoice: CardInvoice) -> set[CardState]:
    """What an order may come to, once we know what became of its invoice."""
    match invoice.state:
        case InvoiceState.PAID:
            return {CardState.PAID if is_as_ordered(order, invoice) else CardState.DISPUTED}
        case InvoiceState.RETURNED | InvoiceState.CHARGED_BACK:  # the latter where the money was back before we asked
            return {CardState.RETURNED, CardState.CLOSED}
        case InvoiceState.FAILED:
            return {CardState.FAILED}
        case InvoiceState.CANCELLED:
            return {CardState.CLOSED}
        case InvoiceState.OPEN:
            return {CardState.OPEN}


def shorten_nights(patch: pytest.MonkeyPatch) -> None:
    """Let the nights follow each other within a storm."""

    def next_night(now: datetime) -> datetime:
        return now + NIGHT

    patch.setattr(reconcile, "next_night", next_night)
    patch.setattr(check_books, "next_night", next_night)
    patch.setattr(compare_payments, "SETTLED_AFTER", SETTLED_AFTER)
    patch.setattr(compare_payments, "RETURN_SEEN_AFTER", SEEN_AFTER)
    patch.setattr(reconcile, "DELIVERED_WITHIN", SEEN_AFTER)
    patch.setattr(reconcile, "PAGE", PAGE_OF_STARS)
    patch.setattr(messenger, "TRANSACTIONS_MAX", PAGE_OF_STARS)
