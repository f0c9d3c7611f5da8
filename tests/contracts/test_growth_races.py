"""What is given once is given once, also where many ask for it at the same moment, on the fake and on Firestore."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.codec import encode
from shared.credits.transfer_documents import create_transfer
from shared.growth.gift import gift_id_of, new_gift
from shared.growth.growth_documents import create_gift, create_promo, gift_key, promo_key
from shared.growth.promo_code import PromoCode
from shared.people.user_documents import decode_user, user_key
from shared.people.users import new_user
from shared.ports import Create, Store
from tests.fakes.clock import FakeClock
from tests.world import World

PEOPLE = range(701, 713)
TOKEN = "A" * 22
CODE = "AB23CD45EF"


@pytest.fixture
async def world(store: Store) -> World:
    """A bot on this store, with people who have begun."""
    made = World(clock=FakeClock())
    made.ports = replace(made.ports, store=store)
    for user_id in PEOPLE:
        user, welcome = new_user(user_id, made.now)
        await store.commit([Create(user_key(user_id), encode(user)), create_transfer(welcome)])
    return made


async def available(store: Store) -> list[int]:
    """Everybody's credits."""
    records = await store.read([user_key(user_id) for user_id in PEOPLE])
    return [decode_user(record).account.available for record in records if record is not None]


async def send_at_once(world: World, *updates: dict[str, Any]) -> None:
    """Deliver everything at the same moment, and what is put off afterwards."""
    await asyncio.gather(*(world.deliver(update) for update in updates))
    await world.settle()


async def test_a_gift_is_received_once(store: Store, world: World) -> None:
    """Of twelve people who open one link at the same moment one gets the gift."""
    gift = new_gift(gift_id_of(TOKEN), 700, 20, "en", world.now)
    await store.commit([create_gift(gift), Create(user_key(700), encode(new_user(700, world.now)[0]))])
    await send_at_once(world, *(world.message(f"/start gift_{TOKEN}", user_id=user_id) for user_id in PEOPLE))
    assert sorted(await available(store)) == [20] * (len(PEOPLE) - 1) + [40]
    [record] = await store.read([gift_key(gift.id)])
    assert record is not None
    assert record.fields["state"] == "received"


@pytest.mark.parametrize(("uses_max", "lucky"), [(3, 3), (100, len(PEOPLE))])
async def test_a_code_is_used_as_often_as_it_may(store: Store, world: World, uses_max: int, lucky: int) -> None:
    """Everybody sends the code twice at the same moment: once each, and never more often than it may be used."""
    promo = PromoCode(CODE, "winter", world.now + timedelta(days=9), credits=5, uses_max=uses_max)
    await store.commit([create_promo(promo)])
    await send_at_once(world, *(world.message(f"/promo {CODE}", user_id=each) for each in (*PEOPLE, *PEOPLE)))
    assert sorted(await available(store)) == [20] * (len(PEOPLE) - lucky) + [25] * lucky
    [record] = await store.read([promo_key(CODE)])
    assert record is not None
    assert record.fields["used"] == lucky


async def test_a_code_of_per_cent_counts_its_uses(store: Store, world: World) -> None:
    """A code without a limit counts everybody who used it, without anybody waiting for another."""
    await store.commit([create_promo(PromoCode(CODE, "winter", world.now + timedelta(days=9), percent=5, uses_max=0))])
    await send_at_once(world, *(world.message(f"/promo {CODE}", user_id=each) for each in (*PEOPLE, *PEOPLE)))
    [record] = await store.read([promo_key(CODE)])
    assert record is not None
    assert record.fields["used"] == len(PEOPLE)
