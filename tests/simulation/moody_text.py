"""A model that answers in words and has bad days; what it was asked and what it said, for the verdict."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.ports import TextProvider
from shared.providers.ladder import TextRung
from shared.providers.outcomes import Broken, Busy, Gone, ModelOutcome, NoResult, Refused, TimedOut
from shared.providers.talk import Talk, Tokens, Told
from tests.fakes.text_model import tell_words
from tests.simulation.chaos import Chaos, Life
from tests.simulation.virtual_time import VirtualClock
from tests.sounds import read_spoken

LONG = 0.04
"""How often an answer does not fit into one message."""
SHORT = 5
"""Paragraphs of one that does."""
PAUSES_SECONDS = (0.2, 0.5, 1.0, 4.0)
"""Between two of them."""
NO_FORM = 0.05
"""How often what it says of a recording is no form, and how often it hears noise."""
BEYOND_BOUND = 0.02
"""How often it is charged more than was ever expected of it."""


@dataclass
class TextCall:
    """One call of the model."""

    number: int
    job_id: str
    talk: Talk
    rung: TextRung
    started_at: float
    """In the loop's time, as all times here."""
    life: Life
    heard: list[str] = field(default_factory=list)
    tokens: Tokens | None = None
    """What it is charged, where the model lived to say so."""
    ended_at: float | None = None
    is_disturbed: bool = False
    """Its process stood still or was gone before the call ended."""

    @property
    def said(self) -> str:
        return "".join(self.heard)


@dataclass
class MoodyTextModel:
    """Implements TextProvider. It numbers its answers: each paragraph says which it belongs to."""

    chaos: Chaos
    calls: list[TextCall] = field(default_factory=list)

    def answering(self, life: Life) -> TextProvider:
        """The model, as the process of this life reaches it."""
        return _Line(self, life)


@dataclass
class _Line:
    model: MoodyTextModel
    life: Life
    mood: str = ""
    """Of the call that is running."""

    async def stream(self, rung: TextRung, talk: Talk, hear: Callable[[str], None]) -> ModelOutcome | Gone:
        loop, calls = asyncio.get_running_loop(), self.model.calls
        is_hearing = bool(talk.lines[-1].sounds)
        job_id = "" if talk.schema is not None else self.life.job_id
        call = TextCall(len(calls) + 1, job_id, talk, rung, loop.time(), self.life)
        calls.append(call)
        if not self.life.frozen_until:
            self.model.chaos.asked_at.append(VirtualClock().now())
        try:
            is_wording = talk.schema is not None and "variants" in talk.schema["properties"]
            return await (
                self._hear(call) if is_hearing else self._word(call) if is_wording else self._answer(call, hear)
            )
        finally:
            call.ended_at = loop.time()
            call.is_disturbed = bool(self.life.frozen_until) or self.life.dead

    async def _hear(self, call: TextCall) -> ModelOutcome:
        """The transcript; now and then an invalid one, or noise."""
        chaos = self.model.chaos
        unheard = await self._fail()
        if unheard is not None:
            return unheard
        words = read_spoken(call.talk.lines[-1].sounds[0].content)
        if chaos.happens(NO_FORM):
            return Told("I hear a fox.", self._count(), model_id=call.rung.id)
        heard = "noise" if chaos.happens(NO_FORM) else "speech"
        call.tokens = Tokens(chaos.dice.randrange(200, 8_000), chaos.dice.randrange(10, 900))
        return Told(tell_words(words, heard=heard), call.tokens, model_id=call.rung.id)

    async def _word(self, call: TextCall) -> ModelOutcome:
        """Three prompts; now and then none."""
        unsaid = await self._fail()
        if unsaid is not None:
            return unsaid
        variants = [] if self.model.chaos.happens(NO_FORM) else [f"a fox, way {call.number}.{n}" for n in range(3)]
        return Told(json.dumps({"variants": variants}), self._count(), model_id=call.rung.id)

    async def _fail(self) -> ModelOutcome | None:
        """What keeps the model from saying anything."""
        chaos, dice = self.model.chaos, self.model.chaos.dice
        if (away := await chaos.turn_away()) is not None:
            return away
        self.mood = chaos.choose_mood()
        await asyncio.sleep(dice.uniform(0.4, 2.0))
        unsaid: dict[str, ModelOutcome] = {
            "refused": Refused("SAFETY"),
            "no_image": NoResult("OTHER"),
            "busy": Busy("429", dice.choice([None, 7.0])),
            "timed_out": TimedOut(),
            "broken": Broken("400"),
        }
        return unsaid.get(self.mood)

    async def _answer(self, call: TextCall, hear: Callable[[str], None]) -> ModelOutcome:
        chaos, dice = self.model.chaos, self.model.chaos.dice
        unsaid = await self._fail()
        if unsaid is not None:
            return unsaid
        paragraphs = dice.randint(20, 40) if chaos.happens(LONG) else dice.randint(1, SHORT)
        told = dice.randrange(paragraphs) if self.mood == "corrupt" else paragraphs
        pause_seconds = 0.4 if paragraphs > SHORT else dice.choice(PAUSES_SECONDS)
        for number in range(told):
            await self.life.thaw()
            words = f"Part {number} of answer {call.number} is here. {'And so on. ' * dice.randint(0, 20)}\n\n"
            call.heard.append(words)
            hear(words)
            await asyncio.sleep(dice.uniform(0.5, 1.5) * pause_seconds)
        if told < paragraphs:  # the connection broke
            return Told(call.said, None, is_whole=False) if told else Busy("cut", is_fault=True)
        call.tokens = self._count()
        return Told(call.said, call.tokens)

    def _count(self) -> Tokens:
        """With thoughts, which nobody may see."""
        dice = self.model.chaos.dice
        if self.model.chaos.happens(BEYOND_BOUND):
            return Tokens(9_000, 4_000)
        return Tokens(dice.randrange(300, 8_000), dice.randrange(50, 2_048))
