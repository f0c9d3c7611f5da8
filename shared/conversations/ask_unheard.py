"""Asking a model for a whole text without showing it as it streams: a reading of a message, a summary."""

from typing import Any

from shared.conversations.compose_talk import estimate_charge
from shared.jobs.ask_ladder import Call, ask_ladder
from shared.ports import Ports, TalkStudio
from shared.providers.ladder import TextRung
from shared.providers.outcomes import ModelOutcome
from shared.providers.talk import Talk, Told


async def ask_unheard(
    ports: Ports, studio: TalkStudio, rungs: tuple[TextRung, ...], talk: Talk, seconds_max: float, facts: dict[str, Any]
) -> ModelOutcome:
    """The outcome of the call. `facts` are added to the log line."""
    day = ports.clock.now().date()

    def cost(rung: TextRung, outcome: ModelOutcome | None) -> int:
        tokens = outcome.tokens if isinstance(outcome, Told) else None
        return rung.cost_of(tokens or estimate_charge(talk, ""), day)

    call: Call[TextRung] = Call(
        ask=lambda rung: studio.providers[rung.provider].stream(rung, talk, _hear_nothing),
        cost=cost,
        seconds_max=seconds_max,
    )
    return await ask_ladder(ports, studio, rungs, call, facts)


def _hear_nothing(words: str) -> None:
    """Ignore a partial text: half of it is useless."""
