"""A group's wallet: credits that administrators gave, from which requests of its members are paid. Pure.

    giver's available ── deposit:<message> ──▶ wallets ── grant:<job> ──▶ member's available ── hold:<job> ──▶ held
    giver's available ◀── withdrawal:<wallet>:<n> ──┘ ◀── regrant:<job> ── member's available ◀── release:<job> ──┘

A grant and the hold that it pays are one commit, and so are a release and its regrant: a member's own credits never
change. What is spent is taken from the oldest deposit, so what is left belongs to whoever gave last. It goes back to
them when the wallet is given up, when nobody used it for IDLE, and as far as a returned payment leaves them owing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from shared.credits.ledger import ROUTES, Account, Hold, Transfer, TransferKind
from shared.hash_ids import hash_id
from shared.providers.outcomes import DeclineReason

LIMITS = (10, 20, 50, 100)
"""The limits per person and UTC day that an administrator can choose, in credits."""
LIMIT = 20
DEPOSITS_MAX = 30
"""Each has about 60 bytes in the wallet's document."""
SPENT_KEPT = timedelta(days=2)
"""How long a spent deposit stays known: a job that it paid may still come back, for a day at most."""
SPENDERS_MAX = 2000
"""Of one day, each with about 20 bytes in the wallet's document (1 MiB)."""
IDLE = timedelta(days=180)
"""A wallet that pays nothing and gets nothing for so long is given up: its group may be gone without a word."""
REMOVAL_PAUSE = timedelta(minutes=10)
"""How long the wallet waits after the bot was removed: a group that becomes a supergroup removes it too."""


class WalletState(StrEnum):
    """What becomes of the credits."""

    OPEN = "open"
    LEFT = "left"
    """The bot is out of the group: after REMOVAL_PAUSE the wallet closes."""
    CLOSED = "closed"
    """What is left goes back to its givers."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """Credits that one person gave."""

    giver_id: int
    """0: somebody who was erased. It goes back to nobody."""
    credits: int
    """Less what went back."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Wallet:
    """See the module's docstring."""

    id: str
    """Of its account, which stays when the group gets another chat id."""
    chat_id: int
    credits: int = 0
    limit: int = LIMIT
    """Credits per person and UTC day."""
    state: WalletState = WalletState.OPEN
    deposits: tuple[Deposit, ...] = ()
    """The oldest first."""
    day: str = ""
    """The UTC day of `spent`, as YYYY-MM-DD."""
    spent: dict[str, int] = field(default_factory=dict)
    """What each person has spent on that day, in credits, by their id."""
    people: tuple[int, ...] = ()
    """Everybody named in `deposits` and `spent`, to be found when somebody is erased."""
    withdrawals: int = 0
    """Numbers what went back."""
    placed_at: datetime | None = None
    """Telegram's time of the last news about the bot's place in the group."""
    closes_at: datetime | None = None
    """When a wallet that the bot has LEFT, or that nobody uses, closes. None: it was opened before there was an end."""
    moved_to: str = ""
    """The id of the document in which it goes on, because the group got another chat id."""
    sweep_at: datetime | None = None
    """After this time `sweep` makes a task; None: nothing is due."""
    sweeps: int = 0


def wallet_id_of(chat_id: int) -> str:
    """The id of the document of this group's wallet, and of its account if it begins there."""
    return hash_id("wallet", f"telegram_group:{chat_id}")


def spent_by(wallet: Wallet, user_id: int, now: datetime) -> int:
    """What a person has spent of this wallet on the UTC day of `now`."""
    return wallet.spent.get(str(user_id), 0) if wallet.day == _day(now) else 0


def find_obstacle(wallet: Wallet, user_id: int, price: int, now: datetime) -> DeclineReason | None:
    """Why an open wallet does not pay this person's request now; None if it does."""
    if price > wallet.credits:
        return DeclineReason.WALLET_EMPTY
    is_known = wallet.day != _day(now) or str(user_id) in wallet.spent or len(wallet.spent) < SPENDERS_MAX
    if not is_known or spent_by(wallet, user_id, now) + price > wallet.limit:
        return DeclineReason.WALLET_LIMIT
    return None


def deposit(wallet: Wallet, user_id: int, credit_count: int, now: datetime) -> Wallet:
    """The open wallet after somebody gave credits. One that was closed begins anew: what is left there still counts.

    Raises ValueError where there are too many deposits, which `can_take` tells before.
    """
    kept = _forget_spent(wallet, now)
    last = kept[-1] if kept else None
    if last is not None and last.giver_id == user_id:
        kept = (*kept[:-1], Deposit(user_id, last.credits + credit_count, now))
    else:
        kept = (*kept, Deposit(user_id, credit_count, now))
    if len(kept) > DEPOSITS_MAX:
        raise ValueError(f"{len(kept)} deposits")
    return _listed(replace(reopen(wallet, now), credits=wallet.credits + credit_count, deposits=kept))


def reopen(wallet: Wallet, now: datetime) -> Wallet:
    """The wallet from which requests are paid again."""
    return replace(wallet, state=WalletState.OPEN, closes_at=now + IDLE, sweep_at=now + IDLE, sweeps=0)


def close(wallet: Wallet, now: datetime) -> Wallet:
    """The wallet that is given up: its credits go back."""
    return replace(wallet, state=WalletState.CLOSED, closes_at=None, sweep_at=now)


def close_due(wallet: Wallet, now: datetime) -> Wallet:
    """The wallet, closed if its time is over: nobody used it, or the bot is out of the group."""
    is_over = wallet.closes_at is not None and now >= wallet.closes_at
    return close(wallet, now) if is_over else wallet


def place_bot(wallet: Wallet, at: datetime, now: datetime, *, is_in: bool) -> Wallet | None:
    """The wallet after Telegram said whether the bot is in the group; None if that changes nothing.

    `at`: Telegram's time, by which older news is known.
    """
    if wallet.placed_at is not None and at < wallet.placed_at:
        return None
    placed = replace(wallet, placed_at=at)
    if is_in:
        return reopen(placed, now) if wallet.state is WalletState.LEFT else placed
    if wallet.state is not WalletState.OPEN:
        return None
    closes_at = now + REMOVAL_PAUSE
    return replace(placed, state=WalletState.LEFT, closes_at=closes_at, sweep_at=closes_at)


def can_take(wallet: Wallet, user_id: int, now: datetime) -> bool:
    """Whether there is room for one more deposit of this person."""
    kept = _forget_spent(wallet, now)
    return len(kept) < DEPOSITS_MAX or kept[-1].giver_id == user_id


def pay_for(wallet: Wallet, holds: Sequence[Hold], now: datetime) -> Wallet:
    """The wallet after it paid these holds of one person, which count against the limit of the day."""
    total = sum(hold.credits for hold in holds)
    spent = dict(wallet.spent) if wallet.day == _day(now) else {}
    name = str(holds[0].user_id)
    spent[name] = spent.get(name, 0) + total
    used = reopen(wallet, now) if wallet.state is WalletState.OPEN else wallet
    return _listed(replace(used, credits=wallet.credits - total, day=_day(now), spent=spent))


def take_return(wallet: Wallet, hold: Hold, credit_count: int, now: datetime) -> Wallet:
    """The wallet after credits of a job came back. What comes back to a closed one goes on to its givers."""
    spent = dict(wallet.spent)
    name = str(hold.user_id)
    if name in spent and wallet.day == _day(hold.held_at):
        spent[name] = max(0, spent[name] - credit_count)
    sweep_at = now if wallet.state is WalletState.CLOSED else wallet.sweep_at
    return _listed(replace(wallet, credits=wallet.credits + credit_count, spent=spent, sweep_at=sweep_at))


def shares_of(wallet: Wallet) -> tuple[int, ...]:
    """How much of each deposit is left: the newest were spent last."""
    left, shares = wallet.credits, list[int]()
    for each in reversed(wallet.deposits):
        share = min(each.credits, left)
        shares.append(share)
        left -= share
    return tuple(reversed(shares))


def share_of(wallet: Wallet, giver_id: int) -> int:
    """How much of what is left this person gave."""
    pairs = zip(wallet.deposits, shares_of(wallet), strict=True)
    return sum(share for each, share in pairs if each.giver_id == giver_id)


def next_withdrawal(wallet: Wallet) -> tuple[int, int] | None:
    """Whom a closed wallet pays back next, and how much; None if nothing is left that belongs to anybody."""
    pairs = zip(wallet.deposits, shares_of(wallet), strict=True)
    giver = next((each.giver_id for each, share in pairs if share and each.giver_id), None)
    return None if giver is None else (giver, share_of(wallet, giver))


def withdraw(wallet: Wallet, giver_id: int, credit_count: int) -> Wallet:
    """The wallet after so much of a giver's share went back, the newest first. The caller has checked the share."""
    rest, deposits = credit_count, list[Deposit]()
    for each, share in reversed(list(zip(wallet.deposits, shares_of(wallet), strict=True))):
        part = min(share, rest) if each.giver_id == giver_id else 0
        deposits.append(replace(each, credits=each.credits - part))
        rest -= part
    left = wallet.credits - credit_count
    after = replace(wallet, credits=left, deposits=tuple(deposits[::-1]), withdrawals=wallet.withdrawals + 1)
    return _listed(after)


def forget_person(wallet: Wallet, user_id: int) -> Wallet:
    """The wallet without the name of somebody who is erased; what they gave stays with the group."""
    deposits = tuple(replace(each, giver_id=0) if each.giver_id == user_id else each for each in wallet.deposits)
    spent = {name: credit_count for name, credit_count in wallet.spent.items() if name != str(user_id)}
    return _listed(replace(wallet, deposits=deposits, spent=spent))


def book_deposit(
    account: Account, user_id: int, wallet_id: str, fact: str, credit_count: int, at: datetime
) -> tuple[Account, Transfer]:
    """Take what somebody gives to a wallet. The caller has checked that it is available."""
    name = deposit_id(fact)
    return _move(TransferKind.DEPOSIT, name, account, user_id, wallet_id, credit_count, at)


def book_grant(account: Account, hold: Hold, wallet_id: str) -> tuple[Account, Transfer]:
    """Give a member what a hold of theirs takes."""
    name = f"{TransferKind.GRANT}:{hold.job_id}"
    account, transfer = _move(TransferKind.GRANT, name, account, hold.user_id, wallet_id, hold.credits, hold.held_at)
    return account, replace(transfer, job_kind=hold.job_kind)


def book_regrant(
    account: Account, hold: Hold, wallet_id: str, credit_count: int, at: datetime
) -> tuple[Account, Transfer]:
    """Take back what was released of a hold that the wallet had paid."""
    name = f"{TransferKind.REGRANT}:{hold.job_id}"
    account, transfer = _move(TransferKind.REGRANT, name, account, hold.user_id, wallet_id, credit_count, at)
    return account, replace(transfer, job_kind=hold.job_kind)


def book_withdrawal(
    account: Account, user_id: int, wallet: Wallet, credit_count: int, at: datetime
) -> tuple[Account, Transfer]:
    """Give a giver their share back. `wallet`: as it was before."""
    name = f"{TransferKind.WITHDRAWAL}:{wallet.id}:{wallet.withdrawals + 1}"
    return _move(TransferKind.WITHDRAWAL, name, account, user_id, wallet.id, credit_count, at)


def deposit_id(fact: str) -> str:
    """The id of the transfer of a deposit; the fact is the message that ordered it."""
    return f"{TransferKind.DEPOSIT}:{fact}"


def _move(
    kind: TransferKind, name: str, account: Account, user_id: int, wallet_id: str, credit_count: int, at: datetime
) -> tuple[Account, Transfer]:
    source, target = ROUTES[kind]
    transfer = Transfer(
        name, kind, source, target, user_id, credit_count, at, account_id=account.id, wallet_id=wallet_id
    )
    sign = -1 if kind in {TransferKind.DEPOSIT, TransferKind.REGRANT} else 1
    return replace(account, available=account.available + sign * credit_count), transfer


def _forget_spent(wallet: Wallet, now: datetime) -> tuple[Deposit, ...]:
    pairs = zip(wallet.deposits, shares_of(wallet), strict=True)
    return tuple(each for each, share in pairs if share or now < each.at + SPENT_KEPT)


def _listed(wallet: Wallet) -> Wallet:
    """The wallet with everybody whom it names."""
    named = {each.giver_id for each in wallet.deposits} | {int(name) for name in wallet.spent}
    return replace(wallet, people=tuple(sorted(named - {0})))


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()
