"""Faults with other people's money that a tired engineer might make; each must be noticed by the simulation."""

import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from shared.credits.ledger import Account, Charge, TakingBack, Transfer, TransferKind, take_back
from shared.credits.transfer_documents import create_transfer
from shared.errors import LaterError
from shared.growth import book_charges
from shared.hash_ids import hash_id
from shared.payments import checkout, take_payment
from shared.payments.order import read_payload
from shared.payments.packages import credits_for
from shared.payments.payment_documents import PaymentRecord, payment_id
from shared.people.accounts import open_user
from shared.ports import Ports, Screen
from shared.telegram.answers import commit_answer, send_answer
from shared.telegram.updates import Payment
from shared.telegram.visits import Visit

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


PLANTED_IN_PAYMENTS: tuple[Plant, ...] = (
    payment_is_booked_per_update,
    return_is_booked_without_its_payment,
    return_is_taken_back_per_update,
    return_does_not_wait,
    payment_is_not_told,
    anybody_may_pay,
    any_price_will_do,
    old_invoices_are_paid,
)
