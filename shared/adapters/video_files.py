"""Video files in our bucket: read by ranges and rewritten as a stream, never whole in memory.

    inspect      the heads of the boxes, and the index               about 100 kB of a video of 8 s
    finish       the same; then every byte once, in pieces           bucket ─▶ bucket
    thumbnail    the same; then the first frame, in another process

No library decodes H.264 here: PyAV's wheels hold x264 and x265 (GPL), and OpenCV's would be 150 MB for one picture
(docs/decisions/0069-videos.md). So only a video in AV1 has a thumbnail of ours; Telegram makes one of the others.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from io import BytesIO

from PIL import Image as PillowImage

from shared.adapters.iso_media import decode_iso_media
from shared.errors import BlobMissingError, FileTooManyPixelsError, FileUnreadableError, VideoUnusableError
from shared.logs import log_event
from shared.ports import MediaStore
from shared.providers import mp4
from shared.providers.av1_picture import write_avif
from shared.providers.mp4 import Box, VideoFacts
from shared.providers.videos import VIDEO_BYTES_MAX

THUMBNAIL_PX_MAX, THUMBNAIL_BYTES_MAX = 320, 200_000
"""Telegram's limits (core.telegram.org/bots/api#sendvideo)."""
THUMBNAIL_QUALITIES = (85, 70, 50)
FRAME_BYTES_MAX = 20_000_000
DECODING_BYTES_MAX = 192 * 1024 * 1024
"""Of the process that decodes a frame: enough for one of 4K."""
_PIXELS_MAX = 4096 * 2304
_DECODED_PX_MAX = 1280


@dataclass(frozen=True, slots=True)
class _Opened:
    """The metadata of a file, without its frames."""

    boxes: list[Box]
    index: bytes
    facts: VideoFacts


class BucketVideos:
    """A `VideoFiles`. One per process and event loop."""

    def __init__(self, media: MediaStore) -> None:
        self._media = media
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="videos")

    async def inspect(self, name: str) -> VideoFacts:
        return (await self._open(name)).facts

    async def finish(self, source: str, name: str, *, has_sound: bool) -> VideoFacts:
        opened = await self._open(source)
        order = mp4.put_in_order(opened.index, opened.boxes, has_sound=has_sound)
        await self._media.put_stream(name, self._pour(source, order), "video/mp4")
        return replace(
            opened.facts,
            size_bytes=order.size_bytes,
            has_sound=opened.facts.has_sound and has_sound,
            starts_fast=True,
        )

    async def thumbnail(self, name: str) -> bytes:
        opened = await self._open(name)
        frame = mp4.find_frame(opened.index)
        is_too_large = frame.size > FRAME_BYTES_MAX or opened.facts.width * opened.facts.height > _PIXELS_MAX
        if frame.codec != "av01" or is_too_large:
            return b""
        content = await self._read(name, frame.start, frame.start + frame.size)
        return await asyncio.get_running_loop().run_in_executor(self._thread, _draw, frame.entry, content)

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False)

    async def _open(self, name: str) -> _Opened:
        about = await self._media.measure(name)
        if about is None:
            raise BlobMissingError(name)
        size_bytes = about.size_bytes
        if not size_bytes:
            raise VideoUnusableError("empty")
        if size_bytes > VIDEO_BYTES_MAX:
            raise VideoUnusableError("size")
        boxes = await self._list_boxes(name, size_bytes)
        place = mp4.find_index(boxes)
        index = await self._read(name, place.start, place.end)
        return _Opened(boxes, index, mp4.read_facts(index, boxes, size_bytes))

    async def _list_boxes(self, name: str, size_bytes: int) -> list[Box]:
        boxes, at = list[Box](), 0
        while at < size_bytes:
            if len(boxes) >= mp4.BOXES_MAX:
                raise VideoUnusableError("broken")
            head = await self._read(name, at, min(at + mp4.HEAD_BYTES_MAX, size_bytes))
            boxes.append(mp4.read_head(head, at, size_bytes))
            at = boxes[-1].end
        return boxes

    async def _read(self, name: str, start: int, end: int) -> bytes:
        return b"".join([piece async for piece in await self._media.stream(name, start, end)])

    async def _pour(self, source: str, order: mp4.Order) -> AsyncIterator[bytes]:
        yield await self._read(source, order.first.start, order.first.end)
        yield order.index
        for box in order.rest:
            async for piece in await self._media.stream(source, box.start, box.end):
                yield piece


def _draw(entry: bytes, frame: bytes) -> bytes:
    """A JPEG of an AV1 frame; empty if it cannot be decoded: a missing thumbnail is no failure."""
    try:
        decoded = decode_iso_media(write_avif(entry, frame), _DECODED_PX_MAX, _PIXELS_MAX, DECODING_BYTES_MAX)
    except (FileTooManyPixelsError, FileUnreadableError, struct.error, ValueError) as error:
        log_event("thumbnail_missed", severity="WARNING", error=error)
        return b""
    return write_thumbnail(PillowImage.open(BytesIO(decoded)))


def write_thumbnail(image: PillowImage.Image) -> bytes:
    """A JPEG of the picture within Telegram's limits."""
    image.thumbnail((THUMBNAIL_PX_MAX, THUMBNAIL_PX_MAX))
    small = image.convert("RGB")
    small.info.clear()
    content = b""
    for quality in THUMBNAIL_QUALITIES:
        output = BytesIO()
        small.save(output, "JPEG", quality=quality)
        content = output.getvalue()
        if len(content) <= THUMBNAIL_BYTES_MAX:
            break
    return content
