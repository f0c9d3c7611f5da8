"""A wallet when its group changes: the bot is removed, the group gets another id, a giver is erased."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.codec import decode
from shared.credits.wallet import IDLE, REMOVAL_PAUSE, Wallet, WalletState, wallet_id_of
from shared.jobs.wallet_documents import open_wallet, write_wallet
from shared.people.user_documents import user_key
from shared.ports import Delete
from shared.privacy.erasure import new_erasure
from shared.privacy.traces import TRACES
from tests.unit.growth.buying import available, pass_time
from tests.unit.wallets.conftest import GIVEN, wallet_of
from tests.world import GROUP, ME, OTHER, World

SUPERGROUP = -1000001
Json = dict[str, Any]


def placed(world: World, status: str, at: timedelta = timedelta(), chat_id: int = GROUP) -> Json:
    """Telegram's news that the bot's place in a group is another."""
    body = world.message("", chat_id=chat_id)["message"]
    update = {"chat": body["chat"], "from": body["from"], "date": int((world.now + at).timestamp())}
    return {"update_id": world.last_update_id, "my_chat_member": update | {"new_chat_member": {"status": status}}}


def moved(world: World) -> tuple[Json, Json]:
    """The two messages about a group that becomes a supergroup."""
    here = world.message("", chat_id=GROUP, migrate_to_chat_id=SUPERGROUP)
    return here, world.message("", chat_id=SUPERGROUP, migrate_from_chat_id=GROUP)


@pytest.mark.parametrize("status", ["left", "kicked"])
async def test_removed(wallet: World, status: str) -> None:
    """After the bot was removed it waits ten minutes; then the credits go back."""
    before = available(wallet)
    update = placed(wallet, status)
    await wallet.send(update, update)
    await pass_time(wallet, REMOVAL_PAUSE - timedelta(seconds=1))
    assert (available(wallet), wallet_of(wallet).state) == (before, WalletState.LEFT)
    await wallet.send(wallet.message("/image a fox", user_id=OTHER, chat_id=GROUP))
    assert wallet.job().wallet_id  # somebody writes there, so it is back: nobody pays what the group pays
    await pass_time(wallet, timedelta(seconds=1))
    assert available(wallet) == before + GIVEN - 4
    assert wallet_of(wallet).state is WalletState.CLOSED
    wallet.check_money()


async def test_let_in_again(wallet: World) -> None:
    """Whoever lets the bot in again in time finds the wallet as it was, also when the news comes in another order."""
    out, back = placed(wallet, "kicked"), placed(wallet, "member", timedelta(seconds=2))
    await wallet.send(out, back)
    assert wallet_of(wallet).state is WalletState.OPEN
    await wallet.send(out)
    await pass_time(wallet, timedelta(hours=1))
    assert (wallet_of(wallet).state, wallet_of(wallet).credits) == (WalletState.OPEN, GIVEN)


async def test_news_that_changes_nothing(wallet: World) -> None:
    """A promotion, a group without a wallet, a private chat, a closed wallet."""
    await wallet.send(placed(wallet, "administrator"), placed(wallet, "left", chat_id=-1002))
    assert wallet_of(wallet).state is WalletState.OPEN
    await wallet.send(placed(wallet, "kicked", chat_id=ME))
    await wallet.send(placed(wallet, "left", timedelta(seconds=1)))
    await pass_time(wallet, REMOVAL_PAUSE)
    await wallet.send(placed(wallet, "left", timedelta(hours=1)))
    assert wallet_of(wallet).state is WalletState.CLOSED


async def test_a_new_id(wallet: World) -> None:
    """The wallet goes on under the supergroup's id, with what a job of before gives back, and everybody's limits."""
    await wallet.deliver(wallet.message("/image a fox", user_id=OTHER, chat_id=GROUP))
    await wallet.send(placed(wallet, "left"))
    here, there = moved(wallet)
    await wallet.send(here, there, here)
    assert wallet_of(wallet, SUPERGROUP).state is WalletState.OPEN
    await wallet.send(wallet.message("/cancel", user_id=OTHER, chat_id=SUPERGROUP))
    await wallet.send(wallet.message("/image an owl", user_id=OTHER, chat_id=SUPERGROUP))
    await wallet.send(wallet.message("/wallet", chat_id=SUPERGROUP))
    spent = sum(job.request.price for job in wallet.jobs() if job.state.value == "delivered")
    assert wallet_of(wallet, SUPERGROUP).credits == GIVEN - spent
    old = wallet_of(wallet)
    assert (old.moved_to, old.people, old.credits) == (wallet_id_of(SUPERGROUP), (), 0)
    wallet.check_money()


async def test_late_news_of_the_old_chat(wallet: World) -> None:
    """That the bot is out of the chat that became a supergroup may be told last: the supergroup keeps its wallet."""
    out = placed(wallet, "left")
    await wallet.send(*moved(wallet), out)
    await pass_time(wallet, REMOVAL_PAUSE)
    assert (wallet_of(wallet, SUPERGROUP).state, wallet_of(wallet, SUPERGROUP).credits) == (WalletState.OPEN, GIVEN)


async def test_a_group_that_is_gone_without_a_word(wallet: World) -> None:
    """What nobody uses for half a year goes back to its givers; each use begins that time anew."""
    before = available(wallet)
    await pass_time(wallet, IDLE - timedelta(days=1))
    await wallet.send(wallet.message("/image a fox", user_id=OTHER, chat_id=GROUP))
    await pass_time(wallet, IDLE - timedelta(days=1))
    assert (available(wallet), wallet_of(wallet).state) == (before, WalletState.OPEN)
    await pass_time(wallet, timedelta(days=2))
    assert available(wallet) == before + GIVEN - 4
    assert "half a year" in wallet.shown(ME).text
    assert (wallet_of(wallet).state, wallet_of(wallet).sweep_at) == (WalletState.CLOSED, None)
    wallet.check_money()


async def test_a_new_id_that_has_a_wallet(wallet: World) -> None:
    """Somebody gave credits under the new id before the bot heard of it: the old wallet's go back."""
    before = available(wallet)
    wallet.messenger.members[SUPERGROUP] = wallet.messenger.members[GROUP]
    stored = await open_wallet(wallet.store, wallet_id_of(GROUP))
    assert stored is not None
    other = replace(stored, key=replace(stored.key, id=wallet_id_of(SUPERGROUP)), record=None)
    await wallet.store.commit([write_wallet(other, Wallet(wallet_id_of(SUPERGROUP), SUPERGROUP))])
    await wallet.send(*moved(wallet))
    assert available(wallet) == before + GIVEN
    await wallet.send(*moved(wallet))
    wallet.check_money()


async def test_a_group_without_a_wallet_moves(group: World) -> None:
    """Nothing is written."""
    await group.send(*moved(group))
    assert group.store.collection("wallets") == {}


async def test_an_erased_giver(wallet: World) -> None:
    """What somebody gave who is erased stays with the group, names nobody, and goes back to nobody."""
    erasure = new_erasure(ME, "en", "secret", wallet.now)
    [trace] = [each for each in TRACES if each.collection == "wallets"]
    [record] = await wallet.store.find(trace.of(ME))
    await wallet.store.commit(trace.forget(wallet.ports, erasure, record))
    assert await wallet.store.find(trace.of(ME)) == []
    assert str(ME) not in str(wallet.store.collection("wallets"))
    await wallet.send(wallet.message("/image a fox", user_id=OTHER, chat_id=GROUP))
    assert wallet.job().wallet_id
    before = available(wallet)
    await wallet.send(placed(wallet, "left"))
    await pass_time(wallet, REMOVAL_PAUSE)
    assert available(wallet) == before
    assert wallet_of(wallet).credits == GIVEN - 4
    assert wallet_of(wallet).sweep_at is None
    await wallet.send(wallet.message("/wallet", chat_id=GROUP))
    assert "no credits of its own" in wallet.shown(GROUP).text  # and not that they are on their way to somebody


async def test_a_giver_who_is_gone(wallet: World) -> None:
    """A giver without a document gets nothing back, and no profile again."""
    [user] = [each for each in await wallet.store.read([user_key(ME)]) if each is not None]
    await wallet.store.commit([Delete(user.key, user.version)])
    await wallet.send(placed(wallet, "left"))
    await pass_time(wallet, REMOVAL_PAUSE)
    assert str(ME) not in wallet.store.collection("users")
    assert decode(Wallet, wallet.store.collection("wallets")[wallet_id_of(GROUP)]).deposits[0].giver_id == 0
