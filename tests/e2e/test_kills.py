"""Real kills: functions as processes under load that are ended at random moments, on a real Firestore; then the books.

One crowd wants pictures, another asks questions, stops the answers and corrects what it asked; a third speaks: it sends
questions and wishes as voice messages, and recordings that shall only be written down; a fourth has videos made; a
fifth buys credits and subscriptions in Stars, a sixth by card, and both get some of their money back; a seventh gives
credits away, types promo codes and invites buyers; an eighth uses the Mini App.

Every other end of `image`, `chat`, `video` and `bot` is SIGTERM, as Cloud Run takes an instance away; all others are
SIGKILL. Meanwhile the model goes away until the breakers open, and an operator's stop rests all buying, as a cap does.
A few documents can be read by nobody, and a newer release has written into the accounts.

A worker that dies in the middle of a job leaves its lease behind, 45 s by design; so rest comes a while after the
last kill, and the test waits for it by looking into the store.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import pytest
import pytest_asyncio
from google.cloud.firestore import AsyncClient

from infra.functions import FUNCTIONS, QUEUE_NAMES
from infra.local.events import Event
from infra.local.options import FEW_AT_ONCE, LOCAL_TOKEN, Options
from infra.local.system import System
from shared.adapters.clock import SystemClock
from shared.credits.spending import STOP
from shared.delivery import UPDATES_PATH
from shared.jobs.attempts import STOPPED_ATTEMPT
from shared.jobs.job import DEADLINE_SECONDS
from shared.jobs.time_limits import LEASE_SECONDS, SIGKILL_SECONDS
from shared.ports import Create, Store, Update
from shared.providers.outcomes import DeclineReason
from tests.e2e.actors import Actors
from tests.e2e.app_people import AppPeople
from tests.e2e.backstage import open_backstage
from tests.e2e.books import (
    UNREADABLE,
    count_states,
    damage,
    find_neighbours_loss,
    find_wrong_books,
    fund,
    open_database,
    open_store,
    read_books,
    read_collection,
    read_open,
)
from tests.e2e.buyers import Buyers, find_wrong_payments, list_transactions
from tests.e2e.card_buyers import CardBuyers, find_wrong_card_payments, list_unbooked, name_card_transfers
from tests.e2e.chats import count_stray_cards, find_wrong_chats, read_chats
from tests.e2e.conftest import start_system
from tests.e2e.crowd import Crowd
from tests.e2e.filmers import Filmers, count_videos, find_wrong_videos
from tests.e2e.flows import FLOWS, FlowKills
from tests.e2e.givers import Givers, find_wrong_growth, find_wrong_rewards, list_due, make_codes
from tests.e2e.heard import count_speeches, find_wrong_speeches
from tests.e2e.people import Json, Telegram
from tests.e2e.recordings import count_transcripts, find_wrong_transcripts
from tests.e2e.speakers import Speakers
from tests.e2e.speakers import settings_of as speaker_settings_of
from tests.e2e.spoken import count_answers, find_wrong_answers
from tests.e2e.talkers import Talkers, settings_of

pytestmark = [pytest.mark.emulator, pytest.mark.asyncio(loop_scope="session")]

PEOPLE, TALKERS, SPEAKERS, FILMERS, BUYERS, CARD_BUYERS, GIVERS, APP_PEOPLE = 30, 10, 6, 6, 6, 5, 4, 4
CREDITS = 10_000
BOT_ID = int(LOCAL_TOKEN.partition(":")[0])
EVERY_DAY = {
    "bot": 22,
    "image": 5,
    "chat": 10,
    "video": 4,
    "webhook": 8,
    "sweep": 2,
    "payments": 8,
    "api": 4,
    "releases": 0,
}
"""Thirty of them are ends of what an answer, a recording or a spoken answer passes through, and thirty hit what a
payment, a refund, a subscription or an invitation does.
"""
MONEY_HITS_MIN = 30
"""How many kills hit a purchase, a refund, a subscription or an invitation, each counted once."""
NIGHTLY = {
    "bot": 50,
    "image": 50,
    "chat": 50,
    "video": 30,
    "webhook": 20,
    "sweep": 10,
    "payments": 20,
    "api": 20,
    "releases": 0,
}
LIFE_SECONDS = {
    "bot": (0.5, 3.0),
    "image": (2.0, 6.0),
    "chat": (0.5, 4.0),
    "video": (0.5, 4.0),
    "webhook": (0.5, 6.0),
    "sweep": (5.0, 15.0),
    "payments": (2.0, 6.0),
    "api": (2.0, 6.0),
    "releases": (2.0, 6.0),
}
"""How long a function serves before it is killed again: long enough to be in the middle of something."""
START_SECONDS_MAX = 60
"""Two cores carry the whole system and the crowd."""
REST_SECONDS_MAX = LEASE_SECONDS + DEADLINE_SECONDS
POLL_SECONDS = 2.0
"""A look reads every page of payment: looks were a good part of the work while only leases had to end."""
TASKS_MAX = 1000
GENTLY = frozenset({"bot", "image", "chat", "video"})
"""Functions that are told to end, every other time."""
CALM_SECONDS = 8.0
"""Some processes end while the model works as usual."""
REFUSALS = 6
"""Calls that the model does not take: enough for the breakers of a few processes."""
AWAY_SECONDS = 6.0
"""After so long buying rests too, whether all of them were made or not."""
STOP_SECONDS = 12.0
"""Longer than a process trusts what it read of the caps. It is prolonged until a request was declined for it."""
OK, OUTAGE = 200, 503
TRACEBACK_LINES, TEXT_MAX = 40, 4000
FIRST_PICTURES = 8
"""With so many to press and to reply to, the killing begins."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def system() -> AsyncIterator[System]:
    """A model that is quick and cheap, so that kills and not the drawing fill the time; words come for some seconds."""
    noise = {"gemini": ("--noise",)}
    options = Options(gemini_latency_seconds=1.5, gemini_text_pace=0.5, arguments=noise, cards=True, queues=FEW_AT_ONCE)
    async with start_system(options) as running:
        yield running


@dataclass
class Storm:
    """Eight crowds at a running system whose functions are killed."""

    system: System
    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)
    last: list[str] = field(default_factory=list)
    """What was under way until the end."""

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 — repeatable on purpose
        self.telegram = Telegram(self.system)
        self.crowd = Crowd(self.telegram, self.dice, PEOPLE)
        self.talkers = Talkers(self.telegram, self.dice, TALKERS)
        self.filmers = Filmers(self.telegram, self.dice, FILMERS)
        self.buyers = Buyers(self.telegram, self.dice, BUYERS, system=self.system)
        self.speakers = Speakers(self.telegram, self.dice, SPEAKERS)
        self.card_buyers = CardBuyers(self.telegram, self.dice, CARD_BUYERS, system=self.system)
        self.givers = Givers(self.telegram, self.dice, GIVERS, system=self.system, buyers=self.buyers)
        self.app_people = AppPeople(self.telegram, self.dice, APP_PEOPLE, system=self.system)
        self.flows = FlowKills(self.crowds)

    @property
    def crowds(self) -> tuple[Actors, ...]:
        """Everybody."""
        of_credits = (self.buyers, self.card_buyers, self.givers, self.app_people)
        return self.crowd, self.talkers, self.speakers, self.filmers, *of_credits

    async def rage(self, wanted: dict[str, int]) -> None:
        """Kill each function so often while the crowds go on."""
        await self._spread_duplicates()
        await self.card_buyers.misbehave()
        over = asyncio.Event()
        crowds = [asyncio.create_task(each.act_until(over)) for each in self.crowds]
        try:
            await self._wait_for_pictures(FIRST_PICTURES)
            async with asyncio.TaskGroup() as group:
                for name, times in wanted.items():
                    group.create_task(self._end_often(name, times))
                group.create_task(self._trouble_buyers())
        finally:
            over.set()
            await asyncio.gather(*crowds)
        await self.telegram.clear_faults()

    async def _wait_for_pictures(self, count: int) -> None:
        async with asyncio.timeout(START_SECONDS_MAX):
            while await self._count_pictures() < count:  # noqa: ASYNC110 — another process
                await asyncio.sleep(POLL_SECONDS)

    async def _count_pictures(self) -> int:
        return len([call for call in await self.telegram.calls("editMessageMedia") if call["status"] == OK])

    async def _spread_duplicates(self) -> None:
        """Telegram repeats updates, under old and new ids; so does the queue, which also loses answers."""
        await self.telegram.add_fault("duplicate_update", probability=0.15)
        await self.telegram.add_fault("duplicate_intent", probability=0.1, kinds=["message", "callback_query"])
        plan = {"duplicate_ratio": 0.1, "shuffle_seconds": 0.3, "lose_answer_ratio": 0.05, "seed": self.seed}
        await self._ask_tasks("POST", "/faults", plan)

    async def _trouble_buyers(self) -> None:
        """The model is away for some calls; then nothing may be bought for some seconds."""
        await asyncio.sleep(CALM_SECONDS)
        async with open_backstage(self.system) as backstage:
            await backstage.break_model("unavailable", times=REFUSALS)
        await asyncio.sleep(AWAY_SECONDS)
        async with open_store(self.system.urls["firestore"], self.system.options.project) as store:
            while not count_declines(self.system.events):
                await stop_buying(store, SystemClock().now() + timedelta(seconds=STOP_SECONDS))
                await asyncio.sleep(STOP_SECONDS)

    async def _end_often(self, name: str, times: int) -> None:
        process = self.system.process(name)
        for time_ in range(times):
            before = self.flows.look()
            await asyncio.sleep(self.dice.uniform(*LIFE_SECONDS[name]))
            starts = process.starts
            if name in GENTLY and time_ % 2:
                await process.terminate(SIGKILL_SECONDS)
                self.facts["SIGTERM"] += 1
            else:
                process.kill()
            self.kills[name] += 1
            self.flows.count(name, before)
            await self.system.wait_for_start(name, starts + 1, START_SECONDS_MAX)

    async def wait_for_rest(self) -> None:
        """Until nothing is under way: no update, no task, no job, no album. TimeoutError with what still is."""
        await self._ask_tasks("POST", "/faults", {})
        started = time.monotonic()
        async with open_database(self.system.urls["firestore"], self.system.options.project) as client:
            while busy := [*await self._list_moving(), *await read_open(client), *await self._list_unpaid(client)]:
                if time.monotonic() - started > REST_SECONDS_MAX:
                    raise TimeoutError(busy)
                self.last = busy
                await asyncio.sleep(POLL_SECONDS)
        self.facts["seconds to rest"] = round(time.monotonic() - started)

    async def _list_unpaid(self, client: AsyncClient) -> list[str]:
        """Payments by card that we do not know of yet, and purchases that have yet to settle."""
        orders = await read_collection(client, "card_orders")
        settlements = await read_collection(client, "settlements")
        unbooked = list_unbooked(orders, await self.card_buyers.read_states(orders))
        return [*unbooked, *self.card_buyers.list_unfollowed(orders), *list_due(settlements)]

    async def _list_moving(self) -> list[str]:
        """Planned visits of `image`, `chat` and `video` do not count: what they are for is in the store. Updates do."""
        stats = (await self._ask_tasks("GET", "/stats"))["queues"]
        queues = {name.rpartition("/")[2]: queue for name, queue in stats.items()}
        of_bot = [queues[name] for name in QUEUE_NAMES["bot"]]
        moving = {
            "updates": await self.telegram.count_pending(),
            "tasks for bot": sum(queue["pending"] + queue["in_flight"] for queue in of_bot),
            "calls of image": queues["image"]["in_flight"],
            "calls of chat": queues["chat"]["in_flight"],
            "calls of video": queues["video"]["in_flight"],
            "updates for chat": await self._count_forwarded(),
        }
        return [f"{count} {what}" for what, count in moving.items() if count]

    async def _count_forwarded(self) -> int:
        """Updates that `bot` has handed on and `chat` has not handled: nothing else knows of them."""
        options = self.system.options
        queue = f"projects/{options.project}/locations/{options.location}/queues/chat"
        async with httpx.AsyncClient(base_url=f"http://{self.system.urls['tasks']}", trust_env=False) as client:
            answer = (await client.get(f"/v2/{queue}/tasks", params={"pageSize": TASKS_MAX})).raise_for_status()
        tasks = answer.json().get("tasks", [])
        return sum(task["httpRequest"]["url"].endswith(UPDATES_PATH) for task in tasks)

    async def _ask_tasks(self, method: str, path: str, body: Json | None = None) -> Json:
        async with httpx.AsyncClient(base_url=self.system.urls["tasks_http"], trust_env=False) as client:
            answer: Json = (await client.request(method, path, json=body)).raise_for_status().json()
        return answer

    async def find_problems(self) -> list[str]:
        """Whatever must hold and does not, once all is at rest."""
        async with open_database(self.system.urls["firestore"], self.system.options.project) as client:
            books = await read_books(client)
            losses = await find_neighbours_loss(client, range(1, PEOPLE + 1))
            names = ("card_orders", "gifts", "promo_uses", "promo_codes", "settlements")
            orders, gifts, uses, codes, settlements = [await read_collection(client, each) for each in names]
        chats = await read_chats(self.telegram, BOT_ID)
        self.facts += count_states(books)
        self.facts["stray cards"] = count_stray_cards(books, chats)
        attempts = Counter(attempt.outcome for job in books.jobs.values() for attempt in job.attempts)
        self.facts |= {"refused by the model": attempts["busy"] + attempts["fault"]}
        self.facts |= {"given back": attempts[STOPPED_ATTEMPT]}
        self.facts |= {"declined at rest": count_declines(self.system.events)}
        self.facts["attempts cut short"] = sum(not a.outcome for job in books.jobs.values() for a in job.attempts)
        self.facts["updates"] = len(chats.marks)
        async with open_backstage(self.system) as backstage:
            missing = await backstage.find_missing_blobs(books.jobs.values())
            calls, hearings = await backstage.talk_calls(), await backstage.hearing_calls()
            every_call, kept = await backstage.model_calls(""), await backstage.kept_videos()
        self.facts |= count_answers(books, calls) | count_speeches(books) | count_transcripts(books, hearings)
        self.facts |= count_videos(books)
        problems = [*find_wrong_books(books), *find_wrong_chats(books, chats, self.crowd), *self._list_errors()]
        problems += find_wrong_answers(books, chats, self.talkers, calls) + find_wrong_speeches(books, chats)
        problems += find_wrong_transcripts(books, chats, self.speakers, hearings) + losses
        problems += find_wrong_videos(books, chats, every_call, kept)
        transactions = await list_transactions(self.system)
        self.facts |= {"payments": len(transactions) - len(self.buyers.returned), "returns": len(self.buyers.returned)}
        problems += find_wrong_payments(books, transactions, name_card_transfers(orders))
        problems += find_wrong_card_payments(books, orders, await self.card_buyers.read_states(orders))
        problems += self.card_buyers.list_unfollowed(orders)
        problems += find_wrong_growth(books, gifts, uses, codes) + find_wrong_rewards(books, self.givers, settlements)
        self.facts |= Counter(f"card orders {each['state']}" for each in orders.values())
        self.facts |= Counter(f"gifts {each['state']}" for each in gifts.values())
        return problems + [f"not stored: {name}" for name in missing]

    def _list_errors(self) -> list[str]:
        """What the functions logged as errors, but for outages: a 503 comes again, and a killed part is one."""
        errors = [event for event in self.system.events.errors() if event.part in FUNCTIONS]
        outages = [event for event in errors if (event.fields or {}).get("status") == OUTAGE]
        reports = [event for event in errors if (event.fields or {}).get("event") == "document_unreadable"]
        self.facts |= {"answered 503": len(outages), "unreadable reported": len(reports)}
        expected = [*outages, *reports]
        return [f"{event.part} logged: {self._read_on(event)}" for event in errors if event not in expected]

    def _read_on(self, event: Event) -> str:
        """The line, and after the first line of a traceback the rest of it."""
        after = [e.text for e in self.system.events if e.part == event.part and e.heard_at >= event.heard_at]
        return "\n".join(after[:TRACEBACK_LINES])[:TEXT_MAX]


async def stop_buying(store: Store, until: datetime) -> None:
    """An operator's stop, or its prolongation."""
    [found] = await store.read([STOP])
    fields = {"until": until}
    await store.commit([Create(STOP, fields) if found is None else Update(STOP, fields, found.version)])


def count_declines(events: Iterable[Event]) -> int:
    """Requests that were told that all buying rests."""
    return sum((event.fields or {}).get("code") == DeclineReason.ALL_REST for event in events)


@pytest.mark.timeout(1800)
async def test_nothing_is_lost_doubled_or_left_held(system: System, is_long: bool) -> None:  # noqa: FBT001 — a fixture
    """With each function ended again and again under load, while the model goes away and all buying
    rests for some seconds, books and chats end up right."""
    wanted = NIGHTLY if is_long else EVERY_DAY
    seed = int(os.environ.get("KILLS_SEED", time.time()))
    storm = Storm(system, seed)
    async with open_store(system.urls["firestore"], system.options.project) as store:
        await fund(store, SystemClock(), range(1, PEOPLE + 1), CREDITS)
        await fund(store, SystemClock(), storm.talkers.ids, CREDITS, settings_of)
        await fund(store, SystemClock(), storm.speakers.ids, CREDITS, speaker_settings_of)
        await fund(store, SystemClock(), storm.filmers.ids, CREDITS)
        await fund(store, SystemClock(), storm.app_people.ids, CREDITS)
        await fund(store, SystemClock(), storm.givers.ids, CREDITS, giftable=CREDITS)
        await make_codes(store)
        await damage(store, SystemClock())
    await storm.rage(wanted)
    await storm.wait_for_rest()
    problems = await storm.find_problems()
    await storm.telegram.close()
    hits = f"kills {dict(storm.kills)}, {storm.flows.of_money} of them in flows of money: {dict(storm.flows.counts)}"
    told = f"KILLS_SEED={seed}: {hits}, {dict(storm.facts)}, at last {storm.last}, {dict(storm.flows.look())}"
    print(told, *problems, sep="\n")  # noqa: T201 — `pytest -s` shows it
    assert problems == [], told
    assert storm.kills == Counter(wanted)  # without those of no kills
    assert storm.facts["delivered"] > sum(wanted.values()), told
    assert storm.facts["attempts cut short"] > 0, f"no kill hit a model call: {told}"
    seen_all = ("paid answers", "answers that waited", "transcripts", "paid transcripts", "only written down")
    for seen in (*seen_all, "videos delivered", "payments", "returns", "card orders paid"):
        assert storm.facts[seen] > 0, f"no {seen}: {told}"
    for flow in FLOWS:
        assert storm.flows.counts[flow] > 0, f"no kill hit a {flow}: {told}"
    assert storm.flows.of_money >= MONEY_HITS_MIN, told
    assert storm.facts["unreadable reported"] >= 2 * len(UNREADABLE), told
    assert storm.facts["refused by the model"] > 0, f"nobody noticed that the model was away: {told}"
