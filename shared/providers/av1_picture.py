"""A frame of an AV1 video as an AVIF picture: the same bytes in another file (https://aomediacodec.github.io/av1-avif)."""

import struct

_ENTRY_BYTES = 86
"""Of a visual sample entry, its head included, before the boxes inside it."""


def write_avif(entry: bytes, frame: bytes) -> bytes:
    """The picture, from the sample entry `av01` and a frame that stands alone. Raises struct.error, ValueError."""
    width, height = struct.unpack_from(">HH", entry, 32)
    kept = _boxes(entry[_ENTRY_BYTES:])
    described = [_full(b"ispe", struct.pack(">II", width, height)), kept[b"av1C"]]
    described += [kept[b"colr"]] if b"colr" in kept else []
    # Of each property its number; the codec's must be understood (the highest bit).
    numbers = bytes(number | (0x80 if number == 2 else 0) for number in range(1, len(described) + 1))  # noqa: PLR2004
    owner = _full(b"ipma", struct.pack(">IHB", 1, 1, len(described)) + numbers)
    head = _box(b"ftyp", b"avif" + bytes(4) + b"avifmif1miaf")
    place = len(head) + len(_write_meta(described, owner, 0, len(frame))) + 8
    return head + _write_meta(described, owner, place, len(frame)) + _box(b"mdat", frame)


def _write_meta(described: list[bytes], owner: bytes, place: int, size: int) -> bytes:
    item = _full(b"infe", struct.pack(">HH4s", 1, 0, b"av01") + b"\0", version=2)
    return _full(
        b"meta",
        _full(b"hdlr", bytes(4) + b"pict" + bytes(13))
        + _full(b"pitm", struct.pack(">H", 1))
        + _full(b"iloc", struct.pack(">BBHHHHII", 0x44, 0, 1, 1, 0, 1, place, size))
        + _full(b"iinf", struct.pack(">H", 1) + item)
        + _box(b"iprp", _box(b"ipco", b"".join(described)) + owner),
    )


def _boxes(content: bytes) -> dict[bytes, bytes]:
    found, at = dict[bytes, bytes](), 0
    while at + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, at)
        if size < 8:  # noqa: PLR2004 — the head itself
            raise ValueError("a box without a size")
        found.setdefault(kind, content[at : at + size])
        at += size
    if b"av1C" not in found:
        raise ValueError("no description of the codec")
    return found


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _full(kind: bytes, body: bytes, *, version: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24) + body)
