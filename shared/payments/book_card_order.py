"""Asking a provider for an order, and booking what it says: nothing is credited on a webhook's word.

    webhook, or `sweep` ── task: this order ──▶ the provider is asked ── paid, as ordered ──▶ one commit:
    order PAID + purchase + payment + account ✓ ──▶ thanks ──▶ what waited goes on ──▶ order: told ✓
    … money went back, all or a part ──▶ one commit: order + refund + payment + account ✓ ──▶ news ──▶ order: told ✓

Whatever dies between two of these lines is done again by the next task of the order, which `sweep` makes: the order's
state says what is missing. The same task twice, late or in another order finds the order moved, and books nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from shared.codec import decode, update
from shared.credits.ledger import Charge, TakingBack, TransferKind
from shared.credits.portion import Portion
from shared.errors import CardsUnavailableError
from shared.growth.book_charges import book_charge, take_charge_back
from shared.logs import log_event
from shared.payments.card_documents import card_order_key, decode_card_order, update_card_order
from shared.payments.card_order import (
    LATE_FROM,
    CardOrder,
    CardState,
    asked_again,
    find_returned,
    is_news,
    judge,
    moved,
    told,
    with_return,
)
from shared.payments.card_renewals import take_period
from shared.payments.payment_documents import PaymentRecord, create_payment, payment_id, payment_key
from shared.people.accounts import OpenUser, log_gift, open_user, try_until_won
from shared.people.card_settings import close_cards
from shared.people.subscriptions import list_by_card, stop_by_card
from shared.people.users import User, with_subscriptions
from shared.ports import CardInvoice, CardPayments, InvoiceState, Ports, Record, Write

_EVENTS = {
    CardState.PAID: "payment_credited",
    CardState.RETURNED: "payment_returned",
    CardState.DISPUTED: "payment_disputed",
}


async def book_card_order(ports: Ports, order_id: str) -> CardOrder | None:
    """Ask for an order and book what came of it; the order if its person has yet to be told.

    Raises UnavailableError, DocumentUnreadableError.
    """
    order = await find_card_order(ports, order_id)
    if order is None:
        log_event("card_order_unknown", severity="WARNING", order_id=order_id)
        return None
    try:
        invoice = await _ask(ports, order)
        order = await _book(ports, order_id, invoice)
        if order.state is CardState.PAID and invoice is not None and _is_less(order, invoice):
            order = await _book(ports, order_id, invoice)  # paid, and a part returned before we heard of it
    except CardsUnavailableError as error:
        log_event("card_provider_missed", severity="WARNING", provider=order.provider, error=error)
        await put_off(ports, order_id)
    return order if is_news(order) else None


async def put_off(ports: Ports, order_id: str) -> None:
    """Let `sweep` make another task of this order soon. Raises UnavailableError."""
    await change_card_order(ports, order_id, lambda order: asked_again(order, ports.clock.now()))


async def note_told(ports: Ports, known: CardOrder) -> None:
    """Store that the person was told of the order's state, unless it has changed. Raises UnavailableError."""
    await change_card_order(ports, known.id, lambda order: told(order, known, ports.clock.now()))


async def _ask(ports: Ports, order: CardOrder) -> CardInvoice | None:
    """Raises CardsUnavailableError."""
    invoice = await find_provider(ports, order).read_invoice(order.invoice_id)
    if invoice is None:
        log_event("card_invoice_missing", severity="ERROR", provider=order.provider, order_id=order.id)
    return invoice


async def _book(ports: Ports, order_id: str, invoice: CardInvoice | None) -> CardOrder:
    """Move the order, with the credits that it brings or takes, in one commit."""

    async def attempt() -> tuple[CardOrder, CardOrder, OpenUser | None]:
        [record] = await ports.store.read([card_order_key(order_id)])
        assert record is not None  # orders are not deleted while they are asked for
        before, now = decode_card_order(record), ports.clock.now()
        after, opened, writes = moved(before, judge(before, invoice), now), None, list[Write]()
        if invoice is not None and _moves_money(before, after, invoice):
            opened = await open_user(ports, before.user_id)
            if after.state is CardState.PAID and before.state is not CardState.PAID:
                after, user = take_period(after, opened.user, invoice, now)
                after, user, writes = _credit(user, after, now)
                user = _keep_stopped(user, now)
            else:
                after, user, writes = await _take_back(ports, opened.user, before, after, invoice)
            after, writes = moved(after, after.state, now), [*opened.writes(user), *writes]
        await ports.store.commit([update_card_order(after, record), *writes])
        return before, after, opened

    before, after, opened = await try_until_won(ports, attempt)
    if opened is not None:
        log_gift(opened)
    if after.state is not before.state or after.returns.booked > before.returns.booked:
        _log(after)
    return after


def _moves_money(before: CardOrder, after: CardOrder, invoice: CardInvoice) -> bool:
    if after.state is before.state:
        return after.state is CardState.PAID and _is_less(before, invoice)
    return after.state in {CardState.PAID, CardState.RETURNED}


def _is_less(order: CardOrder, invoice: CardInvoice) -> bool:
    """Whether more of a paid order's money went back than is booked."""
    return find_returned(order, invoice) > order.returns.booked


def _credit(user: User, after: CardOrder, now: datetime) -> tuple[CardOrder, User, list[Write]]:
    """The credits of an order that was paid."""
    charge = _charge(after)
    paid = PaymentRecord(
        id=charge.id,
        provider=after.provider,
        charge_id=after.invoice_id,
        user_id=after.user_id,
        order_id=after.id,
        amount=after.amount,
        currency=after.currency,
        credits=after.credits,
        paid_at=now,
        paid_until=after.until,
    )
    # A code or a campaign that ended while the person paid counts as it did when the order was made. Not for as long as
    # an invoice can be paid, more than a year: whoever opened many would have the bonus of a day for all of them.
    is_prompt = now - after.created_at <= LATE_FROM
    made_at = after.created_at if is_prompt else now
    booked = book_charge(user, charge, now, made_at=made_at, is_period=bool(after.days))
    return replace(after, bonus=booked.bonus), booked.user, [create_payment(paid), *booked.writes]


async def _take_back(
    ports: Ports, user: User, before: CardOrder, after: CardOrder, invoice: CardInvoice
) -> tuple[CardOrder, User, list[Write]]:
    """What goes with money that went back: nothing if it never brought credits. Raises UnavailableError."""
    amount, now = find_returned(before, invoice), ports.clock.now()
    is_chargeback = before.returns.is_chargeback or invoice.state is InvoiceState.CHARGED_BACK
    user = await _close_cards(ports, user, before.id) if is_chargeback else user
    if before.state is not CardState.PAID:
        after = replace(after, amount=invoice.amount, currency=invoice.currency)  # what went back, in our words too
        return with_return(after, amount, 0, is_chargeback=is_chargeback), user, []
    kind: TakingBack = TransferKind.CHARGEBACK if is_chargeback else TransferKind.REFUND
    portion = Portion(before.returns.booked, amount, before.amount)
    taken = await take_charge_back(ports.store, user, _charge(before), kind, now, portion)
    credit_count = taken.transfer.credits
    [stored] = await ports.store.read([payment_key(_charge(before).id)])
    writes = [*taken.writes, *_note_return(stored, amount, credit_count)]
    after = with_return(after, amount, credit_count + taken.bonus, is_chargeback=is_chargeback)
    return after, taken.user, writes


async def _close_cards(ports: Ports, user: User, order_id: str) -> User:
    """The person whose bank took a payment back: no subscription may charge the card again. Raises UnavailableError."""
    now = ports.clock.now()
    for each in list_by_card(user.subscriptions, now):
        if each.order_id != order_id:  # that one's own task goes on to ask
            await put_off(ports, each.order_id)  # before the wish: what dies after it is asked for
    stopped = with_subscriptions(user, stop_by_card(user.subscriptions, now))
    return replace(stopped, card=close_cards(user.card, now))


def _keep_stopped(user: User, now: datetime) -> User:
    """A subscription whose page was open when cards were closed is paid for once: its task has it canceled."""
    if user.card.closed_at is None:
        return user
    return with_subscriptions(user, stop_by_card(user.subscriptions, now))


def _note_return(stored: Record | None, amount: int, credit_count: int) -> list[Write]:
    """The payment with what went back of it."""
    assert stored is not None, "a payment is made with its credits and never deleted"
    paid = decode(PaymentRecord, stored.fields)
    returned = replace(paid, returned_amount=amount, returned_credits=paid.returned_credits + credit_count)
    return [update(stored, returned)]


def _charge(order: CardOrder) -> Charge:
    return Charge(payment_id(order.provider, order.invoice_id), order.user_id, order.credits)


def _log(order: CardOrder) -> None:
    is_part = order.state is CardState.PAID and order.returns.booked > 0
    log_event(
        "payment_returned" if is_part else _EVENTS.get(order.state, "card_order_moved"),
        severity="ERROR" if order.state is CardState.DISPUTED else "INFO",
        order_id=order.id,
        state=order.state.value,
        provider=order.provider,
        amount=order.amount,
        currency=order.currency,
        credits=order.credits,
        returned_amount=order.returns.booked,
        is_chargeback=order.returns.is_chargeback,
    )


async def change_card_order(ports: Ports, order_id: str, change: Callable[[CardOrder], CardOrder]) -> None:
    """Commit a change of an order that exists. Raises UnavailableError."""

    async def attempt() -> None:
        [record] = await ports.store.read([card_order_key(order_id)])
        assert record is not None
        await ports.store.commit([update_card_order(change(decode_card_order(record)), record)])

    await try_until_won(ports, attempt)


async def find_card_order(ports: Ports, order_id: str) -> CardOrder | None:
    """The order of this id. Raises UnavailableError, DocumentUnreadableError."""
    [record] = await ports.store.read([card_order_key(order_id)])
    return None if record is None else decode_card_order(record)


def find_provider(ports: Ports, order: CardOrder) -> CardPayments:
    """The provider of an order. Raises CardsUnavailableError if this environment has none of this name (any more)."""
    provider = ports.cards.get(order.provider)
    if provider is None:
        raise CardsUnavailableError("it is not configured here any more")
    return provider
