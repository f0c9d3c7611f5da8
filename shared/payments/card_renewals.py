"""Subscriptions by card: what their payments make of an order and its person. Pure.

first order, paid ──▶ the person's subscription ── the provider takes the next payments by itself
each of those ──▶ an order of its own: open ──paid, as ordered──▶ paid
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.payments.card_order import CardOrder, CardState
from shared.people.subscriptions import (
    Period,
    Phase,
    Renewal,
    Subscription,
    Subscriptions,
    add_period,
    find_subscription,
    learn_renewal,
    phase_of,
)
from shared.people.users import User, with_subscriptions
from shared.ports import CardInvoice, CardRenewal, CardSubscription

_NEWS = frozenset({Renewal.FAILED, Renewal.CANCELED})


def take_period(order: CardOrder, user: User, invoice: CardInvoice, now: datetime) -> tuple[CardOrder, User]:
    """The order and its person after the payment of a period; unchanged by what is paid once."""
    if not order.days:
        return order, user
    paid_at = min(invoice.paid_at or now, now)
    until = max(invoice.paid_until or paid_at, paid_at + timedelta(days=order.days))
    period = _describe(order, paid_at, until)
    renews_at = None if order.first_id else until
    paid = replace(order, until=until, renews_at=renews_at)
    return paid, with_subscriptions(user, add_period(user.subscriptions, period))


def renewal_order(first: CardOrder, order_id: str, invoice_id: str, user: User, now: datetime) -> CardOrder:
    """The order of a later payment, as it was agreed with the first one; nothing that happened to that is copied."""
    return CardOrder(
        id=order_id,
        provider=first.provider,
        invoice_id=invoice_id,
        offer=first.offer,
        url="",
        package=first.package,
        credits=first.credits,
        amount=first.amount,
        currency=first.currency,
        user_id=first.user_id,
        chat_id=first.chat_id,
        thread_id=first.thread_id,
        language=user.language or first.language,
        email=first.email,
        created_at=now,
        sweep_at=now,
        days=first.days,
        first_id=first.id,
        first_invoice_id=first.invoice_id,
    )


def find_new(first: CardOrder, known: CardSubscription) -> tuple[str, ...]:
    """The invoices of payments that have no order yet."""
    return tuple(each for each in known.paid_ids if each != first.invoice_id and each not in first.renewals)


def learn(first: CardOrder, user: User, known: CardSubscription, asked_at: datetime) -> tuple[CardOrder, User]:
    """The first order and its person after the provider said at `asked_at` whether the subscription goes on."""
    subscriptions = _with_begun(first, user.subscriptions, known)
    learned = learn_renewal(subscriptions, first.id, Renewal(known.renewal.value), asked_at)
    mine = find_subscription(learned, first.id)
    end = mine.until if mine is not None else first.until
    renews_at = None if known.renewal is CardRenewal.CANCELED else end
    told = first.told_renewal if find_news(mine) else ""
    return replace(first, renews_at=renews_at, told_renewal=told), with_subscriptions(user, learned)


def find_news(subscription: Subscription | None) -> str:
    """What the person is to know of the renewal; empty: it is on, or the person stopped it here."""
    return subscription.renewal.value if subscription is not None and subscription.renewal in _NEWS else ""


def is_to_cancel(subscription: Subscription, known: CardSubscription, now: datetime) -> bool:
    """Whether the person wants no more payments, and that is not settled or the provider goes on all the same.

    A refused payment that is no longer tried again needs no cancel, which the provider may refuse for ever.
    """
    is_given_up = known.renewal is CardRenewal.FAILED and phase_of(subscription, now) is Phase.ENDED
    if subscription.renewal is not Renewal.STOPPED or is_given_up:
        return False
    return not subscription.is_settled or known.renewal is not CardRenewal.CANCELED


def _with_begun(first: CardOrder, subscriptions: Subscriptions, known: CardSubscription) -> Subscriptions:
    """With this subscription, if an older release booked its first payment."""
    is_known = find_subscription(subscriptions, first.id) is not None
    if is_known or first.state is not CardState.PAID or known.renewal is CardRenewal.CANCELED:
        return subscriptions
    until = first.until or known.paid_until or first.created_at + timedelta(days=first.days)
    return add_period(subscriptions, _describe(first, first.created_at, until))


def _describe(order: CardOrder, paid_at: datetime, until: datetime) -> Period:
    return Period(
        order_id=order.first_id or order.id,
        stars=0,
        credits=order.credits,
        charge_id=order.invoice_id,
        is_first=not order.first_id,
        paid_at=paid_at,
        until=until,
        provider=order.provider,
        amount=order.amount,
        currency=order.currency,
    )
