"""How many pages a PDF has, told from its objects, without drawing or trusting any of it.

The model reads the file; the number bounds what that costs. Since PDF 1.5 objects may stand in compressed streams:
these are unpacked as far as the bounds allow. A page that the file hides elsewhere is found in the number of pages
that its page tree claims; the larger of both counts.
"""

import re
import zlib

from shared.errors import FileUnusableError

HEADER_BYTES_MAX = 1024
"""Readers look for the header so far into a file."""
UNPACKED_BYTES_MAX = 24_000_000
"""Of all object streams together."""
STREAM_BYTES_MAX = 4_000_000
COUNT_DIGITS_MAX = 7
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_TREE = re.compile(rb"/Type\s*/Pages(?![A-Za-z])")
_COUNT = re.compile(rb"/Count\s+(\d{1,%d})(?!\d)" % COUNT_DIGITS_MAX)
_ENCRYPT = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R|/Encrypt\s*<<")
_OBJECTS = re.compile(rb"/Type\s*/ObjStm(?![A-Za-z])")
_STREAM = re.compile(rb"stream\r?\n")
_NEAR = 600
"""A dictionary of an object stream is short: its data begin within so many bytes."""
_TREE_NEAR = 100_000
"""The list of a tree's kids may stand between its type and its count."""


def count_pages(content: bytes) -> int:
    """The pages, one at least. Raises FileUnusableError: "broken", "locked", "empty" or "bomb"."""
    if b"%PDF-" not in content[:HEADER_BYTES_MAX]:
        raise FileUnusableError("broken")
    if _ENCRYPT.search(content):
        raise FileUnusableError("locked")
    parts = [content, *_unpack_objects(content)]
    pages = sum(len(_PAGE.findall(part)) for part in parts)
    claimed = max((_read_count(part) for part in parts), default=0)
    if not pages and not claimed:
        raise FileUnusableError("empty" if any(_TREE.search(part) for part in parts) else "broken")
    return max(pages, claimed)


def _read_count(part: bytes) -> int:
    """The most pages that a tree in this part claims. Outlines have counts too, so only those near a tree are read."""
    claims = [0]
    for tree in _TREE.finditer(part):
        start = part.rfind(b"<<", max(0, tree.start() - _TREE_NEAR), tree.start())
        end = part.find(b"endobj", tree.end(), tree.end() + _TREE_NEAR)
        near = part[max(start, 0) : end if end > 0 else tree.end() + _NEAR]
        claims += [int(found[1]) for found in _COUNT.finditer(near)]
    return max(claims)


def _unpack_objects(content: bytes) -> list[bytes]:
    parts: list[bytes] = []
    left = UNPACKED_BYTES_MAX
    for found in _OBJECTS.finditer(content):
        stream = _STREAM.search(content, found.end(), found.end() + _NEAR)
        if stream is None:
            continue
        part = _unpack(content[stream.end() : stream.end() + STREAM_BYTES_MAX])
        left -= len(part)
        if left < 0:
            raise FileUnusableError("bomb")
        parts.append(part)
    return parts


def _unpack(packed: bytes) -> bytes:
    """What a stream holds; what is broken, or not packed at all, as far as it goes."""
    try:
        return zlib.decompressobj().decompress(packed, STREAM_BYTES_MAX)
    except zlib.error:
        return packed[: packed.find(b"endstream")]
