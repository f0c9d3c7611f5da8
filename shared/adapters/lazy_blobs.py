"""A bucket that is opened at its first use: Google's storage library is slow to load, and most updates need no file."""

from collections.abc import Callable

from shared.ports import BlobStore


class LazyBlobs:
    """A `BlobStore` that makes the real one when it is needed."""

    def __init__(self, make: Callable[[], BlobStore]) -> None:
        self._make = make
        self._made: BlobStore | None = None

    async def put(self, name: str, content: bytes, mime_type: str) -> None:
        await self._open().put(name, content, mime_type)

    async def get(self, name: str) -> bytes:
        return await self._open().get(name)

    async def delete_all(self, prefix: str) -> None:
        await self._open().delete_all(prefix)

    def _open(self) -> BlobStore:
        if self._made is None:
            self._made = self._make()
        return self._made
