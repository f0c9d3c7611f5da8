"""A wallet follows its group: the bot is removed or let in again, or the group becomes a supergroup with another id."""

from dataclasses import replace

from shared.codec import decode
from shared.credits.wallet import Wallet, WalletState, close, place_bot, reopen, wallet_id_of
from shared.jobs.publish_jobs import publish_due
from shared.jobs.shards import create_sharded
from shared.jobs.wallet_documents import StoredWallet, open_wallet, wallet_key, write_wallet
from shared.people.accounts import try_until_won
from shared.ports import Ports
from shared.telegram.group_changes import BotPlaced, GroupMoved


async def follow_bot(ports: Ports, update: BotPlaced) -> None:
    """Close the wallet ten minutes after the bot was removed, unless it is let in again. Raises UnavailableError."""

    async def attempt() -> None:
        stored = await open_wallet(ports.store, wallet_id_of(update.chat_id))
        if stored is None or stored.wallet.chat_id != update.chat_id:  # late news of what became a supergroup
            return
        placed = place_bot(stored.wallet, update.at, ports.clock.now(), is_in=update.is_in)
        if placed is not None:
            await ports.store.commit([write_wallet(stored, placed)])

    await try_until_won(ports, attempt)


async def follow_move(ports: Ports, update: GroupMoved) -> None:
    """Take the wallet along to the group's new id; one that is there already stays, and the old one is given up.

    Idempotent: Telegram tells of it in both chats. Raises UnavailableError.
    """
    old, new = wallet_key(wallet_id_of(update.old_id)), wallet_key(wallet_id_of(update.new_id))

    async def attempt() -> None:
        before, there = await ports.store.read([old, new])
        wallet = None if before is None else decode(Wallet, before.fields)
        if wallet is None or wallet.moved_to:
            return
        stored = StoredWallet(old, wallet, before)
        if there is not None:
            if wallet.state is not WalletState.CLOSED:
                await ports.store.commit([write_wallet(stored, close(wallet, ports.clock.now()))])
                await publish_due(ports, old)
            return
        moved = reopen(wallet, ports.clock.now()) if wallet.state is WalletState.LEFT else wallet
        left = Wallet(wallet.id, wallet.chat_id, state=WalletState.CLOSED, moved_to=new.id)
        moved = replace(moved, chat_id=update.new_id)
        await ports.store.commit([write_wallet(stored, left), create_sharded(new, moved)])

    await try_until_won(ports, attempt)
