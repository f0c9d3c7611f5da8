"""Google's Transcoder API: smaller copies in H.264, made from our bucket into our bucket.

    POST   /v1/projects/P/locations/L/jobs      a job with its whole configuration, so no template is needed
    GET    /v1/projects/P/locations/L/jobs/J    PENDING ─▶ RUNNING ─▶ SUCCEEDED │ FAILED
    DELETE /v1/projects/P/locations/L/jobs/J    what is missed is deleted a day after the job's end (TTL_DAYS)

https://cloud.google.com/transcoder/docs/reference/rest/v1/projects.locations.jobs. Its service agent reads and writes
the bucket, and has its role in the project by itself once the API is enabled. It reads H.264, H.265 and VP9, no AV1.
"""

import asyncio
import json
import re
from typing import Any
from urllib.parse import urlsplit

from shared.adapters.google_rest import OK, GoogleRest
from shared.adapters.http_connections import Answer, NotConnectedError
from shared.adapters.metadata_token import MetadataToken
from shared.errors import UnavailableError
from shared.providers.copies import COPY_FILENAME, SOUND_BPS, Copied, CopyPoll, CopyStart, CopyTask
from shared.providers.outcomes import Begun, Broken, TimedOut
from shared.providers.videos import Lost, Running

CLOUD_HOST = "transcoder.googleapis.com"
CALL_SECONDS_MAX = 10.0
TTL_DAYS = 1
FRAMES_PER_SECOND_MAX = 60
"""The API keeps a lower rate of the source."""
_NAME = re.compile(r"projects/[\w.:-]+/locations/[\w-]+/jobs/[\w-]+")
_NOT_FOUND, _NOT_TAKEN = 404, frozenset({400, 401, 403, 404, 409, 429, 503})
"""A start that is answered so has begun nothing."""
_REASON_CHARACTERS_MAX = 100


class CloudTranscoder:
    """Implements Transcoder. One per process and event loop."""

    def __init__(self, project: str, location: str, bucket: str, base_url: str = "") -> None:
        """`base_url` is that of another server, which needs no token."""
        self._jobs = f"/v1/projects/{project}/locations/{location}/jobs"
        self._bucket = f"gs://{bucket}/"
        self._host = urlsplit(base_url).netloc
        self._opened: GoogleRest | None = None

    async def start(self, task: CopyTask) -> CopyStart:
        body = json.dumps(build_job(task, self._bucket)).encode()
        try:
            answer = await self._call("POST", self._jobs, (body,))
        except (NotConnectedError, UnavailableError) as error:  # the latter: there is no token
            return Broken(type(error).__name__)
        except OSError:  # a TimeoutError too
            return TimedOut()
        if answer.status != OK:
            return Broken(_read_reason(answer)) if answer.status in _NOT_TAKEN else TimedOut()
        name = str(_read(answer).get("name", ""))
        return Begun(name) if _NAME.fullmatch(name) else TimedOut()

    async def poll(self, operation: str) -> CopyPoll:
        try:
            answer = await self._call("GET", f"/v1/{operation}")
        except (OSError, UnavailableError):
            return TimedOut()
        if answer.status == _NOT_FOUND:
            return Lost()
        told = _read(answer) if answer.status == OK else {}
        match told.get("state"):
            case "SUCCEEDED":
                return Copied()
            case "FAILED":
                return Broken(_write_reason(told.get("error")))
            case "PENDING" | "RUNNING" as state:
                return Running(is_queued=state == "PENDING")
            case _:
                return TimedOut()

    async def forget(self, operation: str) -> None:
        try:
            await self._call("DELETE", f"/v1/{operation}?allowMissing=true")
        except (OSError, UnavailableError):  # it is deleted there TTL_DAYS after its end
            return

    async def close(self) -> None:
        """Close the connections, in the event loop that used them."""
        if self._opened is not None:
            await self._opened.close()

    async def _call(self, method: str, path: str, content: tuple[bytes, ...] = ()) -> Answer:
        """Raises OSError, UnavailableError."""
        if self._opened is None:
            self._opened = GoogleRest(self._host or CLOUD_HOST, None if self._host else MetadataToken())
        async with asyncio.timeout(CALL_SECONDS_MAX):
            return await self._opened.call(method, path, "application/json", content, once=method == "POST")


def build_job(task: CopyTask, bucket: str) -> dict[str, Any]:
    """The body of a start; `bucket` is "gs://…/". Only the shorter side is given, the other one follows from it."""
    h264 = {
        "widthPixels" if task.is_upright else "heightPixels": task.short_side_px,
        "frameRate": FRAMES_PER_SECOND_MAX,
        "bitrateBps": task.video_bps,
    }
    streams: list[dict[str, Any]] = [{"key": "video", "videoStream": {"h264": h264}}]
    if task.has_sound:  # a stream of sound from a source without any would fail
        streams.append({"key": "sound", "audioStream": {"codec": "aac", "bitrateBps": SOUND_BPS}})
    keys = [stream["key"] for stream in streams]
    mux = {"key": "small", "fileName": COPY_FILENAME, "container": "mp4", "elementaryStreams": keys}
    return {
        "config": {
            "inputs": [{"key": "source", "uri": bucket + task.source}],
            "editList": [{"key": "whole", "inputs": ["source"]}],
            "elementaryStreams": streams,
            "muxStreams": [mux],
            "output": {"uri": bucket + task.prefix},
        },
        "labels": {"job": task.label.encode().hex()},
        "ttlAfterCompletionDays": TTL_DAYS,
    }


def _read(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer; an empty one if it is none."""
    try:
        told = json.loads(answer.body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _read_reason(answer: Answer) -> str:
    return _write_reason(_read(answer).get("error")) or str(answer.status)


def _write_reason(error: Any) -> str:
    """What an error says of itself, for the log."""
    told = error if isinstance(error, dict) else {}
    return f"{told.get('status', '')} {told.get('message', '')}".strip()[:_REASON_CHARACTERS_MAX]
