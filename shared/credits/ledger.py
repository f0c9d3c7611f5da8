"""Money: credits are whole numbers; every change of them is a transfer between two accounts; transfers never change.

    promotions ──credit, gift──▶ available ──hold──▶ held ──capture──▶ revenue
    sales ─────────purchase────▶  ▲ │ │ ▲             │
    sales ◀──refund, chargeback───┼─┘ │ └───release───┘
    corrections ◀───correction────┴───┘

A transfer's id comes from the fact behind it, so the same fact cannot be booked twice. `Account` caches what the
transfers of one user add up to; `audit` adds them up again.

Only a refund or a chargeback may take the available credits below zero: the money is gone whether they were spent or
not. Whoever owes can start nothing and gets no free credits until the debt is paid.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal


class TransferKind(StrEnum):
    """What a transfer does."""

    CREDIT = "credit"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    PURCHASE = "purchase"
    REFUND = "refund"
    """We gave the money of a purchase back."""
    CHARGEBACK = "chargeback"
    """The bank or the store took the money of a purchase back."""
    GIFT = "gift"
    """What an operator gives away."""
    CORRECTION = "correction"
    """What an operator puts right, in either direction."""


TakingBack = Literal[TransferKind.REFUND, TransferKind.CHARGEBACK]
Operated = Literal[TransferKind.GIFT, TransferKind.CORRECTION]


class Side(StrEnum):
    """Between whom credits move; the first two exist once per user."""

    AVAILABLE = "available"
    HELD = "held"
    PROMOTIONS = "promotions"
    REVENUE = "revenue"
    SALES = "sales"
    """What people paid money for."""
    CORRECTIONS = "corrections"


ROUTES: dict[TransferKind, tuple[Side, Side]] = {
    TransferKind.CREDIT: (Side.PROMOTIONS, Side.AVAILABLE),
    TransferKind.HOLD: (Side.AVAILABLE, Side.HELD),
    TransferKind.CAPTURE: (Side.HELD, Side.REVENUE),
    TransferKind.RELEASE: (Side.HELD, Side.AVAILABLE),
    TransferKind.PURCHASE: (Side.SALES, Side.AVAILABLE),
    TransferKind.REFUND: (Side.AVAILABLE, Side.SALES),
    TransferKind.CHARGEBACK: (Side.AVAILABLE, Side.SALES),
    TransferKind.GIFT: (Side.PROMOTIONS, Side.AVAILABLE),
    TransferKind.CORRECTION: (Side.CORRECTIONS, Side.AVAILABLE),
}
"""From where to where; a correction goes the other way too."""


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
    """The occasion, in our or an operator's words; never a user's: transfers are kept for ever. Old ones hold some."""
    account_id: str = ""
    """Whose `available` and `held` are meant. Empty in documents from before accounts had ids."""


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
    taken_back: int = 0
    """What refunds and chargebacks took in all: so far below zero, and no further, `available` may be."""
    id: str = ""
    """Its own, made of its first link. Empty in documents from before accounts had ids: `shared/people/links.py`."""
    links: tuple[str, ...] = ()
    """Who uses it: `telegram:501`. A link leads to one account."""


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
    name = f"credit:welcome:{user_id}"
    transfer = Transfer(name, TransferKind.CREDIT, source, target, user_id, credit_count, at, account_id=account.id)
    return replace(account, available=account.available + credit_count), transfer


def grant_allowance(
    account: Account, user_id: int, credit_count: int, day: str, at: datetime
) -> tuple[Account, Transfer]:
    """The free credits of one UTC day ("2026-11-28")."""
    source, target = ROUTES[TransferKind.CREDIT]
    name = f"credit:daily:{user_id}:{day}"
    transfer = Transfer(name, TransferKind.CREDIT, source, target, user_id, credit_count, at, account_id=account.id)
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
    return account, _transfer(TransferKind.HOLD, account, hold, hold.held_at)


def capture_hold(account: Account, hold: Hold, at: datetime) -> tuple[Account, Transfer]:
    """The picture was delivered: the hold becomes revenue."""
    account = replace(account, held=account.held - hold.credits, active_jobs=account.active_jobs - 1)
    return account, _transfer(TransferKind.CAPTURE, account, hold, at)


def capture_part(account: Account, hold: Hold, credit_count: int, at: datetime) -> tuple[Account, tuple[Transfer, ...]]:
    """What was delivered cost less than was held: a part becomes revenue, the rest goes back.

    Raises ValueError for more than was held.
    """
    rest = hold.credits - credit_count
    if credit_count < 0 or rest < 0:
        raise ValueError(f"{credit_count} of {hold.credits} held credits")
    if not credit_count:
        account, release = release_hold(account, hold, at)
        return account, (release,)
    account, capture = capture_hold(account, hold, at)
    if not rest:
        return account, (capture,)
    same_day = account.spend_day == hold.held_at.date().isoformat()
    account = replace(
        account,
        available=account.available + rest,
        spent_credits=account.spent_credits - (rest if same_day else 0),
    )
    release = replace(_transfer(TransferKind.RELEASE, account, hold, at), credits=rest)
    return account, (replace(capture, credits=credit_count), release)


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
    return account, _transfer(TransferKind.RELEASE, account, hold, at)


@dataclass(frozen=True, slots=True)
class Charge:
    """A payment for credits, as the payment provider numbers it."""

    id: str
    user_id: int
    credits: int


def book_purchase(account: Account, charge: Charge, at: datetime) -> tuple[Account, Transfer]:
    """The charge was paid: its credits are there."""
    source, target = ROUTES[TransferKind.PURCHASE]
    name = f"{TransferKind.PURCHASE}:{charge.id}"
    transfer = Transfer(
        name, TransferKind.PURCHASE, source, target, charge.user_id, charge.credits, at, account_id=account.id
    )
    return replace(account, available=account.available + charge.credits), transfer


def take_back(account: Account, charge: Charge, kind: TakingBack, at: datetime) -> tuple[Account, Transfer]:
    """The charge's money went back: so do its credits, once, whichever of the two ways comes first.

    Both ways share one id. The caller books it only where the purchase was booked.
    """
    source, target = ROUTES[kind]
    transfer = Transfer(
        refund_id(charge.id), kind, source, target, charge.user_id, charge.credits, at, account_id=account.id
    )
    account = replace(
        account, available=account.available - charge.credits, taken_back=account.taken_back + charge.credits
    )
    return account, transfer


def refund_id(charge_id: str) -> str:
    """The id under which a charge's credits are taken back."""
    return f"{TransferKind.REFUND}:{charge_id}"


@dataclass(frozen=True, slots=True)
class Change:
    """What an operator does to one person's credits, named by a reference such as a ticket's number."""

    kind: Operated
    user_id: int
    credits: int
    """Negative: taken from the person; only by a correction."""
    reference: str
    reason: str
    """The operator's own words; the person reads them in the receipt."""


def change_id(change: Change) -> str:
    """The same for a gift and a correction, so that one reference has one effect."""
    return f"operator:{change.reference}"


def book_change(account: Account, change: Change, at: datetime) -> tuple[Account, Transfer]:
    """Raises ValueError where it is nothing, a gift that takes, or more than the person has available."""
    given = change.credits > 0
    if not change.credits or (change.kind is TransferKind.GIFT and not given):
        raise ValueError(f"a {change.kind} of {change.credits} credits")
    if not given and account.available + change.credits < 0:
        raise ValueError(f"only {account.available} credits are there to be taken")
    source, target = ROUTES[change.kind] if given else ROUTES[change.kind][::-1]
    name, amount, note = change_id(change), abs(change.credits), change.reason
    transfer = Transfer(name, change.kind, source, target, change.user_id, amount, at, note=note, account_id=account.id)
    return replace(account, available=account.available + change.credits), transfer


def find_imbalance(account: Account) -> str | None:
    """What is wrong with an account, seen without its transfers; None where nothing is.

    Every open job holds a positive price: so credits are held exactly while jobs are open.
    """
    if min(account.available + account.taken_back, account.held, account.active_jobs) < 0:
        return "negative"
    if (account.held > 0) != (account.active_jobs > 0):
        return "held without jobs" if account.held else "jobs without a hold"
    return None


def _transfer(kind: TransferKind, account: Account, hold: Hold, at: datetime) -> Transfer:
    (source, target), name = ROUTES[kind], f"{kind}:{hold.job_id}"
    return Transfer(name, kind, source, target, hold.user_id, hold.credits, at, hold.job_id, account_id=account.id)
