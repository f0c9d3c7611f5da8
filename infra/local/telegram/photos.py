"""What Telegram does to a photo: checks its shape, turns it into JPEG of at most 2560 px and smaller sizes.

Runs in threads (Pillow releases the interpreter lock while it works). The last renditions are remembered by
content, because benches and tests send the same picture many times.
"""

import asyncio
import hashlib
import io
from collections import OrderedDict
from dataclasses import dataclass

from PIL import Image, ImageOps
from telegram.constants import FileSizeLimit

from infra.local.telegram.errors import ApiError, bad_request

PHOTO_BYTES_MAX = int(FileSizeLimit.PHOTOSIZE_UPLOAD)
_SIDES_SUM_MAX = 10_000
_RATIO_MAX = 20
_SIDES = (90, 320, 800, 1280, 2560)  # the longer side of each size Telegram makes
_QUALITY = 85
_CACHED_MAX = 64
_THUMBNAIL_SIDE = 320
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError)
_UNREADABLE = (*_BROKEN, Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Rendition:
    """One size of a photo, as JPEG."""

    width: int
    height: int
    content: bytes


class PhotoRenderer:
    """Renders photos, two at a time."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(2)
        self._cache: OrderedDict[bytes, tuple[Rendition, ...]] = OrderedDict()

    async def render(self, content: bytes) -> tuple[Rendition, ...]:
        """All sizes of a picture, smallest first; ApiError as the real server words it."""
        if len(content) > PHOTO_BYTES_MAX:
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        key = hashlib.sha256(content).digest()
        async with self._slots:
            renditions = self._cache.pop(key, ())
            if not renditions:
                renditions = await asyncio.to_thread(_render, content)
        self._cache[key] = renditions
        if len(self._cache) > _CACHED_MAX:
            self._cache.popitem(last=False)
        return renditions


async def sketch(content: bytes) -> tuple[tuple[int, int], Rendition] | None:
    """A picture's own size and a thumbnail of its first frame; None for what Telegram makes none of."""
    return await asyncio.to_thread(_sketch, content)


def _sketch(content: bytes) -> tuple[tuple[int, int], Rendition] | None:
    try:
        image = Image.open(io.BytesIO(content))
        size = image.size
        _check_shape(*size)
        picture = _load(image)
    except (ApiError, *_UNREADABLE):
        return None
    picture.thumbnail((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
    return size, _encode(picture)


def _render(content: bytes) -> tuple[Rendition, ...]:
    try:
        image = Image.open(io.BytesIO(content))
        _check_shape(*image.size)
        picture = _load(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise bad_request("PHOTO_INVALID_DIMENSIONS") from None
    except _BROKEN:
        raise bad_request("IMAGE_PROCESS_FAILED") from None
    renditions = []
    for side in _sides_for(max(picture.size)):
        # each size is made from the next larger one: far less work than from the original
        picture.thumbnail((side, side), Image.Resampling.BICUBIC, reducing_gap=2.0)
        renditions.append(_encode(picture))
    return tuple(reversed(renditions))


def _check_shape(width: int, height: int) -> None:
    if width + height > _SIDES_SUM_MAX or max(width, height) > _RATIO_MAX * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def _load(image: Image.Image) -> Image.Image:
    image.draft("RGB", (_SIDES[-1], _SIDES[-1]))  # a huge JPEG is decoded at half size at once
    image.load()
    upright = ImageOps.exif_transpose(image)
    if upright.mode in {"RGBA", "LA", "P", "PA"}:
        ground = Image.new("RGBA", upright.size, "white")
        ground.alpha_composite(upright.convert("RGBA"))
        upright = ground
    return upright.convert("RGB")


def _sides_for(longest: int) -> list[int]:
    """Largest first: the photo's own size (at most 2560), then Telegram's steps below it."""
    top = min(longest, _SIDES[-1])
    return [top, *(side for side in reversed(_SIDES) if side < top)]


def _encode(picture: Image.Image) -> Rendition:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return Rendition(picture.width, picture.height, out.getvalue())
