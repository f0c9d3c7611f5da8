"""Write-once files, whole or in pieces."""

from collections.abc import AsyncIterable, AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A file with its metadata."""

    content: bytes
    mime_type: str
    facts: Mapping[str, str]


class BlobStore(Protocol):
    """Write-once files (Cloud Storage)."""

    async def put(
        self, name: str, content: bytes, mime_type: str, facts: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Store under a name that is never re-used; a second put changes nothing. Raises UnavailableError."""
        ...

    async def look(self, name: str) -> StoredBlob | None:
        """The file with its metadata, if it exists. Raises UnavailableError."""
        ...

    async def get(self, name: str) -> bytes:
        """Raises BlobMissingError, UnavailableError."""
        ...

    async def delete_all(self, prefix: str) -> None:
        """Delete all files whose names begin with this, if there are any. Raises UnavailableError."""
        ...


@dataclass(frozen=True, slots=True)
class BlobAbout:
    """What is known of a file that is not read."""

    name: str
    size_bytes: int
    mime_type: str
    facts: Mapping[str, str] = field(default_factory=dict)


class MediaStore(BlobStore, Protocol):
    """The same files where they are large: they pass through in pieces, and are never whole in memory."""

    async def put_stream(
        self,
        name: str,
        pieces: AsyncIterable[bytes],
        mime_type: str,
        facts: Mapping[str, str] = MappingProxyType({}),
    ) -> int:
        """As `put`; the file's size in bytes. Raises what the pieces raise, and then nothing is stored."""
        ...

    async def stream(self, name: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `end`, in pieces of at most 1 MB. Raises BlobMissingError, UnavailableError.

        The iterator raises UnavailableError too, as soon as the file is known to be damaged on its way.
        """
        ...

    async def measure(self, name: str) -> BlobAbout | None:
        """What is known of a file, if it is there. Raises UnavailableError."""
        ...

    async def list_all(self, prefix: str) -> list[BlobAbout]:
        """The files whose names begin so, by name. Raises UnavailableError."""
        ...

    async def link(self, name: str, lifetime: timedelta, filename: str) -> str:
        """An address where anybody can download the file under this name for so long, 12 hours at most.

        Raises UnavailableError.
        """
        ...
