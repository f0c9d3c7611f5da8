"""Transfers of what is given away: bonuses, and gifts from one person to another.

    promotions ── bonus:<fact> ──▶ available ── bonus_back:<fact>, or of its parts ──▶ promotions
    giver's available ── sent:<gift> ──▶ gifts ── received:<gift> ──▶ available of whoever opened the link first
                                              └── received:<gift>, the kind `recalled` ──▶ giver's available

A gift ends once: both of its ends share one id.
"""

from dataclasses import replace
from datetime import datetime

from shared.credits.ledger import ROUTES, Account, Transfer, TransferKind

PURCHASE = "purchase:"
"""The beginning of the fact of a bonus that came with a purchase; the id of the charge follows."""
CASHBACK = "cashback:"
"""That of a bonus for what was spent; the id of the job follows."""


def whole_fact(fact: str) -> str:
    """The fact of a bonus of which a part was taken back under `purchase:<charge>:<amount returned so far>`."""
    parts = fact.split(":")
    return ":".join(parts[:2]) if fact.startswith(PURCHASE) else fact


def promo_fact(code: str, user_id: int) -> str:
    """The fact that a person used a promo code."""
    return f"promo:{code}:{user_id}"


def purchase_fact(charge_id: str) -> str:
    """The fact that a purchase brought a bonus."""
    return f"{PURCHASE}{charge_id}"


def cashback_fact(job_id: str) -> str:
    """The fact that a part of what a job cost comes back."""
    return f"{CASHBACK}{job_id}"


def job_of_cashback(transfer_id: str) -> str:
    """The job of which a transfer gave a part of the price back; empty for any other transfer."""
    start = bonus_id(CASHBACK)
    return transfer_id.removeprefix(start) if transfer_id.startswith(start) else ""


def inviter_fact(invited_id: int) -> str:
    """The fact that somebody is rewarded for having invited this person."""
    return f"inviter:{invited_id}"


def invited_fact(invited_id: int) -> str:
    """The fact that this person is rewarded for having come by an invitation."""
    return f"invited:{invited_id}"


def bonus_id(fact: str) -> str:
    """The id of the transfer that booked a bonus."""
    return f"{TransferKind.BONUS}:{fact}"


def bonus_back_id(fact: str) -> str:
    """The id of the transfer that took a bonus back."""
    return f"{TransferKind.BONUS_BACK}:{fact}"


def sent_id(gift_id: str) -> str:
    """The id of the transfer that sent a gift."""
    return f"{TransferKind.SENT}:{gift_id}"


def received_id(gift_id: str) -> str:
    """The id of the transfer that ended a gift, whether it was received or recalled."""
    return f"{TransferKind.RECEIVED}:{gift_id}"


def book_bonus(account: Account, user_id: int, fact: str, credit_count: int, at: datetime) -> tuple[Account, Transfer]:
    """Add a bonus, once per fact."""
    return _give(TransferKind.BONUS, bonus_id(fact), account, user_id, credit_count, at)


def take_bonus_back(
    account: Account, user_id: int, fact: str, credit_count: int, at: datetime
) -> tuple[Account, Transfer]:
    """Take a booked bonus back, once, below zero if it was spent."""
    transfer = _transfer(TransferKind.BONUS_BACK, bonus_back_id(fact), account, user_id, credit_count, at)
    taken_back = account.taken_back + credit_count
    return replace(account, available=account.available - credit_count, taken_back=taken_back), transfer


def send_gift(
    account: Account, user_id: int, gift_id: str, credit_count: int, at: datetime
) -> tuple[Account, Transfer]:
    """Take a gift's credits from its giver. The caller has checked that they are available."""
    transfer = _transfer(TransferKind.SENT, sent_id(gift_id), account, user_id, credit_count, at)
    return replace(account, available=account.available - credit_count), transfer


def receive_gift(
    account: Account, user_id: int, gift_id: str, credit_count: int, at: datetime
) -> tuple[Account, Transfer]:
    """Give a gift's credits to whoever opened its link."""
    return _give(TransferKind.RECEIVED, received_id(gift_id), account, user_id, credit_count, at)


def recall_gift(
    account: Account, user_id: int, gift_id: str, credit_count: int, at: datetime
) -> tuple[Account, Transfer]:
    """Give a gift's credits back to its giver."""
    return _give(TransferKind.RECALLED, received_id(gift_id), account, user_id, credit_count, at)


def _give(
    kind: TransferKind, name: str, account: Account, user_id: int, credit_count: int, at: datetime
) -> tuple[Account, Transfer]:
    transfer = _transfer(kind, name, account, user_id, credit_count, at)
    return replace(account, available=account.available + credit_count), transfer


def _transfer(
    kind: TransferKind, name: str, account: Account, user_id: int, credit_count: int, at: datetime
) -> Transfer:
    source, target = ROUTES[kind]
    return Transfer(name, kind, source, target, user_id, credit_count, at, account_id=account.id)
