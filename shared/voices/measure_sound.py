"""Measuring the real duration of a recording, because the sender's app may report a wrong one. Pure.

Only formats are supported whose duration follows from a few bytes, without decoding.

    Ogg    the last page of each stream has the number of samples up to its end (48,000 a second for Opus)
    WAV    the size of the samples, by the bytes of a second
    MP3    the frames, each of which says how much of a second it is
    MP4    the tables of its boxes: `measure_mp4.py`
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from shared.voices.measure_mp4 import measure_mp4

OGG, WAV, MP3 = "audio/ogg", "audio/wav", "audio/mpeg"
OPUS_RATE = 48_000
_PAGE = struct.Struct("<4sBBqIIIB")
_CONTINUED, _FIRST_PAGE = 1, 2
_HEADERS = 2
"""Packets of each stream before the sound."""
_FRAME_SAMPLES = (480, 960, 1_920, 2_880) * 3 + (480, 960) * 2 + (120, 240, 480, 960) * 4
"""Samples of an Opus frame, by the configuration number in its packet."""
_PLAIN = frozenset({1, 3, 6, 7, 0xFFFE})
"""WAV formats with a constant byte rate that follows from sample rate and channels."""
_UNKNOWN_SIZE = 0xFFFFFFFF
_FRAMES_MIN = 3
"""So many frames in a row cannot be a coincidence."""
ODD_BYTES_MAX = 65_536
"""The most bytes 0xFF that do not begin a frame: a real file has few outside its tags, and each takes time."""
CHUNKS_MAX = 1_000
"""Chunks of a WAV file."""
ID3_BYTES = 10
"""The header of the tags; its last four bytes are the length of the rest, seven bits each."""
_SYNC = 0xFFE0
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
"""Samples per second by the MPEG version (1, 2, 2.5) and the index in a frame."""
_KBITS = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Kilobits per second of Layer III, likewise; version 2.5 has those of version 2."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of an Ogg file: offsets of the page, its packets and the next page, its flags, the time at its end."""

    begin: int
    body: int
    end: int
    marks: int
    granule: int
    """The number of samples up to the end of the page; -1 if no packet ends on it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of an MP3 file."""

    begin: int
    end: int
    seconds: float


def measure_seconds(content: bytes, form: str) -> float | None:
    """The duration in seconds; None if it cannot be measured."""
    try:
        if form == OGG:
            return _measure_ogg(content)
        if form == WAV:
            return _measure_wav(content)
        if form == MP3:
            return _measure_mp3(content)
        return measure_mp4(content) if form.endswith("/mp4") else None
    except (struct.error, ZeroDivisionError, IndexError, ValueError):  # truncated, or not a sound file
        return None


def list_pages(content: bytes) -> Iterator[Page]:
    """The pages of an Ogg file, in their order."""
    at = content.find(b"OggS")
    while at >= 0 and at + _PAGE.size <= len(content):
        _, _, marks, granule, _, _, _, count = _PAGE.unpack_from(content, at)
        body = at + _PAGE.size + count
        end = body + sum(content[at + _PAGE.size : body])
        yield Page(at, body, end, marks, granule)
        at = content.find(b"OggS", end)


def list_chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The first chunks of a WAV file: name, offset of the content, and its size."""
    at = 12
    for _ in range(CHUNKS_MAX):
        if at + 8 > len(content):
            return
        name, size = struct.unpack_from("<4sI", content, at)
        yield name, at + 8, size
        at += 8 + size + size % 2


def list_frames(content: bytes) -> Iterator[Frame]:
    """The frames of an MP3 file; bytes between them are skipped. Raises ValueError if there are too many."""
    at, odd = _skip_tags(content), 0
    while at >= 0 and at + 4 <= len(content):
        frame = _read_frame(content, at)
        if frame is None:
            at, odd = content.find(b"\xff", at + 1), odd + 1
            if odd >= ODD_BYTES_MAX:
                raise ValueError("too many bytes that are no sound")
        else:
            yield frame
            at = frame.end


def _skip_tags(content: bytes) -> int:
    """The offset after the ID3 tags, which may contain a picture."""
    if not content.startswith(b"ID3") or len(content) < ID3_BYTES:
        return 0
    size = 0
    for byte in content[6:ID3_BYTES]:
        size = size << 7 | byte & 0x7F
    return ID3_BYTES + size if ID3_BYTES + size < len(content) else 0


def _read_frame(content: bytes, at: int) -> Frame | None:
    sync, rates, _ = struct.unpack_from(">HBB", content, at)
    version, layer = sync >> 3 & 3, sync >> 1 & 3
    kbits_index, rate_index = rates >> 4, rates >> 2 & 3
    if sync & _SYNC != _SYNC or version not in _RATES or layer != 1 or rate_index > 2 or not 0 < kbits_index < 15:  # noqa: PLR2004 — of the format
        return None
    rate, samples = _RATES[version][rate_index], 1_152 if version == 3 else 576  # noqa: PLR2004
    kbits = _KBITS[max(version, 2)][kbits_index]
    size = samples * kbits * 125 // rate + (rates >> 1 & 1)
    return Frame(at, min(len(content), at + size), samples / rate)


def _measure_ogg(content: bytes) -> float | None:
    """The time of the last page, or the sum of the packets if that is longer: a decoder plays all packets."""
    total, skip, last, packets, played = 0, 0, -1, 0, 0
    for page in list_pages(content):
        if page.marks & _FIRST_PAGE:
            if not content.startswith(b"OpusHead", page.body):
                return None
            total += max(0, last - skip)
            [skip], last, packets = struct.unpack_from("<H", content, page.body + 10), -1, 0
        for at in _list_packets(content, page):
            packets += 1
            played += _count_samples(content, at) if packets > _HEADERS else 0
        last = max(last, page.granule)
    return None if last < 0 else max(total + max(0, last - skip), played) / OPUS_RATE


def _list_packets(content: bytes, page: Page) -> Iterator[int]:
    """The offsets of the packets that begin on this page."""
    at, begins = page.body, not page.marks & _CONTINUED
    for size in content[page.begin + _PAGE.size : page.body]:
        if begins:
            yield at
        at, begins = at + size, size < 255  # noqa: PLR2004 — of the format: a packet ends with a shorter piece


def _count_samples(content: bytes, at: int) -> int:
    """The samples of an Opus packet, by its first two bytes."""
    kind, code = content[at] >> 3, content[at] & 3
    frames = content[at + 1] & 63 if code == 3 else 1 if code == 0 else 2  # noqa: PLR2004
    return frames * _FRAME_SAMPLES[kind]


def _measure_mp3(content: bytes) -> float | None:
    lengths = [frame.seconds for frame in list_frames(content)]
    return sum(lengths) if len(lengths) >= _FRAMES_MIN else None


def _measure_wav(content: bytes) -> float | None:
    chunks = {name: (at, size) for name, at, size in list_chunks(content)}
    if not content.startswith(b"RIFF") or b"fmt " not in chunks or b"data" not in chunks:
        return None
    kind, channels, rate, bytes_per_second, block_bytes, bits = struct.unpack_from(
        "<HHIIHH", content, chunks[b"fmt "][0]
    )
    if kind not in _PLAIN or block_bytes * 8 != channels * bits or bytes_per_second != rate * block_bytes:
        return None
    at, size = chunks[b"data"]
    held = len(content) - at
    return float((held if size == _UNKNOWN_SIZE else min(size, held)) / bytes_per_second)
