"""Decoding a plain text file in an unknown encoding."""

import codecs

from shared.errors import FileUnusableError

TEXT_BYTES_MAX = 400_000
"""How much of a file is decoded; a model never gets more."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = dict.fromkeys((*range(9), 11, *range(14, 32), 127))
_CONTROLS_SHARE_MAX = 0.01
"""The largest share of control characters: logs of terminals have a few, binary files many."""


def decode_text(content: bytes) -> str:
    """The beginning of a text. Raises FileUnusableError: "empty", or "kind" if it is not text."""
    text = _decode(content[:TEXT_BYTES_MAX]).replace("\r\n", "\n").replace("\r", "\n")
    cleaned = text.translate(_CONTROLS)
    if len(text) - len(cleaned) > len(text) * _CONTROLS_SHARE_MAX:
        raise FileUnusableError("kind")
    if not cleaned.strip():
        raise FileUnusableError("empty")
    return cleaned


def _decode(content: bytes) -> str:
    """Decode by the byte order mark, or as UTF-8, or as windows-1251, which accepts nearly every byte."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(content)  # the end may be an incomplete character
    except UnicodeDecodeError:
        return content.decode("cp1251", "replace")
