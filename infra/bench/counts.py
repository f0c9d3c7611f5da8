"""`counts`: the documents, tasks and files that a picture and an answer cost, for various amounts of stored data."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from infra.bench.crowd import BOT_ID, FIRST_USER_ID, Crowd, Ear, fund, gather_crowd, hear, open_store
from infra.bench.figures import Goal, Section, find_median
from infra.local.options import Options, without
from infra.local.system import System, run_system
from shared.adapters.firestore import FirestoreStore
from shared.codec import encode
from shared.conversations.conversation import Turn, add_turns, begin, conversation_id
from shared.conversations.conversation_documents import conversation_key
from shared.credits.ledger import Account, capture_hold, place_hold
from shared.credits.transfer_documents import create_transfer
from shared.hash_ids import hash_id
from shared.jobs.job import KEPT, Job, JobState, hold_of
from shared.jobs.job_documents import create_job
from shared.people.talk import place_of
from shared.people.users import User
from shared.pictures.picture import PictureArtefacts, PictureRequest, Result
from shared.ports import Create, Write
from shared.telegram.address import ChatAddress, message_ref

PICTURES = 5
"""Of each kind. It is odd, so that the median is one picture; that one does not include the reads of the model cost
sums, which each process makes every ten seconds.
"""
STORED_JOBS = (10, 1_000, 10_000)
STORED_TURNS = (10, 10_000)
JOBS_PER_COMMIT = 150
COMMITS_AT_ONCE = 4
READS_MAX, WRITES_MAX = 8, 14
READS_AIM, WRITES_AIM = 4, 9
"""The goals; decisions 0053 and 0138 say why the second is missed."""
ANSWER_READS_MAX = 4
SECONDS_MAX = 20
PAUSE_SECONDS = 2.0
"""Between two requests of one person: a message within a second of another may be its continuation, which costs a
read.
"""
COUNTED = ("store_reads", "store_writes", "tasks", "blob_puts", "blob_gets", "messenger_calls", "model_calls")
STORED = ("store_reads", "store_writes", "tasks", "blob_puts", "blob_gets")
"""Counts that may not grow with the stored data. (How often an answer is shown depends on the machine's speed.)"""
COLUMNS = (
    "picture or answer, for a person with",
    "reads",
    "writes",
    "tasks",
    "puts",
    "gets",
    "Telegram",
    "Gemini",
    "ms",
)
PAINTERS, TALKERS = ("webhook", "bot", "image"), ("webhook", "bot", "chat")
"""The functions that a picture passes through, and those that an answer passes through."""
READERS = ("webhook", "bot", "chat", "image")
"""The functions of a picture whose message a model has to read."""
WORDS = {
    PAINTERS: "Draw a quiet harbour at dawn",
    TALKERS: "/ask Tell me about a harbour",
    READERS: "A quiet harbour at dawn",
}

Costs = dict[str, int]


@dataclass
class Bench:
    """The running system and how to use it."""

    crowd: Crowd
    ear: Ear
    store: FirestoreStore


def measure() -> Section:
    """The costs of every picture, as counted in the functions' log lines.

    The model cost sums are not included: each process reads ten documents every ten seconds for all requests.
    """
    return asyncio.run(measure_costs())


async def measure_costs() -> Section:
    """A new person's first picture; then pictures of a person with more and more history; then answers."""
    options = Options(
        parts=without("sweep", "scheduler"),
        gemini_latency_seconds=0.05,
        gemini_text_pace=0.05,
        # On a busy machine a drawing takes longer than a second, and `image` polls its job once more.
        arguments={"gemini": ("--noise", "--jitter=0")},
    )
    async with run_system(options) as system, open_bench(system) as bench:
        await ask_once(bench, FIRST_USER_ID)  # whatever is made at first use
        costs = {"nothing: their first": [await ask_once(bench, FIRST_USER_ID + 1)]}
        user_id, stored = FIRST_USER_ID + 2, 0
        await fund(bench.store, [user_id])
        for count in STORED_JOBS:
            await store_history(bench.store, user_id, range(stored, count))
            stored = count
            costs[f"{count:,} stored jobs"] = [await ask_later(bench, user_id) for _ in range(PICTURES)]
        read = {"words that a model reads": [await ask_later(bench, user_id, READERS) for _ in range(PICTURES)]}
        answers = {}
        for number, count in enumerate(STORED_TURNS, 1):
            await store_turns(bench.store, user_id + number, count)
            answers[f"{count:,} turns"] = [await ask_once(bench, user_id + number, TALKERS) for _ in range(PICTURES)]
    return build_section(costs, read, answers)


@asynccontextmanager
async def open_bench(system: System) -> AsyncIterator[Bench]:
    """People, an `Ear` and the store."""
    async with hear(system) as ear, open_store(system) as store, gather_crowd(system) as crowd:
        yield Bench(crowd, ear, store)


async def ask_later(bench: Bench, user_id: int, functions: tuple[str, ...] = PAINTERS) -> Costs:
    """One picture, after a pause."""
    await asyncio.sleep(PAUSE_SECONDS)
    return await ask_once(bench, user_id, functions)


async def ask_once(bench: Bench, user_id: int, functions: tuple[str, ...] = PAINTERS) -> Costs:
    """Ask for one picture or answer; returns what all functions together used for it. Raises TimeoutError."""
    before, asked_at = len(bench.ear.answers), time.time()
    job_id = await bench.crowd.ask(user_id, f"{WORDS[functions]}, asked at {asked_at}")

    def is_over() -> bool:
        fresh = bench.ear.answers[before:]
        settled = any(each.fields.get("job_id") == job_id for each in fresh)
        return settled and {each.function for each in fresh} >= set(functions)

    await bench.ear.wait_until(is_over, SECONDS_MAX)
    answers = bench.ear.answers[before:]
    costs: Costs = {key: sum(each.fields.get(key, 0) for each in answers) for key in COUNTED}
    return {**costs, "ms": round((max(each.ended_at for each in answers) - asked_at) * 1000)}


async def store_turns(store: FirestoreStore, user_id: int, count: int) -> None:
    """Store a person with credits, whose conversation in the private chat has `count` turns."""
    await fund(store, [user_id])
    now, place = datetime.now(UTC), place_of(BOT_ID, user_id, None)
    talk = begin(user_id, conversation_id(User(user_id, now), place), place, now)
    turns = [Turn("person" if number % 2 else "model", f"Turn {number} of many.", now, "") for number in range(count)]
    talk = add_turns(talk, turns, now)
    await store.commit([Create(conversation_key(talk.id), encode(talk))])


async def store_history(store: FirestoreStore, user_id: int, numbers: range) -> None:
    """Store delivered pictures with their transfers, as real requests would have left them."""
    turns = asyncio.Semaphore(COMMITS_AT_ONCE)

    async def commit(some: range) -> None:
        async with turns:
            await store.commit([write for number in some for write in list_past(user_id, number)])

    starts = range(numbers.start, numbers.stop, JOBS_PER_COMMIT)
    await asyncio.gather(*(commit(range(at, min(at + JOBS_PER_COMMIT, numbers.stop))) for at in starts))


def list_past(user_id: int, number: int) -> list[Write]:
    """The documents that one delivered picture leaves."""
    job = make_past_job(user_id, number)
    account, hold = place_hold(Account(), hold_of(job))
    _, capture = capture_hold(account, hold_of(job), job.created_at)
    return [create_job(job), create_transfer(hold), create_transfer(capture)]


def make_past_job(user_id: int, number: int) -> Job:
    """A delivered picture; a higher number is older."""
    job_id, created_at = hash_id("bench", user_id, number), datetime.now(UTC) - timedelta(minutes=10 * number + 1440)
    card_message_id = -2 * number - 1
    address = ChatAddress(
        user_id,
        None,
        -2 * number,
        is_private=True,
        update_id=number,
        card_message_id=card_message_id,
        messages=(message_ref(user_id, card_message_id),),
    )
    return Job(
        id=job_id,
        user_id=user_id,
        language="en",
        address=address,
        request=PictureRequest("A lighthouse in a storm, oil on canvas", "fast", "1:1", "1K", price=4),
        index=1,
        count=1,
        created_at=created_at,
        deadline_at=created_at,
        expire_at=created_at + KEPT,
        state=JobState.DELIVERED,
        artefacts=PictureArtefacts(Result(f"jobs/{job_id}/1", "image/png", 1024, 1024, 1_000_000)),
    )


def build_section(
    costs: dict[str, list[Costs]], read: dict[str, list[Costs]], answers: dict[str, list[Costs]]
) -> Section:
    """The usual costs of a picture by size of history, of a picture whose words a model read, and of an answer."""
    section = Section(
        "counts", f"per text → picture, and question → answer, the median and the least of {PICTURES}", COLUMNS
    )
    usual, told, understood = find_usual(costs, find_median), find_usual(answers, min), find_usual(read, min)
    for name, counts in {**usual, **understood, **told}.items():
        milliseconds = find_median([each["ms"] for each in (costs | read | answers)[name]])
        section.rows.append((name, *(f"{counts[key]:g}" for key in COUNTED), f"{milliseconds:.0f}"))
    growing = find_growth([usual[name] for name in usual if "stored" in name])
    reads = max(each["store_reads"] for each in usual.values())
    writes = max(each["store_writes"] for each in usual.values())
    section.goals = [
        Goal("documents read", reads, "at most", READS_MAX),
        Goal("documents read", reads, "at most", READS_AIM, binding=False),
        Goal("documents written", writes, "at most", WRITES_MAX),
        Goal("documents written", writes, "at most", WRITES_AIM, binding=False),
        Goal("counts that grow from 10 to 10,000 stored jobs", growing, "at most", 0),
        Goal("documents read by an answer", find_most(told, "store_reads"), "at most", ANSWER_READS_MAX),
        Goal("counts that grow from 10 to 10,000 turns", find_growth([*told.values()], STORED), "at most", 0),
    ]
    section.notes = [
        "ms: from the update to the settled job; a picture's model call takes 50 ms, words come twenty times too fast"
    ]
    section.raw = {"pictures": costs, "read": read, "answers": answers}
    return section


def find_usual(costs: dict[str, list[Costs]], choose: Callable[[list[int]], float]) -> dict[str, dict[str, float]]:
    """Each count, chosen by `choose`: usually the median; for long or two-model work the least, without cost sums."""
    return {name: {key: choose([each[key] for each in runs]) for key in COUNTED} for name, runs in costs.items()}


def find_most(usual: dict[str, dict[str, float]], key: str) -> float:
    """The largest of one count."""
    return max(each[key] for each in usual.values())


def find_growth(later: list[dict[str, float]], keys: tuple[str, ...] = COUNTED) -> float:
    """The differences between the largest and the smallest value of each count, summed."""
    return sum(max(each[key] for each in later) - min(each[key] for each in later) for key in keys)
