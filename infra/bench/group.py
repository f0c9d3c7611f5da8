"""`group`: one busy group under Telegram's real limits: which pictures arrive, when, and how many calls are refused."""

import asyncio
import time
from collections import Counter
from dataclasses import asdict, dataclass

import httpx

from infra.bench.crowd import FIRST_USER_ID, Call, Crowd, Ear, fund, gather_crowd, hear, open_store
from infra.bench.figures import Goal, Section, find_percentile
from infra.local.options import Options
from infra.local.system import System, run_system

GROUP = -1_000_000_000_901
LIMITS = {"kind": "limits", "chat_per_second": 1, "total_per_second": 30, "group_per_minute": 20}
MODEL_SECONDS = 5.0
SECONDS_MAX = 900
SHOWN = ("editMessageMedia", "sendPhoto")
COLUMNS = ("asked", "pictures", "calls", "refused (429)", "first s", "p50 s", "last s")


@dataclass(frozen=True)
class Load:
    """People of one group, and how many pictures each of them asks for within how many seconds."""

    people: int
    pictures_each: int
    within_seconds: float

    @property
    def pictures(self) -> int:
        """All pictures that are asked for."""
        return self.people * self.pictures_each


LOAD = Load(people=4, pictures_each=2, within_seconds=13)
"""More calls than Telegram grants a group in a minute, and for three of them all that `bot` may use."""


@dataclass(frozen=True)
class Outcome:
    """Seconds from the first request to each picture in the chat, and the number of calls to the chat by status."""

    delivered_seconds: list[float]
    accepted_calls: int
    refused_by_method: dict[str, int]

    @property
    def refused_calls(self) -> int:
        """All calls that were answered with 429."""
        return sum(self.refused_by_method.values())


def measure() -> Section:
    """Put the promised load on a fresh system."""
    return asyncio.run(measure_group())


async def measure_group() -> Section:
    """Measure with people who have enough credits."""
    async with run_system(Options(gemini_latency_seconds=MODEL_SECONDS)) as system:
        async with open_store(system) as store:
            await fund(store, range(FIRST_USER_ID, FIRST_USER_ID + LOAD.people))
        outcome = await load_group(system, LOAD, SECONDS_MAX)
    return build_section(LOAD, outcome)


async def load_group(system: System, load: Load, seconds_max: float) -> Outcome:
    """Put the load on a running system; returns the outcome after `seconds_max` at the latest."""
    async with httpx.AsyncClient(base_url=system.urls["telegram"], trust_env=False) as control:
        group = {"id": GROUP, "title": "Painters"}
        (await control.post("/control/chats", json=group)).raise_for_status()
        (await control.post("/control/faults", json={**LIMITS, "chat_ids": [GROUP]})).raise_for_status()
        async with hear(system) as ear, gather_crowd(system) as crowd:
            begun_at = time.time()
            await ask_evenly(crowd, load)
            await wait_for_pictures(ear, load.pictures, seconds_max)
        (await control.delete("/control/faults")).raise_for_status()
    shown = sorted(round(call.ended_at - begun_at, 1) for call in list_shown(ear))
    refused = Counter(call.method for call in list_group_calls(ear.refused))
    return Outcome(shown, len(list_group_calls(ear.calls)), dict(refused.most_common()))


async def ask_evenly(crowd: Crowd, load: Load) -> None:
    """Each person in turn, at an even pace."""
    loop = asyncio.get_running_loop()
    begun, pause = loop.time(), load.within_seconds / load.pictures
    for number in range(load.pictures):
        await asyncio.sleep(begun + number * pause - loop.time())
        user_id = FIRST_USER_ID + number % load.people
        await crowd.ask(user_id, f"/image a boat number {number}", GROUP)


async def wait_for_pictures(ear: Ear, count: int, seconds_max: float) -> None:
    """Wait for `count` pictures in the chat or until the time is over: too few pictures are a result, too."""
    try:
        await ear.wait_until(lambda: len(list_shown(ear)) >= count, seconds_max)
    except TimeoutError:
        return


def list_group_calls(calls: list[Call]) -> list[Call]:
    return [call for call in calls if call.chat_id == GROUP]


def list_shown(ear: Ear) -> list[Call]:
    """The calls that put a picture into the chat."""
    return [call for call in list_group_calls(ear.calls) if call.method in SHOWN]


def build_section(load: Load, outcome: Outcome) -> Section:
    """One row. Goals: every picture arrives, with at most one refused call per picture."""
    people = f"{load.people} people in one group ask for {load.pictures_each} pictures each"
    section = Section("group", f"{people} within {load.within_seconds:g} s, Telegram's limits are on", COLUMNS)
    seconds = outcome.delivered_seconds
    spread = (seconds[0], find_percentile(seconds, 50), seconds[-1]) if seconds else ()
    times = [f"{each:.1f}" for each in spread] or ["–"] * 3
    counts = (len(seconds), outcome.accepted_calls, outcome.refused_calls)
    section.rows = [(str(load.pictures), *map(str, counts), *times)]
    section.goals = [
        Goal(f"pictures that arrived, of {load.pictures}", len(seconds), "at least", load.pictures),
        Goal("refused calls", outcome.refused_calls, "at most", load.pictures, binding=False),
    ]
    section.notes = ["1 call a second in a chat, 30 in all, 20 a minute in a group; edits count"]
    if outcome.refused_by_method:
        methods = ", ".join(f"{method} {count:,}" for method, count in outcome.refused_by_method.items())
        section.notes.append(f"refused were {methods}")
    section.raw = asdict(outcome)
    return section
