"""A returned payment takes first what its person has left in groups' wallets, and only then leaves a debt."""

from dataclasses import replace
from datetime import datetime

from shared.codec import decode
from shared.credits.transfer_documents import create_transfer
from shared.credits.wallet import Wallet, book_withdrawal, share_of, withdraw
from shared.jobs.wallet_documents import StoredWallet, wallets_of, write_wallet
from shared.people.users import User
from shared.ports import Store, Write

WALLETS_MAX = 20
"""So many are looked at; of what lies in more the person stays in debt until it comes back."""


async def cover_debt(store: Store, user: User, at: datetime) -> tuple[User, list[Write]]:
    """The person with less debt, and what that writes beside them. Raises UnavailableError."""
    writes: list[Write] = []
    if user.account.available >= 0:
        return user, writes
    for record in await store.find(wallets_of(user.id, WALLETS_MAX)):
        stored = StoredWallet(record.key, decode(Wallet, record.fields), record)
        credit_count = min(-user.account.available, share_of(stored.wallet, user.id))
        if credit_count > 0:
            account, transfer = book_withdrawal(user.account, user.id, stored.wallet, credit_count, at)
            perks = replace(user.perks, giftable=user.perks.giftable + credit_count)
            user = replace(user, account=account, perks=perks)
            taken = withdraw(stored.wallet, user.id, credit_count)
            writes += [create_transfer(transfer), write_wallet(stored, taken)]
    return user, writes
