"""Comparing a line of Telegram's list of Stars with our books, and the update that tells of it once more."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from shared.credits.ledger import Transfer
from shared.payments.checkout import STARS
from shared.payments.order import read_payload
from shared.payments.payment_documents import PaymentRecord
from shared.people.nobody import is_nobody
from shared.ports import StarTransaction

SETTLED_AFTER = timedelta(hours=1)
"""A younger transaction may have an update that is still on its way."""
RETURN_SEEN_AFTER = timedelta(days=2)
"""By then two nights have looked for the return at Telegram."""
UPDATE_ID_MIN = 2**52
"""Telegram's own ids are far below, and a JSON number is exact up to 2**53."""


class GapKind(StrEnum):
    """What differs."""

    UNBOOKED = "unbooked"
    """Telegram got Stars for which nobody has credits."""
    OTHER_AMOUNT = "other_amount"
    OTHER_PERSON = "other_person"
    UNRETURNED = "unreturned"
    """Telegram gave Stars back, and the person still has their credits."""
    UNTOLD = "untold"
    """An operator gave Stars back, and the update by which the person is told never came."""
    RETURNED_HERE_ONLY = "returned_here_only"
    """We took credits back, and Telegram did not return the Stars."""
    UNKNOWN_TO_TELEGRAM = "unknown_to_telegram"
    """We booked a payment that Telegram does not list."""


@dataclass(frozen=True, slots=True)
class Booked:
    """What our books say of one charge."""

    payment: PaymentRecord | None = None
    purchase: Transfer | None = None
    taken_back: Transfer | None = None


def find_gap(told: StarTransaction, booked: Booked, now: datetime) -> GapKind | None:
    """How a transaction of a person differs from our books; None if it does not, or is too young to tell."""
    if now - told.at < SETTLED_AFTER:
        return None
    if told.is_returned:
        return _find_gap_of_return(booked)
    payment = booked.payment
    if payment is None or booked.purchase is None:
        return GapKind.UNBOOKED
    if payment.amount != told.stars:
        return GapKind.OTHER_AMOUNT
    if payment.user_id != told.user_id and not is_nobody(payment.user_id):
        return GapKind.OTHER_PERSON
    is_missing = booked.taken_back is not None and now - booked.taken_back.at >= RETURN_SEEN_AFTER
    return GapKind.RETURNED_HERE_ONLY if is_missing and payment.return_confirmed_at is None else None


def _find_gap_of_return(booked: Booked) -> GapKind | None:
    if booked.taken_back is None:
        return GapKind.UNRETURNED
    return GapKind.UNTOLD if booked.payment is not None and not booked.payment.is_return_told else None


def may_repair(gap: GapKind, told: StarTransaction, booked: Booked, keys: Sequence[bytes]) -> bool:
    """Whether telling of the transaction once more closes the gap.

    A payment has to be of an order that we signed, at its price; a return is taken for such a payment, or a booked one.
    """
    if gap is GapKind.UNTOLD:
        return True
    if gap not in {GapKind.UNBOOKED, GapKind.UNRETURNED}:
        return False
    order = read_payload(told.payload, keys)
    is_ours = order is not None and (order.stars, order.user_id) == (told.stars, told.user_id)
    return is_ours or (gap is GapKind.UNRETURNED and booked.purchase is not None)


def write_update(told: StarTransaction, *, is_first: bool = False) -> bytes:
    """The update that Telegram would have sent, with an id of its own that is the same every time.

    `is_first`: the payment begins a subscription, which the list does not say.
    """
    body: dict[str, Any] = {
        "currency": STARS,
        "total_amount": told.stars,
        "invoice_payload": told.payload,
        "telegram_payment_charge_id": told.charge_id,
    }
    if told.period_seconds and not told.is_returned:
        until = told.at + timedelta(seconds=told.period_seconds)
        body |= {"is_recurring": True, "subscription_expiration_date": int(until.timestamp())}
        body |= {"is_first_recurring": True} if is_first else {}
    kind = "refunded_payment" if told.is_returned else "successful_payment"
    person = {"id": told.user_id, "is_bot": False, "first_name": "", "language_code": told.language_code}
    message = {
        "message_id": 0,
        "date": int(told.at.timestamp()),
        "chat": {"id": told.user_id, "type": "private"},
        "from": person,
        kind: body,
    }
    digest = sha256(f"{kind}:{told.charge_id}".encode()).digest()
    update_id = UPDATE_ID_MIN + int.from_bytes(digest[:6])
    return json.dumps({"update_id": update_id, "message": message}).encode()
