"""Reads and reorders MP4 files (ISO/IEC 14496-12): their metadata, and the position of their index.

    file:  ftyp  moov (the index)  mdat (pictures and sound)        plays while it loads
           ftyp  mdat  moov                                         plays once the end is there

    box:   size(4) kind(4) body        size 1: the size follows in 8 bytes; size 0: up to the end of the file

The index contains the offset of each chunk of frames or sound. So it can be moved to the front if these offsets are
corrected, and a track is removed if the index no longer names it; neither needs the frames themselves.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from shared.errors import VideoUnusableError

VideoTrouble = Literal["empty", "kind", "cut", "no_index", "no_frames", "size", "broken"]
"""Why a video cannot be shown: it has no bytes; it is something else than MP4; its end is missing; it has no index
(`moov`); it has no frame; it is too large; it contradicts itself."""
VIDEO_TROUBLES: tuple[VideoTrouble, ...] = get_args(VideoTrouble)
HEAD_BYTES_MAX = 16
INDEX_BYTES_MAX = 16_000_000
"""The index of an hour takes about 2 MB."""
BOXES_MAX = 64
"""At the top of a file; a usual one has four."""
_HEAD_BYTES, _LONG_HEAD_BYTES = 8, 16
_TO_THE_END, _LONG = 0, 1
_PADDING = frozenset({b"free", b"skip", b"wide"})
_PARENTS = frozenset({b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl"})
_HDR_TRANSFERS = frozenset({16, 18})
"""Of colour: PQ and HLG (ISO/IEC 23091-2)."""
_ENTRY_BYTES = 78
"""A visual sample entry before the boxes inside it."""


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """The metadata of a video file."""

    size_bytes: int
    seconds: float
    width: int
    height: int
    """In px, as people see it: after its rotation."""
    frames: int
    codec: str
    """Four characters, such as "avc1" (H.264) or "hvc1" (H.265)."""
    has_sound: bool
    is_hdr: bool = False
    has_constant_rate: bool = True
    """Whether all frames are shown equally long."""
    starts_fast: bool = True
    """Whether the index stands before the pictures, so that it plays while it loads."""


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a file: its offset and its size including the head, in bytes."""

    kind: bytes
    start: int
    size: int
    head_bytes: int

    @property
    def end(self) -> int:
        """The offset of the next box."""
        return self.start + self.size


def read_head(head: bytes, start: int, file_bytes: int) -> Box:
    """The box of a file that begins at `start` with these bytes. Raises VideoUnusableError."""
    box = _read_box(head, 0, file_bytes - start)
    if start == 0 and (box is None or box.kind != b"ftyp"):
        raise VideoUnusableError("kind")
    if box is None:
        raise VideoUnusableError("cut")
    if box.size > file_bytes - start:
        raise VideoUnusableError("cut")
    return Box(box.kind, start, box.size, box.head_bytes)


def find_index(boxes: list[Box]) -> Box:
    """The index among the boxes at the top of a file. Raises VideoUnusableError."""
    index = next((box for box in boxes if box.kind == b"moov"), None)
    if index is None:
        raise VideoUnusableError("no_index")
    if index.size > INDEX_BYTES_MAX:
        raise VideoUnusableError("size")
    return index


def read_facts(index: bytes, boxes: list[Box], file_bytes: int) -> VideoFacts:
    """Read the metadata from the index of a file with these top-level boxes. Raises VideoUnusableError."""
    try:
        return _read_facts(index, boxes, file_bytes)
    except (struct.error, IndexError, ZeroDivisionError) as error:
        raise VideoUnusableError("broken") from error


@dataclass(frozen=True, slots=True)
class FrameAt:
    """The first frame of a video, a key frame: its bytes in the file, and its decoder settings."""

    codec: str
    start: int
    size: int
    entry: bytes
    """The sample entry: width, height, and the boxes of the codec."""


def find_frame(index: bytes) -> FrameAt:
    """Find the first frame. Raises VideoUnusableError."""
    for trak in (box for box in _children(index, _whole(index)) if box.kind == b"trak"):
        boxes = dict[bytes, bytes]()
        for box in _walk(index, trak):
            boxes.setdefault(box.kind, index[box.start : box.end])
        if boxes.get(b"hdlr", b"")[16:20] == b"vide":
            try:
                return _find_frame(boxes)
            except (KeyError, struct.error, IndexError) as error:
                raise VideoUnusableError("broken") from error
    raise VideoUnusableError("no_frames")


@dataclass(frozen=True, slots=True)
class Order:
    """How to rewrite a file with its index before its frames."""

    first: Box
    index: bytes
    rest: tuple[Box, ...]

    @property
    def size_bytes(self) -> int:
        """Of the new file."""
        return self.first.size + len(self.index) + sum(box.size for box in self.rest)


def put_in_order(index: bytes, boxes: list[Box], *, has_sound: bool) -> Order:
    """The same video with its index first, and without its sound if that is wanted. Raises VideoUnusableError."""
    kept = index if has_sound else _drop_sound(index)
    first, *others = boxes
    rest = tuple(box for box in others if box.kind != b"moov" and box.kind not in _PADDING)
    moves, at = list[tuple[Box, int]](), first.size + len(kept)
    for box in rest:
        moves.append((box, at - box.start))
        at += box.size

    def move(offset: int) -> int:
        return offset + next((by for box, by in moves if box.start <= offset < box.end), 0)

    try:
        return Order(first, _move_chunks(kept, move), rest)
    except struct.error as error:
        raise VideoUnusableError("broken") from error


def _read_facts(index: bytes, boxes: list[Box], file_bytes: int) -> VideoFacts:
    tracks, timescale = list[_Track](), 0
    for box in _children(index, _whole(index)):
        if box.kind == b"mvhd":
            timescale = _read_timescale(index[box.start : box.end])
        elif box.kind == b"trak":
            tracks.append(_read_track(index, box))
    video = next((track for track in tracks if track.handler == b"vide"), None)
    if video is None or not video.frames:
        raise VideoUnusableError("no_frames")
    if not video.width or not video.height:
        raise VideoUnusableError("broken")
    if max(track.last_chunk for track in tracks) >= file_bytes:
        raise VideoUnusableError("cut")
    kinds = [box.kind for box in boxes]
    sound = next((track for track in tracks if track.handler == b"soun" and track.frames), None)
    return VideoFacts(
        size_bytes=file_bytes,
        seconds=video.edited / timescale if video.edited and timescale else video.seconds,
        width=video.width,
        height=video.height,
        frames=video.frames,
        codec=video.codec,
        has_sound=sound is not None,
        is_hdr=video.is_hdr,
        has_constant_rate=video.has_constant_rate,
        starts_fast=b"mdat" not in kinds or kinds.index(b"moov") < kinds.index(b"mdat"),
    )


def _find_frame(boxes: dict[bytes, bytes]) -> FrameAt:
    table = boxes[b"stsz"]
    same, count = struct.unpack_from(">II", table, 12)
    if not count:
        raise VideoUnusableError("no_frames")
    size = same or struct.unpack_from(">I", table, 20)[0]
    places = _list_chunks(boxes[b"stco"] if b"stco" in boxes else boxes[b"co64"])
    entry_bytes, kind = struct.unpack_from(">I4s", boxes[b"stsd"], 16)
    return FrameAt(kind.decode("latin-1"), places[0], size, boxes[b"stsd"][16 : 16 + entry_bytes])


@dataclass(slots=True)
class _Track:
    """The data of one track."""

    handler: bytes = b""
    codec: str = ""
    frames: int = 0
    seconds: float = 0.0
    edited: int = 0
    """How long its edit list shows it, in units of the movie; 0: all of it."""
    width: int = 0
    height: int = 0
    last_chunk: int = 0
    is_hdr: bool = False
    has_constant_rate: bool = True


def _read_track(index: bytes, trak: Box) -> _Track:
    track = _Track()
    readers: dict[bytes, Callable[[_Track, bytes], None]] = {
        b"tkhd": _read_size,
        b"elst": _read_edits,
        b"mdhd": _read_seconds,
        b"hdlr": _read_handler,
        b"stsd": _read_entry,
        b"stsz": _read_frames,
        b"stts": _read_rate,
        b"stco": _read_chunks,
        b"co64": _read_chunks,
    }
    for box in _walk(index, trak):
        if box.kind in readers:
            readers[box.kind](track, index[box.start : box.end])
    return track


def _read_size(track: _Track, box: bytes) -> None:
    """Width and height are the last eight bytes, in 16.16; before them a matrix of nine numbers."""
    matrix = struct.unpack_from(">9i", box, len(box) - 44)
    width, height = (value >> 16 for value in struct.unpack_from(">II", box, len(box) - 8))
    is_turned = matrix[0] == 0 and matrix[1] != 0
    track.width, track.height = (height, width) if is_turned else (width, height)


def _read_seconds(track: _Track, box: bytes) -> None:
    form = ">IQ" if box[8] == 1 else ">II"
    timescale, duration = struct.unpack_from(form, box, 28 if box[8] == 1 else 20)
    track.seconds = duration / timescale


def _read_timescale(box: bytes) -> int:
    """The units of the movie in a second."""
    [timescale] = struct.unpack_from(">I", box, 28 if box[8] == 1 else 20)
    return int(timescale)


def _read_edits(track: _Track, box: bytes) -> None:
    """The lengths of the parts that are shown. A part without a place in the track is a pause before it begins."""
    [count] = struct.unpack_from(">I", box, 12)
    form = struct.Struct(">Qqhh" if box[8] == 1 else ">Iihh")
    edits = [form.unpack_from(box, 16 + number * form.size) for number in range(count)]
    track.edited = sum(length for length, place, *_ in edits if place >= 0)


def _read_handler(track: _Track, box: bytes) -> None:
    """The first one; QuickTime has a second, which says how the data are found."""
    track.handler = track.handler or box[16:20]


def _read_entry(track: _Track, box: bytes) -> None:
    """The first sample entry names the codec; a `colr` inside it, the colours."""
    size, kind = struct.unpack_from(">I4s", box, 16)
    track.codec = kind.decode("latin-1")
    entry = box[16 : 16 + size]
    at = entry.find(b"colrnclx", _HEAD_BYTES + _ENTRY_BYTES)
    if at >= 0:
        [transfer] = struct.unpack_from(">H", entry, at + 10)
        track.is_hdr = transfer in _HDR_TRANSFERS


def _read_frames(track: _Track, box: bytes) -> None:
    [track.frames] = struct.unpack_from(">I", box, 16)


def _read_rate(track: _Track, box: bytes) -> None:
    """How many samples in a row last equally long; the last one of all may end earlier or later."""
    [count] = struct.unpack_from(">I", box, 12)
    runs = struct.unpack_from(f">{2 * min(count, 3)}I", box, 16)
    track.has_constant_rate = count <= 1 or (count == 2 and runs[2] == 1)  # noqa: PLR2004


def _read_chunks(track: _Track, box: bytes) -> None:
    track.last_chunk = max(_list_chunks(box), default=0)


def _list_chunks(box: bytes) -> tuple[int, ...]:
    [count] = struct.unpack_from(">I", box, 12)
    return struct.unpack_from(f">{count}{_chunk_letter(box)}", box, 16)


def _chunk_letter(box: bytes) -> str:
    return "Q" if box[4:8] == b"co64" else "I"


def _move_chunks(index: bytes, move: Callable[[int], int]) -> bytes:
    """The index with corrected chunk offsets."""
    moved = bytearray(index)
    for box in _walk(index, _whole(index)):
        if box.kind in {b"stco", b"co64"}:
            old = index[box.start : box.end]
            places = [move(place) for place in _list_chunks(old)]
            struct.pack_into(f">{len(places)}{_chunk_letter(old)}", moved, box.start + 16, *places)
    return bytes(moved)


def _drop_sound(index: bytes) -> bytes:
    """The index without sound tracks; their samples stay in the file, unused."""
    whole = _whole(index)
    kept = [
        index[box.start : box.end]
        for box in _children(index, whole)
        if box.kind != b"trak" or _read_track(index, box).handler != b"soun"
    ]
    body = b"".join(kept)
    return struct.pack(">I4s", _HEAD_BYTES + len(body), b"moov") + body


def _whole(index: bytes) -> Box:
    box = _read_box(index, 0, len(index))
    if box is None or box.size != len(index):
        raise VideoUnusableError("broken")
    return box


def _walk(data: bytes, parent: Box) -> Iterator[Box]:
    """All boxes inside a box, those within others included."""
    for box in _children(data, parent):
        yield box
        if box.kind in _PARENTS:
            yield from _walk(data, box)


def _children(data: bytes, parent: Box) -> Iterator[Box]:
    at = parent.start + parent.head_bytes
    while at < parent.end:
        box = _read_box(data, at, parent.end - at)
        if box is None or box.end > parent.end:
            raise VideoUnusableError("broken")
        yield box
        at = box.end


def _read_box(data: bytes, start: int, room: int) -> Box | None:
    """The box whose head is at `start`; None if there is none."""
    if len(data) < start + _HEAD_BYTES:
        return None
    size, kind = struct.unpack_from(">I4s", data, start)
    head_bytes = _HEAD_BYTES
    if size == _LONG:
        if len(data) < start + _LONG_HEAD_BYTES:
            return None
        [size] = struct.unpack_from(">Q", data, start + _HEAD_BYTES)
        head_bytes = _LONG_HEAD_BYTES
    if size == _TO_THE_END:
        size = room
    return Box(kind, start, size, head_bytes) if size >= head_bytes else None
