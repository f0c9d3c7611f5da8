"""A BlobStore in memory."""

from shared.errors import BlobMissingError
from shared.usage import current_usage


class FakeBlobStore:
    """Implements BlobStore; `blobs` maps each name to its bytes and MIME type."""

    def __init__(self) -> None:
        self.blobs: dict[str, tuple[bytes, str]] = {}

    async def put(self, name: str, content: bytes, mime_type: str) -> None:
        current_usage().blob_puts += 1
        self.blobs.setdefault(name, (content, mime_type))

    async def get(self, name: str) -> bytes:
        current_usage().blob_gets += 1
        if name not in self.blobs:
            raise BlobMissingError(name)
        return self.blobs[name][0]

    async def delete_all(self, prefix: str) -> None:
        for name in [name for name in self.blobs if name.startswith(prefix)]:
            current_usage().blob_deletes += 1
            del self.blobs[name]
