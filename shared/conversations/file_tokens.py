"""How many tokens files and lines take, before a model counts them. Pure, and estimated high."""

from shared.conversations.token_weights import estimate_tokens
from shared.providers.files import Document, FileContent
from shared.providers.images import Image
from shared.providers.talk import Line

PICTURE_TOKENS = 1_120
"""What Gemini 3 takes a picture for where nothing else is asked for, whatever its size
(ai.google.dev/gemini-api/docs/media-resolution)."""
PAGE_TOKENS = 560
"""Of a PDF, likewise; its text is not counted once more."""


def count_tokens(content: FileContent) -> int:
    """What a file takes that was opened."""
    if isinstance(content, Image):
        return PICTURE_TOKENS
    return content.pages * PAGE_TOKENS if isinstance(content, Document) else estimate_tokens(content)


def count_line(line: Line) -> int:
    """What one line of a conversation takes, its files included."""
    files: tuple[FileContent, ...] = (*line.pictures, *line.documents)
    return estimate_tokens(line.text) + sum(map(count_tokens, files))
