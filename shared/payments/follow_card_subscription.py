"""Asking a provider how a subscription goes on. A payment that no notice told of is found here as well.

    notice, or `sweep` ── task: the first order ──▶ the provider is asked
        a payment without an order ── order + its mark in the first one ✓ ── task: that order ──▶ `book_card_order.py`
        refused, or canceled elsewhere ── the person's subscription ✓ ── told ── noted ✓
        canceled here, and not settled ── the provider is asked to cancel ── settled ✓

Only the provider's answer counts. A notice may name a payment; then its invoice has to name this subscription.
"""

import re
from dataclasses import dataclass, replace
from functools import partial

from shared.errors import CardsUnavailableError, UnavailableError
from shared.logs import log_event
from shared.payments.book_card_order import change_card_order, find_card_order, find_provider, put_off
from shared.payments.card_documents import card_order_key, create_card_order, decode_card_order, update_card_order
from shared.payments.card_order import CardOrder, CardState, moved
from shared.payments.card_renewals import find_new, find_news, is_to_cancel, learn, renewal_order
from shared.payments.publish_card_order import card_order_id, publish_card_order
from shared.people.accounts import change_subscriptions, log_gift, open_user, try_until_won
from shared.people.subscriptions import Subscription, find_subscription, settle_renewal
from shared.people.users import User
from shared.ports import CardPlans, CardRenewal, InvoiceState, Ports

FOUND_MAX = 50
"""Payments for which one task makes orders: four years of them. The next task makes those of the rest."""
_BEGUN = frozenset({CardState.PAID, CardState.RETURNED})
_TOLD = _BEGUN | {CardState.CLOSED}
"""Where a notice names a payment: the first one may have gone back before we asked, and the provider goes on."""
_INVOICE_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RenewalNews:
    """What a person has yet to be told of a renewal."""

    first: CardOrder
    subscription: Subscription


async def follow_card_subscription(ports: Ports, order_id: str, told_invoice: str = "") -> RenewalNews | None:
    """Ask how the subscription of this order goes on; what the person has yet to be told.

    `told_invoice`: of the payment that a notice named. Raises UnavailableError, DocumentUnreadableError.
    """
    first = await _find_first(ports, order_id, told_invoice)
    if first is None:
        return None
    try:
        return await _follow(ports, first, told_invoice)
    except CardsUnavailableError as error:
        log_event("card_provider_missed", severity="WARNING", provider=first.provider, error=error)
        await put_off(ports, first.id)
        return None


async def note_renewal_told(ports: Ports, news: RenewalNews) -> None:
    """Store that the person was told. Raises UnavailableError."""
    told = news.subscription.renewal.value
    await change_card_order(ports, news.first.id, lambda order: replace(order, told_renewal=told))


async def cancel_card_subscription(ports: Ports, first: CardOrder) -> bool:
    """Have the provider take no more payments; whether it agreed. Raises CardsUnavailableError."""
    plans = _find_plans(ports, first)
    if await plans.cancel_subscription(first.invoice_id, first.email):
        return True
    known = await plans.read_subscription(first.invoice_id)  # a repeated call may be refused
    return known is not None and known.renewal is CardRenewal.CANCELED


async def _find_first(ports: Ports, order_id: str, told_invoice: str) -> CardOrder | None:
    """The first order of the subscription, if it has begun and may go on."""
    order = await find_card_order(ports, order_id)
    if order is not None and order.first_id and told_invoice:  # a notice of the whole, under its last payment
        order = await find_card_order(ports, order.first_id)
    if order is None or order.first_id or not order.days:
        return None
    if told_invoice and order.state is CardState.OPEN:
        raise UnavailableError("what became of the first payment is not known yet")
    if order.state not in (_TOLD if told_invoice else _BEGUN):
        return None
    return order if order.renews_at is not None or not order.until or told_invoice else None


async def _follow(ports: Ports, first: CardOrder, told_invoice: str) -> RenewalNews | None:
    plans, asked_at = _find_plans(ports, first), ports.clock.now()
    known = await plans.read_subscription(first.invoice_id)
    if known is None:
        log_event("card_subscription_missing", severity="ERROR", provider=first.provider, order_id=first.id)
        if told_invoice:
            await put_off(ports, first.id)
        return None
    paid = (*find_new(first, known), *await _check_told(ports, first, told_invoice))

    async def attempt() -> tuple[CardOrder, User, list[CardOrder]]:
        [record] = await ports.store.read([card_order_key(first.id)])
        assert record is not None  # it is kept while it renews
        opened, before = await open_user(ports, first.user_id), decode_card_order(record)
        orders = await _make_orders(ports, before, paid, opened.user)
        after, changed = learn(before, opened.user, known, asked_at)
        after = replace(after, renewals=(*before.renewals, *(each.invoice_id for each in orders)))
        writes = [] if changed == opened.user else opened.writes(changed)
        if after != before or writes:
            moved_on = update_card_order(moved(after, after.state, ports.clock.now()), record)
            await ports.store.commit([moved_on, *map(create_card_order, orders), *writes])
            if writes:
                log_gift(opened)
        return after, changed, orders

    order, user, found = await try_until_won(ports, attempt)
    for each in found:
        log_event("card_renewal_found", provider=each.provider, order_id=each.id, first_id=first.id)
        await publish_card_order(ports.tasks, each.id)
    mine = find_subscription(user.subscriptions, first.id)
    if mine is not None and is_to_cancel(mine, known, asked_at):
        await _finish_cancel(ports, order, mine, is_done=known.renewal is CardRenewal.CANCELED)
    if mine is None or find_news(mine) in {"", order.told_renewal}:
        return None
    return RenewalNews(replace(order, language=user.language or order.language), mine)


async def _check_told(ports: Ports, first: CardOrder, told_invoice: str) -> tuple[str, ...]:
    """The invoice that a notice named, if the provider says that it is a paid one of this subscription."""
    is_new = told_invoice != first.invoice_id and told_invoice not in first.renewals
    if not is_new or not _INVOICE_ID.fullmatch(told_invoice):
        return ()
    invoice = await find_provider(ports, first).read_invoice(told_invoice)
    is_ours = invoice is not None and invoice.first_id == first.invoice_id and invoice.state is InvoiceState.PAID
    return (told_invoice,) if is_ours else ()


async def _make_orders(ports: Ports, first: CardOrder, paid: tuple[str, ...], user: User) -> list[CardOrder]:
    """An order for each of these invoices that has none."""
    invoices = [each for each in dict.fromkeys(paid) if each not in first.renewals][:FOUND_MAX]
    if not invoices:
        return []
    ids = [card_order_id(first.provider, each) for each in invoices]
    known, now = await ports.store.read([card_order_key(each) for each in ids]), ports.clock.now()
    return [
        renewal_order(first, order_id, invoice_id, user, now)
        for order_id, invoice_id, record in zip(ids, invoices, known, strict=True)
        if record is None
    ]


async def _finish_cancel(ports: Ports, first: CardOrder, wish: Subscription, *, is_done: bool) -> None:
    """Do what the person pressed and the provider has not confirmed. Raises CardsUnavailableError, UnavailableError."""
    if not is_done and not await cancel_card_subscription(ports, first):
        log_event("card_cancel_refused", severity="ERROR", provider=first.provider, order_id=first.id)
        await put_off(ports, first.id)
        return
    await settle_cancel(ports, first.user_id, wish)


async def settle_cancel(ports: Ports, user_id: int, wish: Subscription) -> User:
    """Store that the provider takes no more payments. Raises UnavailableError."""
    settle = partial(settle_renewal, told=wish, at=ports.clock.now(), was_agreed=True)
    return await change_subscriptions(ports, await open_user(ports, user_id), settle)


def _find_plans(ports: Ports, order: CardOrder) -> CardPlans:
    """Raises CardsUnavailableError."""
    plans = find_provider(ports, order).plans
    if plans is None:
        raise CardsUnavailableError("it has no subscriptions here any more")
    return plans
