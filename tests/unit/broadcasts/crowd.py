"""Many people who get a broadcast, in virtual time: a store, a Telegram, and workers that are killed.

    storm = Storm(people=400, kills=5)
    run_virtually(storm.send_all())
    storm.check()

A killed worker's calls never return: what it had sent has arrived, and nothing that would clean up runs. Cloud Tasks
delivers its task again after a second, and every minute `sweep` runs.
"""

import asyncio
import inspect
import json
import random
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from shared.broadcasts.broadcast import PER_SECOND, Broadcast, BroadcastState, new_broadcast
from shared.broadcasts.broadcast_documents import PAGE_MAX, create_broadcast, mark_key
from shared.broadcasts.carry_broadcast import carry_broadcast
from shared.broadcasts.content import Content
from shared.broadcasts.publish_broadcast import publish_broadcast, read_round
from shared.broadcasts.send_people import AT_ONCE_MAX
from shared.broadcasts.sweep_broadcasts import sweep_broadcasts
from shared.codec import decode
from shared.errors import BotBlockedError, DeliveryUnknownError, TooManyRequestsError
from shared.people.user_documents import user_key
from shared.ports import (
    Fields,
    Key,
    Messenger,
    Place,
    Query,
    Record,
    RepairPorts,
    Screen,
    Update,
    Version,
    Write,
)
from shared.task import Task
from tests.fakes.store import FakeStore
from tests.fakes.tasks import FakeTaskQueue
from tests.simulation.virtual_time import EPOCH, VirtualClock
from tests.world import World

BROADCAST_ID = "broadcast-0000-1"
LATENCY_SECONDS = 0.15
"""Half the time of a call to Telegram."""
TIMEOUT_SECONDS = 10.0
RETRY_AFTER_SECONDS = 1.0
MARKS_KEPT = 20_000
"""How many of the last marks the store keeps: those before the cursor are never asked for again."""


class CrowdStore(FakeStore):
    """People 1 to `people`, who take no memory until something of them changes; and documents of broadcasts."""

    def __init__(self, people: int) -> None:
        super().__init__()
        self.people = people
        self.reads = 0
        self.writes = 0
        self._marks: deque[Key] = deque()

    async def find(self, query: Query) -> list[Record]:
        if query.collection != "users":
            self.reads += 1
            return await super().find(query)
        assert query.limit <= PAGE_MAX, "a page of people is bounded"
        first = 1 if query.after is None else int(query.after[1]) + 1
        found = [self._person(user_id) for user_id in range(first, min(first + query.limit, self.people + 1))]
        self.reads += max(1, len(found))
        return found

    async def read(self, keys: Sequence[Key]) -> list[Record | None]:
        self.reads += len(keys)
        return [
            self._person(int(key.id)) if key.collection == "users" else (await super(CrowdStore, self).read([key]))[0]
            for key in keys
        ]

    async def commit(self, writes: Sequence[Write]) -> list[Version]:
        self.writes += len(writes)
        kept = [write for write in writes if write.key.collection != "users"]  # who blocked the bot is told by the id
        versions: list[Version] = await super().commit(kept) if kept else [0]
        for write in kept:
            if write.key.collection == "broadcast_marks" and not isinstance(write, Update):
                self._marks.append(write.key)
        while len(self._marks) > MARKS_KEPT:
            del self._documents[self._marks.popleft()]
        return versions

    def _person(self, user_id: int) -> Record:
        fields: Fields = {"id": user_id, "created_at": EPOCH, "language": "ru" if user_id % 2 else "en"}
        return Record(user_key(user_id), fields, 0)


@dataclass
class CrowdTelegram:
    """Sends to anybody but the blocked, refuses some calls for a second, and loses some answers."""

    clock: VirtualClock
    refused_of_100: int = 0
    lost_of_1000: int = 0
    seed: int = 0
    latency_seconds: float = LATENCY_SECONDS
    on_way: int = 0
    on_way_max: int = 0
    arrived: dict[int, int] = field(default_factory=dict)
    """Person → how many messages."""
    doubtful: set[int] = field(default_factory=set)
    """Whose answer was lost."""
    called_at: list[datetime] = field(default_factory=list)
    pauses: list[tuple[datetime, datetime]] = field(default_factory=list)
    early: int = 0
    """Calls that began while Telegram had told the bot to wait."""

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 — repeatable on purpose

    @staticmethod
    def has_blocked(user_id: int) -> bool:
        """One in twenty."""
        return user_id % 20 == 0

    async def send_text(self, place: Place, screen: Screen) -> int:
        self.on_way += 1
        self.on_way_max = max(self.on_way_max, self.on_way)
        try:
            return await self._send(place)
        finally:
            self.on_way -= 1

    async def _send(self, place: Place) -> int:
        self.called_at.append(now := self.clock.now())
        self.early += any(begun < now < until for begun, until in self.pauses[-1:])
        await asyncio.sleep(self.latency_seconds)
        user_id = place.chat_id
        if self._random.random() * 100 < self.refused_of_100:
            now = self.clock.now() + timedelta(seconds=self.latency_seconds)  # when the worker hears of it
            self.pauses.append((now, now + timedelta(seconds=RETRY_AFTER_SECONDS)))
            await asyncio.sleep(self.latency_seconds)
            raise TooManyRequestsError(RETRY_AFTER_SECONDS)
        if self.has_blocked(user_id):
            raise BotBlockedError("blocked by the user")
        if self._random.random() * 1000 < self.lost_of_1000:
            self.doubtful.add(user_id)
            if self._random.random() < 1 / 2:
                self.arrived[user_id] = self.arrived.get(user_id, 0) + 1
            await asyncio.sleep(TIMEOUT_SECONDS)
            raise DeliveryUnknownError("timed out")
        self.arrived[user_id] = self.arrived.get(user_id, 0) + 1
        await asyncio.sleep(self.latency_seconds)
        return user_id

    def paused_seconds(self) -> float:
        """How long it was told to wait, all pauses together."""
        total, end = 0.0, EPOCH
        for begun, until in sorted(self.pauses):
            total += max(0.0, (until - max(begun, end)).total_seconds())
            end = max(end, until)
        return total

    def most_in_a_second(self) -> int:
        times = self.called_at
        return max(bisect_right(times, at + timedelta(seconds=0.999)) - n for n, at in enumerate(times))


@dataclass
class Life:
    """The life of one worker. At the end of the test it is buried: what still waits inside it is canceled."""

    dead: asyncio.Event = field(default_factory=asyncio.Event)
    buried: asyncio.Event = field(default_factory=asyncio.Event)


class Mortal:
    """A port of one worker: once the worker is dead, no call begins, and none returns."""

    def __init__(self, port: object, life: Life) -> None:
        self._port, self._life = port, life

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def call(*values: Any, **options: Any) -> Any:
            await self._live()
            answer, error = None, None
            try:
                answer = await found(*values, **options)
            except Exception as raised:  # noqa: BLE001 — raised again, if there is still somebody
                error = raised
            await self._live()
            if error is not None:
                raise error
            return answer

        setattr(self, name, call)  # found faster the next time
        return call

    async def _live(self) -> None:
        if self._life.dead.is_set():
            await self._life.buried.wait()
            raise asyncio.CancelledError


class Storm:
    """See the module's docstring."""

    def __init__(
        self, people: int, kills: int = 0, refused_of_100: int = 0, lost_of_1000: int = 0, seed: int = 0
    ) -> None:
        self.people, self.kills = people, kills
        self.store = CrowdStore(people)
        self.tasks = FakeTaskQueue()
        self.clock = VirtualClock()
        self.telegram = CrowdTelegram(self.clock, refused_of_100, lost_of_1000, seed)
        self.rounds = 0
        self._killed: list[asyncio.Task[None]] = []
        self._random = random.Random(seed)  # noqa: S311 — repeatable on purpose
        self._ports = World().ports

    async def send_all(self) -> None:
        """Send a confirmed broadcast to everybody."""
        self.began_at = now = self.clock.now()
        draft = new_broadcast(BROADCAST_ID, Content("News"), "501", now)
        ready = replace(draft, state=BroadcastState.WAITING, people=self.people, sweep_at=now + timedelta(seconds=60))
        await self.store.commit([create_broadcast(ready)])
        await publish_broadcast(self.tasks, BROADCAST_ID, 0)
        sweeping = asyncio.create_task(self._sweep())
        while self.broadcast.state is not BroadcastState.DONE:
            await self._run_next()
        sweeping.cancel()
        self.ended_at = self.clock.now()

    @property
    def broadcast(self) -> Broadcast:
        return decode(Broadcast, self.store.collection("broadcasts")[BROADCAST_ID])

    def check(self) -> None:
        """Each person at most once, everybody counted once, within Telegram's limits and the time that these allow."""
        progress, arrived, lost = self.broadcast.progress, self.telegram.arrived, len(self.telegram.doubtful)
        assert max(arrived.values()) == 1, "nobody gets it twice"
        assert progress.read == progress.people == self.people, "everybody is counted, once"
        blocked = sum(map(CrowdTelegram.has_blocked, range(1, self.people + 1)))
        missed = self.people - blocked - len(arrived)
        assert missed <= progress.unclear <= lost + self.kills * AT_ONCE_MAX
        assert blocked - progress.unclear <= progress.blocked <= blocked
        assert len(self._killed) == self.kills
        # A worker that dies before it hears of a pause cannot tell its follower.
        assert self.telegram.early <= self.kills, "nothing is sent while Telegram wants a pause"
        assert self.telegram.most_in_a_second() <= PER_SECOND + 1
        assert self.lasted_seconds <= 1.3 * self.least_seconds

    @property
    def lasted_seconds(self) -> float:
        return (self.ended_at - self.began_at).total_seconds()

    @property
    def least_seconds(self) -> float:
        """How long it takes at best: every call at the pace, and the pauses that Telegram wanted."""
        return len(self.telegram.called_at) / PER_SECOND + self.telegram.paused_seconds()

    def find_forgotten(self) -> list[int]:
        """Who got nothing although nothing was in doubt: neither blocked, nor on the way when something broke."""
        states = {name: fields["state"] for name, fields in self.store.collection("broadcast_marks").items()}
        return [
            user_id
            for user_id in range(1, self.people + 1)
            if user_id not in self.telegram.arrived
            and not CrowdTelegram.has_blocked(user_id)
            and states.get(mark_key(BROADCAST_ID, user_id).id) not in {"sending", "unclear"}
        ]

    async def _run_next(self) -> None:
        """Deliver the first task; kill its worker somewhere, as long as there are kills left."""
        while not self.tasks.tasks:
            await self.clock.sleep(1)
        task = min(self.tasks.tasks, key=lambda each: each.not_before or EPOCH)
        self.tasks.tasks.remove(task)
        await self.clock.sleep(max(0.0, ((task.not_before or EPOCH) - self.clock.now()).total_seconds()))
        life = Life()
        working = asyncio.create_task(self._work(task, life))
        self.rounds += 1
        can_die = len(self._killed) < self.kills
        await asyncio.wait([working], timeout=self._random.uniform(0.5, 8) if can_die else None)
        if working.done():
            await working
            return
        life.dead.set()
        self._killed.append(working)
        await self.clock.sleep(1)
        self.tasks.tasks.append(task)

    async def _work(self, task: Task, life: Life) -> None:
        said = json.loads(task.body)
        mortal = {name: Mortal(getattr(self, name), life) for name in ("store", "tasks", "clock")}
        ports = replace(self._ports, **mortal, messenger=cast("Messenger", Mortal(self.telegram, life)))  # type: ignore[arg-type]
        await carry_broadcast(ports, said["broadcast"], read_round(said))

    async def _sweep(self) -> None:
        while True:
            await self.clock.sleep(60)
            await sweep_broadcasts(RepairPorts(self.store, self.tasks, self.clock))
