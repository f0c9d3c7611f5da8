"""A provider of videos with bad days: what it began for whom, what it keeps, and what it wrote into the bucket."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

from shared.errors import BlobMissingError, VideoUnusableError
from shared.ports import VideoProvider
from shared.providers.ladder import VideoRung
from shared.providers.mp4 import VideoFacts
from shared.providers.outcomes import Begun, Broken, Busy, Gone, ModelOutcome, NoResult, Refused, TimedOut
from shared.providers.videos import Lost, Poll, Running, VideoMade, VideoTask
from tests.fakes.video_files import FakeVideoFiles
from tests.simulation.chaos import Chaos, Life

CORRUPT, LARGE = b"not a video", b"a large video"
LARGE_BYTES, LARGE_ODDS = 60_000_000, 0.3
"""How large the file says it is, and how many are."""
LATE_SECONDS, LATE_ODDS = (1_900.0, 20_000.0), 0.1
"""How long a video takes that ends after its credits were returned, and how many do."""


@dataclass
class Work:
    """One video, from its beginning on."""

    name: str
    job_id: str
    prefix: str
    done_at: float
    """In the loop's time."""
    mood: str
    content: bytes
    is_in_bucket: bool
    """Whether the provider writes into our bucket, where it can be found without its name."""


@dataclass
class MoodyVideoModel:
    """See the module's docstring."""

    chaos: Chaos
    begun: list[Work] = field(default_factory=list)
    kept: dict[str, Work] = field(default_factory=dict)
    """What is not forgotten."""

    def filming(self, life: Life) -> VideoProvider:
        """The provider, as the process of this life reaches it."""
        return _Studio(self, life)


@dataclass
class _Studio:
    model: MoodyVideoModel
    life: Life

    async def start(self, rung: VideoRung, task: VideoTask, prefix: str) -> ModelOutcome | Gone:
        chaos, dice = self.model.chaos, self.model.chaos.dice
        chaos.note_asked(self.life)
        if (away := await chaos.turn_away()) is not None:
            return away
        mood = chaos.choose_mood()
        await asyncio.sleep(dice.uniform(0.3, 4.0))
        refusals: dict[str, ModelOutcome] = {"busy": Busy("429", dice.choice([None, 7.0])), "broken": Broken("400")}
        if mood in refusals:
            return refusals[mood]
        if mood == "timed_out" and dice.random() < 0.5:
            return TimedOut()
        work = self._begin(task, prefix, mood)
        return TimedOut() if mood == "timed_out" else Begun(work.name, rung.id)

    def _begin(self, task: VideoTask, prefix: str, mood: str) -> Work:
        dice, number = self.model.chaos.dice, len(self.model.begun)
        lasts_seconds = dice.uniform(*LATE_SECONDS) if dice.random() < LATE_ODDS else dice.uniform(20, 400)
        done_at = asyncio.get_running_loop().time() + lasts_seconds
        kind = LARGE if dice.random() < LARGE_ODDS else b"a video"
        content = CORRUPT if mood == "corrupt" else b"%s %d" % (kind, number)
        work = Work(f"work-{number}", task.label, prefix, done_at, mood, content, dice.random() < 0.5)
        self.model.begun.append(work)
        self.model.kept[work.name] = work
        return work

    async def poll(self, operation: str, prefix: str) -> Poll:
        chaos = self.model.chaos
        work = self.model.kept.get(operation)
        if work is None:
            return Lost()
        if chaos.happens(chaos.odds.model.get("busy", 0.0)):
            return Busy("503")
        if asyncio.get_running_loop().time() < work.done_at:
            return Running()
        ends: dict[str, Poll] = {"refused": Refused("SAFETY"), "no_image": NoResult("EMPTY", "I would rather not.")}
        return ends.get(work.mood, VideoMade(work.name, "video/mp4", 8.0))

    async def find(self, prefix: str) -> VideoMade | None:
        now = asyncio.get_running_loop().time()
        for work in self.model.begun:
            is_there = work.is_in_bucket and now >= work.done_at and work.mood not in {"refused", "no_image"}
            if work.prefix == prefix and is_there:
                return VideoMade(work.name, "video/mp4", 8.0)
        return None

    async def read(self, made: VideoMade) -> AsyncIterator[bytes]:
        for work in self.model.begun:
            if work.name == made.address and (work.is_in_bucket or work.name in self.model.kept):
                return _cut(work.content)
        raise BlobMissingError(made.address)

    async def cancel(self, operation: str) -> None:
        """It goes on all the same."""

    async def forget(self, operation: str) -> bool:
        if self.model.chaos.happens(self.model.chaos.odds.model.get("busy", 0.0)):
            return False
        self.model.kept.pop(operation, None)
        return True


async def _cut(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 5):
        yield content[start : start + 5]


@dataclass
class CheckedVideoFiles(FakeVideoFiles):
    """Files of which some are no videos, and some larger than Telegram takes."""

    async def finish(self, source: str, name: str, *, has_sound: bool) -> VideoFacts:
        content = b"".join([piece async for piece in await self.media.stream(source)])
        if content == CORRUPT:
            raise VideoUnusableError("kind")
        facts = await super().finish(source, name, has_sound=has_sound)
        return replace(facts, size_bytes=LARGE_BYTES) if content.startswith(LARGE) else facts
