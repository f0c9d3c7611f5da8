"""How many tokens something takes, before a model counts them. Pure, and estimated high."""

from shared.providers.files import Document, FileContent
from shared.providers.images import Image
from shared.providers.talk import Line

BYTES_PER_TOKEN = 3
"""Of UTF-8, estimated low: Russian has about 4, English 4, code 3."""
PICTURE_TOKENS = 1_120
"""What Gemini 3 takes a picture for where nothing else is asked for, whatever its size
(ai.google.dev/gemini-api/docs/media-resolution)."""
PAGE_TOKENS = 560
"""Of a PDF, likewise; its text is not counted once more."""


def estimate_tokens(text: str) -> int:
    """How many tokens a text has at most, as we estimate it before a model counts them."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_PER_TOKEN)


def count_tokens(content: FileContent) -> int:
    """What a file takes that was opened."""
    if isinstance(content, Image):
        return PICTURE_TOKENS
    return content.pages * PAGE_TOKENS if isinstance(content, Document) else estimate_tokens(content)


def count_line(line: Line) -> int:
    """What one line of a conversation takes, its files included."""
    files: tuple[FileContent, ...] = (*line.pictures, *line.documents)
    return estimate_tokens(line.text) + sum(map(count_tokens, files))


def cut_to_tokens(text: str, tokens_max: int) -> str:
    """The beginning that takes so many tokens at most."""
    return text.encode("utf-8", "replace")[: tokens_max * BYTES_PER_TOKEN].decode("utf-8", "ignore")
