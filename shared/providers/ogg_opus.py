"""Reading Ogg Opus: whether a file has this format, and its duration.

    page: "OggS" version flags granule(8) serial(4) number(4) checksum(4) segments(1) lengths(segments) body
    the first body: "OpusHead" version channels pre-skip(2) …        the second: "OpusTags" …        then sound

The granule position of a page counts samples at 48 kHz up to its end, the pre-skip included (RFC 7845).
"""

from collections.abc import Iterator
from dataclasses import dataclass

MIME_TYPE = "audio/ogg"
SAMPLES_PER_SECOND = 48_000
_HEAD_BYTES = 27
_NO_GRANULE = 2**64 - 1
"""The granule position of a page on which no packet ends."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an Ogg file."""

    granule: int
    body: bytes


def is_ogg_opus(content: bytes) -> bool:
    """Whether this is the beginning of an Ogg Opus file."""
    first = next(read_pages(content), None)
    return first is not None and first.body.startswith(b"OpusHead")


def seconds_of(content: bytes) -> float:
    """The duration of an Ogg Opus file in seconds; 0 for another format or without sound."""
    pages = list(read_pages(content))
    if not pages or not pages[0].body.startswith(b"OpusHead"):
        return 0.0
    skipped = int.from_bytes(pages[0].body[10:12], "little")
    last = max((page.granule for page in pages if page.granule != _NO_GRANULE), default=0)
    return max(0, last - skipped) / SAMPLES_PER_SECOND


def read_pages(content: bytes) -> Iterator[Page]:
    """The complete pages of a file, up to the first bytes that are not a page."""
    start = 0
    while content[start : start + 4] == b"OggS" and len(content) >= start + _HEAD_BYTES:
        count = content[start + 26]
        lengths = content[start + _HEAD_BYTES : start + _HEAD_BYTES + count]
        begin = start + _HEAD_BYTES + count
        end = begin + sum(lengths)
        if len(lengths) < count or len(content) < end:
            return
        yield Page(int.from_bytes(content[start + 6 : start + 14], "little"), content[begin:end])
        start = end
