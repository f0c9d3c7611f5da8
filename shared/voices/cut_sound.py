"""Cutting a long recording into parts for single model calls, without decoding it. Pure.

    Ogg Opus   a part is the header pages and the pages of its time
    WAV        a part is the header with adjusted sizes and the samples of its time
    MP3        a part is the frames of its time, which are independent

Other formats are not cut.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from shared.voices.measure_sound import MP3, OGG, OPUS_RATE, WAV, list_chunks, list_frames, list_pages


@dataclass(frozen=True, slots=True)
class Part:
    """A recording, or a part of one."""

    content: bytes
    begins_at_seconds: int


def cut_sound(content: bytes, form: str, part_seconds: int, parts_max: int) -> tuple[Part, ...]:
    """The parts of a recording, each of about this length; a single one if it is short or cannot be cut.

    There are never more than `parts_max`, whatever the file claims, because each part is a paid call; the last part
    holds the rest. A recording must be measurable to be cut: call `measure_seconds` first.
    """
    cutters = {OGG: _cut_ogg, WAV: _cut_wav, MP3: _cut_mp3}
    bodies = cutters[form](content, part_seconds, parts_max - 1) if form in cutters else {0: content}
    return tuple(Part(body, number * part_seconds) for number, body in sorted(bodies.items()))


def _cut_ogg(content: bytes, part_seconds: int, last: int) -> dict[int, bytes]:
    """Cut by the time at the end of each page; the pages before the first sound are the header of all parts."""
    head, bodies = b"", dict[int, list[bytes]]()
    for page in list_pages(content):
        body = content[page.begin : page.end]
        if page.granule <= 0 and not bodies:
            head += body
        else:
            number = max([min(page.granule // (OPUS_RATE * part_seconds), last), *bodies])
            bodies.setdefault(number, []).append(body)
    return {number: head + b"".join(pages) for number, pages in bodies.items()} or {0: content}


def _cut_wav(content: bytes, part_seconds: int, last: int) -> dict[int, bytes]:
    """Cut the samples; anything after them is dropped, because its length was not counted."""
    chunks = {name: (at, size) for name, at, size in list_chunks(content)}
    form_at, (data_at, size) = chunks[b"fmt "][0], chunks[b"data"]
    _, _, _, bytes_per_second, block_bytes = struct.unpack_from("<HHIIH", content, form_at)
    step = part_seconds * bytes_per_second // block_bytes * block_bytes
    form, end = content[form_at : form_at + 16], min(len(content), data_at + size)
    starts = list(range(data_at, max(data_at + 1, end), step))[: last + 1]
    ends = [*starts[1:], end]
    return {
        number: _write_wav(form, content[at:until]) for number, (at, until) in enumerate(zip(starts, ends, strict=True))
    }


def _write_wav(form: bytes, samples: bytes) -> bytes:
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _cut_mp3(content: bytes, part_seconds: int, last: int) -> dict[int, bytes]:
    bodies = dict[int, list[bytes]]()
    for number, begin, end in _number_frames(content, part_seconds):
        bodies.setdefault(min(number, last), []).append(content[begin:end])
    return {number: b"".join(frames) for number, frames in bodies.items()}


def _number_frames(content: bytes, part_seconds: int) -> Iterator[tuple[int, int, int]]:
    seconds = 0.0
    for frame in list_frames(content):
        yield int(seconds // part_seconds), frame.begin, frame.end
        seconds += frame.seconds
