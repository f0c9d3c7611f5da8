"""`hops`: our own time from the update to the delivered picture, without the model's.

The times come from the functions' log lines and from the call logs of the local servers.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import httpx

from infra.bench.crowd import FIRST_USER_ID, Answer, Crowd, Ear, fund, gather_crowd, hear, open_store
from infra.bench.figures import Goal, Section, find_percentile
from infra.bench.noise import Noise
from infra.local.options import Options, without
from infra.local.system import System, run_system

PICTURES = 60
PER_SECOND = 2.0
MODEL_SECONDS = 2.0
CARD_MS_MAX = 1000
OWN_MS_MAX = {50: 80, 95: 110}
"""Percentile → the goal."""
SECONDS_MAX = 60
WARM_PICTURES = 4
HOPS = (
    ("update → webhook has stored it", "asked", "accepted"),
    ("queue → bot begins", "accepted", "bot_began"),
    ("bot: hold, job, commit → card is being sent", "bot_began", "card_began"),
    ("Telegram takes the card", "card_began", "card_sent"),
    ("card → image begins (bot's commit, queue)", "card_sent", "image_began"),
    ("image: claim → model is called", "image_began", "model_began"),
    ("picture: read, reduce, store → edit begins", "model_ended", "edit_began"),
    ("Telegram takes the picture", "edit_began", "edit_ended"),
    ("settle: hold becomes revenue", "edit_ended", "settled"),
)
COLUMNS = ("hop", "p50 ms", "p95 ms", "max ms")
UNTIL_CARD = "update → status card in the chat"
OWN = "update → picture in the chat, without the model"

Times = dict[str, float]
"""Moments of one picture, in seconds since the epoch."""


@dataclass(frozen=True)
class Asked:
    """A request that was sent."""

    chat_id: int
    job_id: str
    at: float


def measure() -> Section:
    """Let people ask for pictures for a minute."""
    return asyncio.run(measure_minute())


async def measure_minute() -> Section:
    """Measure with different people, so that no personal limit applies."""
    options = Options(
        parts=without("sweep", "scheduler"),
        gemini_latency_seconds=MODEL_SECONDS,
        arguments={"gemini": ("--noise", "--jitter=0")},
    )
    async with run_system(options) as system, hear(system) as ear, gather_crowd(system) as crowd:
        users = range(FIRST_USER_ID, FIRST_USER_ID + WARM_PICTURES + PICTURES)
        async with open_store(system) as store:
            await fund(store, users)
        await ask_evenly(crowd, ear, users[:WARM_PICTURES])
        noise = Noise()
        asked = await ask_evenly(crowd, ear, users[WARM_PICTURES:])
        others_cores = noise.find_cores()
        models = await read_model_times(system)
    return build_section([read_times(each, ear, models) for each in asked], others_cores)


async def ask_evenly(crowd: Crowd, ear: Ear, users: range) -> list[Asked]:
    """One request every half second; returns when all are settled. Raises TimeoutError."""
    begun = asyncio.get_running_loop().time()

    async def ask(number: int, user_id: int) -> Asked:
        await asyncio.sleep(begun + number / PER_SECOND - asyncio.get_running_loop().time())
        at = time.time()
        return Asked(user_id, await crowd.ask(user_id, f"/image Noise for {user_id} 1:1"), at)

    asked = await asyncio.gather(*(ask(number, user_id) for number, user_id in enumerate(users)))
    wanted = {each.job_id for each in asked}
    await ear.wait_until(lambda: wanted <= find_answers(ear, "image", "job_id").keys(), SECONDS_MAX)
    return asked


def find_answers(ear: Ear, function: str, field: str) -> dict[Any, Answer]:
    """A function's answers by a field of their log line."""
    return {answer.fields.get(field): answer for answer in ear.answers if answer.function == function}


async def read_model_times(system: System) -> dict[int, tuple[float, float]]:
    """Chat → when its model call began and ended."""
    async with httpx.AsyncClient(trust_env=False) as client:
        calls = (await client.get(f"{system.urls['gemini']}/control/calls")).json()["calls"]
    return {int(call["prompt"].split()[-1]): (call["started"], call["ended"]) for call in calls}


def read_times(asked: Asked, ear: Ear, models: dict[int, tuple[float, float]]) -> Times:
    """All moments of one picture."""
    chat_id = asked.chat_id
    card, edit = ear.calls_of("sendMessage")[chat_id], ear.calls_of("editMessageMedia")[chat_id]
    image = find_answers(ear, "image", "job_id")[asked.job_id]
    bot = find_answers(ear, "bot", "update_id")[ear.updates[chat_id]]
    return {
        "asked": asked.at,
        "accepted": ear.deliveries[chat_id],
        "bot_began": bot.started_at,
        "card_began": card.started_at,
        "card_sent": card.ended_at,
        "image_began": image.started_at,
        "model_began": models[chat_id][0],
        "model_ended": models[chat_id][1],
        "edit_began": edit.started_at,
        "edit_ended": edit.ended_at,
        "settled": image.ended_at,
    }


def build_section(pictures: list[Times], others_cores: float) -> Section:
    """A row per hop, then the whole way."""
    title = f"{PICTURES} pictures, {PER_SECOND:g} a second, a model that takes {MODEL_SECONDS:g} s, all on this machine"
    section = Section("hops", title, COLUMNS)
    for name, begin, end in HOPS:
        section.rows.append((name, *describe([each[end] - each[begin] for each in pictures])))
    card = [each["card_sent"] - each["asked"] for each in pictures]
    own = [each["edit_ended"] - each["asked"] - (each["model_ended"] - each["model_began"]) for each in pictures]
    section.rows += [(UNTIL_CARD, *describe(card)), (OWN, *describe(own))]
    section.goals = [Goal(f"{UNTIL_CARD}, p95", find_percentile(card, 95) * 1000, "at most", CARD_MS_MAX, "ms")]
    section.goals += [
        Goal(f"{OWN}, p{percent}", find_percentile(own, percent) * 1000, "at most", limit_ms, "ms", binding=False)
        for percent, limit_ms in OWN_MS_MAX.items()
    ]
    section.notes = [
        "the largest picture there is at 1K: 1 MB of noise",
        f"others kept {others_cores:.2f} cores busy meanwhile",
    ]
    section.raw = {"pictures": pictures, "others_cores": others_cores}
    return section


def describe(seconds: list[float]) -> tuple[str, ...]:
    """p50, p95 and the largest, in ms. A short hop may show as 0, because the clocks have a resolution of 1 ms."""
    milliseconds = [max(0.0, each * 1000) for each in seconds]
    values = (find_percentile(milliseconds, 50), find_percentile(milliseconds, 95), max(milliseconds))
    return tuple(f"{value:.0f}" for value in values)
