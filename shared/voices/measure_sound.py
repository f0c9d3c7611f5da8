"""How long a recording really is: its app says it, and may be wrong. Pure.

Only the forms are read whose length stands in a few bytes; the models' own decoders are not needed for it.

    Ogg    the last page of each stream says how many samples (of 48,000 a second, for Opus) were heard at its end
    WAV    the size of the samples, by the bytes of a second
    MP4    the box `moov.mvhd`: units, and units per second
"""

import struct
from collections.abc import Iterator

OGG, WAV = "audio/ogg", "audio/wav"
_OPUS_RATE = 48_000
_PAGE = struct.Struct("<4sBBqIIIB")
_FIRST_PAGE = 2
_UNKNOWN_SIZE = 0xFFFFFFFF


def measure_seconds(content: bytes, form: str) -> float | None:
    """How long it is; None where that cannot be seen."""
    try:
        if form == OGG:
            return _measure_ogg(content)
        if form == WAV:
            return _measure_wav(content)
        return _measure_mp4(content) if form.endswith("/mp4") else None
    except (struct.error, ZeroDivisionError, IndexError):  # it ends where more should be
        return None


def list_pages(content: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Where each page of an Ogg file begins, where its packets do, how it is marked, and its granule position."""
    at = content.find(b"OggS")
    while at >= 0 and at + _PAGE.size <= len(content):
        _, _, marks, granule, _, _, _, count = _PAGE.unpack_from(content, at)
        body = at + _PAGE.size + count
        yield at, body, marks, granule
        after = body + sum(content[at + _PAGE.size : body])
        at = content.find(b"OggS", max(after, at + _PAGE.size))


def _measure_ogg(content: bytes) -> float | None:
    total, skip, last = 0, 0, -1
    for _, body, marks, granule in list_pages(content):
        if marks & _FIRST_PAGE:
            if not content.startswith(b"OpusHead", body):
                return None
            total += max(0, last - skip)
            [skip], last = struct.unpack_from("<H", content, body + 10), -1
        last = max(last, granule)
    return None if last < 0 else (total + max(0, last - skip)) / _OPUS_RATE


def _measure_wav(content: bytes) -> float | None:
    chunks = {name: (at, size) for name, at, size in _list_chunks(content)}
    if not content.startswith(b"RIFF") or b"fmt " not in chunks or b"data" not in chunks:
        return None
    [bytes_per_second] = struct.unpack_from("<I", content, chunks[b"fmt "][0] + 8)
    at, size = chunks[b"data"]
    held = len(content) - at
    return float((held if size == _UNKNOWN_SIZE else min(size, held)) / bytes_per_second)


def _list_chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    at = 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        yield name, at + 8, size
        at += 8 + size + size % 2


def _measure_mp4(content: bytes) -> float | None:
    header = _find_box(content, 0, len(content), b"moov", b"mvhd")
    if header is None:
        return None
    at, is_long = header, content[header] == 1
    units, length = struct.unpack_from(">IQ" if is_long else ">II", content, at + (20 if is_long else 12))
    return float(length / units)


def _find_box(content: bytes, start: int, end: int, name: bytes, *inner: bytes) -> int | None:
    """Where the content of a box begins, inside of those named before it."""
    for found, at, until in _list_boxes(content, start, end):
        if found == name:
            return _find_box(content, at, until, *inner) if inner else at
    return None


def _list_boxes(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    at = start
    while at + 8 <= end:
        size, name = struct.unpack_from(">I4s", content, at)
        head = 8
        if size == 1:
            [size], head = struct.unpack_from(">Q", content, at + 8), 16
        size = size or end - at  # 0: to the end
        if size < head:
            return
        yield name, at + head, min(end, at + size)
        at += size
