"""CPU work on files, off the event loop."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from shared.providers.files import FileContent, FileKind
from shared.providers.images import Image
from shared.providers.mp4 import VideoFacts


class VideoFiles(Protocol):
    """Work on video files in our bucket, off the event loop and bounded; no file is ever whole in memory.

    All raise BlobMissingError, UnavailableError and, where a file is no video that can be shown,
    VideoUnusableError with a `trouble` of `shared.providers.mp4.VideoTrouble`.
    """

    async def inspect(self, name: str) -> VideoFacts:
        """What the file says of itself. Only its index is read."""
        ...

    async def finish(self, source: str, name: str, *, has_sound: bool) -> VideoFacts:
        """Store a copy under `name` that plays while it loads (the index first), without sound if that is wanted."""
        ...

    async def thumbnail(self, name: str) -> bytes:
        """A JPEG of at most 320 px a side and 200 kB; empty where nothing here can decode the video."""
        ...


class Pictures(Protocol):
    """CPU work on pictures, off the event loop and bounded."""

    async def check(self, content: bytes) -> Image:
        """The visible picture of a file, without metadata, in a format and size that the model accepts.

        Raises FileUnreadableError, FileTooManyPixelsError.
        """
        ...

    async def preview(self, content: bytes) -> tuple[bytes, int, int]:
        """A JPEG for the chat, and the original's width and height in px.

        Raises FileUnreadableError, FileTooManyPixelsError.
        """
        ...

    async def thumbnail(self, content: bytes) -> bytes:
        """A JPEG of at most 320 px a side, for a gallery. Raises FileUnreadableError, FileTooManyPixelsError."""
        ...


T = TypeVar("T")


class FileReader(Protocol):
    """CPU work on the files that people ask about, off the event loop and bounded."""

    async def read(self, content: bytes, kind: FileKind) -> FileContent:
        """The content of a file for a model. `kind` is what the sender's app claims; the bytes must agree.

        Raises FileUnusableError, FileUnreadableError, FileTooManyPixelsError.
        """
        ...

    async def run(self, work: Callable[[], T]) -> T:
        """Do other CPU work in the same thread. Raises what the work raises."""
        ...


class LinkReader(Protocol):
    """Files on the public internet."""

    async def read(self, address: str) -> bytes:
        """The content behind a web address that a person sent, of at most 20 MB. Raises LinkUnusableError.

        Nothing that is not public can be reached by it, whatever the address or its server says.
        """
        ...
