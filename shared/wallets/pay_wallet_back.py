"""What is left in a wallet that was given up goes back to those who gave it.

    LEFT, or used by nobody, and its time is over ── CLOSED ✓
    CLOSED ── each giver: account + withdrawal + wallet, one commit ✓ ── told ── … ── nothing left: no longer swept ✓

It is never more than a giver gave, and it can be given away again as before, so it turns into nobody else's purchase.
Who dies after a commit leaves its giver untold: the entry stands in /balance.
"""

from contextlib import suppress
from dataclasses import replace

from shared.credits.transfer_documents import create_transfer
from shared.credits.wallet import (
    Wallet,
    WalletState,
    book_withdrawal,
    close_due,
    forget_person,
    next_withdrawal,
    withdraw,
)
from shared.errors import BeingErasedError, MessengerError
from shared.jobs.wallet_documents import StoredWallet, open_wallet, write_wallet
from shared.people.accounts import log_gift, open_user, try_until_won
from shared.people.users import User, language_of
from shared.ports import Place, Ports, Screen
from shared.texts import html_text


async def pay_wallet_back(ports: Ports, wallet_id: str) -> None:
    """Do what is due with this wallet. Raises UnavailableError."""
    with suppress(BeingErasedError):  # a giver; the next sweep knows what became of them
        while paid := await try_until_won(ports, lambda: _take_step(ports, wallet_id)):
            await _tell(ports, *paid)


async def _take_step(ports: Ports, wallet_id: str) -> tuple[User, int] | None:
    """Pay the next giver back; whom, and how much. None: nothing is left to do. Raises ConflictError."""
    stored, now = await open_wallet(ports.store, wallet_id), ports.clock.now()
    if stored is None:
        return None
    wallet = close_due(stored.wallet, now)
    if wallet.state is not WalletState.CLOSED:
        return None
    found = next_withdrawal(wallet)
    if found is None:
        if wallet != stored.wallet or wallet.sweep_at is not None:
            rested = replace(wallet, sweep_at=None, sweeps=0)
            await ports.store.commit([write_wallet(stored, rested)])
        return None
    return await _pay(ports, stored, wallet, *found)


async def _pay(
    ports: Ports, stored: StoredWallet, wallet: Wallet, giver_id: int, credit_count: int
) -> tuple[User, int] | None:
    opened, now = await open_user(ports, giver_id), ports.clock.now()
    if opened.record is None:  # erased: what they gave stays with the group
        await ports.store.commit([write_wallet(stored, forget_person(wallet, giver_id))])
        return await _take_step(ports, stored.key.id)
    account, transfer = book_withdrawal(opened.user.account, giver_id, wallet, credit_count, now)
    perks = replace(opened.user.perks, giftable=opened.user.perks.giftable + credit_count)
    changed = replace(opened.user, account=account, perks=perks)
    after = withdraw(wallet, giver_id, credit_count)
    writes = [*opened.writes(changed), create_transfer(transfer), write_wallet(stored, after)]
    await ports.store.commit(writes)
    log_gift(opened)
    return changed, credit_count


async def _tell(ports: Ports, giver: User, credit_count: int) -> None:
    """Once at most, in the private chat."""
    text = html_text(language_of(giver, ""), "wallet-came-back", credits=credit_count)
    with suppress(MessengerError):
        await ports.messenger.send_text(Place(giver.id), Screen(text))
