"""Videos that a provider writes into our own bucket, under the prefix of the attempt that asked for them."""

from collections.abc import AsyncIterator

from shared.errors import BlobMissingError, VideoUnusableError
from shared.ports import MediaStore
from shared.providers.videos import VIDEO_BYTES_MAX, VideoMade

_SCHEME = "gs://"


class OwnBucket:
    """The bucket that the enterprise API and we share."""

    def __init__(self, media: MediaStore, name: str) -> None:
        self.media = media
        self._own = f"{_SCHEME}{name}/"

    def address_of(self, name: str) -> str:
        """The address of a file in the API's form."""
        return self._own + name

    def holds(self, address: str) -> bool:
        """Whether the address is in this bucket."""
        return address.startswith(self._own)

    async def find(self, prefix: str) -> VideoMade | None:
        """The largest file under a prefix. Raises UnavailableError."""
        found = [about for about in await self.media.list_all(prefix) if about.size_bytes]
        if not found:
            return None
        about = max(found, key=lambda each: each.size_bytes)
        return VideoMade(self.address_of(about.name), about.mime_type or "video/mp4")

    async def read(self, address: str) -> AsyncIterator[bytes]:
        """Raises BlobMissingError, UnavailableError, VideoUnusableError."""
        if not self.holds(address):
            raise BlobMissingError(address)
        name = address.removeprefix(self._own)
        about = await self.media.measure(name)
        if about is not None and about.size_bytes > VIDEO_BYTES_MAX:
            raise VideoUnusableError("size")
        return await self.media.stream(name)
