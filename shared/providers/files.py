"""A file that somebody asks about, on its way to a model."""

from dataclasses import dataclass
from typing import Literal, get_args

from shared.providers.images import Image

FileKind = Literal["picture", "pdf", "text", "office", "video"]
FileTrouble = Literal["size", "kind", "old", "locked", "empty", "broken", "pages", "pixels", "bomb", "gone", "long"]
"""Why a file cannot be read: it is over the limit; of no kind that is read, or an old one; protected by a password;
without content; damaged; with too many pages or pixels; larger unpacked than it may be; no longer at Telegram; a video
that is too long, or longer than its app said."""
TROUBLES: tuple[FileTrouble, ...] = get_args(FileTrouble)


@dataclass(frozen=True, slots=True)
class Document:
    """A file that the model reads page by page, or a video that it watches."""

    content: bytes
    mime_type: str
    pages: int
    seconds: int = 0
    """Of a video, each begun one."""


FileContent = Image | Document | str
"""What a model gets of a file; of one that is text, the text."""
