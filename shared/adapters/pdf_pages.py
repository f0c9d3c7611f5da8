"""Counting the pages of a PDF from its objects, without rendering or trusting it.

The model reads the file; the number of pages bounds the cost. Since PDF 1.5 objects may be in compressed streams,
which are unpacked within limits. The page tree also claims a number of pages, which covers pages hidden elsewhere; the
larger number counts.

PDF readers support more than this counter: escaped names, a count in a separate object, object streams with several
filters. A file that uses these for its page structure is "broken", because nobody would pay for uncounted pages.
"""

import re
import zlib

from shared.errors import FileUnusableError

HEADER_BYTES_MAX = 1024
"""How far into a file readers look for the header."""
UNPACKED_BYTES_MAX = 24_000_000
"""For all object streams together."""
STREAM_BYTES_MAX = 4_000_000
STREAMS_MAX = 500
TOKENS_MAX = 1_000_000
"""The most brackets and counts that are examined, so that a file full of them does not take minutes."""
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_TREE = re.compile(rb"/Type\s*/Pages(?![A-Za-z])")
_TOKEN = re.compile(rb"<<|>>|/Count\s+(\d{1,7})(?!\d)|(/Type\s*/Pages(?![A-Za-z])|/Kids(?![A-Za-z]))")
"""A dictionary with a count is a page tree if it has kids; readers do not require its type."""
_ENCRYPT = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R|/Encrypt\s*<<")
_OBJECTS = re.compile(rb"/Type\s*/ObjStm(?![A-Za-z])")
_STREAM = re.compile(rb"stream\r?\n")
_NEAR = 600
"""The dictionary of an object stream is short: its data begin within so many bytes."""
_ESCAPED = re.compile(rb"/[A-Za-z]{0,12}#[0-9A-Fa-f]{2}[A-Za-z#0-9]{0,40}")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAMES = frozenset(
    {b"/Type", b"/Page", b"/Pages", b"/ObjStm", b"/Count", b"/Kids", b"/Encrypt", b"/Filter", b"/DecodeParms"}
)
_ELSEWHERE = re.compile(rb"/(?:Type|Count)\s+\d{1,10}\s+\d{1,5}\s+R")
_APART = re.compile(rb"/(?:Type|Count)\s*[%\x00]")
"""A comment between a name and its value, which readers skip."""


def count_pages(content: bytes) -> int:
    """The number of pages, at least 1. Raises FileUnusableError: "broken", "locked", "empty" or "bomb"."""
    if b"%PDF-" not in content[:HEADER_BYTES_MAX]:
        raise FileUnusableError("broken")
    if _ENCRYPT.search(content):
        raise FileUnusableError("locked")
    parts = [content, *_unpack_objects(content)]
    if any(_hides(part) for part in parts):
        raise FileUnusableError("broken")
    pages = sum(len(_PAGE.findall(part)) for part in parts)
    claimed = max((_read_count(part) for part in parts), default=0)
    if not pages and not claimed:
        raise FileUnusableError("empty" if any(_TREE.search(part) for part in parts) else "broken")
    return max(pages, claimed)


def _read_count(part: bytes) -> int:
    """The highest number of pages that a page tree in this part claims: the count in the same brackets."""
    claimed, is_tree, count = 0, False, 0
    outside: list[tuple[bool, int]] = []
    for number, token in enumerate(_TOKEN.finditer(part)):
        if number >= TOKENS_MAX:
            raise FileUnusableError("bomb")
        if token[0] == b"<<":
            outside.append((is_tree, count))
            is_tree, count = False, 0
        elif token[0] == b">>":
            is_tree, count = outside.pop() if outside else (False, 0)
        elif token[2]:
            is_tree = True
        else:
            count = int(token[1])
        claimed = max(claimed, count) if is_tree else claimed
    return claimed


def _unpack_objects(content: bytes) -> list[bytes]:
    parts: list[bytes] = []
    left = UNPACKED_BYTES_MAX
    for number, found in enumerate(_OBJECTS.finditer(content)):
        if number >= STREAMS_MAX:
            raise FileUnusableError("bomb")
        stream = _STREAM.search(content, found.end(), found.end() + _NEAR)
        if stream is None:
            raise FileUnusableError("broken")
        head = content[max(0, content.rfind(b"obj", max(0, found.start() - 2 * _NEAR), found.start())) : stream.start()]
        if (
            len(head) > 2 * _NEAR
            or head.count(b"Decode") != head.count(b"/FlateDecode")
            or b"(" in head
            or b"%" in head
        ):
            raise FileUnusableError("broken")
        part = _unpack(content, stream.end())
        left -= len(part)
        if left < 0:
            raise FileUnusableError("bomb")
        parts.append(part)
    return parts


def _unpack(content: bytes, start: int) -> bytes:
    """The content of a stream. Raises FileUnusableError if its filter is unusual or its data incomplete."""
    unpacker = zlib.decompressobj()
    try:
        part = unpacker.decompress(memoryview(content)[start : start + STREAM_BYTES_MAX], STREAM_BYTES_MAX)
    except zlib.error:
        raise FileUnusableError("broken") from None
    if not unpacker.eof:
        raise FileUnusableError("bomb")
    return part


def _hides(part: bytes) -> bool:
    """Whether the page structure uses syntax that this counter does not support."""
    if _ELSEWHERE.search(part) or _APART.search(part):
        return True
    return any(_ESCAPE.sub(_read_escape, found[0]) in _NAMES for found in _ESCAPED.finditer(part))


def _read_escape(escape: re.Match[bytes]) -> bytes:
    return bytes([int(escape[1], 16)])
