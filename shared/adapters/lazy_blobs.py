"""A bucket that is opened at its first use: Google's storage library is slow to load, and most updates need no file."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from shared.ports import BlobStore, StoredBlob


class LazyBlobs:
    """A `BlobStore` that makes the real one when it is needed."""

    def __init__(self, make: Callable[[], BlobStore]) -> None:
        self._make = make
        self._made: BlobStore | None = None

    async def put(
        self, name: str, content: bytes, mime_type: str, facts: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        await self._open().put(name, content, mime_type, facts)

    async def look(self, name: str) -> StoredBlob | None:
        return await self._open().look(name)

    async def get(self, name: str) -> bytes:
        return await self._open().get(name)

    async def delete_all(self, prefix: str) -> None:
        await self._open().delete_all(prefix)

    def _open(self) -> BlobStore:
        if self._made is None:
            self._made = self._make()
        return self._made
