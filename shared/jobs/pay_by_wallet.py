"""Paying jobs from a group's wallet, in the commits that hold and settle their price.

accept ─▶ wallet open? ─▶ enough, and within the person's limit of the day ─▶ commit {grant + hold, wallet, user, job}
                       └─▶ declined: nobody pays what they took for the group's
settle ─▶ released? ─▶ commit {release + regrant, wallet, user, job}
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.credits.ledger import Account, Hold, Transfer, TransferKind
from shared.credits.transfer_documents import create_transfer
from shared.credits.wallet import WalletState, book_grant, book_regrant, find_obstacle, pay_for, take_return
from shared.jobs.job import Job, hold_of
from shared.jobs.wallet_documents import StoredWallet, open_wallet, write_wallet
from shared.people.users import User
from shared.ports import Ports, Write
from shared.providers.outcomes import DeclineReason


async def find_purse(ports: Ports, wallet_id: str, price: int) -> StoredWallet | None:
    """The wallet that pays an order of this price; None: the person pays. Raises UnavailableError.

    From a group that the bot is said to have LEFT nobody writes: it is back, and the news of that is late.
    """
    if not wallet_id or not price:
        return None
    stored = await open_wallet(ports.store, wallet_id)
    return None if stored is None or stored.wallet.state is WalletState.CLOSED else stored


def with_purse(user: User, price: int) -> User:
    """The person as they are once the wallet has given them the price of an order."""
    return replace(user, account=replace(user.account, available=user.account.available + price))


def check_purse(purse: StoredWallet | None, user_id: int, price: int, now: datetime) -> DeclineReason | None:
    """Why the wallet does not pay; None if it does, or if there is none."""
    return None if purse is None else find_obstacle(purse.wallet, user_id, price, now)


def grant(purse: StoredWallet | None, account: Account, hold: Hold) -> tuple[Account, list[Write]]:
    """The account with what the hold takes, if a wallet pays, and the transfer."""
    if purse is None:
        return account, []
    account, transfer = book_grant(account, hold, purse.wallet.id)
    return account, [create_transfer(transfer)]


def write_payment(purse: StoredWallet | None, jobs: Sequence[Job], now: datetime) -> list[Write]:
    """The wallet after it paid these jobs."""
    if purse is None:
        return []
    return [write_wallet(purse, pay_for(purse.wallet, [hold_of(job) for job in jobs], now))]


@dataclass(frozen=True, slots=True)
class Returned:
    """The account of a member after a settlement, and what goes back to the wallet."""

    account: Account
    writes: tuple[Write, ...] = ()


async def return_to_wallet(
    ports: Ports, job: Job, account: Account, settled: Sequence[Transfer], now: datetime
) -> Returned:
    """Take what was released of a job that a wallet paid back to it. Raises UnavailableError."""
    released = sum(each.credits for each in settled if each.kind is TransferKind.RELEASE)
    stored = await open_wallet(ports.store, job.wallet_id) if job.wallet_id and released else None
    if stored is None:
        return Returned(account)
    hold = hold_of(job)
    account, transfer = book_regrant(account, hold, stored.wallet.id, released, now)
    wallet = take_return(stored.wallet, hold, released, now)
    return Returned(account, (create_transfer(transfer), write_wallet(stored, wallet)))
