"""What must hold of payments by card, of refunds and of the nights when everything has come to rest."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from shared.credits.ledger import Transfer, refund_id
from shared.payments.card_order import CardOrder, CardState, is_as_ordered
from shared.payments.compare_payments import GapKind
from shared.payments.payment_documents import PaymentRecord, payment_id
from shared.ports import InvoiceState
from tests.simulation.buyers import Buyers
from tests.simulation.card_buyers import CardBuyers, find_ends
from tests.simulation.moody_cards import PROVIDER

if TYPE_CHECKING:
    from tests.simulation.world import World

REPAIRED = {GapKind.UNBOOKED.value, GapKind.UNRETURNED.value, GapKind.UNTOLD.value}
"""The only gaps that there are here: an update was lost, or is late."""
BOOKED = {CardState.PAID: (1, 0), CardState.RETURNED: (1, 1)}
"""How often an order of this state was credited and taken back; else never."""
TOLD = {
    CardState.FAILED: ("did not go through", "не прошёл"),
    CardState.RETURNED: ("went back to you", "Вам вернули"),
    CardState.DISPUTED: ("does not fit the order", "не подходит к заказу"),
}
"""What the message about an end says, in each language; thanks are those of Stars."""


def find_card_problems(world: "World", payments: list[PaymentRecord], transfers: list[Transfer]) -> list[str]:
    """Each payment at the provider is credited once or, where it went back, not; nobody else has anything."""
    buyers = world.crowd.buyers
    if not isinstance(buyers, CardBuyers):
        return []
    events = [json.loads(line) for line in world.said.getvalue().splitlines() if '"event"' in line]
    _count(world, buyers, events)
    return [
        *_find_wrong_orders(buyers, payments, transfers),
        *_find_lost_money(buyers),
        *_find_untold(world, buyers),
        *_find_false_alarms(events),
        *_find_wrong_returns(buyers),
    ]


def count_paid_by_card(buyers: Buyers) -> Counter[int]:
    """The credits that stand paid by card: who → how many."""
    paid: Counter[int] = Counter()
    for order, invoice in buyers.list_orders() if isinstance(buyers, CardBuyers) else ():
        if invoice.state is InvoiceState.PAID and is_as_ordered(order, invoice):
            paid[order.user_id] += order.credits
    return paid


def list_thanked(buyers: Buyers) -> list[CardOrder]:
    """The orders that were credited and not taken back: their people were thanked."""
    orders = buyers.list_orders() if isinstance(buyers, CardBuyers) else ()
    return [order for order, _ in orders if order.state is CardState.PAID]


def _find_wrong_orders(buyers: CardBuyers, payments: list[PaymentRecord], transfers: list[Transfer]) -> Iterator[str]:
    """Each order knows what became of its invoice, and was booked accordingly."""
    booked = Counter((each.id, each.user_id, each.credits) for each in transfers)
    recorded = Counter((each.id, each.order_id, each.amount, each.credits) for each in payments)
    for order, invoice in buyers.list_orders():
        if order.state not in find_ends(order, invoice):
            yield f"order {order.id} is {order.state}, its invoice {invoice.state} for {invoice.amount}"
        name, wanted = payment_id(PROVIDER, invoice.id), BOOKED.get(order.state, (0, 0))
        ids = (f"purchase:{name}", refund_id(name))
        found = tuple(booked[each, order.user_id, order.credits] for each in ids)
        if found != wanted:
            yield f"order {order.id} is {order.state} and was credited and taken back {found} times"
        if recorded[name, order.id, order.amount, order.credits] != wanted[0]:
            yield f"order {order.id} is {order.state} and its payment is written down wrongly"


def _find_lost_money(buyers: CardBuyers) -> Iterator[str]:
    """Nobody can pay what we know nothing of."""
    known = {order.invoice_id for order, _ in buyers.list_orders()}
    for invoice in buyers.cards.invoices.values():
        if invoice.state is InvoiceState.PAID and invoice.id not in known:
            yield f"invoice {invoice.id} is paid, and there is no order for it"


def _find_untold(world: "World", buyers: CardBuyers) -> Iterator[str]:
    """Of each end of which people are told, they were, as often as it happened."""
    said = [(chat_id, text) for (chat_id, _), texts in world.messenger.said.items() for text in texts]
    ends = Counter((order.user_id, order.state) for order, _ in buyers.list_orders() if order.state in TOLD)
    for (user_id, state), count in ends.items():
        told = sum(chat_id == user_id and any(words in text for words in TOLD[state]) for chat_id, text in said)
        if told < count and user_id not in world.ever_blocked:
            yield f"user {user_id} was told {told} of {count} times that a payment by card is {state}"


def _find_false_alarms(events: list[dict[str, Any]]) -> Iterator[str]:
    """The nights name what was lost and nothing else, and books in which jobs move are right."""
    for event in events:
        if event["event"] == "payment_gap" and event["kind"] not in REPAIRED:
            yield f"a night named {event['kind']} of {event['charge_id']}"
        if event["event"] == "ledger_mismatched":
            yield f"a night found: {event['problem']}"


def _find_wrong_returns(buyers: CardBuyers) -> Iterator[str]:
    """Whose credits were taken back has their Stars again, once."""
    returned = Counter(each.charge_id for each in buyers.crowd.messenger.transactions if each.is_returned)
    for charge in buyers.charges:
        if returned[charge.id] != charge.is_returned:
            yield f"charge {charge.id} went back {returned[charge.id]} times"


def _count(world: "World", buyers: CardBuyers, events: list[dict[str, Any]]) -> None:
    orders = buyers.list_orders()
    world.facts |= Counter(f"card orders {order.state.value}" for order, _ in orders)
    world.facts["card notices lost"] = buyers.cards.lost
    world.facts["updates of payments lost"] = len(buyers.unheard)
    world.facts["refunds by the operator"] = buyers.refunds
    names = Counter(event["event"] for event in events)
    world.facts["gaps named"] = names["payment_gap"]
    world.facts["nights"] = names["books_checked"]
