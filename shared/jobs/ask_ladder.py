"""Asking the models of a ladder for one task, until one of them is there.

The time limit, the breaker and the log are here, around the providers; an adapter makes one call.
"""

import asyncio
from dataclasses import replace
from typing import Any

from shared.jobs.attempts import CANCELED_ATTEMPT
from shared.jobs.time_limits import MODEL_SECONDS_MAX
from shared.logs import log_event
from shared.ports import Ports, Studio
from shared.providers.ladder import Rung, task_for
from shared.providers.outcomes import Broken, Gone, Made, ModelOutcome, PictureTask, TimedOut, name_outcome


async def ask_ladder(
    ports: Ports, studio: Studio, rungs: tuple[Rung, ...], task: PictureTask, facts: dict[str, Any]
) -> ModelOutcome:
    """What comes of a task; a picture says which model made it. `facts` go into the line in the log."""
    started_at, asked = ports.clock.now(), list[Rung]()

    def log(outcome: str, *, charged: bool) -> None:
        ms = round((ports.clock.now() - started_at).total_seconds() * 1000)
        bill = {"model_id": asked[-1].id, "cost_usd_micros": asked[-1].cost_of(task.size)} if charged else {}
        log_event("model_answered", **(facts | bill), ms=ms, outcome=outcome)

    try:
        async with asyncio.timeout(MODEL_SECONDS_MAX):
            outcome = await _ask_each(ports, studio, rungs, task, asked)
    except TimeoutError:
        outcome = TimedOut()
    except asyncio.CancelledError:  # the provider has begun, and charges
        log(CANCELED_ATTEMPT, charged=True)
        raise
    log(name_outcome(outcome), charged=isinstance(outcome, Made))
    return outcome


async def _ask_each(
    ports: Ports, studio: Studio, rungs: tuple[Rung, ...], task: PictureTask, asked: list[Rung]
) -> ModelOutcome:
    """The first answer of a model that is there; `asked` grows with each call."""
    for rung in rungs:
        if studio.gone.includes(rung, ports.clock.now()):
            continue
        asked.append(rung)
        outcome = await _ask(ports, studio, rung, task_for(rung, rungs[0], task))
        if isinstance(outcome, Made):
            return replace(outcome, model_id=rung.id)
        if not isinstance(outcome, Gone):
            return outcome
        studio.gone.remember(rung, ports.clock.now())
        log_event("model_gone", severity="WARNING", model_id=rung.id)
    return Broken("NOT_FOUND")


async def _ask(ports: Ports, studio: Studio, rung: Rung, task: PictureTask) -> ModelOutcome | Gone:
    started_at = ports.clock.now()
    outcome = await studio.providers[rung.provider].generate(rung, task)
    studio.breaker.record(rung.name, outcome, started_at, ports.clock.now(), ports.ids.jitter())
    return outcome
