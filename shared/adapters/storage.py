"""Files in Cloud Storage, written once under names that are never reused.

It uses the JSON API (https://cloud.google.com/storage/docs/json_api/v1), like the adapters of Firestore and Cloud Tasks
(docs/decisions/0061-files-by-rest.md). Every call is idempotent: a put has a precondition. The storage emulator ignores
preconditions, so there a second put of a name overwrites the first.
"""

import asyncio
import json
import os
from base64 import b64encode
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import google_crc32c

from shared.adapters.google_rest import OK, GoogleRest, Token
from shared.adapters.http_connections import Answer
from shared.adapters.metadata_token import MetadataToken
from shared.errors import BlobMissingError, UnavailableError
from shared.ports import StoredBlob
from shared.telemetry.record import open_span
from shared.usage import current_usage

CLOUD_HOST = "storage.googleapis.com"
EMULATOR_HOST = "STORAGE_EMULATOR_HOST"
TRY_SECONDS_MAX = 20.0
"""For one try: long enough for a 4K picture (20 MB) on the slowest connection between a function and its bucket."""
RETRY_SECONDS_MAX = 15.0
"""After this time no further try is started."""
PAUSE_SECONDS, PAUSE_SECONDS_MAX = 0.2, 2.0
"""The pause before the second try, and the longest pause; each pause is twice the last."""
NO_CONTENT, PARTIAL_CONTENT, INCOMPLETE = 204, 206, 308
NOT_FOUND, REQUEST_TIMEOUT, PRECONDITION_FAILED, TOO_MANY_REQUESTS, SERVER_ERRORS = 404, 408, 412, 429, 500
REASON_CHARACTERS_MAX = 300
_HASH = b"x-goog-hash"


class CloudStorage:
    """Implements BlobStore.

    The connections belong to the event loop that uses them first, and must not exist before the server forks. With
    STORAGE_EMULATOR_HOST set (a base URL) it talks to the emulator and needs no token.
    """

    def __init__(self, bucket: str, token: Token | None = None) -> None:
        """`token`: None: the function's own account."""
        self._bucket = quote(bucket, safe="")
        self._token = token
        self._opened: GoogleRest | None = None

    async def put(
        self, name: str, content: bytes, mime_type: str, facts: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        about = {"name": name, "metadata": dict(facts), "crc32c": checksum(content)}
        query = urlencode({"uploadType": "multipart", "ifGenerationMatch": 0, "fields": "name"})
        path, upload = f"/upload/storage/v1/b/{self._bucket}/o?{query}", write_upload(about, content, mime_type)
        answer = await self._call("POST", path, *upload)
        if answer.status not in {OK, PRECONDITION_FAILED}:  # the latter: it exists, perhaps from our own first try
            raise refused(answer)
        current_usage().blob_puts += 1

    async def get(self, name: str) -> bytes:
        answer = await self._call("GET", f"{self._path(name)}?alt=media")
        if answer.status == NOT_FOUND:
            raise BlobMissingError(name)
        if answer.status != OK:
            raise refused(answer)
        current_usage().blob_gets += 1
        return answer.body

    async def look(self, name: str) -> StoredBlob | None:
        about = await self._call("GET", self._path(name))
        current_usage().blob_gets += 1
        if about.status == NOT_FOUND:
            return None
        if about.status != OK:
            raise refused(about)
        told = read_json(about)
        found = await self._call("GET", f"{self._path(name)}?alt=media")
        if found.status == NOT_FOUND:
            return None
        if found.status != OK:
            raise refused(found)
        return StoredBlob(found.body, str(told.get("contentType", "")), told.get("metadata") or {})

    async def delete_all(self, prefix: str) -> None:
        names = await self._list(prefix)
        for name in names:
            answer = await self._call("DELETE", self._path(name))
            if answer.status not in {OK, NO_CONTENT, NOT_FOUND}:  # the last: already deleted
                raise refused(answer)
        current_usage().blob_deletes += len(names)

    async def close(self) -> None:
        """Close the connections, in the loop that used them."""
        if self._opened is not None:
            opened, self._opened = self._opened, None
            await opened.close()

    async def _list(self, prefix: str) -> list[str]:
        names, page = list[str](), ""
        while True:
            query = urlencode({"prefix": prefix, "fields": "items(name),nextPageToken", "pageToken": page})
            answer = await self._call("GET", f"/storage/v1/b/{self._bucket}/o?{query}")
            if answer.status != OK:
                raise refused(answer)
            told = read_json(answer)
            names += [item["name"] for item in told.get("items", ())]
            page = told.get("nextPageToken", "")
            if not page:
                return names

    def _path(self, name: str) -> str:
        return f"/storage/v1/b/{self._bucket}/o/{quote(name, safe='')}"

    def _open(self) -> GoogleRest:
        if self._opened is None:
            emulator = urlsplit(os.environ.get(EMULATOR_HOST, "")).netloc
            self._opened = GoogleRest(
                emulator or CLOUD_HOST, None if emulator else self._token or MetadataToken(), keeps_headers=True
            )
        return self._opened

    async def _call(
        self,
        method: str,
        path: str,
        kind: str = "",
        content: tuple[bytes, ...] = (),
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Answer:
        """The response, with retries after transient errors. Raises UnavailableError."""
        loop = asyncio.get_running_loop()
        until, pause = loop.time() + RETRY_SECONDS_MAX, PAUSE_SECONDS
        while True:
            try:
                return await self._try(method, path, kind, content, headers)
            except UnavailableError:
                if loop.time() + pause >= until:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, PAUSE_SECONDS_MAX)

    async def _try(
        self, method: str, path: str, kind: str, content: tuple[bytes, ...], headers: Mapping[str, str]
    ) -> Answer:
        try:
            about = {"rpc.system.name": "storage", "http.request.method": method}
            with open_span(f"storage {method}", "client", about) as span:
                async with asyncio.timeout(TRY_SECONDS_MAX):
                    answer = await self._open().call(method, path, kind, content, headers=headers)
                span.set({"http.response.status_code": answer.status})
        except TimeoutError:
            raise UnavailableError(f"Cloud Storage: no answer within {TRY_SECONDS_MAX:g} s") from None
        except OSError as error:
            raise UnavailableError(f"Cloud Storage: {error}") from error
        is_trouble = answer.status in {REQUEST_TIMEOUT, TOO_MANY_REQUESTS} or answer.status >= SERVER_ERRORS
        if is_trouble or not _is_intact(answer):
            raise refused(answer)
        return answer


def checksum(content: bytes) -> str:
    """The checksum in Cloud Storage's notation (https://cloud.google.com/storage/docs/data-validation)."""
    return b64encode(google_crc32c.value(content).to_bytes(4, "big")).decode("ascii")


def write_upload(about: dict[str, Any], content: bytes, mime_type: str) -> tuple[str, tuple[bytes, ...]]:
    """The content type and the parts of an upload with metadata; the file is not copied.

    https://cloud.google.com/storage/docs/uploading-objects#rest-upload-objects
    """
    boundary, facts = os.urandom(16).hex(), json.dumps(about, ensure_ascii=False, separators=(",", ":"))
    head = f"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{facts}\r\n"
    head += f"--{boundary}\r\nContent-Type: {mime_type}\r\n\r\n"
    parts = head.encode(), content, f"\r\n--{boundary}--\r\n".encode("ascii")
    return f"multipart/related; boundary={boundary}", parts


def _is_intact(answer: Answer) -> bool:
    """Whether a downloaded file matches its checksum, if the response has one. A part of a file has none."""
    if answer.status == PARTIAL_CONTENT:
        return True
    told = [part.strip() for part in answer.headers.get(_HASH, b"").decode("latin-1").split(",")]
    expected = next((part.removeprefix("crc32c=") for part in told if part.startswith("crc32c=")), None)
    return expected is None or expected == checksum(answer.body)


def read_json(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise UnavailableError("Cloud Storage: an answer that is not the API's")
    return told


def refused(answer: Answer) -> UnavailableError:
    reason = answer.body[:REASON_CHARACTERS_MAX].decode(errors="replace")
    return UnavailableError(f"Cloud Storage: status {answer.status}: {reason}")
