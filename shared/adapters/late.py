"""Adapters whose libraries are imported at the first use, in a thread, so that the event loop is not blocked.

Work on pictures: a worker has time to import it while it waits for its first model call (`shared/loading.py`).
Speech: google-genai's interactions are a thousand classes that written answers do not need; they would add 0.25 s to a
cold start of `chat`, and 24 MB.
"""

import asyncio
from collections.abc import Callable
from importlib import import_module
from typing import Any, Generic, TypeVar

from shared.adapters.genai_client import Access
from shared.ports import Pictures, SpeechProvider
from shared.providers.images import Image
from shared.providers.ladder import TextRung
from shared.providers.outcomes import Gone, ModelOutcome
from shared.providers.speech import SpeechTask

T = TypeVar("T")


class LatePictures:
    """A `Pictures`. One per process and event loop."""

    def __init__(self) -> None:
        self._pictures = _Late[Pictures]("shared.adapters.pictures", lambda module: module.PillowPictures())

    async def check(self, content: bytes) -> Image:
        return await (await self._pictures.get()).check(content)

    async def preview(self, content: bytes) -> tuple[bytes, int, int]:
        return await (await self._pictures.get()).preview(content)


class LateSpeech:
    """A `SpeechProvider`. One per process and event loop."""

    def __init__(self, access: Access) -> None:
        self._speech = _Late[SpeechProvider]("shared.adapters.genai_speech", lambda module: module.GeminiSpeech(access))

    async def speak(self, rung: TextRung, task: SpeechTask) -> ModelOutcome | Gone:
        return await (await self._speech.get()).speak(rung, task)


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
