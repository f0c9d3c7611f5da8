"""Requests in a group are paid by its wallet within limits, and by nobody who did not mean it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from shared.codec import decode
from shared.credits.ledger import TransferKind
from shared.credits.wallet import LIMIT, Wallet, wallet_id_of
from shared.errors import UnavailableError
from shared.jobs.job import JobState
from shared.providers.outcomes import Refused
from tests.unit.growth.buying import available
from tests.unit.wallets.conftest import GIVEN
from tests.world import GROUP, ME, OTHER, World, writes_to

THIRD = 503


def wallet_of(world: World, chat_id: int = GROUP) -> Wallet:
    return decode(Wallet, world.store.collection("wallets")[wallet_id_of(chat_id)])


def price_of(world: World) -> int:
    """The price of the last job."""
    return world.jobs()[-1].request.price


def kinds(world: World) -> list[TransferKind]:
    return [each.kind for each in world.transfers()]


async def set_credits(world: World, credit_count: int, limit: int = LIMIT) -> None:
    """Let the wallet hold no more than this, as if the rest had been spent by somebody else."""
    fields = world.store.collection("wallets")[wallet_id_of(GROUP)]
    fields["limit"] = limit
    while (held := fields["credits"]) > credit_count:
        who = 900 + held
        await world.send(world.message("/image a fox", user_id=who, chat_id=GROUP))


async def test_the_wallet_pays(wallet: World) -> None:
    """A member's picture is paid by the wallet, the card says so, and the member's own credits stay as they were."""
    await wallet.send(wallet.message("/start", user_id=OTHER))
    before = available(wallet, OTHER)
    update = wallet.message("/image a red fox", user_id=OTHER, chat_id=GROUP)
    await wallet.deliver(update)
    assert "The group's wallet pays" in wallet.shown(GROUP).text
    await wallet.send(update)
    price = wallet.job().request.price
    assert (available(wallet, OTHER), wallet_of(wallet).credits) == (before, GIVEN - price)
    assert wallet_of(wallet).spent == {str(OTHER): price}
    wallet.check_money()
