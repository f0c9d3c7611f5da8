"""Adapters whose libraries are imported at the first use, in a thread, so that the event loop is not blocked.

Work on pictures: a worker has time to import it while it waits for its first model call (`shared/loading.py`).
Speech and videos: google-genai's interactions are a thousand classes that written answers do not need; they would add
0.25 s to a cold start of `chat` and of `video`, and 24 MB.
A second provider: most pictures and videos are made by the first.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from shared.ports import Pictures, Provider, SpeechProvider, VideoProvider
from shared.providers.images import Image
from shared.providers.ladder import PictureRung, TextRung, VideoRung
from shared.providers.outcomes import Gone, ModelOutcome, PictureTask
from shared.providers.speech import SpeechTask
from shared.providers.videos import Poll, VideoMade, VideoTask

if TYPE_CHECKING:
    from shared.adapters.gemini_access import Access

T = TypeVar("T")


class LatePictures:
    """A `Pictures`. One per process and event loop."""

    def __init__(self) -> None:
        self._pictures = _Late[Pictures]("shared.adapters.pictures", lambda module: module.PillowPictures())

    async def check(self, content: bytes) -> Image:
        return await (await self._pictures.get()).check(content)

    async def preview(self, content: bytes) -> tuple[bytes, int, int]:
        return await (await self._pictures.get()).preview(content)

    async def thumbnail(self, content: bytes) -> bytes:
        return await (await self._pictures.get()).thumbnail(content)


class LateSpeech:
    """A `SpeechProvider`. One per process and event loop."""

    def __init__(self, access: "Access") -> None:
        self._speech = _Late[SpeechProvider]("shared.adapters.genai_speech", lambda module: module.GeminiSpeech(access))

    async def speak(self, rung: TextRung, task: SpeechTask) -> ModelOutcome | Gone:
        return await (await self._speech.get()).speak(rung, task)


class LateProvider:
    """A `Provider`. One per process and event loop."""

    def __init__(self, module: str, make: Callable[[Any], Provider]) -> None:
        self._provider = _Late[Provider](module, make)

    async def generate(self, rung: PictureRung, task: PictureTask) -> ModelOutcome | Gone:
        return await (await self._provider.get()).generate(rung, task)


class LateVideos:
    """A `VideoProvider`. One per process and event loop."""

    def __init__(self, module: str, make: Callable[[Any], VideoProvider]) -> None:
        self._videos = _Late[VideoProvider](module, make)

    async def start(self, rung: VideoRung, task: VideoTask, prefix: str) -> ModelOutcome | Gone:
        return await (await self._videos.get()).start(rung, task, prefix)

    async def poll(self, operation: str, prefix: str) -> Poll:
        return await (await self._videos.get()).poll(operation, prefix)

    async def find(self, prefix: str) -> VideoMade | None:
        return await (await self._videos.get()).find(prefix)

    async def read(self, made: VideoMade) -> AsyncIterator[bytes]:
        return await (await self._videos.get()).read(made)

    async def cancel(self, operation: str) -> None:
        await (await self._videos.get()).cancel(operation)

    async def forget(self, operation: str) -> bool:
        return await (await self._videos.get()).forget(operation)


class _Late(Generic[T]):
    """An adapter that is made once, at the first use."""

    def __init__(self, module: str, make: Callable[[Any], T]) -> None:
        self._module, self._make = module, make
        self._made: T | None = None

    async def get(self) -> T:
        if self._made is None:
            module = await asyncio.to_thread(import_module, self._module)
            self._made = self._made or self._make(module)
        return self._made
