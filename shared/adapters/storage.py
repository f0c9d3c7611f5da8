"""Files in Cloud Storage, written once under names that are never re-used.

Google's client is synchronous, so its calls run on a few threads of their own, as many as it has connections.
The storage emulator ignores preconditions: there a second put of a name overwrites the first.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from types import MappingProxyType
from typing import Any, TypeVar, cast

from google.api_core.exceptions import GoogleAPIError, NotFound, PreconditionFailed
from google.auth.exceptions import GoogleAuthError
from google.cloud import storage
from google.cloud.storage.exceptions import DataCorruption, InvalidResponse
from google.cloud.storage.retry import DEFAULT_RETRY
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException

from shared.errors import BlobMissingError, UnavailableError
from shared.ports import StoredBlob
from shared.usage import current_usage

CONNECT_SECONDS_MAX = 3.0
READ_SECONDS_MAX = 10.0
RETRY_SECONDS_MAX = 15.0
"""After this long no further try is started. Tries are safe: a put carries a precondition."""
THREADS = 16

OUTAGES = (GoogleAPIError, GoogleAuthError, InvalidResponse, DataCorruption, RequestException, OSError)
LIMITS: dict[str, Any] = {
    "timeout": (CONNECT_SECONDS_MAX, READ_SECONDS_MAX),
    "retry": DEFAULT_RETRY.with_delay(initial=0.2, maximum=2.0).with_timeout(RETRY_SECONDS_MAX),
}

Answer = TypeVar("Answer")


class CloudStorage:
    """Implements BlobStore.

    With STORAGE_EMULATOR_HOST set (a base URL) it talks to the emulator and needs no credentials.
    """

    def __init__(self, project: str, bucket: str, threads: int = THREADS) -> None:
        self._project = project
        self._bucket_name = bucket
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, "storage")
        self._bucket: Any = None
        self._connecting = Lock()

    async def put(
        self, name: str, content: bytes, mime_type: str, facts: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        def upload() -> None:
            blob = self._blob(name)
            if facts:
                blob.metadata = dict(facts)
            with suppress(PreconditionFailed):  # it is there, perhaps from our own first try
                blob.upload_from_string(content, mime_type, if_generation_match=0, **LIMITS)

        await self._run(upload)
        current_usage().blob_puts += 1

    async def get(self, name: str) -> bytes:
        def download() -> bytes:
            try:
                content: bytes = self._blob(name).download_as_bytes(**LIMITS)
            except NotFound as error:
                _hang_up(error)
                raise BlobMissingError(name) from None
            return content

        content = await self._run(download)
        current_usage().blob_gets += 1
        return content

    async def look(self, name: str) -> StoredBlob | None:
        def read() -> StoredBlob | None:
            blob = self._blob(name)
            try:
                blob.reload(**LIMITS)
                content: bytes = blob.download_as_bytes(**LIMITS)
            except NotFound as error:
                _hang_up(error)
                return None
            return StoredBlob(content, blob.content_type or "", blob.metadata or {})

        found = await self._run(read)
        current_usage().blob_gets += 1
        return found

    async def delete_all(self, prefix: str) -> None:
        def delete() -> int:
            found = list(self._open().list_blobs(prefix=prefix, **LIMITS))
            for blob in found:
                with suppress(NotFound):  # somebody else was faster
                    blob.delete(**LIMITS)
            return len(found)

        current_usage().blob_deletes += await self._run(delete)

    def close(self) -> None:
        """Wait for calls under way and hang up."""
        self._pool.shutdown()
        if self._bucket is not None:
            self._bucket.client.close()

    def _blob(self, name: str) -> Any:
        return self._open().blob(name)

    def _open(self) -> Any:
        with self._connecting:
            if self._bucket is None:
                self._bucket = self._connect()
        return self._bucket

    def _connect(self) -> Any:
        client = cast("Any", storage.Client)(self._project)  # the library has no types
        # Else it looks the bucket up in a thread of its own, for telemetry that nobody here reads.
        client._bucket_metadata_cache = None  # noqa: SLF001 — else only an environment variable says it
        for scheme in ("https://", "http://"):
            client._http.mount(scheme, HTTPAdapter(pool_maxsize=self._threads))  # noqa: SLF001 — no other way
        return client.bucket(self._bucket_name)

    async def _run(self, call: Callable[[], Answer]) -> Answer:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, call)
        except OUTAGES as error:
            _hang_up(error)
            raise UnavailableError(f"Cloud Storage: {error}") from error


def _hang_up(error: Exception) -> None:
    """Close the connection of a failed download, which the library leaves to the garbage collector."""
    response = getattr(error, "response", None)
    if response is not None:
        response.close()
