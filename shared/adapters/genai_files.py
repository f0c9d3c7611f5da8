"""The Files API of Gemini's developer API: uploads and downloads of videos in pieces.

https://ai.google.dev/api/files. google-genai's own methods hold a whole file in memory. Of an address from the provider
only the file's name is used, so our key is sent to the configured server only.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx2

from shared.adapters.gemini_access import Access
from shared.errors import BlobMissingError, UnavailableError, VideoUnusableError
from shared.providers.videos import VIDEO_BYTES_MAX

_HOST = "https://generativelanguage.googleapis.com"
_VERSION = "v1beta"
_NAME = re.compile(r"\bfiles/([a-z0-9-]{1,64})")
_PIECE_BYTES = 1024 * 1024
_READ_SECONDS = 30.0
_ACTIVE_SECONDS_MAX = 20.0
"""How long to wait until an uploaded file is ready; usually a few seconds."""
_PAUSE_SECONDS = 1.0
_GONE = frozenset({403, 404})
"""Statuses for a missing file: the API also answers 403, to hide whose a file is."""


class GeminiFiles:
    """One per process and event loop; its connections are opened by the first call."""

    def __init__(self, access: Access) -> None:
        self._base = (access.base_url or _HOST).rstrip("/")
        self._key = access.api_key
        self._opened: httpx2.AsyncClient | None = None

    async def read(self, address: str) -> AsyncIterator[bytes]:
        """The bytes of a file. The iterator raises BlobMissingError, UnavailableError, VideoUnusableError.

        UnavailableError also while it is not ready yet.
        """
        return self._read(_name_in(address))

    async def is_ready(self, address: str) -> bool:
        """Whether a file can be read yet. Raises BlobMissingError, UnavailableError."""
        return await self._is_active(_name_in(address))

    async def upload(self, pieces: AsyncIterator[bytes], size_bytes: int, mime_type: str) -> str:
        """Upload a file; returns its address, which is valid for 48 hours. Raises UnavailableError."""
        begun = await self._call(
            "POST",
            "/upload/v1beta/files",
            json={"file": {"display_name": "clip"}},
            headers={
                "X-Goog-Upload-Protocol": "resumable",
                "X-Goog-Upload-Command": "start",
                "X-Goog-Upload-Header-Content-Length": str(size_bytes),
                "X-Goog-Upload-Header-Content-Type": mime_type,
            },
        )
        place = urlsplit(begun.headers.get("x-goog-upload-url", ""))
        headers = {
            "X-Goog-Upload-Offset": "0",
            "X-Goog-Upload-Command": "upload, finalize",
            "Content-Length": str(size_bytes),
        }
        ended = await self._call("POST", f"{place.path}?{place.query}", content=pieces, headers=headers)
        address = str(_read_json(ended).get("file", {}).get("uri", ""))
        await self._wait_until_active(_name_in(address), _ACTIVE_SECONDS_MAX)
        return address

    async def delete(self, address: str) -> None:
        """Delete a file, if it exists. Raises UnavailableError."""
        with suppress(BlobMissingError):
            await self._call("DELETE", f"/{_VERSION}/files/{_name_in(address)}")

    async def close(self) -> None:
        """Drop the connections."""
        if self._opened is not None:
            await self._opened.aclose()
            self._opened = None

    async def _read(self, name: str) -> AsyncIterator[bytes]:
        try:
            async with self._open().stream("GET", f"/{_VERSION}/files/{name}:download?alt=media") as answer:
                if answer.status_code in _GONE:
                    raise BlobMissingError(name)
                if not answer.is_success:
                    raise UnavailableError(f"Gemini: a file answers {answer.status_code}")
                announced = answer.headers.get("content-length", "")
                _check_size(int(announced) if announced.isdecimal() else 0)
                size_bytes = 0
                async for piece in answer.aiter_bytes(_PIECE_BYTES):
                    size_bytes += len(piece)
                    _check_size(size_bytes)
                    yield piece
        except httpx2.HTTPError as error:
            raise UnavailableError(f"Gemini: {type(error).__name__} while reading a file") from error

    async def _wait_until_active(self, name: str, seconds_max: float) -> None:
        until = asyncio.get_running_loop().time() + seconds_max
        while not await self._is_active(name):
            if asyncio.get_running_loop().time() >= until:
                raise UnavailableError("Gemini: a file is not ready yet")
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _is_active(self, name: str) -> bool:
        state = _read_json(await self._call("GET", f"/{_VERSION}/files/{name}")).get("state", "")
        if state == "FAILED":
            raise BlobMissingError(name)
        return bool(state == "ACTIVE")

    async def _call(self, method: str, path: str, **given: Any) -> httpx2.Response:
        try:
            answer = await self._open().request(method, path, **given)
        except httpx2.HTTPError as error:
            raise UnavailableError(f"Gemini: {type(error).__name__}") from error
        if answer.status_code in _GONE:
            raise BlobMissingError(path)
        if not answer.is_success:
            raise UnavailableError(f"Gemini: a file answers {answer.status_code}")
        return answer

    def _open(self) -> httpx2.AsyncClient:
        if self._opened is None:
            headers = {"x-goog-api-key": self._key}
            self._opened = httpx2.AsyncClient(base_url=self._base, headers=headers, timeout=_READ_SECONDS)
        return self._opened


def _name_in(address: str) -> str:
    found = _NAME.search(address)
    if found is None:
        raise UnavailableError("Gemini: an address without a file")
    return found[1]


def _check_size(size_bytes: int) -> None:
    if size_bytes > VIDEO_BYTES_MAX:
        raise VideoUnusableError("size")


def _read_json(answer: httpx2.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise UnavailableError("Gemini: an answer that is not the API's")
    return told
