"""Faults with other people's money that a tired engineer might make; each must be noticed by the simulation."""

import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.credits.ledger import Account, Charge, TakingBack, Transfer, TransferKind, take_back
from shared.credits.transfer_documents import create_transfer
from shared.errors import LaterError
from shared.growth import book_charges
from shared.hash_ids import hash_id
from shared.payments import checkout, subscription_page, take_payment
from shared.payments.order import read_payload
from shared.payments.packages import credits_for
from shared.payments.payment_documents import PaymentRecord, payment_id
from shared.people.accounts import open_user
from shared.people.subscriptions import Period, Subscription, Subscriptions, add_period, find_subscription
from shared.ports import Ports, Screen
from shared.telegram.answers import commit_answer, send_answer
from shared.telegram.updates import Payment
from shared.telegram.visits import Visit
from tests.simulation.virtual_time import EPOCH

Plant = Callable[[pytest.MonkeyPatch], None]


def payment_is_booked_per_update(patch: pytest.MonkeyPatch) -> None:
    """A payment that is told under another update id is another payment."""
    describe = take_payment._describe

    def name_anew(ports: Ports, visit: Visit, payment: Payment) -> PaymentRecord:
        return replace(describe(ports, visit, payment), id=hash_id("payment", visit.inbox_id))

    patch.setattr(take_payment, "_describe", name_anew)


def return_is_booked_without_its_payment(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks what was paid: a return takes what its Stars are worth."""

    async def take(ports: Ports, visit: Visit, payment: Payment) -> None:
        charge_id, user_id = payment_id(take_payment.PROVIDER, payment.charge_id), visit.opened.user.id
        opened = await open_user(ports, user_id)
        charge = Charge(charge_id, user_id, credits_for(payment.amount))
        account, transfer = take_back(opened.user.account, charge, TransferKind.REFUND, ports.clock.now())
        writes = [*opened.writes(replace(opened.user, account=account)), create_transfer(transfer)]
        place = take_payment._place_of(visit)
        mark = await commit_answer(ports, visit, place, Screen("↩️"), writes)
        await send_answer(ports, mark, place, Screen("↩️"))

    patch.setattr(take_payment, "_take_return", take)


def return_is_taken_back_per_update(patch: pytest.MonkeyPatch) -> None:
    """A return that is told under another update id takes the credits once more."""
    count = itertools.count()

    def take_again(account: Account, charge: Charge, kind: TakingBack, at: datetime) -> tuple[Account, Transfer]:
        return take_back(account, replace(charge, id=hash_id("return", next(count))), kind, at)

    patch.setattr(take_payment, "refund_id", lambda charge_id: f"never:{charge_id}")
    patch.setattr(book_charges, "take_back", take_again)


def return_does_not_wait(patch: pytest.MonkeyPatch) -> None:
    """A return that overtakes its payment finds none, and is forgotten."""
    take = take_payment._take_return

    async def forget(ports: Ports, visit: Visit, payment: Payment) -> None:
        with suppress(LaterError):
            await take(ports, visit, payment)

    patch.setattr(take_payment, "_take_return", forget)


def payment_is_not_told(patch: pytest.MonkeyPatch) -> None:
    """The credits are there, and nobody says so."""

    async def say_nothing(*arguments: Any) -> None:
        return None

    patch.setattr(take_payment, "send_answer", say_nothing)


def anybody_may_pay(patch: pytest.MonkeyPatch) -> None:
    """Whose invoice it is does not matter."""
    find = checkout._find_reason

    def overlook(*arguments: Any) -> str | None:
        reason = find(*arguments)
        return None if reason == "payment-of-another" else reason

    patch.setattr(checkout, "_find_reason", overlook)


def any_price_will_do(patch: pytest.MonkeyPatch) -> None:
    """What is paid is not compared with what was offered."""
    find = checkout._find_reason

    def overlook(query: dict[str, Any], *arguments: Any) -> str | None:
        order = read_payload(query["invoice_payload"], arguments[1])
        return find(query if order is None else query | {"total_amount": order.stars}, *arguments)

    patch.setattr(checkout, "_find_reason", overlook)


def old_invoices_are_paid(patch: pytest.MonkeyPatch) -> None:
    """Until when an order holds does not matter."""
    find = checkout._find_reason

    def overlook(*arguments: Any) -> str | None:
        reason = find(*arguments)
        return None if reason == "payment-expired" else reason

    patch.setattr(checkout, "_find_reason", overlook)


def renewal_moves_no_end(patch: pytest.MonkeyPatch) -> None:
    """A renewal brings its credits, and the subscription ends when it would have ended without it."""

    def keep(subscriptions: Subscriptions, period: Period) -> Subscriptions:
        is_known = find_subscription(subscriptions, period.order_id) is not None
        return subscriptions if is_known else add_period(subscriptions, period)

    patch.setattr(take_payment, "add_period", keep)


def renewals_are_one_payment(patch: pytest.MonkeyPatch) -> None:
    """Who looks at the order instead of the charge takes a renewal for the first payment, told again."""
    describe = take_payment._describe

    def name_by_order(ports: Ports, visit: Visit, payment: Payment) -> PaymentRecord:
        paid = describe(ports, visit, payment)
        return replace(paid, id=hash_id("payment", payment.payload)) if payment.paid_until else paid

    patch.setattr(take_payment, "_describe", name_by_order)


def newest_charge_is_canceled(patch: pytest.MonkeyPatch) -> None:
    """The charge of the newest payment is kept, where Telegram wants the first one."""

    def keep_newest(subscriptions: Subscriptions, period: Period) -> Subscriptions:
        changed = add_period(subscriptions, period)
        return tuple(
            replace(each, charge_ids=(period.charge_id,)) if each.order_id == period.order_id else each
            for each in changed
        )

    patch.setattr(take_payment, "add_period", keep_newest)


def cancel_is_told_to_nobody(patch: pytest.MonkeyPatch) -> None:
    """The page says that nothing more is taken, and Telegram knows nothing of it."""

    async def agree(ports: Ports, user_id: int, told: Subscription) -> bool:
        return True

    patch.setattr(subscription_page, "_ask", agree)


def subscriptions_expire(patch: pytest.MonkeyPatch) -> None:
    """A subscription's invoice is valid for an hour, as every invoice; so its renewals are declined."""
    find = checkout._find_reason

    def expire(query: dict[str, Any], sender: dict[str, Any], keys: Any, now: datetime) -> str | None:
        order = read_payload(str(query["invoice_payload"]), keys)
        is_late = order is not None and order.days and now - EPOCH > timedelta(hours=2)
        return "payment-expired" if is_late else find(query, sender, keys, now)

    patch.setattr(checkout, "_find_reason", expire)


PLANTED_IN_PAYMENTS: tuple[Plant, ...] = (
    payment_is_booked_per_update,
    return_is_booked_without_its_payment,
    return_is_taken_back_per_update,
    return_does_not_wait,
    payment_is_not_told,
    anybody_may_pay,
    any_price_will_do,
    old_invoices_are_paid,
    renewal_moves_no_end,
    renewals_are_one_payment,
    newest_charge_is_canceled,
    cancel_is_told_to_nobody,
    subscriptions_expire,
)
