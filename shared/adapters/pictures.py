"""Pictures with Pillow, in a thread. Decoding releases the GIL but needs memory, so one picture is decoded at a time.

A service has one processor: a second thread would not be faster and would need twice the memory.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from typing import Any, TypeVar

from PIL import Image as PillowImage

from shared.adapters.pixels import Bounds, see
from shared.errors import FileTooManyPixelsError, FileUnreadableError
from shared.providers.images import Image

PREVIEW_BOUNDS = Bounds(side_px_max=2560, pixels_max=2560 * 2560)
"""The size to which Telegram reduces a photo. Its limit for width and height together is 10,000."""
PREVIEW_BYTES_MAX = 10_000_000
"""Telegram's limit for a photo (core.telegram.org/bots/api#sendphoto)."""
PREVIEW_QUALITIES = (80, 65, 50)
"""JPEG qualities; the next one is tried if the file is too large. Telegram encodes each photo again, so a better
quality costs traffic and looks the same (docs/decisions/0047-what-a-picture-costs-beside-the-model.md)."""
THUMBNAIL_BOUNDS = Bounds(side_px_max=320, pixels_max=320 * 320)
"""Three in a row on a phone, in the resolution of its screen."""
THUMBNAIL_BYTES_MAX = 60_000
THUMBNAIL_QUALITIES = (72, 55, 40)
REFERENCE_BOUNDS = Bounds(side_px_max=4096, pixels_max=2048 * 2048)
"""Models see references in less detail than they paint. A panorama or a long screenshot may have a longer side."""
REFERENCE_BYTES_MAX = 700_000
"""Thirteen of these and an earlier version fit into the 20 MB of a model call."""
REFERENCE_QUALITIES = (95, 88, 75, 50)
DRAWING_COLOURS_MAX = 4096
"""A picture with at most so many colours is a drawing, a scan or a screenshot, for which PNG is sharper and often
smaller."""
_BLOCKS: Any = PillowImage.core  # type: ignore[attr-defined]  # as documented under "block allocator"
BLOCKS_KEPT_MAX = 6
"""Pillow's memory blocks of 16 MB that are kept: for a 4K picture and its preview. The next picture reuses the blocks;
getting new ones from the system takes 40 ms a picture."""
_Result = TypeVar("_Result")


class PillowPictures:
    """A `Pictures`."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._waiting = 0
        _BLOCKS.set_blocks_max(BLOCKS_KEPT_MAX)

    async def check(self, content: bytes) -> Image:
        return await self._run(check_picture, content)

    async def preview(self, content: bytes) -> tuple[bytes, int, int]:
        return await self._run(make_preview, content)

    async def thumbnail(self, content: bytes) -> bytes:
        return await self._run(make_thumbnail, content)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[bytes], _Result], content: bytes) -> _Result:
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, _guard, work, content)
        finally:
            self._waiting -= 1
            if not self._waiting:
                _BLOCKS.clear_cache()


def _guard(work: Callable[[bytes], _Result], content: bytes) -> _Result:
    try:
        return work(content)
    except (FileUnreadableError, FileTooManyPixelsError):
        raise
    except (MemoryError, PillowImage.DecompressionBombError, PillowImage.DecompressionBombWarning) as error:
        failure: Exception = FileTooManyPixelsError(type(error).__name__)
    except Exception as error:  # noqa: BLE001 — hostile bytes make decoders raise nearly anything
        failure = FileUnreadableError(type(error).__name__)
    raise failure


def open_for_model(content: bytes, decoding_bytes_max: int) -> Image:
    """`check_picture` with another memory limit, for a process with less memory.

    Raises FileUnreadableError, FileTooManyPixelsError.
    """
    bounds = replace(REFERENCE_BOUNDS, decoding_bytes_max=decoding_bytes_max)
    return _guard(lambda each: check_picture(each, bounds), content)


def check_picture(content: bytes, bounds: Bounds = REFERENCE_BOUNDS) -> Image:
    """The picture for the model, without metadata: a drawing as PNG, anything else as JPEG."""
    seen = see(content, bounds)
    if seen.image.getcolors(DRAWING_COLOURS_MAX) is not None:
        png = _encode(seen.image, "PNG", compress_level=6)
        if len(png) <= REFERENCE_BYTES_MAX:
            return Image(png, "image/png", seen.width, seen.height)
    jpeg = _encode_jpeg(seen.image, REFERENCE_QUALITIES, REFERENCE_BYTES_MAX)
    return Image(jpeg, "image/jpeg", seen.width, seen.height)


def make_preview(content: bytes) -> tuple[bytes, int, int]:
    """A JPEG for the chat, and the original's width and height in px, with EXIF's orientation applied."""
    seen = see(content, PREVIEW_BOUNDS)
    return _encode_jpeg(seen.image, PREVIEW_QUALITIES, PREVIEW_BYTES_MAX), seen.width, seen.height


def make_thumbnail(content: bytes) -> bytes:
    """A JPEG for a gallery."""
    return _encode_jpeg(see(content, THUMBNAIL_BOUNDS).image, THUMBNAIL_QUALITIES, THUMBNAIL_BYTES_MAX)


def _encode_jpeg(image: PillowImage.Image, qualities: tuple[int, ...], bytes_max: int) -> bytes:
    """The JPEG of the best quality that fits; if none fits, a smaller picture."""
    jpeg = b""
    for quality in qualities:
        jpeg = _encode(image, "JPEG", quality=quality)
        if len(jpeg) <= bytes_max:
            return jpeg
    if max(image.size) == 1:
        raise FileUnreadableError(f"does not fit into {bytes_max} bytes")
    share = bytes_max / len(jpeg) * 0.9
    bounds = Bounds(max(image.size), max(1, int(image.width * image.height * share)))
    return _encode_jpeg(image.resize(bounds.fit(*image.size), PillowImage.Resampling.HAMMING), qualities, bytes_max)


def _encode(image: PillowImage.Image, kind: str, **options: int) -> bytes:
    image.info.clear()  # otherwise Pillow writes a comment, a profile or a transparent colour into the new file
    output = BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()
