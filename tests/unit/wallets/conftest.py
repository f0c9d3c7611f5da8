"""A group with a wallet: its administrator has bought credits that have settled, and gave it some."""

from dataclasses import replace

import pytest

from shared.codec import decode
from shared.credits.ledger import Account, Hold, capture_hold, place_hold
from shared.credits.transfer_documents import create_transfer
from shared.credits.wallet import Wallet, book_grant, wallet_id_of
from shared.jobs.wallet_documents import open_wallet, write_wallet
from shared.ports import Member
from tests.unit.growth.buying import KEY, have_bought
from tests.world import GROUP, ME, OTHER, World

GIVEN = 60


@pytest.fixture
async def group() -> World:
    """ME is an administrator with credits to give, OTHER a member; the group has no wallet yet."""
    world = World()
    world.sell(KEY)
    world.messenger.members[GROUP] = {ME: Member("Ann <b>", is_administrator=True), OTHER: Member("Bob", False)}
    await have_bought(world)
    return world


@pytest.fixture
async def wallet(group: World) -> World:
    """The same group with GIVEN credits of ME."""
    await group.send(group.message(f"/wallet {GIVEN}", chat_id=GROUP))
    return group


def wallet_of(world: World, chat_id: int = GROUP) -> Wallet:
    """The wallet of a group, as it is stored."""
    return decode(Wallet, world.store.collection("wallets")[wallet_id_of(chat_id)])


async def set_wallet(world: World, *, limit: int = 100, **changed: int) -> None:
    """Let the group's wallet have another limit, and less credits: somebody else has spent the rest."""
    stored = await open_wallet(world.store, wallet_id_of(GROUP))
    assert stored is not None
    wallet = stored.wallet
    spent = wallet.credits - changed.get("credits", wallet.credits)
    writes = [write_wallet(stored, replace(wallet, limit=limit, credits=wallet.credits - spent))]
    if spent:
        hold = Hold(999, "job-of-999", spent, world.now)
        account = Account()
        await world.give(1, 999)
        account, granted = book_grant(account, hold, wallet.id)
        account, held = place_hold(account, hold)
        account, captured = capture_hold(account, hold, world.now)
        writes += [create_transfer(each) for each in (granted, held, captured)]
    await world.store.commit(writes)
