"""How long an MP4 video is, by its own tables: what the model is charged for must not be longer than what was held.

    moov ── mvhd                              the whole
         └─ trak ── mdia ── mdhd              units a second of a track
                         └─ minf ─ stbl ─ stts   how many samples of how many units

The longest of them counts, whatever the others say. A film in fragments (`moof`) has no such tables.
"""

import struct
from collections.abc import Iterator
from math import ceil

from shared.errors import FileUnusableError
from shared.voices.measure_sound import list_boxes, measure_seconds

_ENTRY = struct.Struct(">II")
_LONG_VERSION = 1
"""Times have eight bytes instead of four."""


def measure_video(content: bytes) -> int:
    """Its seconds, each begun one. Raises FileUnusableError, and whatever a table raises that ends too early."""
    whole = measure_seconds(content, "video/mp4")
    boxes = list(list_boxes(content, 0, len(content)))
    if whole is None or any(name == b"moof" for name, _, _ in boxes):
        raise FileUnusableError("broken")
    tracks = [
        _measure_track(content, at, end)
        for name, start, until in boxes
        if name == b"moov"
        for inner, at, end in list_boxes(content, start, until)
        if inner == b"trak"
    ]
    return max(1, ceil(max([whole, *tracks])))


def _measure_track(content: bytes, start: int, end: int) -> float:
    """The time of all samples of a track; 0 where it has none."""
    units_per_second, units = 0, 0
    for name, at, until in _walk(content, start, end):
        if name == b"mdhd":
            [units_per_second] = struct.unpack_from(">I", content, at + (20 if content[at] == _LONG_VERSION else 12))
        if name == b"stts":
            [count] = struct.unpack_from(">I", content, at + 4)
            table = content[at + 8 : min(until, at + 8 + count * _ENTRY.size)]
            units += sum(samples * each for samples, each in _ENTRY.iter_unpack(table))
    return units / units_per_second if units else 0.0


def _walk(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes within these, and those within the ones that hold the tables of a track."""
    for name, at, until in list_boxes(content, start, end):
        yield name, at, until
        if name in {b"mdia", b"minf", b"stbl"}:
            yield from _walk(content, at, until)
