"""A group whose wallet pays all that its members order there, and what must hold of it at the end."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.codec import decode, encode
from shared.credits.ledger import Account, Transfer, TransferKind, welcome
from shared.credits.transfer_documents import create_transfer
from shared.credits.wallet import Wallet, book_deposit, deposit, wallet_id_of
from shared.jobs.job import Job, JobState
from shared.jobs.wallet_documents import StoredWallet, wallet_key, write_wallet
from shared.people.links import name_account
from shared.people.user_documents import user_key
from shared.people.users import User
from shared.ports import Create
from tests.simulation.people import GROUP_ID
from tests.simulation.virtual_time import EPOCH

if TYPE_CHECKING:
    from tests.simulation.world import World

GIVER_ID = 900_001
"""Somebody who only gives, before all others begin."""
GIVEN = 10**6


async def fund_group(world: "World") -> None:
    """Give the group more than its members can spend."""
    wallet_id, begun = wallet_id_of(GROUP_ID), EPOCH - timedelta(days=9)
    account, gift = welcome(name_account(Account(), GIVER_ID), GIVER_ID, GIVEN, begun)
    account, given = book_deposit(account, GIVER_ID, wallet_id, "first", GIVEN, begun)
    wallet = replace(deposit(Wallet(wallet_id, GROUP_ID), GIVER_ID, GIVEN, begun), limit=GIVEN)
    giver = Create(user_key(GIVER_ID), encode(User(GIVER_ID, begun, account)))
    write = write_wallet(StoredWallet(wallet_key(wallet_id), wallet, None), wallet)
    await world.store.commit([giver, create_transfer(gift), create_transfer(given), write])


def read_wallets(world: "World") -> list[Wallet]:
    """All wallets, for the audit."""
    return [decode(Wallet, fields) for fields in world.store.collection("wallets").values()]


def find_wallet_problems(jobs: dict[str, Job], transfers: Sequence[Transfer]) -> list[str]:
    """What a wallet pays of a job is what it was delivered for: all that was released went back."""
    moved = {each.id: each.credits for each in transfers}
    problems = []
    for job in jobs.values():
        if not job.wallet_id or job.state not in {JobState.DELIVERED, JobState.FAILED, JobState.CANCELED}:
            continue
        paid = moved.get(f"{TransferKind.GRANT}:{job.id}", 0) - moved.get(f"{TransferKind.REGRANT}:{job.id}", 0)
        if paid != moved.get(f"{TransferKind.CAPTURE}:{job.id}", 0):
            problems.append(f"job {job.id} is {job.state}, the wallet paid {paid}")
    return problems
