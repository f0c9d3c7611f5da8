"""What a bot may send as a video: an MP4 that plays while it loads, with its own length and size, and a small JPEG.

Telegram takes other files too, and makes a file to download of them, or a video that shows nothing until it is loaded.
Nobody wants that who calls sendVideo, so this server refuses it.
"""

import asyncio
import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from infra.local.telegram.content import describe_thumbnail, read_media
from infra.local.telegram.errors import bad_request
from infra.local.telegram.photos import Rendition
from infra.local.telegram.reading import Call, Upload
from infra.local.telegram.world import Json, World

THUMBNAIL_SIDE_MAX, THUMBNAIL_BYTES_MAX = 320, 200_000
_TOLERANCE_SECONDS = 1.0
"""Apps round a length up."""
_PARENTS = frozenset({b"moov", b"trak", b"mdia"})


@dataclass(frozen=True)
class Shape:
    """What a file says of its video."""

    seconds: float
    width: int
    height: int
    starts_fast: bool


async def read_video(world: World, call: Call, source: Upload | str, extra: Json) -> Json:
    """The fields of a message with a video; `extra` are the parameters of the call, or its `InputMediaVideo`."""
    given = {name: value for name, value in extra.items() if name != "thumbnail"}
    if isinstance(source, str) or not source.content:
        return await read_media(world, "video", source, given)
    await asyncio.to_thread(_check, source.content, given)
    reference = str(extra.get("thumbnail") or "")
    thumbnail = call.resolve(reference) if reference else None
    if isinstance(thumbnail, Upload):
        picture = await asyncio.to_thread(_read_thumbnail, thumbnail.content)
        given["thumbnail"] = describe_thumbnail(world, picture)
    return await read_media(world, "video", source, given)


def measure(content: bytes) -> Shape:
    """Raises ApiError for what is no MP4 with a video."""
    top = [kind for kind, _ in _boxes(content)]
    if top[:1] != [b"ftyp"] or b"moov" not in top:
        raise bad_request("the local server takes MP4 as a video, and nothing else")
    seconds, width, height = 0.0, 0, 0
    for kind, body in _walk(content):
        if kind == b"mvhd":
            timescale, duration = struct.unpack_from(">II", body, 12) if body[0] == 0 else _read_long(body)
            seconds = duration / timescale
        if kind == b"tkhd" and not width:
            width, height = (each >> 16 for each in struct.unpack(">II", body[-8:]))
    return Shape(seconds, width, height, b"mdat" not in top or top.index(b"moov") < top.index(b"mdat"))


def _read_long(body: bytes) -> tuple[int, int]:
    timescale, duration = struct.unpack_from(">IQ", body, 20)
    return timescale, duration


def _check(content: bytes, given: Json) -> None:
    try:
        shape = measure(content)
    except (struct.error, ZeroDivisionError):
        raise bad_request("the local server cannot read this MP4") from None
    if str(given.get("supports_streaming")).lower() == "true" and not shape.starts_fast:
        raise bad_request("the local server wants the index (moov) before the pictures: this video cannot be streamed")
    named = (int(given.get("width") or 0), int(given.get("height") or 0))
    if named != (shape.width, shape.height):
        raise bad_request(f"the local server wants the video's own size: {shape.width} × {shape.height}, not {named}")
    seconds = int(given.get("duration") or 0)
    if abs(seconds - shape.seconds) > _TOLERANCE_SECONDS:
        raise bad_request(f"the local server wants the video's own duration: {shape.seconds:.1f}, not {seconds}")


def _read_thumbnail(content: bytes) -> Rendition:
    try:
        image = Image.open(io.BytesIO(content), formats=["JPEG"])
    except OSError:
        raise bad_request("the local server takes a JPEG as a thumbnail") from None
    if len(content) > THUMBNAIL_BYTES_MAX or max(image.size) > THUMBNAIL_SIDE_MAX:
        raise bad_request("the local server wants a thumbnail of at most 320 px a side and 200 kB")
    return Rendition(image.width, image.height, content)


def _walk(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    for kind, body in _boxes(content):
        yield kind, body
        if kind in _PARENTS:
            yield from _walk(body)


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, at)
        head = 8
        if size == 1:
            [size] = struct.unpack_from(">Q", content, at + 8)
            head = 16
        size = size or len(content) - at
        if size < head:
            return
        yield kind, content[at + head : at + size]
        at += size
