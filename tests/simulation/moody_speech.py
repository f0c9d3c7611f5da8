"""A model that speaks and has bad days; what it was asked and what it brought, for the verdict."""

import asyncio
from dataclasses import dataclass, field

from shared.ports import SpeechProvider
from shared.providers.ladder import TextRung
from shared.providers.outcomes import Broken, Busy, Gone, ModelOutcome, NoResult, Refused, Spoken, TimedOut
from shared.providers.speech import SpeechTask
from shared.providers.talk import Tokens
from tests.fakes.speech_model import make_ogg
from tests.simulation.chaos import Chaos, Life


@dataclass
class SpeechCall:
    """One call of the model."""

    job_id: str
    task: SpeechTask
    life: Life
    outcome: ModelOutcome | None = None
    """None where its process died, or was told to stop, before it came."""


@dataclass
class MoodySpeechModel:
    """Its sounds differ from call to call in their last millisecond, so that two of one job would be seen."""

    chaos: Chaos
    calls: list[SpeechCall] = field(default_factory=list)

    def speaking(self, life: Life) -> SpeechProvider:
        """The model, as the process of this life reaches it."""
        return _Mouth(self, life)


@dataclass
class _Mouth:
    model: MoodySpeechModel
    life: Life

    async def speak(self, rung: TextRung, task: SpeechTask) -> ModelOutcome | Gone:
        chaos, dice = self.model.chaos, self.model.chaos.dice
        call = SpeechCall(self.life.job_id, task, self.life)
        self.model.calls.append(call)
        chaos.note_asked(self.life)
        if (away := await chaos.turn_away()) is not None:
            return away
        mood = chaos.choose_mood()
        await asyncio.sleep(dice.uniform(1.0, 20.0))
        outcomes: dict[str, ModelOutcome] = {
            "refused": Refused("SAFETY"),
            "no_image": NoResult("OTHER"),
            "corrupt": NoResult("UNREADABLE_SOUND"),
            "busy": Busy("429", dice.choice([None, 7.0])),
            "timed_out": TimedOut(),
            "broken": Broken("400"),
        }
        seconds = 1 + len(task.words) // 15 + len(self.model.calls) / 10_000
        tokens = Tokens(len(task.words) // 4, round(25 * seconds)) if dice.random() < 0.8 else None
        spoken = Spoken(make_ogg(seconds), "audio/ogg", seconds=seconds, tokens=tokens)
        call.outcome = outcomes.get(mood, spoken)
        return call.outcome
