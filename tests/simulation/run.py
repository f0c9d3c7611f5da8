"""The whole system in one process and in virtual time, under a seeded storm; and what must hold afterwards."""

import argparse
import asyncio
import json
import logging
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Coroutine, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from io import StringIO
from typing import Any

from shared.bot.intake import DEFERRALS_HEADER, take_draft, take_update
from shared.domain.audit import audit
from shared.domain.drafts import Draft, DraftState
from shared.domain.identity import first_nonce, job_id_of, message_intent, next_nonce, tap_intent, update_key
from shared.domain.jobs import ATTEMPTS_MAX, Job, JobState
from shared.domain.ledger import Account, Transfer, welcome
from shared.domain.users import User
from shared.errors import UnavailableError
from shared.flows.byte_budget import ByteBudget
from shared.flows.documents import create_transfer, decode, encode, user_key
from shared.flows.move_job import move_job
from shared.flows.sweep_work import sweep_work
from shared.ports import Create, Ports, Studio, Task, Version, Write
from tests.fakes.blobs import FakeBlobStore
from tests.fakes.ids import FakeIds
from tests.fakes.messenger import FakeMessenger
from tests.fakes.model import FakeModel
from tests.fakes.pictures import JPEG, FakePictures
from tests.fakes.store import FakeStore
from tests.simulation.chaos import CALM, Chaos, KilledError, Life
from tests.simulation.people import BOT_ID, Crowd
from tests.simulation.virtual_time import EPOCH, VirtualClock, run_virtually

DEADLINE_SECONDS = {"bot": 60.0, "image": 210.0}
REPAIR_ROUNDS = 90
"""Of 30 s: longer than a deadline, two leases and a few sweeps."""
TASK_LOST_ODDS = 0.02
"""Cloud Tasks deletes exhausted tasks silently: some repairs have to come from `sweep`."""


@dataclass
class Outcome:
    """What a run came to."""

    seed: int
    updates: int
    problems: list[str]
    facts: Counter[str]


class WatchedStore(FakeStore):
    """The store, with an eye on what is written in which order."""

    def __init__(self) -> None:
        super().__init__()
        self.ignored_cancels: list[str] = []

    async def commit(self, writes: Sequence[Write]) -> list[Version]:
        versions = await super().commit(writes)
        for write in writes:
            if isinstance(write, Create) and write.key.collection == "jobs":
                self._check_cancel(decode(Job, write.fields))
        return versions

    def _check_cancel(self, job: Job) -> None:
        """A request that arrives after the /cancel that was sent after it holds nothing."""
        user = decode(User, self._documents[user_key(job.user_id)].fields)
        if job.update_id < user.canceled_update_id and job.state is not JobState.CANCELED:
            self.ignored_cancels.append(f"job {job.id} was accepted although a later /cancel had come")


class SimulatedQueue:
    """A TaskQueue that delivers at least once, in any order, and now and then loses a repairable task."""

    def __init__(self, world: "World") -> None:
        self._world = world

    async def enqueue(self, task: Task) -> None:
        self._world.deliver_task(task)


@dataclass
class World:
    """The system, its people and its weather."""

    seed: int
    updates: int
    people: int = 60
    dice: random.Random = field(init=False)
    pending: set[asyncio.Task[Any]] = field(default_factory=set)
    facts: Counter[str] = field(default_factory=Counter)
    tasks_are_lost: bool = True
    bugs: Counter[str] = field(default_factory=Counter)
    ever_blocked: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 — repeatable on purpose
        self.store, self.messenger = WatchedStore(), FakeMessenger()
        self.ports = Ports(
            store=self.store,
            tasks=SimulatedQueue(self),
            clock=VirtualClock(),
            messenger=self.messenger,
            blobs=FakeBlobStore(),
            ids=FakeIds(self.seed),
            bot_id=BOT_ID,
        )
        self.studio = Studio(FakeModel(), FakePictures(), ByteBudget())
        self.chaos = Chaos(self.dice)
        self.crowd = Crowd(self.dice, self.messenger, self.people)
        self.crowd.photo = self.messenger.add_file(b"\x89PNG\r\n\x1a\n" + b"\0" * 30)

    # --- delivery ---

    def spawn(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self.pending.add(task)
        task.add_done_callback(self.pending.discard)

    def deliver_task(self, task: Task) -> None:
        if self._is_dropped(task):
            return
        for _ in range(2 if self.dice.random() < 0.05 else 1):
            self.spawn(self._deliver(task))

    def _is_dropped(self, task: Task) -> bool:
        repairable = task.queue == "image" or task.path == "/drafts"
        dropped = repairable and self.tasks_are_lost and self.dice.random() < TASK_LOST_ODDS
        self.facts["tasks lost"] += dropped
        return dropped

    async def _deliver(self, task: Task) -> None:
        wait = (task.not_before - self.ports.clock.now()).total_seconds() if task.not_before else 0.0
        await asyncio.sleep(max(wait, 0.0) + self.dice.random() * 0.5)
        failures = 0
        while not await self._call(task, failures):
            failures += 1
            if self._is_dropped(task):
                return
            await asyncio.sleep(min(60.0, 0.5 * 2 ** min(failures, 7)))

    async def _call(self, task: Task, failures: int) -> bool:
        """Whether the call was answered with 200 within the deadline; a slow worker goes on regardless."""
        handler = asyncio.get_running_loop().create_task(self._handle(task, failures))
        self.pending.add(handler)
        handler.add_done_callback(self.pending.discard)
        done, _ = await asyncio.wait({handler}, timeout=DEADLINE_SECONDS[task.queue])
        return bool(done) and handler.result()

    async def _handle(self, task: Task, failures: int) -> bool:
        life = Life()
        ports, studio = self.chaos.wrap(self.ports, life), self.chaos.wrap_studio(self.studio, life)
        try:
            if task.queue == "image":
                await move_job(ports, studio, json.loads(task.body)["job"])
            elif task.path == "/drafts":
                await take_draft(ports, json.loads(task.body)["draft"])
            else:
                await take_update(ports, task.body, int(task.headers.get(DEFERRALS_HEADER, "0")), failures=failures)
        except (KilledError, BaseExceptionGroup):  # the latter where it died in a group of downloads
            self.facts["kills"] += 1
            return False
        except UnavailableError:  # the endpoint answers 503 and the queue comes again
            self.facts["answered 503"] += 1
            return False
        except Exception as error:  # noqa: BLE001 — the endpoint answers 500 and the queue comes again
            self.bugs[f"{type(error).__name__}: {error}"] += 1
            return False
        return True

    # --- the run ---

    async def run(self) -> Outcome:
        await self._fund()
        sweeper = asyncio.get_running_loop().create_task(self._sweep_for_ever())
        sent = 0
        while sent < self.updates:
            for delay, body, _ in self.crowd.act(0.0):
                sent += self._send(body, delay)
            self._mischief()
            await asyncio.sleep(self.dice.expovariate(2.0))
        await self._settle_down()
        sweeper.cancel()
        problems = find_problems(self)
        self.facts["jobs"] = len(self.store.collection("jobs"))
        self.facts["messages"] = len(self.messenger.calls)
        return Outcome(self.seed, sent, problems, self.facts)

    async def _fund(self) -> None:
        """Most people have credits for the whole run, some only the welcome gift."""
        for user_id in range(1, self.people + 1):
            if user_id % 5:
                account, transfer = welcome(Account(), user_id, 50_000, EPOCH)
                user = User(user_id, EPOCH, account)
                await self.store.commit([Create(user_key(user_id), encode(user)), create_transfer(transfer)])

    def _send(self, body: bytes, delay: float) -> int:
        """Deliver an update, 30 % of them twice, half of those under a new update id; how many went out."""
        copies = [body]
        if self.dice.random() < 0.3:
            is_renumbered = self.dice.random() < 0.5
            copies.append(self.crowd.copy_under_new_id(body)[0] if is_renumbered else body)
            self.facts["duplicates"] += 1
        for copy in copies:
            later = self.ports.clock.now() + timedelta(seconds=delay + self.dice.random() * 2)
            self.spawn(self._deliver(Task("bot", "/", copy, later)))
        return len(copies)

    def _mischief(self) -> None:
        """People delete cards and block the bot."""
        if self.dice.random() < 0.01:
            chat = self.messenger.chats[self.dice.randrange(1, self.people + 1)]
            if chat:
                chat.pop(self.dice.choice(list(chat)))
                self.facts["cards deleted"] += 1
        if self.dice.random() < 0.005:
            self.messenger.blocked ^= {self.dice.randrange(1, 4)}
            self.ever_blocked |= self.messenger.blocked

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(10)
            try:
                await sweep_work(self.chaos.wrap(self.ports, Life()))
            except (KilledError, Exception) as error:  # noqa: BLE001 — the scheduler comes again
                self.facts[f"sweep {type(error).__name__}"] += 1

    async def _settle_down(self) -> None:
        """Let the storm pass, then give repairs their time."""
        await asyncio.sleep(120)
        self.chaos.odds = replace(CALM)
        self.tasks_are_lost = False
        self.messenger.blocked.clear()
        for _ in range(REPAIR_ROUNDS):
            await asyncio.sleep(30)
            if not self.pending and not self._is_open():
                return

    def _is_open(self) -> bool:
        return any(r.fields.get("sweep_at") is not None for r in self.store._documents.values())

    # --- what is stored ---

    def jobs(self) -> dict[str, Job]:
        return {job_id: decode(Job, fields) for job_id, fields in self.store.collection("jobs").items()}


def find_problems(world: World) -> list[str]:
    """Everything that must hold and does not."""
    jobs = world.jobs()
    users = {u.id: u for u in (decode(User, f) for f in world.store.collection("users").values())}
    transfers = [decode(Transfer, fields) for fields in world.store.collection("transfers").values()]
    return [
        *audit(users.values(), jobs.values(), transfers, at_rest=True),
        *_find_unfinished(world),
        *_find_lost(world, jobs),
        *_find_doubles(world, jobs),
        *_find_wrong_cards(world, jobs),
        *_find_wrong_choices(world, users),
        *world.store.ignored_cancels,
        *(f"{count} times {bug}" for bug, count in world.bugs.items()),
        *_find_broken_albums(world, jobs),
    ]


def _find_unfinished(world: World) -> list[str]:
    drafts = [decode(Draft, fields) for fields in world.store.collection("drafts").values()]
    problems = [f"draft {draft.id} is still collecting" for draft in drafts if draft.state is DraftState.COLLECTING]
    if world.pending:
        problems.append(f"{len(world.pending)} deliveries never ended")
    if world.store.collection("quarantine"):
        problems.append(f"{len(world.store.collection('quarantine'))} genuine updates in quarantine")
    return problems


def _find_lost(world: World, jobs: dict[str, Job]) -> list[str]:
    """Each wish became a job, or was answered: the update that brought it is in the inbox."""
    inbox = world.store.collection("inbox")
    lost = []
    for (chat_id, message_id), update_ids in world.crowd.wishes.items():
        has_job = job_id_of(message_intent(BOT_ID, chat_id, message_id), 1) in jobs
        if not has_job and not any(update_key(BOT_ID, update_id) in inbox for update_id in update_ids):
            lost.append(f"lost: message {message_id} in chat {chat_id}")
    return lost


def _find_doubles(world: World, jobs: dict[str, Job]) -> list[str]:
    """One message with a picture per job, one request per wish, one document per tap."""
    shown: dict[str, int] = defaultdict(int)
    for chat in world.messenger.chats.values():
        for message in chat.values():
            if message.kind == "photo" and message.buttons:
                shown[message.buttons[0][0].data.split(";")[2]] += 1
    problems = [f"job {job_id} is shown {count} times" for job_id, count in shown.items() if count > 1]
    for job in jobs.values():
        worked = [a for a in job.attempts if a.outcome != "busy"]
        if len(worked) > ATTEMPTS_MAX:
            problems.append(f"job {job.id} asked the model {len(worked)} times")
    requests = Counter((job.chat_id, job.message_id, job.update_id) for job in jobs.values())
    counts = {(job.chat_id, job.message_id, job.update_id): job.count for job in jobs.values()}
    problems += [f"{n} jobs of {counts[key]} for message {key[1]}" for key, n in requests.items() if n != counts[key]]
    wanted: dict[tuple[int, int], set[int]] = defaultdict(set)
    for job in jobs.values():
        if (job.chat_id, job.message_id) in world.crowd.wishes:
            wanted[job.chat_id, job.message_id].add(job.update_id)
    problems += [f"message {key[1]} was accepted {len(ids)} times" for key, ids in wanted.items() if len(ids) > 1]
    return problems + _find_double_documents(world, jobs)


def _find_double_documents(world: World, jobs: dict[str, Job]) -> list[str]:
    """An original is sent at most once per tap's nonce, and once by the setting."""
    sent: Counter[str] = Counter()
    for call in world.messenger.sent("send_document"):
        assert call.media is not None
        sent[call.media.filename.removeprefix("nanobanana-").partition(".")[0]] += 1
    inbox, problems = world.store.collection("inbox"), []
    for job_id, count in sent.items():
        allowed, nonce = int(jobs[job_id].request.original), first_nonce(job_id)
        for _ in range(100):
            allowed += tap_intent(BOT_ID, job_id, "original", nonce) in inbox
            nonce = next_nonce(nonce)
        if count > allowed:
            problems.append(f"job {job_id}: {count} documents sent, {allowed} asked for")
    return problems


def _find_wrong_cards(world: World, jobs: dict[str, Job]) -> list[str]:
    """What is delivered is seen as a photo, and what ended without one says why."""
    problems = []
    for job in jobs.values():
        message = world.messenger.chats[job.chat_id].get(job.card_message_id or 0)
        if message is None or job.deleted_at is not None or job.chat_id in world.ever_blocked:
            continue
        delivered = job.state is JobState.DELIVERED
        if delivered != (message.kind == "photo"):
            problems.append(f"job {job.id} is {job.state} and shows a {message.kind}")
        elif delivered:
            problems += _compare_picture(world, job, message.file_id)
        elif (job.failure.value if job.failure else "✖️") not in message.text:
            problems.append(f"job {job.id} is {job.state}, its card says {message.text!r}")
    return problems


def _compare_picture(world: World, job: Job, file_id: str) -> list[str]:
    """The picture that is seen is the one that is stored."""
    assert job.result is not None
    blobs = world.ports.blobs
    assert isinstance(blobs, FakeBlobStore)
    stored = blobs.blobs.get(job.result.blob)
    if stored is None:
        return [f"job {job.id}: its picture is not stored"]
    expected = JPEG + sha256(stored[0]).digest()
    return [] if world.messenger.files.get(file_id) == expected else [f"job {job.id} shows another picture"]


def _find_wrong_choices(world: World, users: dict[int, User]) -> list[str]:
    """A setting is what the highest update id says, in whatever order the taps came."""
    last: dict[tuple[int, str], str] = {}
    for choice in sorted(world.crowd.choices, key=lambda choice: choice.update_id):
        last[choice.user_id, choice.name] = choice.value
    problems = []
    for (user_id, name), value in last.items():
        user = users[user_id]
        stored = user.language if name == "language" else getattr(user.settings, name)
        shown = ("on" if stored else "off") if name == "original" else str(stored)
        if shown != value:
            problems.append(f"user {user_id}: {name} is {shown}, the last tap said {value}")
    return problems


def _find_broken_albums(world: World, jobs: dict[str, Job]) -> list[str]:
    """An album is one request, and each part of it is used or told to be late."""
    problems = []
    for (user_id, group), parts in world.crowd.album_parts.items():
        of_album = [job for job in jobs.values() if job.chat_id == user_id and job.message_id in parts]
        requests = {(job.message_id, job.update_id) for job in of_album if job.request.references}
        if len(requests) > 1:
            problems.append(f"album {group} became {len(requests)} requests")
        for job in of_album:
            if len(job.request.references) + job.late_parts != len(parts):
                used = f"{len(job.request.references)} used, {job.late_parts} late"
                problems.append(f"album {group} of {len(parts)}: {used}")
    return problems


def simulate(seed: int, updates: int) -> Outcome:
    """One run."""
    with redirect_stdout(StringIO()):  # the product's own log lines
        return run_virtually(World(seed, updates).run())


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the simulation and say what broke.")
    parser.add_argument("--updates", type=int, default=10_000)
    parser.add_argument("--seed", type=int, action="append")
    options = parser.parse_args()
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    failed = False
    for seed in options.seed or [1, int(time.time())]:
        started = time.perf_counter()
        outcome = simulate(seed, options.updates)
        seconds = time.perf_counter() - started
        print(f"seed {seed}: {outcome.updates} updates, {len(outcome.problems)} problems, {seconds:.1f} s")  # noqa: T201
        print("  " + ", ".join(f"{name} {count}" for name, count in sorted(outcome.facts.items())))  # noqa: T201
        for problem in outcome.problems[:20]:
            print("  ✗", problem)  # noqa: T201
        failed = failed or bool(outcome.problems)
    sys.exit(failed)


if __name__ == "__main__":
    main()
