"""Videos by the models of fal: a request in its queue, which is asked about until it has ended.

                 queue.fal.run/<endpoint>              a start: Begun(endpoint + "/requests/" + id)
    IN_QUEUE ─▶ IN_PROGRESS ─▶ COMPLETED              the result, or the model's own error, is fetched then
    fal's media servers                               the file, without our key, for FILES_SECONDS
    api.fal.ai/v1/models/requests/<id>/payloads       everything that fal keeps of it is deleted, with an admin key

fal cannot write into our bucket and lists no requests by a mark of ours: a start with an unknown outcome is `TimedOut`
and is never found again. A request that has not begun by the time that its job ends does not begin at all
(`start_timeout`), so it costs nothing.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
from fal_client import AsyncRequestHandle, Completed, Queued

from shared.adapters.fal_errors import read_end, read_end_word, read_poll, read_start
from shared.adapters.fal_once import PLATFORM_URL, AnsweredError, FalAccess, FalClient, UnansweredError
from shared.adapters.fal_requests import video_call
from shared.errors import BlobMissingError, UnavailableError, VideoUnusableError
from shared.jobs.time_limits import START_SECONDS_MAX
from shared.logs import log_event
from shared.providers.ladder import VideoRung
from shared.providers.outcomes import Begun, Broken, Gone, ModelOutcome, NoResult, TimedOut
from shared.providers.videos import VIDEO_BYTES_MAX, Lost, Poll, Running, VideoMade, VideoTask
from shared.usage import current_usage

POLL_SECONDS_MAX = 20.0
BEGUN_SECONDS_MAX = 1500
"""A request that waits longer in fal's queue is not begun: its job would be over before its video."""
FILES_SECONDS = 2 * 24 * 3600
"""How long fal's servers keep the file, if nobody deletes it."""
_HEADERS = {"X-Fal-Object-Lifecycle-Preference": json.dumps({"expiration_duration_seconds": FILES_SECONDS})}
_REQUESTS = "/requests/"
_PIECE_BYTES = 1024 * 1024
_MAY_NOT, _NOT_FOUND = frozenset({401, 403}), 404
_NO_FILE = frozenset({403, 404, 410})


class FalVideos:
    """A `VideoProvider`. One per process and event loop."""

    def __init__(
        self, access: FalAccess, seconds_max: float = START_SECONDS_MAX, poll_seconds_max: float = POLL_SECONDS_MAX
    ) -> None:
        """`poll_seconds_max` limits everything but a start and a file: the library's own limit is two minutes."""
        self._client = FalClient(access, seconds_max)
        self._poll_seconds_max = poll_seconds_max

    async def start(self, rung: VideoRung, task: VideoTask, prefix: str) -> ModelOutcome | Gone:  # noqa: ARG002
        current_usage().model_calls += 1
        try:
            call = video_call(rung.id, task)
        except LookupError:
            return Broken("UNKNOWN_MODEL")
        try:
            handle = await self._client.submit(
                call.endpoint,
                call.arguments,
                webhook_url=task.notice_url or None,
                start_timeout=BEGUN_SECONDS_MAX,
                headers=_HEADERS,
            )
        except Exception as error:  # noqa: BLE001 — the port promises an outcome, whatever a library raises
            return read_start(error, has_files=task.first_frame is not None)
        return Begun(call.endpoint + _REQUESTS + handle.request_id)

    async def poll(self, operation: str, prefix: str) -> Poll:  # noqa: ARG002 — fal writes into no bucket of ours
        current_usage().model_calls += 1
        try:
            async with asyncio.timeout(self._poll_seconds_max):
                return await self._poll(self._find(operation))
        except TimeoutError:
            return TimedOut()

    async def _poll(self, handle: AsyncRequestHandle) -> Poll:
        try:
            status = await handle.status()
        except Exception as error:  # noqa: BLE001 — as above
            # The library raises a plain ValueError for a status that it does not know: it is not an end.
            return Running() if type(error) is ValueError else read_poll(error)
        if not isinstance(status, Completed):
            return Running(is_queued=isinstance(status, Queued))
        try:
            return _read_result((await handle.client.get(handle.response_url)).json())
        except Exception as error:  # noqa: BLE001 — as above
            end = read_end(error)
            return read_end_word(status.error_type, "", 500) if isinstance(end, Lost) and status.error_type else end

    async def find(self, prefix: str) -> VideoMade | None:  # noqa: ARG002 — as above
        return None

    async def read(self, made: VideoMade) -> AsyncIterator[bytes]:
        if not made.address.startswith("https://"):
            raise BlobMissingError(made.address)
        return self._read(made.address)

    async def cancel(self, operation: str) -> None:
        try:
            async with asyncio.timeout(self._poll_seconds_max):
                await self._find(operation).cancel()
        except Exception:  # noqa: BLE001 — it goes on, and its end is found by the next poll
            return

    async def forget(self, operation: str) -> bool:
        request_id = operation.rpartition(_REQUESTS)[2]
        address = f"{PLATFORM_URL}/models/requests/{request_id}/payloads"
        try:
            async with asyncio.timeout(self._poll_seconds_max):
                await self._client.open().delete(address, headers={"Idempotency-Key": request_id})
        except AnsweredError as error:
            if error.status in _MAY_NOT:  # an admin key is needed; the file is deleted by fal after FILES_SECONDS
                log_event("video_left_at_provider", severity="WARNING", outcome=str(error.status))
                return True
            return error.status == _NOT_FOUND
        except (UnansweredError, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _find(self, operation: str) -> AsyncRequestHandle:
        endpoint, _, request_id = operation.rpartition(_REQUESTS)
        return AsyncRequestHandle.from_request_id(self._client.open(), endpoint, request_id)

    async def _read(self, address: str) -> AsyncIterator[bytes]:
        try:
            async with self._client.open_files().stream("GET", address) as answer:
                if answer.status_code in _NO_FILE:
                    raise BlobMissingError(address)
                if not answer.is_success:
                    raise UnavailableError(f"fal: a file answers {answer.status_code}")
                announced = answer.headers.get("content-length", "")
                _check_size(int(announced) if announced.isdecimal() else 0)
                size_bytes = 0
                async for piece in answer.aiter_bytes(_PIECE_BYTES):
                    size_bytes += len(piece)
                    _check_size(size_bytes)
                    yield piece
        except httpx.HTTPError as error:
            raise UnavailableError(f"fal: {type(error).__name__} while reading a file") from error


def _check_size(size_bytes: int) -> None:
    if size_bytes > VIDEO_BYTES_MAX:
        raise VideoUnusableError("size")


def _read_result(told: dict[str, Any]) -> Poll:
    """The video of a result. Raises LookupError, TypeError where it is not fal's."""
    video = told.get("video") or next(iter(told.get("videos") or ()), None)
    if not video:
        return NoResult("COMPLETED")
    return VideoMade(address=str(video["url"]), mime_type=str(video.get("content_type") or "video/mp4"))


def open_videos(key: str, base_url: str) -> FalVideos:
    """The adapter with this key."""
    return FalVideos(FalAccess(key, base_url))
