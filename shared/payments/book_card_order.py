"""Asking a provider for an order, and booking what it says: nothing is credited on a webhook's word.

    webhook, or `sweep` ── task: this order ──▶ the provider is asked ── paid, as ordered ──▶ one commit:
    order PAID + purchase + payment + account ✓ ──▶ thanks ──▶ what waited goes on ──▶ order: told ✓

Whatever dies between two of these lines is done again by the next task of the order, which `sweep` makes: the order's
state says what is missing. The same task twice, late or in another order finds the order moved, and books nothing.
"""

from collections.abc import Callable
from dataclasses import replace

from shared.credits.ledger import Charge, TransferKind
from shared.errors import CardsUnavailableError
from shared.growth.book_charges import BookedCharge, book_charge, take_charge_back
from shared.logs import log_event
from shared.payments.card_documents import card_order_key, decode_card_order, update_card_order
from shared.payments.card_order import CardOrder, CardState, asked_again, is_news, judge, moved, told
from shared.payments.card_renewals import take_period
from shared.payments.payment_documents import PaymentRecord, create_payment, payment_id
from shared.people.accounts import OpenUser, log_gift, open_user, try_until_won
from shared.people.users import User
from shared.ports import CardInvoice, Ports, Write

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
        order = await _book(ports, order_id, await _ask(ports, order))
    except CardsUnavailableError as error:
        log_event("card_provider_missed", severity="WARNING", provider=order.provider, error=error)
        await put_off(ports, order_id)
    return order if is_news(order) else None


async def put_off(ports: Ports, order_id: str) -> None:
    """Let `sweep` make another task of this order soon. Raises UnavailableError."""
    await change_card_order(ports, order_id, lambda order: asked_again(order, ports.clock.now()))


async def note_told(ports: Ports, known: CardOrder) -> None:
    """Store that the person was told of the order's state, unless it has changed. Raises UnavailableError."""

    def note(order: CardOrder) -> CardOrder:
        return told(order, ports.clock.now()) if order.state is known.state else order

    await change_card_order(ports, known.id, note)


async def _ask(ports: Ports, order: CardOrder) -> CardInvoice | None:
    """Raises CardsUnavailableError."""
    provider = ports.cards.get(order.provider)
    if provider is None:
        raise CardsUnavailableError("it is not configured here any more")
    invoice = await provider.read_invoice(order.invoice_id)
    if invoice is None:
        log_event("card_invoice_missing", severity="ERROR", provider=order.provider, order_id=order.id)
    return invoice


async def _book(ports: Ports, order_id: str, invoice: CardInvoice | None) -> CardOrder:
    """Move the order, with the credits that it brings or takes, in one commit."""

    async def attempt() -> tuple[CardOrder, CardOrder, OpenUser | None]:
        [record] = await ports.store.read([card_order_key(order_id)])
        assert record is not None  # orders are not deleted while they are asked for
        before, now = decode_card_order(record), ports.clock.now()
        after = moved(before, judge(before, invoice), now)
        opened, writes = None, list[Write]()
        if after.state is not before.state and after.state in {CardState.PAID, CardState.RETURNED}:
            opened = await open_user(ports, before.user_id)
            user = opened.user
            if after.state is CardState.PAID and invoice is not None:
                after, user = take_period(after, user, invoice, now)
            booked, payment = await _book_charge(ports, user, after)
            after = replace(after, bonus=booked.bonus)
            writes = [*opened.writes(booked.user), *payment, *booked.writes]
        await ports.store.commit([update_card_order(after, record), *writes])
        return before, after, opened

    before, after, opened = await try_until_won(ports, attempt)
    if opened is not None:
        log_gift(opened)
    if after.state is not before.state:
        _log(after)
    return after


async def _book_charge(ports: Ports, user: User, order: CardOrder) -> tuple[BookedCharge, list[Write]]:
    """What the order's new state does to the person's credits, and the payment. Raises UnavailableError."""
    now, charge = ports.clock.now(), _charge(order)
    if order.state is CardState.RETURNED:
        return await take_charge_back(ports.store, user, charge, TransferKind.REFUND, now), []
    paid = PaymentRecord(
        id=charge.id,
        provider=order.provider,
        charge_id=order.invoice_id,
        user_id=order.user_id,
        order_id=order.id,
        amount=order.amount,
        currency=order.currency,
        credits=order.credits,
        paid_at=now,
        paid_until=order.until,
    )
    return book_charge(user, charge, now, is_period=bool(order.days)), [create_payment(paid)]


def _charge(order: CardOrder) -> Charge:
    return Charge(payment_id(order.provider, order.invoice_id), order.user_id, order.credits)


def _log(order: CardOrder) -> None:
    log_event(
        _EVENTS.get(order.state, "card_order_moved"),
        severity="ERROR" if order.state is CardState.DISPUTED else "INFO",
        order_id=order.id,
        state=order.state.value,
        provider=order.provider,
        amount=order.amount,
        currency=order.currency,
        credits=order.credits,
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
