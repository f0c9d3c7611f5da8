"""Upper bounds of tokens, before a model counts them. Pure.

Gemini's tokenizer (like Gemma's, ai.google.dev/gemma/docs) knows words of common scripts, takes digits one by one, and
falls back to the bytes of a character that it does not know. So a character is weighed by what it is:

    a letter of English       1/3       others of ASCII            1     one token each at worst, digits always
    of Cyrillic, Greek, …     2/3       a sign of Chinese, Thai …  1
    of rare scripts           3         beyond the first plane     4     its bytes; emoji take 1 to 4
"""

from bisect import bisect_right
from collections import Counter
from itertools import accumulate

from shared.providers.files import Document, FileContent
from shared.providers.images import Image
from shared.providers.talk import Line

PICTURE_TOKENS = 1_120
"""What Gemini 3 counts for a picture of any size by default (ai.google.dev/gemini-api/docs/media-resolution)."""
PAGE_TOKENS = 560
"""What it counts for a page of a PDF; the page's text is not counted again."""
VIDEO_SECOND_TOKENS = 300
"""Upper bound per second of video: one frame (258, or 70 at low resolution), sound (32) and the time stamp."""
CHARACTERS_PER_TOKEN = 3
"""For English; a conservative estimate."""
_THIRDS = 3
_ASCII_END, _TWO_BYTES_END, _PLANE_END = 0x80, 0x800, 0x10000
_COMMON = (
    (0x0900, 0x0E80),  # the scripts of India, Sinhala, Thai
    (0x10A0, 0x1100),  # Georgian
    (0x1E00, 0x2070),  # Latin and Greek with marks, dashes and quotation marks
    (0x20A0, 0x2C00),  # currencies, arrows, mathematics, boxes, old emoji
    (0x3000, 0x3100),  # punctuation and syllables of Japanese
    (0x4E00, 0xA000),  # Chinese
    (0xAC00, 0xD7A4),  # Korean
    (0xFF00, 0xFFF0),  # wide forms
)
"""Ranges (first, end) of known characters beyond two bytes."""
_BORDERS = tuple(border for block in _COMMON for border in block)


def estimate_tokens(text: str) -> int:
    """An upper bound of the tokens of a text."""
    return -(-sum(_weigh(character) * count for character, count in Counter(text).items()) // _THIRDS)


def cut_to_tokens(text: str, tokens_max: int) -> str:
    """The longest beginning of a text within this limit."""
    weights = accumulate(map(_weigh, text))
    end = next((place for place, weight in enumerate(weights) if weight > tokens_max * _THIRDS), None)
    return text[:end].encode("utf-8", "replace").decode("utf-8")


def count_tokens(content: FileContent) -> int:
    """The tokens of an opened file."""
    if isinstance(content, Image):
        return PICTURE_TOKENS
    if isinstance(content, Document):
        return content.pages * PAGE_TOKENS + content.seconds * VIDEO_SECOND_TOKENS
    return estimate_tokens(content)


def count_line(line: Line) -> int:
    """The tokens of one line of a conversation, with its files."""
    files: tuple[FileContent, ...] = (*line.pictures, *line.documents)
    return estimate_tokens(line.text) + sum(map(count_tokens, files))


def _weigh(character: str) -> int:
    """The weight of a character, in thirds of a token."""
    code = ord(character)
    if code < _ASCII_END:
        return 1 if character.isalpha() or character == " " else 3
    if code < _TWO_BYTES_END:
        return 2
    if code < _PLANE_END:
        return 3 if bisect_right(_BORDERS, code) % 2 else 9
    return 12
