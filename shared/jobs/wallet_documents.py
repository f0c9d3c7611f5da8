"""Documents of groups' wallets: one for each chat id; one whose group got another id leads to that id's document."""

from dataclasses import dataclass
from datetime import datetime

from shared.codec import decode
from shared.credits.wallet import Wallet
from shared.jobs.shards import create_sharded, update_sharded
from shared.ports import Key, Op, Query, Record, Store, Write

COLLECTION = "wallets"
LAST_ID = "~"
"""Comes after the id of every document."""
MOVES_MAX = 3
"""A group becomes a supergroup once; more would be a circle."""


@dataclass(frozen=True, slots=True)
class StoredWallet:
    """A wallet, and the record it was read from; None: it is not stored yet."""

    key: Key
    wallet: Wallet
    record: Record | None


def wallet_key(wallet_id: str) -> Key:
    """The document with this id."""
    return Key("wallets", wallet_id)


async def open_wallet(store: Store, wallet_id: str) -> StoredWallet | None:
    """The wallet in this document, or in the one to which it was moved; None if there is none.

    Raises UnavailableError.
    """
    for _ in range(MOVES_MAX):
        [record] = await store.read([wallet_key(wallet_id)])
        if record is None:
            return None
        wallet = decode(Wallet, record.fields)
        if not wallet.moved_to:
            return StoredWallet(record.key, wallet, record)
        wallet_id = wallet.moved_to
    return None


def write_wallet(stored: StoredWallet, wallet: Wallet) -> Write:
    """The write that stores the changed wallet, if it is still as it was read."""
    if stored.record is None:
        return create_sharded(stored.key, wallet)
    return update_sharded(stored.record, wallet)


def transfers_of_wallet(wallet_id: str, limit: int, after: tuple[datetime, str] | None = None) -> Query:
    """The newest transfers of a wallet's account, or those after one with this time and id."""
    where: tuple[tuple[str, Op, str], ...] = (("wallet_id", "==", wallet_id),)
    return Query("transfers", where, limit, ("at", "DESCENDING"), after)


def wallets_of(user_id: int, limit: int) -> Query:
    """The wallets that name this person as a giver, or as a spender of the last day on which they paid."""
    return Query("wallets", (("people", "array_contains", user_id),), limit)


def wallets_after(chat_id: int, limit: int) -> Query:
    """The wallets after the one of this chat id, in their order; 0: from the first one on."""
    return Query("wallets", (), limit, ("chat_id", "ASCENDING"), (chat_id, LAST_ID) if chat_id else None)
