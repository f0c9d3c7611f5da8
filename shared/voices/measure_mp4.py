"""Measures the length of an MP4 file, sound or video, by its own tables. Pure.

    moov ── mvhd                                    the whole: units, and units a second
         └─ trak ── mdia ── mdhd                    units a second of a track
                         └─ minf ── stbl ── stts    how many samples of how many units

The longest of these lengths counts, because a model plays all samples. A fragmented file (`moof`) has no such tables,
so its length is unknown.
"""

import struct
from collections.abc import Iterator

BOXES_MAX = 1_000
"""The most boxes inside one box."""
_ENTRY = struct.Struct(">II")
_LONG_VERSION = 1
"""Times have eight bytes instead of four."""
_AROUND_TABLES = frozenset({b"mdia", b"minf", b"stbl"})
"""The boxes around a track's tables; deeper nesting is an attack on the parser."""


def measure_mp4(content: bytes) -> float | None:
    """The length in seconds; None if unknown. Raises the errors that `measure_seconds` treats as damage."""
    boxes = list(_list_boxes(content, 0, len(content)))
    movie = next(((at, end) for name, at, end in boxes if name == b"moov"), None)
    if movie is None or any(name == b"moof" for name, _, _ in boxes):
        return None
    inner = list(_list_boxes(content, *movie))
    header = next((at for name, at, _ in inner if name == b"mvhd"), None)
    if header is None:
        return None
    tracks = (_measure_track(content, at, end) for name, at, end in inner if name == b"trak")
    return max([_measure_header(content, header), *tracks])


def _measure_header(content: bytes, at: int) -> float:
    is_long = content[at] == _LONG_VERSION
    units, length = struct.unpack_from(">IQ" if is_long else ">II", content, at + (20 if is_long else 12))
    return float(length / units)


def _measure_track(content: bytes, start: int, end: int) -> float:
    """The total time of a track's samples, in seconds; 0 without samples."""
    units_per_second, units = 0, 0
    for name, at, until in _walk(content, start, end):
        if name == b"mdhd":
            if units_per_second:
                raise ValueError("two units")  # which of them counts, a decoder decides
            [units_per_second] = struct.unpack_from(">I", content, at + (20 if content[at] == _LONG_VERSION else 12))
        if name == b"stts":
            [count] = struct.unpack_from(">I", content, at + 4)
            first = at + 8
            table = content[first : min(until, first + count * _ENTRY.size)]
            whole = len(table) - len(table) % _ENTRY.size
            units += sum(samples * each for samples, each in _ENTRY.iter_unpack(table[:whole]))
    return units / units_per_second if units else 0.0


def _walk(content: bytes, start: int, end: int, depth: int = len(_AROUND_TABLES)) -> Iterator[tuple[bytes, int, int]]:
    """The boxes in a range, and, recursively, those inside _AROUND_TABLES."""
    for name, at, until in _list_boxes(content, start, end):
        yield name, at, until
        if name in _AROUND_TABLES and depth:
            yield from _walk(content, at, until, depth - 1)


def _list_boxes(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of the content of each box."""
    at = start
    for _ in range(BOXES_MAX):
        if at + 8 > end:
            return
        size, name = struct.unpack_from(">I4s", content, at)
        head = 8
        if size == 1:
            [size], head = struct.unpack_from(">Q", content, at + 8), 16
        size = size or end - at  # 0: to the end
        if size < head:
            return
        yield name, at + head, min(end, at + size)
        at += size
    raise ValueError("too many boxes")  # the rest would not be measured
