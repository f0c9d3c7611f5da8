"""Videos by Gemini Omni: background interactions.

                        developer API                          enterprise API, in `global` only
    a file is written   into the Files API, for 48 hours       into our own bucket, under the attempt's prefix
    a clip is read      from there, sent there before          from our bucket
    found without id    never                                  by its prefix

A start with an unknown outcome is `TimedOut`: a video costs dollars, so a start is never retried automatically. The
library's own retries are switched off (`genai_client.py`).
"""

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import httpx2
from google.auth.exceptions import GoogleAuthError
from google.genai._interactions import APIConnectionError, APIStatusError

from shared.adapters.gemini_access import Access
from shared.adapters.gemini_errors import is_about_a_file, name_status, read_status, shorten
from shared.adapters.genai_client import GeminiClient, read_model
from shared.adapters.genai_errors import NEVER_SENT, NO_ANSWER, read_failure
from shared.adapters.genai_files import GeminiFiles
from shared.adapters.genai_video_request import build_request, pictures_of
from shared.adapters.own_bucket import OwnBucket
from shared.errors import BlobMissingError, NanoBananaError, UnavailableError
from shared.jobs.time_limits import START_SECONDS_MAX
from shared.ports import MediaStore
from shared.providers.ladder import VideoRung
from shared.providers.outcomes import Begun, Broken, Busy, FileRefused, Gone, ModelOutcome, NoResult, Refused, TimedOut
from shared.providers.talk import Tokens
from shared.providers.videos import Lost, Poll, Running, VideoMade, VideoTask
from shared.usage import current_usage

POLL_SECONDS_MAX = 20.0
CLIP_SECONDS_MAX = 40.0
"""The limit for uploading a clip; the rest of the time for a start is for the call that begins."""
UNKNOWN = frozenset({408, 500, 502, 504})
"""Statuses of a start after which the provider may still be at work."""
_NOT_FOUND = 404
_ENDED = frozenset(
    {
        "completed",
        "failed",
        "cancelled",
        "incomplete",
        "budget_exceeded",
        "requires_action",
        "requires_continuation",
        "idle",
    }
)
"""Final statuses. An unknown status is not final: the job has a deadline."""
FILTERED = re.compile(r"safety|prohibited|blocked?\b|spii|recitation|sensitive|policy|filtered", re.IGNORECASE)
_INLINE = "inline:"
_WITH_CLIP = "|"
"""Between an interaction's id and the file that was uploaded for it, in the name of an operation."""
_SLICE_BYTES = 1024 * 1024


class GeminiVideos:
    """A `VideoProvider`. One per process and event loop."""

    def __init__(self, access: Access, media: MediaStore, bucket: str, seconds_max: float = START_SECONDS_MAX) -> None:
        """`bucket` is the one of `media`: where the enterprise API writes."""
        self._client = GeminiClient(replace(access, location="global"), seconds_max, _ignore)
        self._is_enterprise = not access.api_key
        self._files = GeminiFiles(access)
        self._bucket = OwnBucket(media, bucket)

    async def start(self, rung: VideoRung, task: VideoTask, prefix: str) -> ModelOutcome | Gone:
        try:
            async with asyncio.timeout(CLIP_SECONDS_MAX):
                clip_uri = await self._find_clip(task)
        except (NanoBananaError, TimeoutError) as error:  # nothing was asked for yet
            return Busy(type(error).__name__, is_fault=True)
        current_usage().model_calls += 1
        gcs_uri = self._bucket.address_of(prefix) if self._is_enterprise else ""
        try:
            request = build_request(rung, task, gcs_uri, clip_uri)
            interaction = await self._client.open().aio.interactions.create(**request)
        except Exception as error:  # noqa: BLE001 — the port promises an outcome, whatever a library raises
            outcome = _read_start(error, has_files=bool(pictures_of(task)) or task.clip is not None)
            if not isinstance(outcome, TimedOut):  # otherwise the model may be reading it
                await self._drop_clip(clip_uri)
            return outcome
        if not interaction.id:
            return TimedOut()
        return Begun(self._name_operation(interaction.id, clip_uri), read_model(interaction))

    async def poll(self, operation: str, prefix: str) -> Poll:
        current_usage().model_calls += 1
        operation, _ = _split(operation)
        try:
            interaction = await self._client.open().aio.interactions.get(
                operation, include_input=False, timeout=POLL_SECONDS_MAX
            )
        except Exception as error:  # noqa: BLE001 — as above
            return _read_poll(error)
        if interaction.status not in _ENDED:
            return Running(is_queued=interaction.status == "queued")
        made = _read_output(interaction, operation)
        try:
            if made is not None:
                return made if await self._is_ready(made) else Running()
            return await self.find(prefix) or _read_end(interaction)
        except UnavailableError:
            return Busy("FILES", is_fault=True)
        except BlobMissingError:
            return NoResult("FILE_GONE")

    async def find(self, prefix: str) -> VideoMade | None:
        return await self._bucket.find(prefix) if self._is_enterprise else None

    async def read(self, made: VideoMade) -> AsyncIterator[bytes]:
        if self._bucket.holds(made.address):
            return await self._bucket.read(made.address)
        if made.address.startswith(_INLINE):
            return _cut(await self._read_inline(made.address.removeprefix(_INLINE)))
        return await self._files.read(made.address)

    async def cancel(self, operation: str) -> None:
        operation, _ = _split(operation)
        try:
            await self._client.open().aio.interactions.cancel(operation, timeout=POLL_SECONDS_MAX)
        except Exception:  # noqa: BLE001 — it goes on, and its end is found by the next poll
            return

    async def forget(self, operation: str) -> bool:
        interactions, (operation, clip) = self._client.open().aio.interactions, _split(operation)
        try:
            if clip:
                await self._files.delete(clip)
            if not self._is_enterprise:  # its file stands in the Files API, and would stay there for 48 hours
                known = await interactions.get(operation, include_input=False, timeout=POLL_SECONDS_MAX)
                made = _read_output(known, operation)
                if made is not None and not made.address.startswith(_INLINE):
                    await self._files.delete(made.address)
            await interactions.delete(operation, timeout=POLL_SECONDS_MAX)
        except APIStatusError as error:
            return error.status_code == _NOT_FOUND
        except Exception:  # noqa: BLE001 — as above
            return False
        return True

    def _name_operation(self, interaction_id: str, clip_uri: str) -> str:
        """The operation, with the file that has to be deleted after it."""
        is_uploaded = bool(clip_uri) and not self._is_enterprise
        return f"{interaction_id}{_WITH_CLIP}{clip_uri}" if is_uploaded else interaction_id

    async def _drop_clip(self, clip_uri: str) -> None:
        """Delete the clip that was uploaded for a start; otherwise the provider keeps it for 48 hours."""
        if clip_uri and not self._is_enterprise:
            with suppress(UnavailableError):
                await self._files.delete(clip_uri)

    async def close(self) -> None:
        """Drop the connections."""
        await self._files.close()
        await self._client.close()

    async def _is_ready(self, made: VideoMade) -> bool:
        """Whether its file can be read. Raises BlobMissingError, UnavailableError."""
        if made.address.startswith(_INLINE) or self._bucket.holds(made.address):
            return True
        return await self._files.is_ready(made.address)

    async def _read_inline(self, operation: str) -> bytes:
        try:
            interaction = await self._client.open().aio.interactions.get(operation, include_input=False)
        except Exception as error:
            raise UnavailableError(f"Gemini: {type(error).__name__}") from error
        video = interaction.output_video
        if video is None or not video.data:
            raise BlobMissingError(operation)
        return base64.b64decode(video.data)

    async def _find_clip(self, task: VideoTask) -> str:
        """Where the model reads the clip. Raises BlobMissingError, UnavailableError."""
        if task.clip is None or task.clip.operation:
            return ""
        if self._is_enterprise:
            return self._bucket.address_of(task.clip.name)
        about = await self._bucket.media.measure(task.clip.name)
        if about is None:
            raise BlobMissingError(task.clip.name)
        pieces = await self._bucket.media.stream(task.clip.name)
        return await self._files.upload(pieces, about.size_bytes, task.clip.mime_type)


def _split(operation: str) -> tuple[str, str]:
    """The interaction's id, and the address of the clip that was uploaded for it; the latter may be empty."""
    interaction_id, _, clip_uri = operation.partition(_WITH_CLIP)
    return interaction_id, clip_uri


async def _ignore(_: httpx2.Response) -> None:
    """Nothing to do when an answer begins: without its video it is small."""


async def _cut(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _SLICE_BYTES):
        yield content[start : start + _SLICE_BYTES]


def _read_output(interaction: Any, operation: str) -> VideoMade | None:
    """The place of the video. It may be inline although another place was requested."""
    video = interaction.output_video
    if video is None or not (video.uri or video.data):
        return None
    return VideoMade(
        address=video.uri or f"{_INLINE}{operation}",
        mime_type=video.mime_type or "video/mp4",
        tokens=_read_tokens(interaction.usage),
        model_id=read_model(interaction),
    )


def _read_tokens(usage: Any) -> Tokens | None:
    if usage is None or not usage.total_output_tokens:
        return None
    return Tokens(usage.total_input_tokens or 0, usage.total_output_tokens + (usage.total_thought_tokens or 0))


def _read_end(interaction: Any) -> Poll:
    """An interaction that has ended without a video: stopped by a filter, failed, or empty."""
    said = [f"{error.code or ''} {error.message or ''}" for error in interaction.errors or ()]
    words = " ".join([*said, interaction.output_text or ""])
    reason = shorten(said[0].split(" ")[0] or said[0].strip()) if said else shorten(interaction.status).upper()
    return Refused(reason) if FILTERED.search(words) else NoResult(reason, (interaction.output_text or "")[:500])


def _read_start(error: Exception, *, has_files: bool) -> ModelOutcome | Gone:
    """The outcome of a start that raised an error."""
    if isinstance(error, APIStatusError):
        code, (word, message) = error.status_code or 0, name_status(error.status_code, error.body)
        if code in UNKNOWN:
            return TimedOut()
        if has_files and is_about_a_file(word, message):
            return FileRefused(word)
        outcome = read_status(code, word, error.body)
        is_filtered = isinstance(outcome, Broken) and bool(FILTERED.search(message))
        return Refused(word) if is_filtered else outcome
    cause = error.__cause__ if isinstance(error, APIConnectionError) and error.__cause__ else error
    if isinstance(cause, NEVER_SENT):
        return Busy(type(cause).__name__, is_fault=True)
    if isinstance(cause, GoogleAuthError):
        return read_failure(cause, has_files=has_files)
    if isinstance(cause, (httpx2.HTTPError, APIConnectionError, *NO_ANSWER)):
        return TimedOut()  # it broke, or the answer was none: the model may be at work
    return Broken(type(cause).__name__)


def _read_poll(error: Exception) -> Poll:
    """The outcome of a poll that raised an error: no news, or Lost if the provider knows no such operation."""
    if isinstance(error, APIStatusError):
        word, _ = name_status(error.status_code, error.body)
        outcome = read_status(error.status_code or 0, word, error.body)
        if isinstance(outcome, Gone):
            return Lost()
        return outcome if isinstance(outcome, Busy | Broken) else Busy(word, is_fault=True)
    cause = error.__cause__ if isinstance(error, APIConnectionError) else error
    found = read_failure(cause, has_files=False) if isinstance(cause, Exception) else None
    return found if isinstance(found, Broken | TimedOut) else Busy(type(cause).__name__, is_fault=True)
