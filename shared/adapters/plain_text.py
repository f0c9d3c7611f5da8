"""The text of a file that is nothing but text, in whatever encoding it was saved."""

import codecs

from shared.errors import FileUnusableError

TEXT_BYTES_MAX = 400_000
"""Looked at from the beginning: more than a model is ever given of it."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = dict.fromkeys((*range(9), 11, *range(14, 32), 127))
_CONTROLS_SHARE_MAX = 0.01
"""Of the characters: terminals write a few of them into logs, other files are full of them."""


def decode_text(content: bytes) -> str:
    """The beginning of a text. Raises FileUnusableError: "empty", or "kind" for what is no text."""
    text = _decode(content[:TEXT_BYTES_MAX]).replace("\r\n", "\n").replace("\r", "\n")
    cleaned = text.translate(_CONTROLS)
    if len(text) - len(cleaned) > len(text) * _CONTROLS_SHARE_MAX:
        raise FileUnusableError("kind")
    if not cleaned.strip():
        raise FileUnusableError("empty")
    return cleaned


def _decode(content: bytes) -> str:
    """By its mark, else UTF-8, else the old encoding of Russian Windows, which takes nearly every byte."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(content)  # it may be cut within a character
    except UnicodeDecodeError:
        return content.decode("cp1251", "replace")
