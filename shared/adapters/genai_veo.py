"""Videos by Veo, only on the enterprise endpoint: a long-running prediction that writes into our own bucket.

Two of its models may have been retired on 17 November 2026 (unconfirmed), so it is off until VEO_OFFERS is on, and
each release then asks first whether they are there (infra/deploy/ask_models.py).
"""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
from google.auth.exceptions import GoogleAuthError
from google.genai import errors, types

from shared.adapters.gemini_access import Access
from shared.adapters.gemini_errors import shorten
from shared.adapters.genai_client import GeminiClient
from shared.adapters.genai_errors import NEVER_SENT, NO_ANSWER, read_failure
from shared.adapters.genai_video_request import mark_of
from shared.adapters.genai_videos import FILTERED, UNKNOWN
from shared.adapters.own_bucket import OwnBucket
from shared.adapters.veo_location import LOCATION
from shared.errors import UnavailableError
from shared.jobs.time_limits import START_SECONDS_MAX
from shared.ports import MediaStore
from shared.providers.images import Image
from shared.providers.ladder import VideoRung
from shared.providers.outcomes import Begun, Broken, Busy, Gone, ModelOutcome, NoResult, Refused, TimedOut
from shared.providers.videos import Lost, Poll, Running, VideoMade, VideoTask
from shared.usage import current_usage

_INVALID = 3
"""Of google.rpc.Code: INVALID_ARGUMENT, which for an operation that had begun means a filter."""


class Veo:
    """A `VideoProvider`. One per process and event loop. It cannot edit, cancel or forget."""

    def __init__(self, access: Access, media: MediaStore, bucket: str, seconds_max: float = START_SECONDS_MAX) -> None:
        """`bucket` is the one of `media`, into which the model writes."""
        self._client = GeminiClient(access, seconds_max, _ignore)
        self._bucket = OwnBucket(media, bucket)

    async def start(self, rung: VideoRung, task: VideoTask, prefix: str) -> ModelOutcome | Gone:
        current_usage().model_calls += 1
        try:
            operation = await self._client.open().aio.models.generate_videos(
                model=rung.id, source=self._build_source(task), config=self._build_config(task, prefix)
            )
        except Exception as error:  # noqa: BLE001 — the port promises an outcome, whatever a library raises
            return _read_start(error, has_files=task.first_frame is not None or bool(task.references))
        return Begun(operation.name) if operation.name else TimedOut()

    async def poll(self, operation: str, prefix: str) -> Poll:
        current_usage().model_calls += 1
        try:
            asked = types.GenerateVideosOperation.model_validate({"name": operation})
            found = await self._client.open().aio.operations.get(asked)
        except Exception as error:  # noqa: BLE001 — as above
            outcome = read_failure(error, has_files=False)
            if isinstance(outcome, Gone):
                return Lost()
            return outcome if isinstance(outcome, Busy | Broken | TimedOut) else Busy("POLL", is_fault=True)
        if not found.done:
            return Running()
        videos = found.response.generated_videos if found.response is not None else None
        video = videos[0].video if videos else None
        if video is not None and video.uri:
            return VideoMade(video.uri, video.mime_type or "video/mp4")
        try:
            return await self.find(prefix) or _read_end(found)
        except UnavailableError:
            return Busy("BUCKET", is_fault=True)

    async def find(self, prefix: str) -> VideoMade | None:
        return await self._bucket.find(prefix)

    async def read(self, made: VideoMade) -> AsyncIterator[bytes]:
        return await self._bucket.read(made.address)

    async def cancel(self, operation: str) -> None:
        """The API knows no such call: the video is made, and charged."""

    async def forget(self, operation: str) -> bool:  # noqa: ARG002 — the API keeps nothing that could be deleted
        return True

    async def close(self) -> None:
        """Drop the connections."""
        await self._client.close()

    def _build_source(self, task: VideoTask) -> types.GenerateVideosSource:
        clip = None
        if task.clip is not None:
            clip = types.Video(uri=self._bucket.address_of(task.clip.name), mime_type=task.clip.mime_type)
        image = None if task.first_frame is None else _image_of(task.first_frame)
        return types.GenerateVideosSource(prompt=task.prompt, image=image, video=clip)

    def _build_config(self, task: VideoTask, prefix: str) -> types.GenerateVideosConfig:
        references = [
            types.VideoGenerationReferenceImage(
                image=_image_of(each), reference_type=types.VideoGenerationReferenceType.ASSET
            )
            for each in task.references
        ]
        return types.GenerateVideosConfig(
            number_of_videos=1,
            output_gcs_uri=self._bucket.address_of(prefix),
            duration_seconds=task.seconds,
            aspect_ratio=None if task.clip is not None else task.ratio,
            resolution=task.resolution,
            generate_audio=task.has_sound,
            negative_prompt=task.negative_prompt or None,
            seed=task.seed,
            last_frame=None if task.last_frame is None else _image_of(task.last_frame),
            reference_images=references or None,
            labels={"job": mark_of(task.label)},
        )


def open_veo(access: Access, media: MediaStore, bucket: str) -> Veo:
    """Veo, where it is; `access` is that of the other models."""
    return Veo(replace(access, location=LOCATION), media, bucket)


async def _ignore(_: httpx2.Response) -> None:
    """Nothing to do when an answer begins: it names an operation."""


def _image_of(image: Image) -> types.Image:
    return types.Image(image_bytes=image.content, mime_type=image.mime_type)


def _read_end(operation: types.GenerateVideosOperation) -> Poll:
    """An operation that has ended without a video: filtered, failed, or empty."""
    response, error = operation.response, operation.error or {}
    if response is not None and response.rai_media_filtered_count:
        code = re.search(r"\d{6,12}", " ".join(response.rai_media_filtered_reasons or ()))
        return Refused(f"RAI_{code[0]}" if code else "RAI")
    message = str(error.get("message", ""))
    word = shorten(f"CODE_{error['code']}") if "code" in error else "EMPTY"
    is_filtered = error.get("code") == _INVALID or FILTERED.search(message) is not None
    return Refused(word) if is_filtered else NoResult(word, message[:500])


def _read_start(error: Exception, *, has_files: bool) -> ModelOutcome | Gone:
    """The outcome of a start that raised an error."""
    if isinstance(error, errors.APIError):
        if error.code in UNKNOWN:
            return TimedOut()
        outcome = read_failure(error, has_files=has_files)
        is_filtered = isinstance(outcome, Broken) and FILTERED.search(error.message or "") is not None
        return Refused(outcome.reason) if is_filtered and isinstance(outcome, Broken) else outcome
    if isinstance(error, NEVER_SENT):
        return Busy(type(error).__name__, is_fault=True)
    if isinstance(error, GoogleAuthError):
        return read_failure(error, has_files=has_files)
    if isinstance(error, (httpx2.HTTPError, *NO_ANSWER)):
        return TimedOut()
    return Broken(type(error).__name__)
