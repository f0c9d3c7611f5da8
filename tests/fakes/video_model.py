"""A provider of videos, in memory: each is made after a number of polls, unless a test scripts something else.

model.script(Busy("503"), TimedOut())     what the next starts bring, in this order
model.script_polls(Refused("SAFETY"))     what the next polls bring
model.polls_needed = 3                    how often it is asked before a video is there
model.begins_unheard = True               the next start begins, and nobody hears of it
model.before = …                          is awaited in each start
model.tasks, model.prefixes               what was asked, and where it was to be written
model.operations                          by their names, those that were begun and are not forgotten
"""

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from shared.errors import BlobMissingError
from shared.providers.ladder import VideoRung
from shared.providers.outcomes import Begun, Gone, ModelOutcome, NoResult, TimedOut
from shared.providers.videos import Lost, Poll, Running, VideoMade, VideoTask
from shared.usage import current_usage

CONTENT = b"\0\0\0\x14ftypisom a video in memory"


@dataclass
class Operation:
    """What the provider knows of one video."""

    task: VideoTask
    prefix: str
    rung: VideoRung
    polls: int = 0
    is_canceled: bool = False


@dataclass
class FakeVideoModel:
    """See the module's docstring."""

    polls_needed: int = 1
    content: bytes = CONTENT
    begins_unheard: bool = False
    before: Callable[[VideoTask], Awaitable[None]] | None = None
    tasks: list[VideoTask] = field(default_factory=list)
    rungs: list[VideoRung] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    operations: dict[str, Operation] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    canceled: list[str] = field(default_factory=list)
    written: dict[str, VideoMade] = field(default_factory=dict)
    """What stands in the bucket, by prefix."""
    _scripts: deque[ModelOutcome | Gone] = field(default_factory=deque)
    _polls: deque[Poll] = field(default_factory=deque)

    def script(self, *outcomes: ModelOutcome | Gone) -> None:
        self._scripts.extend(outcomes)

    def script_polls(self, *outcomes: Poll) -> None:
        self._polls.extend(outcomes)

    async def start(self, rung: VideoRung, task: VideoTask, prefix: str) -> ModelOutcome | Gone:
        current_usage().model_calls += 1
        self.tasks.append(task)
        self.rungs.append(rung)
        self.prefixes.append(prefix)
        if self.before is not None:
            await self.before(task)
        if self._scripts:
            return self._scripts.popleft()
        name = f"operation-{len(self.tasks)}"
        self.operations[name] = Operation(task, prefix, rung)
        if self.begins_unheard:
            self.begins_unheard = False
            self.written[prefix] = self._made(name)
            return TimedOut()
        return Begun(name, rung.id)

    async def poll(self, operation: str, prefix: str) -> Poll:
        current_usage().model_calls += 1
        if self._polls:
            return self._polls.popleft()
        known = self.operations.get(operation)
        if known is None:
            return Lost()
        if known.is_canceled:
            return NoResult("CANCELLED")
        known.polls += 1
        if known.polls < self.polls_needed:
            return Running(is_queued=known.polls == 1)
        self.written[prefix] = self._made(operation)
        return self.written[prefix]

    async def find(self, prefix: str) -> VideoMade | None:
        return self.written.get(prefix)

    async def read(self, made: VideoMade) -> AsyncIterator[bytes]:
        if made not in self.written.values():
            raise BlobMissingError(made.address)
        return _cut(self.content)

    async def cancel(self, operation: str) -> None:
        self.canceled.append(operation)
        if operation in self.operations:
            self.operations[operation].is_canceled = True

    async def forget(self, operation: str) -> bool:
        self.forgotten.append(operation)
        self.operations.pop(operation, None)
        return True

    def _made(self, operation: str) -> VideoMade:
        known = self.operations[operation]
        return VideoMade(f"memory:{operation}", "video/mp4", float(known.task.seconds), model_id=known.rung.id)


async def _cut(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 16):
        yield content[start : start + 16]
