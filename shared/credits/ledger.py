"""Money: credits are integers; every change is a transfer between two sides; transfers never change.

    promotions ──credit, gift, bonus──▶ available ──hold──▶ held ──capture──▶ revenue
    promotions ◀──────bonus_back──────┐  ▲ │ │ ▲             │
    sales ─────────purchase───────────┼─▶│ │ │ └───release───┘
    sales ◀──refund, chargeback───────┴──┼─┘ │
    corrections ◀───correction───────────┴───┤
    gifts ◀── sent ──┘  received, recalled ──┘   from one person to another (`bonuses.py`)
    wallets ◀── deposit, regrant ──┘ ▲       │
    wallets ────── grant, withdrawal ┴───────┘   of groups (`wallet.py`)

A transfer's id is derived from its cause, so the same cause cannot be booked twice. `Account` caches the sum of one
user's transfers; `audit` recomputes it.

Only a refund or a chargeback, and the bonuses that it takes along, may make the available credits negative: the money
is gone, whether the credits were spent or not. A person with a debt cannot start anything and gets no free credits
until the debt is paid.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal


class TransferKind(StrEnum):
    """The kind of a transfer."""

    CREDIT = "credit"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    PURCHASE = "purchase"
    REFUND = "refund"
    """We returned the money of a purchase."""
    CHARGEBACK = "chargeback"
    """The bank or the store took the money of a purchase back."""
    GIFT = "gift"
    """Credits from an operator."""
    CORRECTION = "correction"
    """An operator's correction of a mistake, in either direction."""
    BONUS = "bonus"
    """Free credits for a promo code, a purchase or an invitation."""
    BONUS_BACK = "bonus_back"
    """A bonus whose purchase was refunded."""
    SENT = "sent"
    """A person's credits, on their way to whoever opens the gift's link."""
    RECEIVED = "received"
    RECALLED = "recalled"
    """A gift that nobody opened went back to its giver."""
    DEPOSIT = "deposit"
    """A person's credits for a group's wallet."""
    WITHDRAWAL = "withdrawal"
    """What was left of them in a wallet that was given up."""
    GRANT = "grant"
    """A wallet's credits for a job of a member."""
    REGRANT = "regrant"
    """What that job did not cost went back to the wallet."""


TakingBack = Literal[TransferKind.REFUND, TransferKind.CHARGEBACK]
Operated = Literal[TransferKind.GIFT, TransferKind.CORRECTION]


class Side(StrEnum):
    """The two ends of a transfer; the first two sides exist once per user."""

    AVAILABLE = "available"
    HELD = "held"
    PROMOTIONS = "promotions"
    REVENUE = "revenue"
    SALES = "sales"
    """The source of purchased credits."""
    CORRECTIONS = "corrections"
    GIFTS = "gifts"
    """Credits that one person sent and nobody has received yet."""
    WALLETS = "wallets"
    """Credits of groups."""


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
    TransferKind.BONUS: (Side.PROMOTIONS, Side.AVAILABLE),
    TransferKind.BONUS_BACK: (Side.AVAILABLE, Side.PROMOTIONS),
    TransferKind.SENT: (Side.AVAILABLE, Side.GIFTS),
    TransferKind.RECEIVED: (Side.GIFTS, Side.AVAILABLE),
    TransferKind.RECALLED: (Side.GIFTS, Side.AVAILABLE),
    TransferKind.DEPOSIT: (Side.AVAILABLE, Side.WALLETS),
    TransferKind.WITHDRAWAL: (Side.WALLETS, Side.AVAILABLE),
    TransferKind.GRANT: (Side.WALLETS, Side.AVAILABLE),
    TransferKind.REGRANT: (Side.AVAILABLE, Side.WALLETS),
}
"""The source and destination of each kind; a correction can go both ways."""


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
    """The reason, in our or an operator's words. Only old ones hold a user's: transfers are kept for ever."""
    account_id: str = ""
    """The account of `available` and `held`. Empty in documents older than account ids."""
    job_kind: str = ""
    """What the job makes, so that a statement can show pictures alone. Empty without a job, and in older documents."""
    wallet_id: str = ""
    """The group's wallet at the other end; empty for transfers of other kinds."""


@dataclass(frozen=True, slots=True)
class Account:
    """One user's money."""

    available: int = 0
    held: int = 0
    active_jobs: int = 0
    """The number of jobs with an unsettled hold."""
    spend_day: str = ""
    """The UTC day of `spent_credits`, as YYYY-MM-DD."""
    spent_credits: int = 0
    """Credits held or captured on that day."""
    taken_back: int = 0
    """The sum of all refunds, chargebacks and bonuses taken back; `available` may be at most this much below zero."""
    id: str = ""
    """Derived from its first link (`shared/people/links.py`). Empty in documents older than account ids."""
    links: tuple[str, ...] = ()
    """The identities of its person, such as `telegram:501`. A link leads to one account."""
    is_moving: bool = False
    """Its transfers are being taken over by a nobody, commit by commit: until the last they do not add up."""


def spent_today(account: Account, now: datetime) -> int:
    """Credits held or captured on the UTC day of `now`."""
    return account.spent_credits if account.spend_day == now.date().isoformat() else 0


@dataclass(frozen=True, slots=True)
class Hold:
    """The credits held for one job; its transfers' ids contain the job id."""

    user_id: int
    job_id: str
    credits: int
    held_at: datetime
    job_kind: str = ""


def welcome(account: Account, user_id: int, credit_count: int, at: datetime) -> tuple[Account, Transfer]:
    """Book the welcome credits, once per user."""
    source, target = ROUTES[TransferKind.CREDIT]
    name = f"credit:welcome:{user_id}"
    transfer = Transfer(name, TransferKind.CREDIT, source, target, user_id, credit_count, at, account_id=account.id)
    return replace(account, available=account.available + credit_count), transfer


def grant_allowance(
    account: Account, user_id: int, credit_count: int, day: str, at: datetime
) -> tuple[Account, Transfer]:
    """Book the free credits of one UTC day ("2026-11-28")."""
    source, target = ROUTES[TransferKind.CREDIT]
    name = f"credit:daily:{user_id}:{day}"
    transfer = Transfer(name, TransferKind.CREDIT, source, target, user_id, credit_count, at, account_id=account.id)
    return replace(account, available=account.available + credit_count), transfer


def place_hold(account: Account, hold: Hold) -> tuple[Account, Transfer]:
    """Hold the price of a job. The caller has checked that the credits are available."""
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
    """Turn the hold of a delivered job into revenue."""
    account = replace(account, held=account.held - hold.credits, active_jobs=account.active_jobs - 1)
    return account, _transfer(TransferKind.CAPTURE, account, hold, at)


def capture_part(account: Account, hold: Hold, credit_count: int, at: datetime) -> tuple[Account, tuple[Transfer, ...]]:
    """Turn a part of the hold into revenue, because the job cost less than was held, and release the rest.

    Raises ValueError for more than the hold.
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
    """Release the hold of a job without a result; it no longer counts as spent on its day.

    `was_drawn`: the provider was asked and charges us, so it still counts against the daily limit.
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
    """A payment for credits, with the payment provider's id."""

    id: str
    user_id: int
    credits: int


def book_purchase(account: Account, charge: Charge, at: datetime) -> tuple[Account, Transfer]:
    """Add the credits of a paid charge."""
    source, target = ROUTES[TransferKind.PURCHASE]
    name = f"{TransferKind.PURCHASE}:{charge.id}"
    transfer = Transfer(
        name, TransferKind.PURCHASE, source, target, charge.user_id, charge.credits, at, account_id=account.id
    )
    return replace(account, available=account.available + charge.credits), transfer


def take_back(account: Account, charge: Charge, kind: TakingBack, at: datetime) -> tuple[Account, Transfer]:
    """Take back the credits of a refunded or charged-back charge, once, whichever comes first.

    Both kinds share one id. The caller books it only if the purchase was booked.
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
    """The id of the transfer that takes a charge's credits back."""
    return f"{TransferKind.REFUND}:{charge_id}"


def charge_of_return(transfer: Transfer) -> str:
    """The charge of `refund:<charge>`, or of a further part, `refund:<charge>:<amount returned so far>`."""
    return transfer.id.split(":")[1]


@dataclass(frozen=True, slots=True)
class Change:
    """An operator's change of one person's credits, with a reference such as a ticket number."""

    kind: Operated
    user_id: int
    credits: int
    """Negative: credits are taken from the person, which only a correction may do."""
    reference: str
    reason: str
    """The operator's words, which the person sees in /balance."""


JOB_REFUND = "job-"
"""What the reference of a job's refund begins with; the id of the job follows."""


def change_id(change: Change) -> str:
    """The transfer's id, equal for a gift and a correction, so that a reference takes effect once."""
    return f"operator:{change.reference}"


def book_change(account: Account, change: Change, at: datetime) -> tuple[Account, Transfer]:
    """Book an operator's change. Raises ValueError if it is zero, a negative gift, or more than is available."""
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
    """What is wrong with an account, checked without its transfers; None if nothing is.

    Every open job has a positive hold, so credits are held exactly while jobs are open.
    """
    if min(account.available + account.taken_back, account.held, account.active_jobs) < 0:
        return "negative"
    if (account.held > 0) != (account.active_jobs > 0):
        return "held without jobs" if account.held else "jobs without a hold"
    return None


def _transfer(kind: TransferKind, account: Account, hold: Hold, at: datetime) -> Transfer:
    (source, target), name = ROUTES[kind], f"{kind}:{hold.job_id}"
    return Transfer(
        name,
        kind,
        source,
        target,
        hold.user_id,
        hold.credits,
        at,
        hold.job_id,
        account_id=account.id,
        job_kind=hold.job_kind,
    )
