"""One record per call that reached the server, for tests of the requests on the wire."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from infra.local.gemini.contents import Api
from infra.local.gemini.request import GenerateRequest
from infra.local.gemini.speech_request import SpeechRequest
from infra.local.gemini.talk_request import TalkRequest
from infra.local.gemini.video_request import VideoRequest


@dataclass
class Call:
    """One call to generateContent or streamGenerateContent; times are Unix seconds, `ended` is 0 while it runs.

    `fields` are the names at the top of the JSON body, as sent. `outcome` is the finish reason ("STOP",
    "NO_IMAGE"), "BLOCKED <reason>", "<code> <status>" of a refusal, "LOST", "CUT <n>" after n chunks, "ERROR <n>",
    or "ABANDONED" by the caller; `hung_up` is when that was, 0 where the caller stayed to the end.
    The fields after `image_bytes_out` are of answers in words, from `voice` on of speech, from `operation` on of
    videos.
    """

    number: int
    api: Api
    version: str
    model: str
    started: float = field(default_factory=time.time)
    ended: float = 0.0
    outcome: str = ""
    fields: list[str] = field(default_factory=list)
    store_present: bool = False
    store: bool | None = None
    prompt: str = ""
    turns: int = 0
    images_in: int = 0
    image_bytes_in: int = 0
    had_signature: bool = False
    aspect_ratio: str = ""
    image_size: str = ""
    safety_settings: dict[str, str] = field(default_factory=dict)
    response_modalities: list[str] = field(default_factory=list)
    image_bytes_out: int = 0
    streamed: bool = False
    instruction: str = ""
    said: list[str] = field(default_factory=list)
    thinking_level: str = ""
    output_tokens_max: int = 0
    has_schema: bool = False
    searches: bool = False
    first_words: float = 0.0
    chunks_out: int = 0
    tokens_out: int = 0
    hung_up: float = 0.0
    voice: str = ""
    style: str = ""
    sound_type: str = ""
    sound_seconds: float = 0.0
    operation: str = ""
    work: str = ""
    seconds: int = 0
    labels: dict[str, str] = field(default_factory=dict)
    seed: int = 0

    def describe_body(self, raw: dict[str, Any]) -> None:
        """Record which fields were sent, even if the request is refused later."""
        self.fields = sorted(raw)
        self.store_present = "store" in raw

    def describe(self, request: GenerateRequest) -> None:
        """What a valid request says."""
        self.store = request.store
        self.prompt = request.prompt
        self.turns = request.turns
        self.images_in = len(request.pictures)
        self.image_bytes_in = sum(len(picture.data) for picture in request.pictures)
        self.had_signature = any(picture.signature for picture in request.pictures)
        self.aspect_ratio = request.aspect_ratio
        self.image_size = request.image_size
        self.safety_settings = request.safety_settings
        self.response_modalities = list(request.modalities)

    def describe_talk(self, request: TalkRequest) -> None:
        """What a valid request for words says; `said` are the turns, the oldest first."""
        self.store = request.store
        self.prompt = request.prompt
        self.turns = len(request.turns)
        self.images_in = sum(file.is_picture for file in request.files)
        self.image_bytes_in = sum(len(file.data) for file in request.files if file.is_picture)
        self.safety_settings = request.safety_settings
        self.response_modalities = ["TEXT"]
        self.instruction = request.instruction
        self.said = [turn.text for turn in request.turns]
        self.thinking_level = request.thinking_level
        self.output_tokens_max = request.output_tokens_max
        self.has_schema = request.schema is not None
        self.searches = request.searches

    def describe_speech(self, request: SpeechRequest) -> None:
        """What a valid request for speech says."""
        self.model = request.model.name
        self.store = request.store
        self.prompt = request.text
        self.voice = request.voice
        self.style = request.style
        self.sound_type = request.mime_type
        self.response_modalities = ["AUDIO"]

    def describe_video(self, request: VideoRequest) -> None:
        """What a valid request for a video says."""
        self.model = request.model.name
        self.store = request.store
        self.prompt = request.prompt
        self.images_in = len(request.images)
        self.aspect_ratio = request.ratio
        self.image_size = request.resolution
        self.work, self.seconds, self.seed = request.work, request.seconds, request.seed
        self.labels = dict(request.labels)
        self.response_modalities = ["VIDEO"]

    def as_json(self) -> dict[str, Any]:
        """The record as `GET /control/calls` gives it."""
        return asdict(self)


class CallLog:
    """All calls since the start or the last reset."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._changed = asyncio.Condition()

    async def open(self, api: Api, version: str, model: str) -> Call:
        """A new record, under way."""
        call = Call(len(self.calls) + 1, api, version, model)
        self.calls.append(call)
        await self._notify()
        return call

    async def note_chunk(self, call: Call, tokens: int) -> None:
        """A chunk of a stream is on its way."""
        call.first_words = call.first_words or (time.time() if tokens else 0.0)
        call.chunks_out += 1
        call.tokens_out += tokens
        await self._notify()

    async def close(self, call: Call) -> None:
        """The call is over."""
        call.ended = time.time()
        await self._notify()

    def clear(self) -> None:
        """Forget everything; calls under way end unrecorded."""
        self.calls = []

    async def wait_until(self, holds: Callable[[list[Call]], bool], timeout_seconds: float = 10) -> list[Call]:
        """The calls as soon as they satisfy `holds`; TimeoutError when they do not in time."""
        async with asyncio.timeout(timeout_seconds), self._changed:
            await self._changed.wait_for(lambda: holds(self.calls))
        return list(self.calls)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()
