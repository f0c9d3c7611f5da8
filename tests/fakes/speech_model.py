"""A provider of speech, in memory: silence in Ogg Opus, as long as the text, unless a test scripts something else.

model.script(Busy("503"), TimedOut())     what the next calls bring, in this order
model.before = …                          is awaited in each call
model.tasks                               what was asked
"""

import struct
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from shared.providers.ladder import TextRung
from shared.providers.outcomes import Gone, ModelOutcome, Spoken
from shared.providers.speech import SpeechTask
from shared.providers.talk import Tokens
from shared.usage import current_usage

LETTERS_PER_SECOND = 15
SAMPLES_PER_SECOND = 48_000
_PRE_SKIP = 312


@dataclass
class FakeSpeechModel:
    """See the module's docstring."""

    tasks: list[SpeechTask] = field(default_factory=list)
    rungs: list[TextRung] = field(default_factory=list)
    before: Callable[[SpeechTask], Awaitable[None]] | None = None
    counts: bool = True
    """Whether it says how many tokens it took."""
    _scripts: deque[ModelOutcome | Gone] = field(default_factory=deque)

    def script(self, *outcomes: ModelOutcome | Gone) -> None:
        self._scripts.extend(outcomes)

    async def speak(self, rung: TextRung, task: SpeechTask) -> ModelOutcome | Gone:
        current_usage().model_calls += 1
        self.tasks.append(task)
        self.rungs.append(rung)
        if self.before is not None:
            await self.before(task)
        if self._scripts:
            return self._scripts.popleft()
        seconds = len(task.words) / LETTERS_PER_SECOND
        tokens = Tokens(len(task.words) // 4, round(25 * seconds)) if self.counts else None
        return Spoken(make_ogg(seconds), "audio/ogg", seconds=seconds, tokens=tokens)


def make_ogg(seconds: float) -> bytes:
    """The pages of a file of Ogg Opus that lasts so long; nobody can hear it."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, _PRE_SKIP, 24_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<II", 0, 0)
    end = round(seconds * SAMPLES_PER_SECOND) + _PRE_SKIP
    return _page(0, 0, head) + _page(0, 1, tags) + _page(end, 2, b"\xf8\xff\xfe")


def _page(granule: int, number: int, body: bytes) -> bytes:
    return b"OggS" + struct.pack("<BBQIIIB", 0, 0, granule, 1, number, 0, 1) + bytes([len(body)]) + body
