"""The content of a file for a model, and the reasons why a file cannot be read."""

from dataclasses import dataclass
from typing import Literal, get_args

from shared.providers.images import Image

FileKind = Literal["picture", "pdf", "text", "office", "video"]
FileTrouble = Literal["size", "kind", "old", "locked", "empty", "broken", "pages", "pixels", "bomb", "gone", "long"]
"""Why a file cannot be read: it is too large; of an unsupported kind, or an old format; protected by a password; empty;
damaged; has too many pages or pixels; is too large when unpacked; is no longer at Telegram; or is a video that is too
long, or longer than its app said."""
TROUBLES: tuple[FileTrouble, ...] = get_args(FileTrouble)


@dataclass(frozen=True, slots=True)
class Document:
    """A file that is sent to the model unchanged: a PDF or a video."""

    content: bytes
    mime_type: str
    pages: int
    seconds: int = 0
    """Length of a video, rounded up to whole seconds."""


FileContent = Image | Document | str
"""The content of a file as a model gets it; a text file becomes a string."""
