"""A transcoder in memory: a copy is the first bytes of its source, made after a number of polls.

transcoder.script(Broken("429"))        what the next starts bring, in this order
transcoder.script_polls(Broken("x"))    what the next polls bring
transcoder.begins_unheard = True        the next start begins, and nobody hears of it
transcoder.polls_needed = 3             how often it is asked before a copy is there
transcoder.tasks, .operations           what was asked; what was begun and is not forgotten
"""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from shared.ports import MediaStore
from shared.providers.copies import COPY_FILENAME, Copied, CopyPoll, CopyStart, CopyTask
from shared.providers.outcomes import Begun, TimedOut
from shared.providers.videos import Lost, Running


@dataclass
class FakeTranscoder:
    """See the module's docstring."""

    media: MediaStore
    polls_needed: int = 1
    copy_bytes: int = 10
    begins_unheard: bool = False
    before: Callable[[CopyTask], Awaitable[None]] | None = None
    tasks: list[CopyTask] = field(default_factory=list)
    operations: dict[str, CopyTask] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    polls: int = 0
    _scripts: deque[CopyStart] = field(default_factory=deque)
    _polls: deque[CopyPoll] = field(default_factory=deque)

    def script(self, *outcomes: CopyStart) -> None:
        self._scripts.extend(outcomes)

    def script_polls(self, *outcomes: CopyPoll) -> None:
        self._polls.extend(outcomes)

    async def start(self, task: CopyTask) -> CopyStart:
        self.tasks.append(task)
        if self.before is not None:
            await self.before(task)
        if self._scripts:
            return self._scripts.popleft()
        if self.begins_unheard:
            self.begins_unheard = False
            await self.write(task)
            return TimedOut()
        name = f"projects/p/locations/l/jobs/{len(self.tasks)}"
        self.operations[name] = task
        return Begun(name)

    async def poll(self, operation: str) -> CopyPoll:
        self.polls += 1
        if self._polls:
            return self._polls.popleft()
        task = self.operations.get(operation)
        if task is None:
            return Lost()
        if self.polls < self.polls_needed:
            return Running(is_queued=self.polls == 1)
        await self.write(task)
        return Copied()

    async def forget(self, operation: str) -> None:
        self.forgotten.append(operation)
        self.operations.pop(operation, None)

    async def write(self, task: CopyTask) -> None:
        """The file of a copy."""
        pieces = await self.media.stream(task.source, 0, self.copy_bytes)
        await self.media.put_stream(task.prefix + COPY_FILENAME, pieces, "video/mp4")
