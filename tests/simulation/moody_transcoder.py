"""A transcoder with bad days: what it began for whom, and when each copy is written into the bucket."""

import asyncio
from dataclasses import dataclass, field

from shared.ports import Transcoder
from shared.providers.copies import COPY_FILENAME, Copied, CopyPoll, CopyStart, CopyTask
from shared.providers.outcomes import Begun, Broken, TimedOut
from shared.providers.videos import Lost, Running
from tests.fakes.blobs import FakeBlobStore
from tests.simulation.chaos import Chaos, Life

COPY_SECONDS = 20.0, 800.0
"""Some take longer than anybody waits for them."""


@dataclass
class MoodyTranscoder:
    """See the module's docstring."""

    chaos: Chaos
    blobs: FakeBlobStore
    begun: list[str] = field(default_factory=list)
    """The job of each copy that was begun."""
    kept: dict[str, CopyPoll] = field(default_factory=dict)
    """What is not forgotten, and its state."""

    def copying(self, life: Life) -> Transcoder:
        """The transcoder, as the process of this life reaches it."""
        return self.chaos.endanger_transcoder(_Copier(self), life)


@dataclass
class _Copier:
    model: MoodyTranscoder

    async def start(self, task: CopyTask) -> CopyStart:
        dice, mood = self.model.chaos.dice, self.model.chaos.choose_mood()
        await asyncio.sleep(dice.uniform(0.1, 2.0))
        if mood in {"busy", "broken"}:
            return Broken(mood)
        if mood == "timed_out" and dice.random() < 0.5:
            return TimedOut()
        name = f"copy-{len(self.model.begun)}"
        self.model.begun.append(task.label)
        self.model.kept[name] = Running()
        asyncio.get_running_loop().call_later(dice.uniform(*COPY_SECONDS), self._end, name, task, mood)
        return TimedOut() if mood == "timed_out" else Begun(name)

    def _end(self, name: str, task: CopyTask, mood: str) -> None:
        """It fails, or its file is there; also of a copy that is forgotten."""
        fails = mood in {"refused", "no_image"}
        if not fails and task.source in self.model.blobs.blobs:
            content = b"a small copy of " + self.model.blobs.blobs[task.source][0]
            self.model.blobs.blobs[task.prefix + COPY_FILENAME] = content, "video/mp4"
        if name in self.model.kept:
            self.model.kept[name] = Broken(mood) if fails else Copied()

    async def poll(self, operation: str) -> CopyPoll:
        if self.model.chaos.happens(self.model.chaos.odds.model.get("busy", 0.0)):
            return TimedOut()
        return self.model.kept.get(operation, Lost())

    async def forget(self, operation: str) -> None:
        self.model.kept.pop(operation, None)
