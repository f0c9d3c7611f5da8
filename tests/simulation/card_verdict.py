"""What must hold of payments by card, of refunds and of the nights when everything has come to rest."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from shared.codec import decode
from shared.credits.ledger import Transfer, TransferKind, charge_of_return
from shared.payments.card_order import CardOrder, CardState, is_as_ordered
from shared.payments.compare_payments import GapKind
from shared.payments.payment_documents import PaymentRecord, payment_id
from shared.people.users import User
from shared.ports import CardInvoice, InvoiceState
from tests.simulation.buyers import Buyers
from tests.simulation.card_buyers import CardBuyers, is_booked
from tests.simulation.moody_cards import PROVIDER

if TYPE_CHECKING:
    from tests.simulation.world import World

REPAIRED = {GapKind.UNBOOKED.value, GapKind.UNRETURNED.value, GapKind.UNTOLD.value}
"""The only gaps that there are here: an update was lost, or is late."""
TAKEN_BACK = {TransferKind.REFUND, TransferKind.CHARGEBACK}
GONE = {InvoiceState.RETURNED, InvoiceState.CHARGED_BACK}
THANKS = ("✅ Thank you! {credits} credits", "✅ Спасибо! Зачислено {credits} ")
BEGUN = ("✅ Your subscription has begun", "✅ Подписка началась")
RENEWED = ("🔁 Your subscription is renewed until", "🔁 Подписка продлена до")
TOLD = {
    CardState.FAILED: ("did not go through", "не прошёл"),
    CardState.RETURNED: ("went back to you", "Вам вернули", "Your bank took", "Ваш банк отозвал"),
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
        *_find_wrong_subscriptions(world, buyers),
    ]


def count_paid_by_card(buyers: Buyers) -> Counter[int]:
    """The credits for what is paid by card and did not go back: who → how many."""
    paid: Counter[int] = Counter()
    for order, invoice in buyers.list_orders() if isinstance(buyers, CardBuyers) else ():
        paid[order.user_id] += _find_worth(order, invoice)
    return paid


def _find_worth(order: CardOrder, invoice: CardInvoice) -> int:
    """What a payment is worth: parts of a credit stay with the buyer."""
    if invoice.state is not InvoiceState.PAID or not is_as_ordered(order, invoice):
        return 0
    return order.credits - order.credits * invoice.returned // invoice.amount


def thanks_for_order(order: CardOrder) -> tuple[str, ...]:
    """How the thanks for a payment by card begin, in each language."""
    if not order.days:
        return tuple(each.format(credits=order.credits) for each in THANKS)
    return RENEWED if order.first_id else BEGUN


def list_thanked(buyers: Buyers) -> list[CardOrder]:
    """The orders that were credited and not taken back: their people were thanked."""
    orders = buyers.list_orders() if isinstance(buyers, CardBuyers) else ()
    return [order for order, _ in orders if order.state is CardState.PAID]


def _find_wrong_orders(buyers: CardBuyers, payments: list[PaymentRecord], transfers: list[Transfer]) -> Iterator[str]:
    """Each order knows what became of its invoice, and its credits are where its money is."""
    recorded = Counter((each.id, each.order_id, each.amount, each.credits) for each in payments)
    bought: Counter[tuple[str, int]] = Counter()
    taken: Counter[tuple[str, int]] = Counter()
    for each in transfers:
        if each.kind in TAKEN_BACK:
            taken[charge_of_return(each), each.user_id] += each.credits
        elif each.kind is TransferKind.PURCHASE:
            bought[each.id.removeprefix("purchase:"), each.user_id] += each.credits
    for order, invoice in buyers.list_orders():
        name = payment_id(PROVIDER, invoice.id)
        was, back = bought[name, order.user_id], taken[name, order.user_id]
        if not is_booked(order, invoice):
            yield f"order {order.id} is {order.state}, its invoice {invoice}"
        if was not in {0, order.credits} or was - back != _find_worth(order, invoice):
            yield f"order {order.id} of {invoice} brought {was} and lost {back} credits"
        if recorded[name, order.id, order.amount, order.credits] != bool(was):
            yield f"order {order.id} is {order.state}, and its payment is written down otherwise"


def _find_lost_money(buyers: CardBuyers) -> Iterator[str]:
    """Nobody can pay what we know nothing of."""
    known = {order.invoice_id for order, _ in buyers.list_orders()}
    for invoice in buyers.cards.invoices.values():
        if invoice.state in {InvoiceState.PAID, *GONE} and invoice.id not in known:
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


def _find_wrong_subscriptions(world: "World", buyers: CardBuyers) -> Iterator[str]:
    """Whoever paid for a period has its subscription, and nobody else has one. The first may have gone back at once."""
    stored = {
        (user.id, each.order_id)
        for user in (decode(User, fields) for fields in world.store.collection("users").values())
        for each in user.subscriptions
        if each.is_by_card
    }
    orders = [order for order, _ in buyers.list_orders() if order.days]
    begun = {(order.user_id, order.first_id or order.id) for order in orders if order.until is not None}
    yield from (f"user {user_id} has a subscription by card nobody paid: {order}" for user_id, order in stored - begun)
    yield from (f"user {user_id} has no subscription by card for {order}" for user_id, order in begun - stored)


def _count(world: "World", buyers: CardBuyers, events: list[dict[str, Any]]) -> None:
    orders = buyers.list_orders()
    world.facts |= Counter(f"card orders {order.state.value}" for order, _ in orders)
    world.facts["subscriptions by card"] = len(buyers.cards.subscriptions)
    world.facts["later payments by card"] = sum(bool(order.first_id) for order, _ in orders)
    world.facts["card notices lost"] = buyers.cards.untold
    world.facts["updates of payments lost"] = len(buyers.unheard)
    world.facts |= buyers.operators.done
    world.facts["partly returned"] = sum(order.state is CardState.PAID and inv.returned > 0 for order, inv in orders)
    names = Counter(event["event"] for event in events)
    world.facts["gaps named"] = names["payment_gap"]
    world.facts["nights"] = names["books_checked"]
