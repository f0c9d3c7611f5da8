"""A MediaStore in memory."""

from collections.abc import AsyncIterable, AsyncIterator, Mapping
from datetime import timedelta
from types import MappingProxyType

from shared.errors import BlobMissingError
from shared.ports import BlobAbout, StoredBlob
from shared.usage import current_usage

PIECE_BYTES = 1024 * 1024


class FakeBlobStore:
    """Implements MediaStore, and so BlobStore; `blobs` maps each name to its bytes and MIME type."""

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

    async def put_stream(
        self,
        name: str,
        pieces: AsyncIterable[bytes],
        mime_type: str,
        facts: Mapping[str, str] = MappingProxyType({}),
    ) -> int:
        content = b"".join([piece async for piece in pieces])
        await self.put(name, content, mime_type, facts)
        return len(self.blobs[name][0])

    async def stream(self, name: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        content = (await self.get(name))[start:end]
        return _cut(content)

    async def measure(self, name: str) -> BlobAbout | None:
        current_usage().blob_gets += 1
        if name not in self.blobs:
            return None
        content, mime_type = self.blobs[name]
        return BlobAbout(name, len(content), mime_type, self.facts.get(name, {}))

    async def list_all(self, prefix: str) -> list[BlobAbout]:
        names = sorted(name for name in self.blobs if name.startswith(prefix))
        return [about for name in names if (about := await self.measure(name)) is not None]

    async def link(self, name: str, lifetime: timedelta, filename: str) -> str:
        return f"https://bucket.example/test-media/{name}?seconds={lifetime.total_seconds():.0f}&as={filename}"


async def _cut(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), PIECE_BYTES):
        yield content[start : start + PIECE_BYTES]
