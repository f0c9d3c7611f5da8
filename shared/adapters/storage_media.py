"""Large files in Cloud Storage: resumable uploads and range reads.

    POST …?uploadType=resumable ─▶ an address of the upload (Location)
    PUT  bytes 0-1048575/*      ─▶ 308, Range: bytes=0-1048575
    PUT  bytes 1048576-…/total  ─▶ 200, the file

https://cloud.google.com/storage/docs/performing-resumable-uploads. Only one piece of a file is in memory at a time.
/tmp is no alternative: on Cloud Run it is memory too.
"""

import asyncio
import json
import os
from base64 import b64encode
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import suppress
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import google_crc32c

from shared.adapters.google_rest import OK
from shared.adapters.http_connections import Answer
from shared.adapters.signed_links import LinkSigner
from shared.adapters.storage import (
    EMULATOR_HOST,
    INCOMPLETE,
    NOT_FOUND,
    PARTIAL_CONTENT,
    PAUSE_SECONDS,
    PAUSE_SECONDS_MAX,
    PRECONDITION_FAILED,
    RETRY_SECONDS_MAX,
    CloudStorage,
    read_json,
    refused,
)
from shared.errors import BlobMissingError, UnavailableError
from shared.ports import BlobAbout
from shared.usage import current_usage

_Checksum: Any = google_crc32c.Checksum  # it has no types
PIECE_BYTES = 1024 * 1024
"""Of an upload or a read; Cloud Storage wants multiples of 256 KiB."""
_DONE = frozenset({OK, 201, PRECONDITION_FAILED})
"""Of an upload; the last: the file is there, perhaps from our own first try."""
_FIELDS = "name,size,contentType,metadata,generation,crc32c"


class CloudMedia(CloudStorage):
    """Implements MediaStore. See CloudStorage."""

    def __init__(self, bucket: str) -> None:
        super().__init__(bucket)
        self._signer = LinkSigner(bucket)

    async def put_stream(
        self,
        name: str,
        pieces: AsyncIterable[bytes],
        mime_type: str,
        facts: Mapping[str, str] = MappingProxyType({}),
    ) -> int:
        session = await self._begin_upload(name, mime_type, facts)
        if session is None:
            return await self._size_of(name)
        upload = _Upload(self, session)
        try:
            answer = await upload.run(pieces)
        except BaseException:
            with suppress(Exception):
                await asyncio.shield(self.try_once("DELETE", session))
            raise
        current_usage().blob_puts += 1
        if answer.status == PRECONDITION_FAILED:
            return await self._size_of(name)
        told = read_json(answer)
        if told.get("crc32c", upload.checksum) != upload.checksum:
            await self.delete_all(name)
            raise UnavailableError("Cloud Storage: a file was damaged on its way")
        return upload.sent

    async def stream(self, name: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        about = await self._describe(name)
        if about is None:
            raise BlobMissingError(name)
        current_usage().blob_gets += 1
        size = int(about["size"])
        last = size if end is None else min(end, size)
        return self._read(name, about, start, last)

    async def measure(self, name: str) -> BlobAbout | None:
        about = await self._describe(name)
        current_usage().blob_gets += 1
        return None if about is None else _read_about(about)

    async def list_all(self, prefix: str) -> list[BlobAbout]:
        found, page = list[BlobAbout](), ""
        while True:
            query = {"prefix": prefix, "fields": f"items({_FIELDS}),nextPageToken", "pageToken": page}
            answer = await self._call("GET", f"/storage/v1/b/{self._bucket}/o?{urlencode(query)}")
            if answer.status != OK:
                raise refused(answer)
            told = read_json(answer)
            found += [_read_about(item) for item in told.get("items", ())]
            page = told.get("nextPageToken", "")
            if not page:
                current_usage().blob_gets += 1
                return sorted(found, key=lambda about: about.name)

    async def link(self, name: str, lifetime: timedelta, filename: str) -> str:
        emulator = os.environ.get(EMULATOR_HOST, "")
        if emulator:
            return f"{emulator.rstrip('/')}/{self._bucket}/{quote(name)}"
        return await self._signer.sign(name, lifetime, filename)

    async def close(self) -> None:
        """Close the connections, in the event loop that used them."""
        await self._signer.close()
        await super().close()

    async def try_once(
        self, method: str, path: str, content: tuple[bytes, ...] = (), headers: Mapping[str, str] = MappingProxyType({})
    ) -> Answer:
        """One try of a part of an upload. Raises UnavailableError."""
        return await self._try(method, path, "application/octet-stream", content, headers)

    async def _read(self, name: str, about: dict[str, Any], start: int, last: int) -> AsyncIterator[bytes]:
        sum_of_all = _Checksum()
        query = urlencode({"alt": "media", "generation": about["generation"]})
        for at in range(start, last, PIECE_BYTES):
            until = min(at + PIECE_BYTES, last)
            answer = await self._call(
                "GET", f"{self._path(name)}?{query}", headers={"Range": f"bytes={at}-{until - 1}"}
            )
            if answer.status == NOT_FOUND:
                raise BlobMissingError(name)
            if answer.status not in {OK, PARTIAL_CONTENT} or len(answer.body) != until - at:
                raise refused(answer)
            sum_of_all.update(answer.body)
            yield answer.body
        is_whole = start == 0 and last == int(about["size"])
        if is_whole and about.get("crc32c", _write_sum(sum_of_all)) != _write_sum(sum_of_all):
            raise UnavailableError("Cloud Storage: a file was damaged on its way")

    async def _begin_upload(self, name: str, mime_type: str, facts: Mapping[str, str]) -> str | None:
        """The path of a new upload; None if the file exists."""
        query = urlencode({"uploadType": "resumable", "ifGenerationMatch": 0, "name": name})
        about = json.dumps({"contentType": mime_type, "metadata": dict(facts)}, ensure_ascii=False).encode()
        answer = await self._call(
            "POST",
            f"/upload/storage/v1/b/{self._bucket}/o?{query}",
            "application/json; charset=UTF-8",
            (about,),
            {"X-Upload-Content-Type": mime_type},
        )
        if answer.status == PRECONDITION_FAILED:
            return None
        address = urlsplit(answer.headers.get(b"location", b"").decode("latin-1"))
        if answer.status != OK or not address.query:
            raise refused(answer)
        return f"{address.path}?{address.query}"

    async def _size_of(self, name: str) -> int:
        about = await self._describe(name)
        if about is None:
            raise UnavailableError("Cloud Storage: a file that was there is gone")
        return int(about["size"])

    async def _describe(self, name: str) -> dict[str, Any] | None:
        answer = await self._call("GET", f"{self._path(name)}?{urlencode({'fields': _FIELDS})}")
        if answer.status == NOT_FOUND:
            return None
        if answer.status != OK:
            raise refused(answer)
        return read_json(answer)


class _Upload:
    """One upload, piece after piece; bytes that the service did not keep are sent again."""

    def __init__(self, storage: CloudMedia, session: str) -> None:
        self._storage, self._session = storage, session
        self._sum = _Checksum()
        self._waiting = bytearray()
        self.sent = 0

    @property
    def checksum(self) -> str:
        """The checksum of all sent bytes."""
        return _write_sum(self._sum)

    async def run(self, pieces: AsyncIterable[bytes]) -> Answer:
        """Upload all pieces; returns the last answer. Raises UnavailableError, and the errors of `pieces`."""
        async for piece in pieces:
            self._waiting += piece
            # One more byte must follow: the last piece says how long the file is.
            while len(self._waiting) > PIECE_BYTES:
                await self._send(PIECE_BYTES, is_last=False)
        return await self._send(len(self._waiting), is_last=True)

    async def _send(self, count: int, *, is_last: bool) -> Answer:
        piece = bytes(self._waiting[:count])
        del self._waiting[:count]
        self._sum.update(piece)
        start, self.sent = self.sent, self.sent + count
        total = str(self.sent) if is_last else "*"
        loop = asyncio.get_running_loop()
        until, pause, asks = loop.time() + RETRY_SECONDS_MAX, PAUSE_SECONDS, False
        while True:
            kept = start
            try:
                rest = b"" if asks else piece[count - (self.sent - start) :]
                answer = await self._put(rest, start, total)
                if is_last and answer.status in _DONE:
                    return answer
                if answer.status != INCOMPLETE:
                    raise refused(answer)
                kept = max(start, _count_kept(answer))
                if kept == self.sent and not is_last:
                    return answer
                if kept == start and not asks:
                    raise refused(answer)
                start, asks = kept, False
            except UnavailableError:
                if loop.time() + pause >= until:
                    raise
                await asyncio.sleep(pause)
                pause, asks = min(2 * pause, PAUSE_SECONDS_MAX), True

    async def _put(self, piece: bytes, start: int, total: str) -> Answer:
        """Send a piece; without one, ask how much the service has kept."""
        extent = f"{start}-{start + len(piece) - 1}" if piece else "*"
        headers = {"Content-Range": f"bytes {extent}/{total}"}
        if not piece:
            headers["Content-Length"] = "0"
        return await self._storage.try_once("PUT", self._session, (piece,) if piece else (), headers)


def _count_kept(answer: Answer) -> int:
    """`Range: bytes=0-1048575` names the last byte that is kept; without it there is none."""
    _, _, last = answer.headers.get(b"range", b"").decode("latin-1").rpartition("-")
    return int(last) + 1 if last.isdecimal() else 0


def _write_sum(checksum: Any) -> str:
    return b64encode(checksum.digest()).decode("ascii")


def _read_about(about: dict[str, Any]) -> BlobAbout:
    return BlobAbout(
        str(about.get("name", "")),
        int(about.get("size", 0)),
        str(about.get("contentType", "")),
        about.get("metadata") or {},
    )
