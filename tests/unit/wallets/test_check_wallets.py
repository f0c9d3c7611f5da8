"""The nightly check of groups' wallets: it finds what is wrong, and is not misled by what moves."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.credits.spending import BOOKS, STOP
from shared.credits.wallet import wallet_id_of
from shared.jobs import check_wallets as module
from shared.jobs.check_books import SECONDS_MAX, check_books
from shared.jobs.check_wallets import READ_AGAIN_MAX, check_wallets
from shared.jobs.wallet_documents import open_wallet, write_wallet
from tests.unit.wallets.conftest import GIVEN, wallet_of
from tests.world import GROUP, OTHER, World

BIRDS = -1002


async def set_credits(world: World, credit_count: int, chat_id: int = GROUP) -> None:
    """A fault: credits without a transfer."""
    stored = await open_wallet(world.store, wallet_id_of(chat_id))
    assert stored is not None
    await world.store.commit([write_wallet(stored, replace(stored.wallet, credits=credit_count))])


async def check(world: World, passed: int = 0, seconds: float = SECONDS_MAX) -> tuple[list[str], int, bool]:
    return await check_wallets(world.repair_ports, passed, world.now + timedelta(seconds=seconds))


async def test_right(wallet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found in right wallets, whatever the size of pages; one that was moved is added up once."""
    monkeypatch.setattr(module, "PAGE", 1)
    await wallet.send(wallet.message("/image a fox", user_id=OTHER, chat_id=GROUP))
    await wallet.send(wallet.message("", chat_id=GROUP, migrate_to_chat_id=BIRDS))
    assert await check(wallet) == ([], GROUP, True)


async def test_wrong(wallet: World) -> None:
    """A wallet that does not add up is named, and stops all buying until it does."""
    await set_credits(wallet, GIVEN + 1)
    await check_books(wallet.repair_ports, wallet.now)
    assert wallet.store.collection(STOP.collection)[STOP.id][BOOKS] is not None
    await set_credits(wallet, GIVEN)
    wallet.clock.advance(3600)
    await check_books(wallet.repair_ports, wallet.now)
    assert wallet.store.collection(STOP.collection)[STOP.id][BOOKS] is None


async def test_one_after_another(wallet: World) -> None:
    """When the time of a call is over, the next one goes on."""
    assert await check(wallet, seconds=0) == ([], GROUP, False)
    assert await check(wallet, GROUP) == ([], GROUP, True)


async def test_paid_meanwhile(wallet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wallet that pays while it is added up is read again; one that never stands still is left alone."""
    times = [1]
    add_up = module._add_up

    async def pay(ports: World, wallet_id: str) -> int:
        total = await add_up(wallet.repair_ports, wallet_id)
        if times[0]:
            times[0] -= 1
            await wallet.deliver(wallet.message("/image a fox", user_id=900 + times[0], chat_id=GROUP))
        return total

    monkeypatch.setattr(module, "_add_up", pay)
    assert (await check(wallet))[0] == []
    times[0] = READ_AGAIN_MAX
    await set_credits(wallet, wallet_of(wallet).credits + 1)
    assert (await check(wallet))[0] == []
    assert len((await check(wallet))[0]) == 1
