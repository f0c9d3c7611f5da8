"""A broadcast by the real adapters: to people of the local Telegram, with Firestore."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from infra.local.telegram import Telegram, run_telegram
from shared.adapters.telegram import TelegramMessenger
from shared.adapters.telegram_pace import Limits
from shared.broadcasts.broadcast import Broadcast, BroadcastState, new_broadcast
from shared.broadcasts.broadcast_documents import broadcast_key, create_broadcast, decode_broadcast
from shared.broadcasts.carry_broadcast import carry_broadcast
from shared.broadcasts.content import Content, Link
from shared.broadcasts.publish_broadcast import read_round
from shared.broadcasts.send_people import AT_ONCE_MAX
from shared.codec import encode
from shared.people.user_documents import decode_user, user_key
from shared.people.users import new_user
from shared.ports import Create, Ports, Store, Version, Write
from tests.fakes.clock import FakeClock
from tests.unit.broadcasts.crowd import Life, Mortal
from tests.world import World

PEOPLE = 5_000 if os.environ.get("TEST_SIZE") == "long" else 100
KILLS = 20 if os.environ.get("TEST_SIZE") == "long" else 2
BROADCAST_ID = "broadcast-0000-1"
UNLIMITED = Limits(chat_seconds=0, group_seconds=0, group_per_minute=10**6, total_per_second=10**6)
CONTENT = Content("News & <b>more</b>".replace("&", "&amp;"), links=(Link("Look", "https://example.com"),))


class DyingStore:
    """A store whose worker dies at a commit: from then on no call of this worker returns."""

    def __init__(self, store: Store, life: Life, commits: int) -> None:
        self._life = life
        self._store, self._left = store, commits
        self.read, self.find = store.read, store.find

    async def commit(self, writes: Sequence[Write]) -> list[Version]:
        self._left -= 1
        if not self._left:
            self._life.dead.set()
        return await self._store.commit(writes)


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    """A Telegram that refuses a tenth of the messages for a second, loses some answers, and has people in it."""
    async with run_telegram(seed=3) as running:
        for user_id in range(1, PEOPLE + 1):
            await running.send(user_id, text="/start")
        running.add_fault("flood", probability=0.1, retry_after=1, methods=["sendMessage"])
        running.add_fault("lost_answer", probability=0.005, methods=["sendMessage"])
        running.add_fault("blocked", chat_ids=[user_id for user_id in range(1, PEOPLE + 1) if user_id % 20 == 0])
        yield running


async def begin(store: Store) -> None:
    """A confirmed broadcast, and the people."""
    clock = FakeClock()
    for first in range(1, PEOPLE + 1, 40):
        users = [new_user(each, clock.now())[0] for each in range(first, min(first + 40, PEOPLE + 1))]
        await store.commit([Create(user_key(user.id), encode(user)) for user in users])
    draft = new_broadcast(BROADCAST_ID, CONTENT, "501", clock.now())
    await store.commit([create_broadcast(replace(draft, state=BroadcastState.WAITING, people=PEOPLE))])


async def read(store: Store) -> Broadcast:
    [record] = await store.read([broadcast_key(BROADCAST_ID)])
    assert record is not None
    return decode_broadcast(record)


async def carry(ports: Ports, round_number: int, life: Life, commits: int) -> asyncio.Task[None]:
    """Work on a round until it ends or the worker dies at a commit."""
    mortal = {name: Mortal(getattr(ports, name), life) for name in ("tasks", "messenger")}
    store = Mortal(DyingStore(ports.store, life, commits), life)
    dying = replace(ports, store=store, **mortal)  # type: ignore[arg-type]
    working = asyncio.create_task(carry_broadcast(dying, BROADCAST_ID, round_number))
    watching = asyncio.create_task(life.dead.wait())
    await asyncio.wait([working, watching], return_when=asyncio.FIRST_COMPLETED)
    watching.cancel()
    return working


@pytest.mark.parametrize("store", [pytest.param("firestore", marks=pytest.mark.emulator)], indirect=True)
async def test_broadcast_by_http(store: Store, telegram: Telegram) -> None:
    """With kills, a tenth of 429s, blocked people and lost answers each gets it once, and nobody is forgotten."""
    await begin(store)
    world, messenger = World(), TelegramMessenger(telegram.token, telegram.url, limits=UNLIMITED)
    ports, round_number = replace(world.ports, store=store, messenger=messenger), 0
    killed: dict[asyncio.Task[None], Life] = {}
    while (await read(store)).state is not BroadcastState.DONE:
        life, commits = Life(), 40 + 17 * len(killed) if len(killed) < KILLS else -1
        working = await carry(ports, round_number, life, commits)
        if not working.done():
            killed[working] = life
            continue
        await working
        for task in world.tasks.take_all():
            round_number = read_round(json.loads(task.body))
    progress, kills = (await read(store)).progress, len(killed)
    assert (kills, progress.read, progress.people) == (KILLS, PEOPLE, PEOPLE)
    texts = {each: [shown.get("text") for shown in telegram.messages(each)] for each in range(1, PEOPLE + 1)}
    got = {each: shown.count("News & more") for each, shown in texts.items()}
    assert max(got.values()) == 1
    missed = [each for each, count in got.items() if not count and each % 20]
    assert len(missed) <= progress.unclear <= kills * AT_ONCE_MAX + PEOPLE // 50
    assert progress.blocked <= PEOPLE // 20 <= progress.blocked + progress.unclear
    [blocked] = [decode_user(each) for each in await store.read([user_key(20)]) if each is not None]
    assert blocked.news.blocked_at is not None or progress.blocked < PEOPLE // 20
    for life in killed.values():
        life.buried.set()
    await asyncio.wait(killed)
    await messenger.close()
