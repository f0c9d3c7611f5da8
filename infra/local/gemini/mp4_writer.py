"""MP4 files with pictures in AV1 and sound in Opus, which every browser plays.

Pillow encodes a sequence of pictures as AVIF: an ISO file whose track holds AV1 frames. They are taken out of it and
put into an MP4, together with the packets of an Ogg Opus file. What the video was made of stands in the box `©cmt`.
"""

import io
import json
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image

from infra.local.gemini.sound import split_pages

TIMESCALE: Final = 12_000
OPUS_TIMESCALE: Final = 48_000
OPUS_SAMPLES: Final = 960
"""Of a packet that soundfile writes: 20 ms."""
_SPEED: Final = 10
_QUALITY: Final = 45
_PARENTS: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
_MATRIX: Final = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_ENTRY_BYTES: Final = 78
"""A visual sample entry before the boxes inside it."""


@dataclass(frozen=True)
class Film:
    """Encoded pictures: the frames, which of them stand alone (from 1), and the box that describes the codec."""

    frames: list[bytes]
    keys: list[int]
    codec: bytes
    width: int
    height: int
    per_second: int


@dataclass(frozen=True)
class Track:
    """What a track of an MP4 is written from."""

    handler: bytes
    timescale: int
    durations: list[int]
    samples: list[bytes]
    entry: bytes
    header: bytes
    width: int = 0
    height: int = 0
    keys: Sequence[int] = ()


def encode(frames: Sequence[Image.Image], per_second: int) -> Film:
    """Pictures of one size as AV1."""
    file = io.BytesIO()
    first, *others = frames
    first.save(
        file, "AVIF", save_all=True, append_images=others, duration=1000 // per_second, speed=_SPEED, quality=_QUALITY,
        codec="aom", max_threads=1,
    )  # fmt: skip
    content = file.getvalue()
    boxes = dict(walk(content))
    if len(frames) == 1 or b"stsz" not in boxes:
        raise ValueError("a film has at least two frames")
    entry = boxes[b"stsd"][8:]
    codec = b"".join(_box(kind, body) for kind, body in _children(entry[8 + _ENTRY_BYTES :]) if kind != b"ccst")
    count, sizes = _read_sizes(boxes[b"stsz"])
    at = _read_numbers(boxes[b"stco"])[0]
    samples = []
    for size in sizes[:count]:
        samples.append(content[at : at + size])
        at += size
    return Film(samples, list(_read_numbers(boxes[b"stss"])), codec, first.width, first.height, per_second)


def write_mp4(film: Film, ogg: bytes, facts: dict[str, Any], *, is_even: bool = True) -> bytes:
    """The file, its index last, as most encoders write it; `ogg` is its sound, empty where it has none."""
    tracks = [_film_track(film, is_even=is_even)]
    if ogg:
        tracks.append(_sound_track(ogg))
    head = _box(b"ftyp", b"isom" + struct.pack(">I", 512) + b"isomiso6av01mp41")
    media = b"".join(b"".join(track.samples) for track in tracks)
    return head + _box(b"mdat", media) + _write_index(tracks, len(head) + 8, facts)


def read_facts(content: bytes) -> dict[str, Any]:
    """What a video of `write_mp4` was made of; empty for any other file."""
    try:
        told = dict(walk(content))[b"\xa9cmt"]
        facts = json.loads(told[4 : 4 + struct.unpack(">H", told[:2])[0]])
    except (KeyError, ValueError, struct.error):
        return {}
    return facts if isinstance(facts, dict) else {}


def walk(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """All boxes with their bodies; of a kind that occurs more than once, a dict keeps the last."""
    for kind, body in _children(content):
        yield kind, body
        if kind in _PARENTS or kind == b"udta":
            yield from walk(body)


def _children(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, at)
        if size < 8:  # noqa: PLR2004 — the head itself
            return
        yield kind, content[at + 8 : at + size]
        at += size


def _read_sizes(body: bytes) -> tuple[int, tuple[int, ...]]:
    same, count = struct.unpack_from(">II", body, 4)
    return count, (same,) * count if same else struct.unpack_from(f">{count}I", body, 12)


def _read_numbers(body: bytes) -> tuple[int, ...]:
    [count] = struct.unpack_from(">I", body, 4)
    return struct.unpack_from(f">{count}I", body, 8)


def _film_track(film: Film, *, is_even: bool) -> Track:
    duration = TIMESCALE // film.per_second
    entry = bytes(6) + struct.pack(">H", 1) + bytes(16) + struct.pack(">HH", film.width, film.height)
    entry += struct.pack(">IIIH", 72 << 16, 72 << 16, 0, 1) + bytes(32) + struct.pack(">Hh", 24, -1)
    return Track(
        b"vide",
        TIMESCALE,
        [duration if is_even or number % 3 else 2 * duration for number in range(len(film.frames))],
        film.frames,
        _box(b"av01", entry + film.codec),
        _full(b"vmhd", bytes(8), flags=1),
        film.width,
        film.height,
        film.keys,
    )


def _sound_track(ogg: bytes) -> Track:
    packets = list(_read_packets(ogg))
    head = packets[0]
    channels, skip, rate = struct.unpack_from("<BHI", head, 9)
    described = _box(b"dOps", struct.pack(">BBHIhB", 0, channels, skip, rate, 0, 0))
    entry = bytes(6) + struct.pack(">H", 1) + bytes(8) + struct.pack(">HHII", channels, 16, 0, OPUS_TIMESCALE << 16)
    samples = packets[2:]
    return Track(
        b"soun",
        OPUS_TIMESCALE,
        [OPUS_SAMPLES] * len(samples),
        samples,
        _box(b"Opus", entry + described),
        _full(b"smhd", bytes(4)),
    )


def _read_packets(ogg: bytes) -> Iterator[bytes]:
    waiting = b""
    for page in split_pages(ogg):
        count = page[26]
        at = 27 + count
        for length in page[27 : 27 + count]:
            waiting += page[at : at + length]
            at += length
            if length < 255:  # noqa: PLR2004 — a packet ends with a shorter segment
                yield waiting
                waiting = b""


def _write_index(tracks: list[Track], start: int, facts: dict[str, Any]) -> bytes:
    longest = max(sum(track.durations) * TIMESCALE // track.timescale for track in tracks)
    body = _full(
        b"mvhd",
        struct.pack(">IIIIIH", 0, 0, TIMESCALE, longest, 1 << 16, 1 << 8) + bytes(10) + _MATRIX + bytes(24)
        + struct.pack(">I", len(tracks) + 1),
    )  # fmt: skip
    for number, track in enumerate(tracks, 1):
        body += _write_track(track, number, start)
        start += sum(map(len, track.samples))
    told = json.dumps(facts, ensure_ascii=False).encode()
    return _box(b"moov", body + _box(b"udta", _box(b"\xa9cmt", struct.pack(">HH", len(told), 0) + told)))


def _write_track(track: Track, number: int, start: int) -> bytes:
    duration = sum(track.durations)
    loudness = 0 if track.width else 1 << 8
    head = _full(
        b"tkhd",
        struct.pack(">IIIII", 0, 0, number, 0, duration * TIMESCALE // track.timescale) + bytes(8)
        + struct.pack(">HHHH", 0, 0, loudness, 0) + _MATRIX + struct.pack(">II", track.width << 16, track.height << 16),
        flags=3,
    )  # fmt: skip
    media = _full(b"mdhd", struct.pack(">IIIIHH", 0, 0, track.timescale, duration, 0x55C4, 0))
    media += _full(b"hdlr", bytes(4) + track.handler + bytes(12) + b"local Gemini\0")
    place = _box(b"dinf", _full(b"dref", struct.pack(">I", 1) + _full(b"url ", b"", flags=1)))
    media += _box(b"minf", track.header + place + _box(b"stbl", _write_table(track, start)))
    return _box(b"trak", head + _box(b"mdia", media))


def _write_table(track: Track, start: int) -> bytes:
    """All samples of a track stand in one chunk."""
    runs = _count_runs(track.durations)
    table = _full(b"stsd", struct.pack(">I", 1) + track.entry)
    table += _full(b"stts", struct.pack(f">I{2 * len(runs)}I", len(runs), *(each for run in runs for each in run)))
    table += _full(b"stsc", struct.pack(">IIII", 1, 1, len(track.samples), 1))
    sizes = [len(sample) for sample in track.samples]
    table += _full(b"stsz", struct.pack(f">II{len(sizes)}I", 0, len(sizes), *sizes))
    table += _full(b"stco", struct.pack(">II", 1, start))
    if track.keys:
        table += _full(b"stss", struct.pack(f">I{len(track.keys)}I", len(track.keys), *track.keys))
    return table


def _count_runs(durations: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for duration in durations:
        if runs and runs[-1][1] == duration:
            runs[-1] = runs[-1][0] + 1, duration
        else:
            runs.append((1, duration))
    return runs


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _full(kind: bytes, body: bytes, *, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", flags) + body)
