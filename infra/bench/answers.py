"""`answers`: streamed answers while pictures wait for their model, and the memory of `chat`.

question ── webhook ── queue ── bot: the empty draft ── queue, ORDER_SECONDS ── chat ── model: first token
         └──────────── first sign ────────────────┘                                        └─ first words shown
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx
import psutil

from infra.bench.crowd import FIRST_USER_ID, Crowd, Ear, fund, gather_crowd, hear, open_store
from infra.bench.figures import Goal, Section, find_median, find_percentile
from infra.bench.files import ask_about_pdf, say
from infra.bench.noise import Noise
from infra.bench.sampling import sampling
from infra.local.events import Event
from infra.local.options import Options, without
from infra.local.system import MEGABYTE, System, run_system
from shared.jobs.job import ORDER_SECONDS

TALKS, PICTURES, STREAMS = 50, 50, 100
PER_SECOND = 10.0
MODEL_SECONDS = 10.0
SECONDS_MAX = 180
SAMPLE_SECONDS = 0.5
PICTURE_RATIO_MAX, WORDS_RATIO_MAX = 1.5, 1.3
CHAT_MB_MAX = 250
PDFS, VOICES = 3, 20
FILES_MB_MAX = 400
"""The service has 512 MiB; one such PDF takes 120 MB on its way, and one is let in at a time."""
SIGN_MS_MAX, WORDS_MS_MAX = 1000, 2000
OK = 200
COLUMNS = ("what", "p50 ms", "p95 ms", "max ms")
HOPS = (
    ("update → bot begins", "asked", "bot_began"),
    ("bot: accepts → first sign in the chat", "bot_began", "signed"),
    (f"queue: accepted → chat begins, {ORDER_SECONDS:g} s of which it waits on purpose", "bot_ended", "chat_began"),
    ("chat: claim, conversation → model is called", "chat_began", "model_began"),
    ("model: its first token", "model_began", "model_spoke"),
    ("first token → first words in the chat", "model_spoke", "worded"),
    ("last token → the whole answer in its message", "model_ended", "ended"),
)

Times = dict[str, float]
"""Moments of one answer, in seconds since the epoch."""


@dataclass
class Watch:
    """Records which answers the chats showed, and when."""

    drafts: dict[int, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))
    edits: dict[int, float] = field(default_factory=dict)
    """Chat → the time of its last edit into a text."""

    def take(self, event: Event) -> None:
        """One line of some part."""
        call = (event.fields or {}).get("call")
        if not isinstance(call, dict) or call["status"] != OK:
            return
        chat_id = int(call["params"].get("chat_id") or 0)
        if call["method"] == "sendMessageDraft":
            self.drafts[chat_id].append((float(call["time"]), str(call["params"].get("text") or "")))
        elif call["method"] == "editMessageText":
            self.edits[chat_id] = float(call["time"])


@dataclass(frozen=True)
class Load:
    """The outcome of a load: the moments of each answer, and each picture's waiting time in seconds."""

    answers: list[Times]
    pictures: list[float]
    others_cores: float


@dataclass
class Bench:
    """The running system and how to use it."""

    system: System
    crowd: Crowd
    ear: Ear
    watch: Watch
    client: httpx.AsyncClient
    used: int = 0

    def people(self, count: int) -> range:
        """The ids of `count` people who are new to the bot."""
        first = FIRST_USER_ID + self.used
        self.used += count
        return range(first, first + count)


def measure() -> Section:
    """Measure each load alone, then both together, then the largest number of streams per process."""
    return asyncio.run(measure_loads())


async def measure_loads() -> Section:
    """Measure against a local model that is as slow as a real one."""
    options = Options(
        parts=without("sweep", "scheduler"),
        gemini_latency_seconds=MODEL_SECONDS,
        gemini_text_pace=1.0,
        arguments={"gemini": ("--noise", "--jitter=0")},
    )
    async with run_system(options) as system, open_bench(system) as bench:
        await put_load(bench, 2, 2)  # whatever is made at first use
        pictures = await put_load(bench, 0, PICTURES)
        answers = await put_load(bench, TALKS, 0)
        together = await put_load(bench, TALKS, PICTURES)
        pid = system.process("chat").pid
        before = measure_resident(pid)
        async with sampling(measure_resident, pid, SAMPLE_SECONDS) as samples:
            await put_load(bench, STREAMS, 0, per_second=STREAMS)
        async with sampling(measure_resident, pid, SAMPLE_SECONDS) as with_files:
            await put_files(bench)
    return build_section(pictures, answers, together, [before, *samples], with_files)


@asynccontextmanager
async def open_bench(system: System) -> AsyncIterator[Bench]:
    """People, an `Ear` and a `Watch` for the system."""
    watch = Watch()
    unlisten = system.events.listen(watch.take)
    async with hear(system) as ear, gather_crowd(system) as crowd, httpx.AsyncClient(trust_env=False) as client:
        try:
            yield Bench(system, crowd, ear, watch, client)
        finally:
            unlisten()


async def put_load(bench: Bench, talks: int, pictures: int, per_second: float = PER_SECOND) -> Load:
    """Ask for answers and pictures at an even pace; returns when all are settled. Raises TimeoutError."""
    talkers, painters = bench.people(talks), bench.people(pictures)
    async with open_store(bench.system) as store:
        await fund(store, [*talkers, *painters])
    noise, loop = Noise(), asyncio.get_running_loop()
    begun, asked = loop.time(), dict[int, tuple[float, str]]()

    async def ask(number: int, user_id: int, text: str) -> None:
        await asyncio.sleep(begun + number / per_second - loop.time())
        at = time.time()
        asked[user_id] = at, await bench.crowd.ask(user_id, text)

    questions = [
        ask(number, user, f"/ask Write a long essay about river {user}") for number, user in enumerate(talkers)
    ]
    wishes = [ask(number, user, f"/image Noise for {user} 1:1") for number, user in enumerate(painters)]
    await asyncio.gather(*questions, *wishes)
    jobs = {job_id for _, job_id in asked.values()}
    await bench.ear.wait_until(
        lambda: jobs <= find_delivered(bench.ear) and bench.watch.edits.keys() >= {*talkers}, SECONDS_MAX
    )
    others_cores, shown = noise.find_cores(), bench.ear.calls_of("editMessageMedia")
    calls = await read_talk_calls(bench)
    return Load(
        [read_times(bench, user, *asked[user], calls[user]) for user in talkers],
        [shown[user].ended_at - asked[user][0] for user in painters],
        others_cores,
    )


async def put_files(bench: Bench) -> None:
    """People ask about large PDFs, and others speak; returns when all have their answers. Raises TimeoutError."""
    readers, speakers = bench.people(PDFS), bench.people(VOICES)
    async with open_store(bench.system) as store:
        await fund(store, [*readers, *speakers])
    await asyncio.gather(*(ask_about_pdf(bench.crowd, each) for each in readers))
    spoken = set(await asyncio.gather(*(say(bench.crowd, each) for each in speakers)))
    await bench.ear.wait_until(
        lambda: spoken <= find_delivered(bench.ear) and bench.watch.edits.keys() >= {*readers}, SECONDS_MAX
    )


def find_delivered(ear: Ear) -> set[str]:
    """The jobs whose task a worker has answered."""
    return {str(each.fields.get("job_id")) for each in ear.answers if each.function in {"image", "chat"}}


async def read_talk_calls(bench: Bench) -> dict[int, dict[str, Any]]:
    """User id → the model call for their answer."""
    calls = (await bench.client.get(f"{bench.system.urls['gemini']}/control/calls")).json()["calls"]
    talks = [call for call in calls if call["response_modalities"] == ["TEXT"]]
    people = [call["prompt"].rpartition(" ")[2] for call in talks]
    return {int(person): call for person, call in zip(people, talks, strict=True) if person.isdigit()}


def read_times(bench: Bench, user_id: int, asked_at: float, job_id: str, call: dict[str, Any]) -> Times:
    """All moments of one answer."""
    update_id = bench.ear.updates[user_id]
    bot = next(each for each in bench.ear.answers if each.fields.get("update_id") == update_id)
    visits = [each for each in bench.ear.answers if each.fields.get("job_id") == job_id and each.function == "chat"]
    chat = max(visits, key=lambda each: each.ended_at - each.started_at)  # another may have come too early
    drafts = bench.watch.drafts[user_id]
    return {
        "asked": asked_at,
        "bot_began": bot.started_at,
        "signed": drafts[0][0],
        "bot_ended": bot.ended_at,
        "chat_began": chat.started_at,
        "model_began": call["started"],
        "model_spoke": call["first_words"],
        "worded": next((at for at, text in drafts if text), bench.watch.edits[user_id]),
        "model_ended": call["ended"],
        "ended": bench.watch.edits[user_id],
    }


# --- memory -------------------------------------------------------------------------------------------------


def measure_resident(pid: int) -> int:
    """Resident bytes of a process and its descendants; shared pages count once for each."""
    total = 0
    with suppress(psutil.Error):
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with suppress(psutil.Error):
                total += process.memory_info().rss
    return total


# --- the table ----------------------------------------------------------------------------------------------


def build_section(
    pictures: Load, answers: Load, together: Load, samples: Sequence[int], with_files: Sequence[int]
) -> Section:
    """The hops of an answer alone, then the waiting times of people, alone and together."""
    title = f"{TALKS} questions and {PICTURES} pictures, {PER_SECOND:g} of each a second, alone and together"
    section = Section("answers", title, COLUMNS)
    for name, begin, end in HOPS:
        section.rows.append((f"alone: {name}", *describe(span(answers, begin, end))))
    words = {name: beyond_model(load) for name, load in (("alone", answers), ("together", together))}
    waits = {"alone": pictures.pictures, "together": together.pictures}
    for name, load in (("alone", answers), ("together", together)):
        section.rows.append((f"{name}: question → first sign", *describe(span(load, "asked", "signed"))))
        section.rows.append((f"{name}: question → first words, without the model", *describe(words[name])))
    for name, seconds in waits.items():
        section.rows.append((f"{name}: wish → picture", *describe(seconds)))
    sign = find_percentile(span(answers, "asked", "signed"), 95)
    late = find_percentile(span(answers, "model_spoke", "worded"), 95)
    whole = {name: span(load, "asked", "worded") for name, load in (("alone", answers), ("together", together))}
    section.goals = [
        Goal("first sign, p95", sign * 1000, "at most", SIGN_MS_MAX, "ms"),
        Goal("first words beyond the model's first token, p95", late * 1000, "at most", WORDS_MS_MAX, "ms"),
        Goal("pictures beside streams, p50 over alone", ratio(waits), "at most", PICTURE_RATIO_MAX, "×"),
        Goal("first words beside pictures, p50 over alone", ratio(whole), "at most", WORDS_RATIO_MAX, "×"),
        Goal(f"chat at {STREAMS} streams, resident", max(samples) / MEGABYTE, "at most", CHAT_MB_MAX, "MB"),
        Goal(
            f"chat with {PDFS} PDFs of 20 MB and {VOICES} voices, resident",
            max(with_files) / MEGABYTE,
            "at most",
            FILES_MB_MAX,
            "MB",
        ),
    ]
    busy = ", ".join(f"{each.others_cores:.2f}" for each in (pictures, answers, together))
    section.notes = [
        f"a picture's model takes {MODEL_SECONDS:g} s; words come at a real model's pace; all on this machine",
        f"chat had {samples[0] / MEGABYTE:.0f} MB before; others kept {busy} cores busy",
    ]
    section.raw = {
        **{
            f"{name}": asdict(load) for name, load in (("pictures", pictures), ("answers", answers), ("both", together))
        },
        "resident_mb": [round(sample / MEGABYTE, 1) for sample in samples],
        "with_files_mb": [round(sample / MEGABYTE, 1) for sample in with_files],
    }
    return section


def span(load: Load, begin: str, end: str) -> list[float]:
    """Seconds between two moments of each answer."""
    return [max(0.0, each[end] - each[begin]) for each in load.answers]


def beyond_model(load: Load) -> list[float]:
    """Seconds from the question to the first words, without the model's time to its first token."""
    return [each["worded"] - each["asked"] - (each["model_spoke"] - each["model_began"]) for each in load.answers]


def ratio(seconds: dict[str, list[float]]) -> float:
    """The factor by which it takes longer together than alone."""
    return find_median(seconds["together"]) / find_median(seconds["alone"])


def describe(seconds: Sequence[float]) -> tuple[str, ...]:
    """p50, p95 and the largest, in ms."""
    milliseconds = [each * 1000 for each in seconds]
    values = (find_percentile(milliseconds, 50), find_percentile(milliseconds, 95), max(milliseconds))
    return tuple(f"{value:.0f}" for value in values)
