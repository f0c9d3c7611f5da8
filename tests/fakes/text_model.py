"""A provider of answers in words, in memory: it repeats what it was asked, unless a test scripts something else.

model.script("how?", Answer(("One. ", "Two.")))      the next answer to that last line; scripts of one line queue up
Answer(("One. ",), ending=Busy("503"))               the call fails after these words
Answer(("One. ", "Two."), pause_seconds=2)           so long before each of the words, by the clock
model.before = …                                     is awaited before each of the words
model.read = …                                       answers what is asked with a schema, given the `Talk`
model.hear = …                                       says what is heard in a recording, given the `Talk`
model.otherwise = …                                  answers what is not scripted, given the `Talk`
model.canceled                                       what was asked in calls that were canceled
"""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from shared.ports import Clock
from shared.providers.ladder import TextRung
from shared.providers.outcomes import Gone, ModelOutcome, Refused
from shared.providers.talk import Source, Talk, Tokens, Told, holds_a_sentence
from shared.usage import current_usage
from tests.fakes.clock import FakeClock
from tests.sounds import read_spoken


@dataclass(frozen=True)
class Answer:
    """What a call brings."""

    words: tuple[str, ...] = ()
    """As they come."""
    ending: ModelOutcome | Gone | None = None
    """Where it is no `Told`, a sentence that was said before is kept. None: all words are said, and counted."""
    pause_seconds: float = 0.0
    searches: int = 0
    sources: tuple[Source, ...] = ()
    """What it says of a search, where one was asked for."""


@dataclass
class FakeTextModel:
    """See the module's docstring."""

    clock: Clock = field(default_factory=FakeClock)
    talks: list[Talk] = field(default_factory=list)
    rungs: list[TextRung] = field(default_factory=list)
    """Of each call, as `talks`."""
    read: Callable[[Talk], Answer] = lambda talk: Answer(('{"act": "ask", "sure": 1}',))
    """What it answers where a schema is asked for."""
    hear: Callable[[Talk], Answer] = lambda talk: Answer((tell_words(read_spoken(talk.lines[-1].sounds[0].content)),))
    """What it makes of a recording: the words of `make_spoken`."""
    otherwise: Callable[[Talk], Answer] = lambda talk: Answer(("You said: ", talk.lines[-1].text))
    """What it answers where nothing is scripted."""
    canceled: list[Talk] = field(default_factory=list)
    before: Callable[[Talk], Awaitable[None]] | None = None
    _scripts: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))

    def script(self, asked: str, *answers: Answer) -> None:
        self._scripts[asked].extend(answers)

    async def stream(self, rung: TextRung, talk: Talk, hear: Callable[[str], None]) -> ModelOutcome | Gone:
        current_usage().model_calls += 1
        self.talks.append(talk)
        self.rungs.append(rung)
        asked = talk.lines[-1].text
        answer = self._read(talk) if talk.schema is not None and not self._scripts[asked] else self._answer(talk)
        try:
            for words in answer.words:
                await self._wait(talk, answer.pause_seconds)
                hear(words)
            await self._wait(talk, answer.pause_seconds)
        except asyncio.CancelledError:
            self.canceled.append(talk)
            raise
        return _end(rung, talk, answer)

    def _read(self, talk: Talk) -> Answer:
        return self.hear(talk) if talk.lines[-1].sounds else self.read(talk)

    def _answer(self, talk: Talk) -> Answer:
        scripts = self._scripts[talk.lines[-1].text]
        return scripts.popleft() if scripts else self.otherwise(talk)

    async def _wait(self, talk: Talk, seconds: float) -> None:
        await self.clock.sleep(seconds)
        if self.before is not None:
            await self.before(talk)


def tell_words(words: str, **said: object) -> str:
    """The form of a recording in which these words are spoken; `said` are other fields of it."""
    long = {"summary": words[:40], "lines": [{"at": 0, "words": words}]}
    return json.dumps({"heard": "speech", "language": "en", "sure": 1.0, "words": words} | long | said)


def count_tokens(talk: Talk, text: str) -> Tokens:
    """A word is a token here, a picture 258."""
    given = [talk.instruction, *(line.text for line in talk.lines)]
    pictures = sum(len(line.pictures) for line in talk.lines)
    return Tokens(sum(len(each.split()) for each in given) + 258 * pictures, len(text.split()))


def _end(rung: TextRung, talk: Talk, answer: Answer) -> ModelOutcome | Gone:
    text = "".join(answer.words)
    if answer.ending is None:
        told = Told(text, count_tokens(talk, text), model_id=rung.id)
        return replace(told, searches=answer.searches, sources=answer.sources) if talk.search else told
    if isinstance(answer.ending, Told) or not holds_a_sentence(text):
        return answer.ending
    if isinstance(answer.ending, Refused):
        counted = count_tokens(talk, text)
        return Told(text, counted, is_whole=False, model_id=rung.id, filter_reason=answer.ending.reason)
    return Told(text, None, is_whole=False, model_id=rung.id)
