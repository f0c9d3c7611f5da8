"""Asking the models of a ladder for one task, until one of them exists.

The time limit, the breaker and the log are here; an adapter only makes one call.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Generic

from shared.jobs.attempts import CANCELED_ATTEMPT
from shared.jobs.measure_call import measure_call
from shared.logs import log_event
from shared.ports import Ports, Studio
from shared.providers.ladder import AnyRung
from shared.providers.outcomes import Begun, Broken, Gone, Made, ModelOutcome, TimedOut, name_outcome
from shared.providers.talk import Told


@dataclass(frozen=True, slots=True)
class Call(Generic[AnyRung]):
    """How to ask a rung for the task, and what the call costs."""

    ask: Callable[[AnyRung], Awaitable[ModelOutcome | Gone]]
    """One call of one model, without retries."""
    cost: Callable[[AnyRung, ModelOutcome | None], int]
    """The cost of a charged call, in millionths of a US dollar; outcome None: the call was stopped."""
    seconds_max: float


async def ask_ladder(
    ports: Ports, studio: Studio, rungs: tuple[AnyRung, ...], call: Call[AnyRung], facts: dict[str, Any]
) -> ModelOutcome:
    """The outcome of a task; a result names the model that was asked. `facts` are added to the log line."""
    started_at, asked = ports.clock.now(), list[AnyRung]()

    def log(name: str, outcome: ModelOutcome | None, *, charged: bool) -> None:
        ms = round((ports.clock.now() - started_at).total_seconds() * 1000)
        bill = {"model_id": asked[-1].id, "cost_usd_micros": call.cost(asked[-1], outcome)} if charged else {}
        log_event("model_answered", **(facts | bill), ms=ms, outcome=name)

    try:
        async with asyncio.timeout(call.seconds_max):
            outcome = await _ask_each(ports, studio, rungs, call, asked)
    except TimeoutError:
        outcome = TimedOut()
    except asyncio.CancelledError:  # the provider has begun, so it charges us
        log(CANCELED_ATTEMPT, None, charged=bool(asked))
        raise
    log(name_outcome(outcome), outcome, charged=isinstance(outcome, Made | Told | Begun))
    return outcome


async def _ask_each(
    ports: Ports, studio: Studio, rungs: tuple[AnyRung, ...], call: Call[AnyRung], asked: list[AnyRung]
) -> ModelOutcome:
    """The outcome of the first model that exists; `asked` gets an entry for each call."""
    for rung in rungs:
        if studio.gone.includes(rung, ports.clock.now()):
            continue
        asked.append(rung)
        outcome = await _ask(ports, studio, rung, call)
        if isinstance(outcome, Made | Told | Begun):
            note_rerouting(rung.id, outcome.model_id)
        if isinstance(outcome, Made | Begun):
            return replace(outcome, model_id=rung.id)
        if not isinstance(outcome, Gone):
            return outcome
        studio.gone.remember(rung, ports.clock.now())
        log_event("model_gone", severity="WARNING", model_id=rung.id)
    return Broken("NOT_FOUND")


def note_rerouting(asked_id: str, answered_by: str) -> None:
    """Log that another model answered than was asked: its price may be another. Empty: the provider does not say."""
    if answered_by and not answered_by.startswith(asked_id):
        log_event("model_rerouted", severity="WARNING", model_id=asked_id, answered_by=answered_by)


async def _ask(ports: Ports, studio: Studio, rung: AnyRung, call: Call[AnyRung]) -> ModelOutcome | Gone:
    started_at = ports.clock.now()
    with measure_call(rung, call.cost) as measured:
        outcome = await call.ask(rung)
        measured.end(outcome)
    studio.breaker.record(rung.name, outcome, started_at, ports.clock.now(), ports.ids.jitter())
    return outcome
