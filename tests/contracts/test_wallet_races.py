"""A group's wallet where many members order at the same moment, on the fake and on Firestore."""

import asyncio
import os
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from shared.codec import decode, encode
from shared.credits.ledger import Transfer, TransferKind
from shared.credits.transfer_documents import create_transfer
from shared.credits.wallet import Deposit, Wallet, wallet_id_of
from shared.errors import UnavailableError
from shared.jobs.shards import create_sharded
from shared.jobs.wallet_documents import transfers_of_wallet, wallet_key
from shared.people.user_documents import user_key
from shared.people.users import new_user
from shared.ports import Create, Store
from tests.fakes.clock import FakeClock
from tests.world import GROUP, World

ROUNDS = 200 if os.environ.get("TEST_SIZE") == "long" else 1
MEMBERS, ORDERS = 4, 3
GIVEN, LIMIT = 24, 10
"""Enough for six pictures of 4 credits; each member may have two of the three that they order."""
REPEATED_MAX = 40
"""How often a queue delivers here what lost every race; nobody loses so often."""


async def begin(store: Store, chat_id: int, people: range) -> World:
    """A group with a wallet, and its members."""
    world = World(clock=FakeClock())
    world.ports = replace(world.ports, store=store)
    wallet_id = wallet_id_of(chat_id)
    wallet = Wallet(wallet_id, chat_id, GIVEN, LIMIT, deposits=(Deposit(700, GIVEN, world.now),))
    await store.commit([create_sharded(wallet_key(wallet_id), wallet)])
    for user_id in people:
        user, welcome = new_user(user_id, world.now)
        await store.commit([Create(user_key(user_id), encode(user)), create_transfer(welcome)])
    return world


async def deliver(world: World, update: dict[str, Any]) -> None:
    """As a queue does: until it is answered."""
    for _ in range(REPEATED_MAX):
        with suppress(UnavailableError):
            await world.deliver(update)
            return
    raise AssertionError("it never gets through")


@pytest.mark.parametrize("number", range(ROUNDS))
async def test_many_members_at_once(store: Store, number: int) -> None:
    """The wallet pays no more than it has, and nobody more than the limit; wallet and transfers agree."""
    chat_id, first = GROUP - 1 - number, 1_000 + number * MEMBERS
    people = range(first, first + MEMBERS)
    world = await begin(store, chat_id, people)
    words = [f"/image a fox {count}" for count in range(ORDERS)]
    updates = [world.message(each, user_id=user_id, chat_id=chat_id) for user_id in people for each in words]
    await asyncio.gather(*(deliver(world, update) for update in updates))
    await world.settle()
    [record] = await store.read([wallet_key(wallet_id_of(chat_id))])
    assert record is not None
    wallet = decode(Wallet, record.fields)
    found = await store.find(transfers_of_wallet(wallet.id, 100))
    grants = [decode(Transfer, each.fields) for each in found]
    assert {each.kind for each in grants} == {TransferKind.GRANT}
    assert sum(each.credits for each in grants) == sum(wallet.spent.values()) == GIVEN - wallet.credits == GIVEN
    for name, spent in wallet.spent.items():
        assert spent == sum(each.credits for each in grants if each.user_id == int(name)) <= LIMIT
