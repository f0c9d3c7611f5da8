"""Money: credits are whole numbers, every change is a transfer between two accounts, none is ever changed.

    promotions ──credit──▶ available ──hold──▶ held ──capture──▶ revenue
                               ▲                │
                               └────release─────┘

A transfer's id comes from the fact behind it, so the same fact cannot be booked twice. `Account` caches what the
transfers of one user add up to; `audit` adds them up again.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class TransferKind(StrEnum):
    """What a transfer does."""

    CREDIT = "credit"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"


class Side(StrEnum):
    """Between whom credits move; the first two exist once per user."""

    AVAILABLE = "available"
    HELD = "held"
    PROMOTIONS = "promotions"
    REVENUE = "revenue"


ROUTES: dict[TransferKind, tuple[Side, Side]] = {
    TransferKind.CREDIT: (Side.PROMOTIONS, Side.AVAILABLE),
    TransferKind.HOLD: (Side.AVAILABLE, Side.HELD),
    TransferKind.CAPTURE: (Side.HELD, Side.REVENUE),
    TransferKind.RELEASE: (Side.HELD, Side.AVAILABLE),
}


@dataclass(frozen=True, slots=True)
class Transfer:
    """Credits that moved from one side to another."""

    id: str
    kind: TransferKind
    source: Side
    target: Side
    user_id: int
    credits: int
    at: datetime
    job_id: str | None = None
    note: str = ""
    """The occasion, in words of ours; never a person's: transfers are kept for ever. Earlier releases wrote some."""


@dataclass(frozen=True, slots=True)
class Account:
    """One user's money."""

    available: int = 0
    held: int = 0
    active_jobs: int = 0
    """Jobs with a hold that is not settled."""
    spend_day: str = ""
    """The UTC day `spent_credits` is about, as YYYY-MM-DD."""
    spent_credits: int = 0
    """Held or captured on that day."""


def spent_today(account: Account, now: datetime) -> int:
    """Credits held or captured on the UTC day of `now`."""
    return account.spent_credits if account.spend_day == now.date().isoformat() else 0


@dataclass(frozen=True, slots=True)
class Hold:
    """Credits set aside for one job, whose id the transfers share."""

    user_id: int
    job_id: str
    credits: int
    held_at: datetime


def welcome(account: Account, user_id: int, credit_count: int, at: datetime) -> tuple[Account, Transfer]:
    """The gift a user gets once."""
    source, target = ROUTES[TransferKind.CREDIT]
    transfer = Transfer(f"credit:welcome:{user_id}", TransferKind.CREDIT, source, target, user_id, credit_count, at)
    return replace(account, available=account.available + credit_count), transfer


def grant_allowance(
    account: Account, user_id: int, credit_count: int, day: str, at: datetime
) -> tuple[Account, Transfer]:
    """The free credits of one UTC day ("2026-11-28")."""
    source, target = ROUTES[TransferKind.CREDIT]
    transfer = Transfer(f"credit:daily:{user_id}:{day}", TransferKind.CREDIT, source, target, user_id, credit_count, at)
    return replace(account, available=account.available + credit_count), transfer


def place_hold(account: Account, hold: Hold) -> tuple[Account, Transfer]:
    """Set the price of a job aside. The caller has checked that it is there."""
    account = replace(
        account,
        available=account.available - hold.credits,
        held=account.held + hold.credits,
        active_jobs=account.active_jobs + 1,
        spend_day=hold.held_at.date().isoformat(),
        spent_credits=spent_today(account, hold.held_at) + hold.credits,
    )
    return account, _transfer(TransferKind.HOLD, hold, hold.held_at)


def capture_hold(account: Account, hold: Hold, at: datetime) -> tuple[Account, Transfer]:
    """The picture was delivered: the hold becomes revenue."""
    account = replace(account, held=account.held - hold.credits, active_jobs=account.active_jobs - 1)
    return account, _transfer(TransferKind.CAPTURE, hold, at)


def release_hold(account: Account, hold: Hold, at: datetime, *, was_drawn: bool = False) -> tuple[Account, Transfer]:
    """Nothing was delivered: the hold goes back, and no longer counts as spent on its day.

    `was_drawn`: the provider was asked and charges us, so the day's limit still counts it.
    """
    same_day = account.spend_day == hold.held_at.date().isoformat() and not was_drawn
    account = replace(
        account,
        available=account.available + hold.credits,
        held=account.held - hold.credits,
        active_jobs=account.active_jobs - 1,
        spent_credits=account.spent_credits - (hold.credits if same_day else 0),
    )
    return account, _transfer(TransferKind.RELEASE, hold, at)


def find_imbalance(account: Account) -> str | None:
    """What cannot be true of an account, as far as it shows without its transfers; None where nothing does.

    Every open job holds a positive price: so credits are held exactly while jobs are open.
    """
    if min(account.available, account.held, account.active_jobs) < 0:
        return "negative"
    if (account.held > 0) != (account.active_jobs > 0):
        return "held without jobs" if account.held else "jobs without a hold"
    return None


def _transfer(kind: TransferKind, hold: Hold, at: datetime) -> Transfer:
    source, target = ROUTES[kind]
    return Transfer(f"{kind}:{hold.job_id}", kind, source, target, hold.user_id, hold.credits, at, hold.job_id)
