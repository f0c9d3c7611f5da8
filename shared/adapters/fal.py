"""Pictures by the models of fal: one direct call, whose response or error becomes a `ModelOutcome`.

A direct call goes past fal's queue, which would repeat it. Neither it nor its picture is kept by fal.
"""

import base64
import binascii
from typing import Any
from urllib.parse import unquote_to_bytes

import httpx

from shared.adapters.fal_errors import read_failure
from shared.adapters.fal_once import AnsweredError, FalAccess, FalClient, UnansweredError
from shared.adapters.fal_requests import picture_call
from shared.jobs.time_limits import MODEL_SECONDS_MAX
from shared.providers.admission import admit_answer
from shared.providers.ladder import PictureRung
from shared.providers.outcomes import Broken, Gone, Made, ModelOutcome, NoResult, PictureTask, Refused
from shared.usage import current_usage

_HEADERS = {"X-Fal-Store-IO": "0", "x-fal-no-retry": "1"}
_DATA = "data:"


class FalPictures:
    """A `Provider`. One per process and event loop."""

    def __init__(self, access: FalAccess, seconds_max: float = MODEL_SECONDS_MAX) -> None:
        self._client = FalClient(access, seconds_max, admit_answer)
        self._seconds_max = seconds_max

    async def generate(self, rung: PictureRung, task: PictureTask) -> ModelOutcome | Gone:
        current_usage().model_calls += 1
        try:
            call = picture_call(rung.id, task)
        except LookupError:
            return Broken("UNKNOWN_MODEL")
        try:
            told = await self._client.run(
                call.endpoint,
                call.arguments,
                timeout=self._seconds_max,
                start_timeout=MODEL_SECONDS_MAX,
                headers=_HEADERS,
            )
            return await self._read(told)
        except Exception as error:  # noqa: BLE001 — the port promises an outcome for every error
            return read_failure(error, has_files=bool(task.references) or task.parent is not None)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _read(self, told: dict[str, Any]) -> ModelOutcome:
        if not told["images"]:
            return NoResult("NO_IMAGE", str(told.get("description") or "")[:500])
        if any(told.get("has_nsfw_concepts") or ()):
            return Refused("has_nsfw_concepts")
        picture = told["images"][0]
        content, mime_type = await self._open(str(picture["url"]))
        return Made(content, mime_type or str(picture.get("content_type") or "image/png"))

    async def _open(self, address: str) -> tuple[bytes, str]:
        """The bytes and their type. Raises ValueError, AnsweredError, UnansweredError."""
        if address.startswith(_DATA):
            return read_data_uri(address)
        if not address.startswith("https://"):
            raise ValueError("an address that is not https")
        try:
            answer = await self._client.open_files().get(address)
        except httpx.HTTPError as error:
            raise UnansweredError(type(error).__name__, is_sent=False) from error
        if not answer.is_success:
            raise AnsweredError(503, answer.headers, b"")
        return answer.content, answer.headers.get("content-type", "").partition(";")[0]


def read_data_uri(address: str) -> tuple[bytes, str]:
    """The bytes that an address holds, and their type. Raises ValueError."""
    head, comma, body = address.partition(",")
    if not comma:
        raise ValueError("an address without content")
    mime_type, *marks = head.removeprefix(_DATA).split(";")
    try:
        content = base64.b64decode(body, validate=True) if "base64" in marks else unquote_to_bytes(body)
    except binascii.Error as error:
        raise ValueError("an address with broken content") from error
    return content, mime_type


def open_pictures(key: str, base_url: str) -> FalPictures:
    """The adapter with this key."""
    return FalPictures(FalAccess(key, base_url))
