"""A provider in memory, of every model: the same task gives the same tiny PNG, unless a test scripts something else."""

import asyncio
import struct
import zlib
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256

from shared.providers.admission import admit_answer
from shared.providers.ladder import PictureRung
from shared.providers.outcomes import Gone, Made, ModelOutcome, PictureTask
from shared.usage import current_usage


@dataclass
class FakeModel:
    """`script("a fox", Busy("429"), Refused("SAFETY"))`: the first call with that prompt is busy, the second
    refused, all later ones paint. `before` is awaited in every call: a test may hold the painter there."""

    tasks: list[PictureTask] = field(default_factory=list)
    rungs: list[PictureRung] = field(default_factory=list)
    """Of each call, as `tasks`."""
    before: Callable[[PictureTask], Awaitable[None]] | None = None
    _scripts: dict[str, deque[ModelOutcome | Gone]] = field(default_factory=lambda: defaultdict(deque))

    def script(self, prompt: str, *outcomes: ModelOutcome | Gone) -> None:
        self._scripts[prompt].extend(outcomes)

    async def generate(self, rung: PictureRung, task: PictureTask) -> ModelOutcome | Gone:
        current_usage().model_calls += 1
        self.tasks.append(task)
        self.rungs.append(rung)
        await asyncio.sleep(0)
        if self.before is not None:
            await self.before(task)
        if self._scripts[task.prompt]:
            return self._scripts[task.prompt].popleft()
        await admit_answer()
        return Made(paint(task), "image/png", b"signature of " + _digest(task)[:8])


def paint(task: PictureTask) -> bytes:
    """A valid PNG of one pixel, whose colour stands for the task."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" + _digest(task)[:3])
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def _digest(task: PictureTask) -> bytes:
    return sha256(repr(task).encode()).digest()
