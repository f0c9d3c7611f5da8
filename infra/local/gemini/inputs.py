"""Reading the pictures of a request, at the size the drawing needs."""

import io
from typing import Final

from PIL import Image, ImageOps

_SIDE_MAX: Final = 2048
_PIXELS_MAX: Final = 80_000_000  # below Pillow's own warning


class UnreadableError(ValueError):
    """Not a picture, or not all of one."""


def open_picture(data: bytes) -> Image.Image:
    """The whole picture decoded, upright, RGB, at most 2048 pixels a side; raises UnreadableError."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return _read(picture)
    except Exception as error:
        # Pillow's decoders raise OSError, SyntaxError, ValueError, struct.error and more on damaged bytes.
        raise UnreadableError(str(error)) from error


def _read(picture: Image.Image) -> Image.Image:
    if picture.width * picture.height > _PIXELS_MAX:
        raise UnreadableError("too many pixels")
    picture.draft("RGB", (_SIDE_MAX, _SIDE_MAX))
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((_SIDE_MAX, _SIDE_MAX), Image.Resampling.BILINEAR)
    return _on_white(upright)


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    ground = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(ground, clear).convert("RGB")
