"""`videos`: 200 videos that take six minutes each, begun within a minute, and the pictures of other people meanwhile.

Nothing is simulated but the model's time, so a run takes eight minutes; it is no part of a complete run.

    pictures alone ── 200 videos begin ── they are waited for ── they are fetched and shown ── all are paid
    one picture every few seconds, the whole time
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field

import httpx

from infra.bench.crowd import FIRST_USER_ID, Answer, Call, Crowd, Ear, fund, gather_crowd, hear, open_store
from infra.bench.figures import Goal, Section, find_percentile, show_number
from infra.bench.noise import Noise, read_tree_seconds
from infra.bench.sampling import sampling
from infra.functions import FUNCTIONS
from infra.local.options import Options, without
from infra.local.system import MEGABYTE, System, measure_tree, run_system

VIDEOS = 200
MODEL_SECONDS = 360.0
BEGUN_WITHIN_SECONDS = 60.0
PICTURE_SECONDS = 3.0
PICTURES_ALONE = 15
PICTURE_EVERY_SECONDS = 4.0
SAMPLE_SECONDS = 1.0
ENDING_SECONDS_MAX = 300.0
FIRST_PAINTER = FIRST_USER_ID + 10_000
MEMORY_MB_MAX, DISTURBED_MAX, TASKS_MAX, WRITES_MAX = 300, 1.5, 30, 20
MAKE = "vmake"
SHOWN = "editMessageMedia"
PHASES = ("alone", "beginning", "waiting", "ending")
COLUMNS = ("pictures while the videos are", "pictures", "p50 s", "p95 s", "video MB", "video CPU s")


@dataclass
class Phase:
    """One stretch of time: the seconds of each picture, and the memory and CPU time of `video`."""

    pictures: list[float] = field(default_factory=list)
    peak_mb: float = 0.0
    cpu_seconds: float = 0.0


@dataclass
class Outcome:
    """What a run brought."""

    phases: dict[str, Phase]
    shown: int
    """Videos in the chats."""
    task_calls: int
    """Calls of `video`, for all videos."""
    waiting_writes: int
    """Documents that `video` wrote while it began the videos and asked for them, for all videos."""
    writes: int
    """All documents that it wrote."""
    last_seconds: float
    """From the moment at which the last video was ready at the model, to its last delivery."""
    others_cores: float


def measure() -> Section:
    """Put the promised load on a fresh system."""
    return asyncio.run(measure_videos(VIDEOS, MODEL_SECONDS))


async def measure_videos(count: int, model_seconds: float) -> Section:
    """Measure with `count` people who wait for a video each."""
    options = Options(
        parts=without("sweep", "scheduler"),
        queues=list_queues(),
        gemini_latency_seconds=PICTURE_SECONDS,
        gemini_video_seconds=model_seconds,
        arguments={"gemini": ("--noise", "--jitter=0")},
        restart=False,
    )
    async with run_system(options) as system, hear(system) as ear, gather_crowd(system) as crowd:
        people = range(FIRST_USER_ID, FIRST_USER_ID + count)
        async with open_store(system) as store:
            await fund(store, [*people, *range(FIRST_PAINTER, FIRST_PAINTER + 1000)])
        outcome = await _run(system, ear, crowd, people, model_seconds)
    return build_section(outcome, count)


def list_queues() -> tuple[str, ...]:
    """The usual queues, but no more calls of `video` at once than one instance takes in the cloud."""
    limit = FUNCTIONS["video"].limits["concurrency"]
    return tuple(
        f"{each.partition(':')[0]}:rate=500,concurrent={limit}" if each.startswith("video:") else each
        for each in Options().queues
    )


async def _run(system: System, ear: Ear, crowd: Crowd, people: range, model_seconds: float) -> Outcome:
    phases, pid, noise = {name: Phase() for name in PHASES}, system.process("video").pid, Noise()
    painters = iter(range(FIRST_PAINTER, FIRST_PAINTER + 1000))
    async with _watching(phases["alone"], pid), _painting(crowd, ear, painters, phases["alone"]):
        await asyncio.sleep(PICTURES_ALONE * PICTURE_EVERY_SECONDS)
    async with _watching(phases["beginning"], pid), _painting(crowd, ear, painters, phases["beginning"]):
        begun_at = time.time()
        await _begin_all(system, people)
    async with _watching(phases["waiting"], pid), _painting(crowd, ear, painters, phases["waiting"]):
        await asyncio.sleep(begun_at + model_seconds - time.time())
    async with _watching(phases["ending"], pid), _painting(crowd, ear, painters, phases["ending"]):
        with suppress(TimeoutError):
            await ear.wait_until(lambda: len(_list_videos(ear, people)) == len(people), ENDING_SECONDS_MAX)
        await asyncio.sleep(PICTURE_SECONDS)
    visits = [answer for answer in ear.answers if answer.function == "video"]
    videos = _list_videos(ear, people)
    ready_at = begun_at + BEGUN_WITHIN_SECONDS + model_seconds
    waiting = [visit for visit in visits if not visit.fields.get("blob_puts")]
    return Outcome(
        phases,
        len(videos),
        len(visits),
        _count_writes(waiting),
        _count_writes(visits),
        max((call.ended_at for call in videos), default=0.0) - ready_at,
        noise.find_cores(),
    )


def _count_writes(visits: Sequence[Answer]) -> int:
    return sum(visit.fields.get("store_writes", 0) for visit in visits)


async def _begin_all(system: System, people: range) -> None:
    """/video and a press of *Make it* by each person, at an even pace."""
    loop = asyncio.get_running_loop()
    begun, pause = loop.time(), BEGUN_WITHIN_SECONDS / len(people)
    client = httpx.AsyncClient(base_url=system.urls["telegram"], timeout=30, trust_env=False)
    async with client as control, asyncio.TaskGroup() as group:
        for number, user_id in enumerate(people):
            await asyncio.sleep(begun + number * pause - loop.time())
            group.create_task(_order(control, user_id))


async def _order(control: httpx.AsyncClient, user_id: int) -> None:
    user = {"id": user_id, "first_name": "Ada", "language_code": "en"}
    sent = await control.post("/control/send", json={"user": user, "chat_id": user_id, "text": "/video a boat at sea"})
    sent.raise_for_status()
    message_id, data = await _find_button(control, user_id)
    press = {"user_id": user_id, "chat_id": user_id, "message_id": message_id, "callback_data": data}
    (await control.post("/control/press", json=press)).raise_for_status()


async def _find_button(control: httpx.AsyncClient, user_id: int) -> tuple[int, str]:
    """The message of the review, and what its button *Make it* says."""
    while True:
        answer = await control.get(f"/control/chats/{user_id}/messages")
        for message in answer.raise_for_status().json()["messages"]:
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            for button in (button for row in rows for button in row):
                if button.get("callback_data", "").startswith(f"1;{MAKE};"):
                    return int(message["message_id"]), str(button["callback_data"])
        await asyncio.sleep(0.2)


@asynccontextmanager
async def _watching(phase: Phase, pid: int) -> AsyncIterator[None]:
    """Note the memory and the CPU time of a process while the block runs."""
    cpu_before = read_tree_seconds(pid)
    async with sampling(measure_tree, pid, SAMPLE_SECONDS) as samples:
        yield
    phase.peak_mb = round(max(samples) / MEGABYTE, 1)
    phase.cpu_seconds = round(read_tree_seconds(pid) - cpu_before, 2)


@asynccontextmanager
async def _painting(crowd: Crowd, ear: Ear, painters: Iterator[int], phase: Phase) -> AsyncIterator[None]:
    """One picture every few seconds while the block runs, each for another person; all of them are waited for."""
    asked: dict[int, float] = {}

    async def paint() -> None:
        for user_id in painters:
            asked[user_id] = time.time()
            await crowd.ask(user_id, f"/image Noise number {user_id} 1:1 1K")
            await asyncio.sleep(PICTURE_EVERY_SECONDS)

    painting = asyncio.create_task(paint())
    try:
        yield
    finally:
        painting.cancel()
        with suppress(asyncio.CancelledError):
            await painting
    with suppress(TimeoutError):
        await ear.wait_until(lambda: all(user_id in ear.calls_of(SHOWN) for user_id in asked), 60)
    shown = ear.calls_of(SHOWN)
    phase.pictures = sorted(round(shown[each].ended_at - at, 2) for each, at in asked.items() if each in shown)


def _list_videos(ear: Ear, people: range) -> list[Call]:
    """The calls that showed the videos."""
    return [call for chat, call in ear.calls_of(SHOWN).items() if chat in people]


def build_section(outcome: Outcome, count: int) -> Section:
    """A row per phase."""
    title = f"{count} videos that take {MODEL_SECONDS / 60:g} minutes each, and other people's pictures meanwhile"
    section = Section("videos", title, COLUMNS)
    for name, phase in outcome.phases.items():
        spread = [f"{find_percentile(phase.pictures, share):.1f}" if phase.pictures else "–" for share in (50, 95)]
        figures = (show_number(phase.peak_mb), f"{phase.cpu_seconds:.1f}")
        section.rows.append((name, str(len(phase.pictures)), *spread, *figures))
    peak_mb = max(phase.peak_mb for phase in outcome.phases.values())
    alone = find_percentile(outcome.phases["alone"].pictures, 50)
    ratios = [find_percentile(phase.pictures, 50) / alone for phase in outcome.phases.values() if phase.pictures]
    section.goals = [
        Goal(f"videos shown, of {count}", outcome.shown, "at least", count),
        Goal(
            "peak PSS of `video`",
            peak_mb,
            "at most",
            MEMORY_MB_MAX,
            "MB",
        ),
        Goal("a picture beside videos ÷ alone, p50 of the worst phase", max(ratios), "at most", DISTURBED_MAX),
        Goal("task calls per video", outcome.task_calls / count, "at most", TASKS_MAX),
        Goal("documents written per waiting video", outcome.waiting_writes / count, "at most", WRITES_MAX),
    ]
    section.notes = [
        f"{outcome.writes / count:.1f} documents are written per video in all, until it is shown and paid",
        f"the last video was shown {outcome.last_seconds:.0f} s after the model had made the last one",
        f"all parts share the machine's cores; others kept {outcome.others_cores:.2f} cores busy meanwhile",
    ]
    section.raw = asdict(outcome)
    return section
