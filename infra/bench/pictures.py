"""`pictures`: the time and memory of one `image` process for many pictures at once."""

import asyncio
import time
from dataclasses import asdict, dataclass
from typing import Literal

from infra.bench.crowd import FIRST_USER_ID, Call, Crowd, Ear, fund, gather_crowd, hear, open_store
from infra.bench.figures import Goal, Section, find_percentile, show_number
from infra.bench.noise import Noise, read_tree_seconds
from infra.bench.sampling import sampling
from infra.local.options import Options, without
from infra.local.system import MEGABYTE, System, measure_tree, run_system

MODEL_SECONDS = 10.0
SAMPLE_SECONDS = 0.2
SECONDS_MAX = 100
SHOWN = "editMessageMedia"
COLUMNS = ("at once", "PNG MB", "first s", "p50 s", "last s", "CPU s", "before MB", "peak MB", "after MB")


@dataclass(frozen=True)
class Wave:
    """Pictures requested at the same moment."""

    count: int
    size: Literal["1K", "4K"]
    png_mb: float
    seconds_max: float | None
    peak_mb_max: float
    seconds_aim: float
    peak_mb_aim: float


WAVES = (Wave(100, "1K", 1.0, 18, 600, 14, 220), Wave(20, "4K", 16.3, None, 1000, 18, 450))


@dataclass(frozen=True)
class Outcome:
    """A wave's outcome: seconds from the first request to each delivery, and the CPU time and memory of `image`."""

    delivered_seconds: list[float]
    cpu_seconds: float
    before_bytes: int
    peak_bytes: int
    after_bytes: int
    others_cores: float
    samples_mb: list[float]


def measure() -> Section:
    """All waves, each on a fresh image process."""
    return asyncio.run(measure_waves())


async def measure_waves() -> Section:
    """Measure with a model that answers with noise, which does not compress."""
    options = Options(
        parts=without("sweep", "scheduler"),
        gemini_latency_seconds=MODEL_SECONDS,
        arguments={"gemini": ("--noise", "--jitter=0")},
        restart=False,
    )
    outcomes = []
    async with run_system(options) as system:
        for number, wave in enumerate(WAVES):
            if number:
                await system.stop("image")
                await system.start("image")
            outcomes.append(await measure_wave(system, wave, FIRST_USER_ID + 1000 * number))
    return build_section(outcomes)


async def measure_wave(system: System, wave: Wave, first_user_id: int) -> Outcome:
    """One picture first, so that connections exist; then all at once, each for another person."""
    user_ids = range(first_user_id, first_user_id + wave.count)
    async with hear(system) as ear, gather_crowd(system) as crowd:
        async with open_store(system) as store:
            await fund(store, [*user_ids, first_user_id - 1])
        await ask_and_wait(crowd, ear, range(first_user_id - 1, first_user_id), wave)
        pid = system.process("image").pid
        before_bytes, cpu_before, noise = measure_tree(pid), read_tree_seconds(pid), Noise()
        async with sampling(measure_tree, pid, SAMPLE_SECONDS) as samples:
            delivered = await ask_and_wait(crowd, ear, user_ids, wave)
        others_cores = noise.find_cores()
        await ear.wait_until(lambda: count_settled(ear) > wave.count, SECONDS_MAX)
        samples_mb = [round(sample / MEGABYTE, 1) for sample in samples]
        cpu_seconds = round(read_tree_seconds(pid) - cpu_before, 2)
        return Outcome(delivered, cpu_seconds, before_bytes, max(samples), measure_tree(pid), others_cores, samples_mb)


async def ask_and_wait(crowd: Crowd, ear: Ear, user_ids: range, wave: Wave) -> list[float]:
    """Seconds from the first request to each picture in Telegram, sorted. Raises TimeoutError."""
    started_at = time.time()

    def list_shown() -> list[Call]:
        return [call for chat, call in ear.calls_of(SHOWN).items() if chat in user_ids]

    asked = [crowd.ask(user_id, f"/image Noise number {user_id} 1:1 {wave.size}") for user_id in user_ids]
    await asyncio.gather(*asked)
    await ear.wait_until(lambda: len(list_shown()) == len(user_ids), SECONDS_MAX)
    return sorted(round(call.ended_at - started_at, 3) for call in list_shown())


def count_settled(ear: Ear) -> int:
    """The number of jobs whose task `image` has answered."""
    return sum(answer.function == "image" for answer in ear.answers)


def build_section(outcomes: list[Outcome]) -> Section:
    """A row per wave."""
    section = Section("pictures", f"one image process, a model that takes {MODEL_SECONDS:.0f} s", COLUMNS)
    for wave, outcome in zip(WAVES, outcomes, strict=True):
        seconds = outcome.delivered_seconds
        sizes = (outcome.before_bytes, outcome.peak_bytes, outcome.after_bytes)
        section.rows.append(
            (
                f"{wave.count} of {wave.size}",
                show_number(wave.png_mb),
                *(f"{each:.1f}" for each in (seconds[0], find_percentile(seconds, 50), seconds[-1])),
                f"{outcome.cpu_seconds:.1f}",
                *(show_number(size / MEGABYTE) for size in sizes),
            )
        )
        name = f"{wave.count} at {wave.size}"
        if wave.seconds_max is not None:
            section.goals.append(Goal(f"{name}, all delivered", seconds[-1], "at most", wave.seconds_max, "s"))
        peak_mb = outcome.peak_bytes / MEGABYTE
        section.goals += [
            Goal(f"{name}, all delivered", seconds[-1], "at most", wave.seconds_aim, "s", binding=False),
            Goal(f"{name}, peak PSS", peak_mb, "at most", wave.peak_mb_max, "MB"),
            Goal(f"{name}, peak PSS", peak_mb, "at most", wave.peak_mb_aim, "MB", binding=False),
        ]
    busy = ", ".join(f"{outcome.others_cores:.2f}" for outcome in outcomes)
    section.notes = [f"all parts share the machine's cores; others kept {busy} cores busy meanwhile"]
    section.raw = {f"{w.count} {w.size}": asdict(o) for w, o in zip(WAVES, outcomes, strict=True)}
    return section
