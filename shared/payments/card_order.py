"""Orders that are paid by card, and what a provider's word makes of them. Pure.

    open ──paid, as ordered──▶ paid ──all the money went back──▶ returned
     │ │                        └──a part went back──▶ paid      its part of the credits is taken
     │ └──paid, not as ordered──▶ disputed      credits nothing; an operator ends it (`rule_card_order.py`)
     │       ├──ruled to fit──▶ paid
     │       └──the money went back──▶ returned
     ├──refused──▶ failed                       the person may try again
     └──expired, withdrawn, too old──▶ closed   nobody is told

Nothing is final but `returned`: a late payment, after *failed* or *closed*, brings its credits. Only `paid` has credits
that can be taken back.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from shared.payments.card_returns import Returns, Ruling, is_under_way
from shared.people.users import Language
from shared.ports import CardInvoice, InvoiceState

PAYABLE_FOR = timedelta(days=390)
"""How long an order that may yet be paid is asked for: its document is kept for 400 days. YooKassa cancels a payment by
card after an hour (yookassa.ru/developers/payment-methods/bank-card); lava.top names no end."""
CLOSED_FOR = timedelta(days=3)
"""How long an order is asked for that its provider has ended. Later only a webhook leads to a question."""
PAID_FOR = timedelta(days=180)
"""How long a paid order is asked for: banks take back a payment for up to about half a year."""
PAUSE_MIN = timedelta(minutes=2)
PAUSE_MAX, LATE_PAUSE_MAX, PAID_PAUSE_MAX = timedelta(hours=6), timedelta(days=7), timedelta(days=14)
"""An order is asked for in pauses that grow as it ages: 2, 4, 8 … minutes after it was made."""
LATE_FROM = timedelta(days=3)
"""From this age on hardly anybody pays an order, and the longest pause is LATE_PAUSE_MAX."""
RENEWAL_PAUSE_MIN, RENEWAL_PAUSE_MAX = timedelta(minutes=10), timedelta(days=7)
"""The first question after a payment of a subscription is due, and the longest pause before."""
AGAIN_MIN, AGAIN_MAX = timedelta(minutes=1), timedelta(hours=1)
"""The pause after a question that was not answered, or news that could not be sent."""


class CardState(StrEnum):
    """The state of an order."""

    OPEN = "open"
    PAID = "paid"
    FAILED = "failed"
    CLOSED = "closed"
    RETURNED = "returned"
    DISPUTED = "disputed"


RULED_FOR = timedelta(days=3)
"""How long an order is asked for soon after an operator has ruled that money goes back."""
_GONE = frozenset({InvoiceState.RETURNED, InvoiceState.CHARGED_BACK})
"""What a provider says of a paid invoice whose money is gone."""
_ASKED_FOR = {
    CardState.OPEN: PAYABLE_FOR,
    CardState.PAID: PAID_FOR,
    CardState.FAILED: PAYABLE_FOR,
    CardState.CLOSED: CLOSED_FOR,
    CardState.RETURNED: timedelta(0),
    CardState.DISPUTED: PAYABLE_FOR,
}
TOLD = frozenset({CardState.PAID, CardState.FAILED, CardState.RETURNED, CardState.DISPUTED})
"""The states of which the person is told."""


@dataclass(frozen=True, slots=True)
class CardOrder:
    """What a person wanted to buy, at the price that was shown, and the provider's invoice for it."""

    id: str
    """By `card_order_id`: whoever knows the provider's invoice finds the order."""
    provider: str
    invoice_id: str
    offer: str
    """What the provider called the offer when the invoice was opened."""
    url: str
    """The provider's page."""
    package: str
    credits: int
    amount: int
    """In the smallest unit of the currency."""
    currency: str
    user_id: int
    chat_id: int
    thread_id: int | None
    language: Language
    email: str
    """It got the receipt."""
    created_at: datetime
    sweep_at: datetime | None
    """When `sweep` has it asked for; None: not any more."""
    state: CardState = CardState.OPEN
    bonus: int = 0
    """The credits that the purchase brought on top."""
    told: str = ""
    """The last state of which the person was told."""
    returns: Returns = field(default_factory=Returns)
    rulings: tuple[Ruling, ...] = ()
    """What operators did, the newest last."""
    days: int = 0
    """The period of the subscription that it pays for; 0: paid once."""
    first_id: str = ""
    """The order of the subscription's first payment, if this is the order of a later one."""
    first_invoice_id: str = ""
    """The provider's invoice of that payment."""
    until: datetime | None = None
    """The end of the period that was paid."""
    renewals: tuple[str, ...] = ()
    """The provider's invoices of the later payments that have orders. This and what follows: of a first order only."""
    renews_at: datetime | None = None
    """When the provider takes the next payment; None: it takes none."""
    told_renewal: str = ""
    """What the person was last told of the renewal, where it is not simply on."""


def judge(order: CardOrder, invoice: CardInvoice | None) -> CardState:
    """The order's state after the provider was asked. None: the provider knows no such invoice."""
    if invoice is None or order.state is CardState.RETURNED:
        return order.state
    is_gone = 0 < find_paid(order, invoice) <= find_returned(order, invoice)
    if order.state is CardState.PAID:
        return CardState.RETURNED if is_gone else CardState.PAID
    if order.state is CardState.DISPUTED and is_gone:
        return CardState.RETURNED
    match invoice.state:
        case InvoiceState.PAID:
            return CardState.PAID if is_as_ordered(order, invoice) else CardState.DISPUTED
        case InvoiceState.RETURNED | InvoiceState.CHARGED_BACK | InvoiceState.CANCELLED:
            return CardState.CLOSED
        case InvoiceState.FAILED:
            return CardState.FAILED
        case _:
            return order.state


def find_paid(order: CardOrder, invoice: CardInvoice) -> int:
    """How much was paid: as booked, or as the provider says where nothing is booked yet."""
    return order.amount if order.state is CardState.PAID else invoice.amount


def find_returned(order: CardOrder, invoice: CardInvoice) -> int:
    """How much of what was paid has gone back, as the provider or an operator says; what is booked stays so."""
    is_gone, paid = invoice.state in _GONE, find_paid(order, invoice)
    if invoice.state is InvoiceState.CANCELLED and order.state is CardState.PAID:
        is_gone = not order.days  # so may a subscription be called that was canceled
    told = paid if is_gone else invoice.returned if invoice.state is InvoiceState.PAID else 0
    return min(max(told, order.returns.said, order.returns.booked), paid)


def is_as_ordered(order: CardOrder, invoice: CardInvoice) -> bool:
    """Whether the provider's invoice is the one of this order: contract, amount, currency, and what it is for.

    A later payment of a subscription is for that, whatever the offer is called by then.
    """
    if order.first_id and invoice.first_id:
        is_for_it = invoice.first_id == order.first_invoice_id
    else:
        is_for_it = invoice.offer == order.offer
    ordered = (order.invoice_id, order.amount, order.currency)
    return is_for_it and (invoice.id, invoice.amount, invoice.currency) == ordered


def moved(order: CardOrder, state: CardState, now: datetime) -> CardOrder:
    """The order after it was asked for, with the time of the next question."""
    age = now - order.created_at
    if state is CardState.OPEN and age > PAYABLE_FOR:
        state = CardState.CLOSED
    usual = now + _pause(age, state) if age <= _ASKED_FOR[state] else None
    after = replace(order, state=state, sweep_at=_sooner(usual, _find_renewal_question(order, now)))
    return asked_again(after, now) if is_news(after) or _is_awaited(after, now) else after


def asked_again(order: CardOrder, now: datetime) -> CardOrder:
    """The order whose question has no answer yet, or whose news was not sent: soon again, later ever more rarely."""
    return replace(order, sweep_at=now + min(max(now - order.created_at, AGAIN_MIN), AGAIN_MAX))


def swept(order: CardOrder, now: datetime) -> CardOrder:
    """The order of which `sweep` makes a task: the next sweep is that of a task that got lost."""
    usual = now + _pause(now - order.created_at, order.state)
    return replace(order, sweep_at=_sooner(usual, _find_renewal_question(order, now)))


def is_news(order: CardOrder) -> bool:
    """Whether the person has yet to be told of the order's state."""
    return is_new_state(order) or order.returns.told < order.returns.booked


def is_new_state(order: CardOrder) -> bool:
    """Whether the person has yet to be told of the state itself, not of a part that went back."""
    return order.state in TOLD and order.told != order.state


def told(order: CardOrder, known: CardOrder, now: datetime) -> CardOrder:
    """The order after its person was told what `known` says; what has changed since is news."""
    told_state, returns = known.state.value if order.state is known.state else order.told, order.returns
    if known.state is CardState.RETURNED or not is_new_state(known):
        returns = replace(returns, told=known.returns.booked, told_credits=known.returns.credits)
    return moved(replace(order, told=told_state, returns=returns), order.state, now)


def with_return(order: CardOrder, amount: int, credit_count: int, *, is_chargeback: bool) -> CardOrder:
    """The order whose money went back up to this amount, and so many more credits with it."""
    returns = order.returns
    back = returns.is_chargeback or is_chargeback
    return replace(
        order,
        returns=replace(returns, booked=amount, credits=returns.credits + credit_count, is_chargeback=back),
    )


def _is_awaited(order: CardOrder, now: datetime) -> bool:
    """Whether an operator had money returned of which the provider says nothing yet."""
    is_open = order.state in {CardState.PAID, CardState.DISPUTED} and is_under_way(order.returns)
    return is_open and bool(order.rulings) and now - order.rulings[-1].at <= RULED_FOR


def _find_renewal_question(order: CardOrder, now: datetime) -> datetime | None:
    """When to ask for the next payment of a subscription: weekly, soon after it is due, then ever more rarely."""
    if order.renews_at is None:
        return None
    due_at = order.renews_at + RENEWAL_PAUSE_MIN
    if now < due_at:
        return min(due_at, now + RENEWAL_PAUSE_MAX)
    return now + min(max((now - order.renews_at) / 4, RENEWAL_PAUSE_MIN), PAID_PAUSE_MAX)


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)


def _pause(age: timedelta, state: CardState) -> timedelta:
    longest = LATE_PAUSE_MAX if age >= LATE_FROM else PAUSE_MAX
    return min(max(age, PAUSE_MIN), PAID_PAUSE_MAX if state is CardState.PAID else longest)
