"""Video files in memory: whatever is stored is a good video, unless a test says otherwise.

files.facts = VideoFacts(…)            what every file says of itself, its size aside
files.fail(VideoUnusableError("cut"))  the next call raises
"""

from collections import deque
from dataclasses import dataclass, field, replace

from shared.errors import NanoBananaError
from shared.ports import MediaStore
from shared.providers.mp4 import VideoFacts

FACTS = VideoFacts(0, 8.0, 1280, 720, 192, "avc1", has_sound=True)
THUMBNAIL = b"\xff\xd8 a thumbnail"


@dataclass
class FakeVideoFiles:
    """See the module's docstring."""

    media: MediaStore
    facts: VideoFacts = FACTS
    calls: list[tuple[str, str]] = field(default_factory=list)
    _failures: deque[NanoBananaError] = field(default_factory=deque)

    def fail(self, *errors: NanoBananaError) -> None:
        self._failures.extend(errors)

    async def inspect(self, name: str) -> VideoFacts:
        self._begin("inspect", name)
        return await self._facts_of(name)

    async def finish(self, source: str, name: str, *, has_sound: bool) -> VideoFacts:
        self._begin("finish", source)
        await self.media.put_stream(name, await self.media.stream(source), "video/mp4")
        facts = await self._facts_of(name)
        return replace(facts, has_sound=facts.has_sound and has_sound)

    async def thumbnail(self, name: str) -> bytes:
        self._begin("thumbnail", name)
        return THUMBNAIL

    def _begin(self, method: str, name: str) -> None:
        self.calls.append((method, name))
        if self._failures:
            raise self._failures.popleft()

    async def _facts_of(self, name: str) -> VideoFacts:
        about = await self.media.measure(name)
        return replace(self.facts, size_bytes=0 if about is None else about.size_bytes)
