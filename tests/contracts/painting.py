"""Pictures of two colours and of none in particular, as files of any kind."""

import zlib
from io import BytesIO
from typing import Any

from PIL import Image

RED, BLUE = (250, 20, 10), (10, 20, 250)
ORIENTATION = 0x0112


def encode(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file that Pillow writes."""
    output = BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def paint(width: int = 90, height: int = 60, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image.convert(mode)


def noise(side: int, kind: str) -> bytes:
    """A file of which nothing can be left out."""
    return encode(Image.effect_noise((side, side), 90).convert("RGB"), kind)


def read(content: bytes) -> Image.Image:
    """A file as Pillow decodes it, all of it."""
    image = Image.open(BytesIO(content))
    image.load()
    return image


def colour(image: Image.Image, x: int, y: int) -> str:
    """What a person would call this pixel."""
    red, _, blue = image.convert("RGB").getpixel((x, y))  # type: ignore[misc]
    return "red" if red > blue + 100 else "blue" if blue > red + 100 else "other"


def chunk(kind: bytes, data: bytes, *, checksum: int | None = None) -> bytes:
    """A chunk of a PNG, with the right checksum unless another is given."""
    right = zlib.crc32(kind + data)
    return len(data).to_bytes(4) + kind + data + (right if checksum is None else checksum).to_bytes(4)


def make_png(width: int, height: int, pixels: bytes, *, bits: int = 8, colours: int = 2, extra: bytes = b"") -> bytes:
    """A PNG of packed rows; `colours` as in its header: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA."""
    header = width.to_bytes(4) + height.to_bytes(4) + bytes((bits, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
