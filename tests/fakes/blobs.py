"""A BlobStore in memory."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.errors import BlobMissingError
from shared.ports import StoredBlob
from shared.usage import current_usage


class FakeBlobStore:
    """Implements BlobStore; `blobs` maps each name to its bytes and MIME type."""

    def __init__(self) -> None:
        self.blobs: dict[str, tuple[bytes, str]] = {}
        self.facts: dict[str, dict[str, str]] = {}

    async def put(
        self, name: str, content: bytes, mime_type: str, facts: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        current_usage().blob_puts += 1
        if name not in self.blobs:
            self.blobs[name], self.facts[name] = (content, mime_type), dict(facts)

    async def look(self, name: str) -> StoredBlob | None:
        current_usage().blob_gets += 1
        return StoredBlob(*self.blobs[name], self.facts.get(name, {})) if name in self.blobs else None

    async def get(self, name: str) -> bytes:
        current_usage().blob_gets += 1
        if name not in self.blobs:
            raise BlobMissingError(name)
        return self.blobs[name][0]

    async def delete_all(self, prefix: str) -> None:
        for name in [name for name in self.blobs if name.startswith(prefix)]:
            current_usage().blob_deletes += 1
            del self.blobs[name]
