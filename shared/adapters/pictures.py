"""Pictures through Pillow, in a few threads: decoding and scaling hold no GIL, but memory, so their number is bounded.

A decoded picture takes 4 bytes a pixel, whatever its file takes: 67 MB at 4096 × 4096.
"""

import asyncio
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TypeVar

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from shared.errors import FileUnreadableError

PIXELS_MAX = 80_000_000
"""More is a decompression bomb, or of no use to a model that looks at about 4096 × 4096."""
PREVIEW_SIDE_PX_MAX = 2560
"""What Telegram keeps of a photo. The limit for width and height together is 10,000."""
PREVIEW_BYTES_MAX = 10_000_000
"""Telegram's limit for a photo (platform facts, section 2)."""
QUALITIES = (88, 75, 50)
"""Of a JPEG; the next one is tried when it gets too large."""
REFERENCE_SIDE_PX_MAX = 2048
"""Models look at references in less detail than they paint."""
REFERENCE_BYTES_MAX = 700_000
"""Thirteen of these and an earlier version fit into the 20 MB that a model call may carry."""

_ACCEPTED = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
"""What Gemini reads, as Pillow calls it; MPO is a JPEG with more pictures behind the first."""
_DECODERS = (
    AvifImagePlugin.AvifImageFile,
    BmpImagePlugin.BmpImageFile,
    GifImagePlugin.GifImageFile,
    JpegImagePlugin.JpegImageFile,
    PngImagePlugin.PngImageFile,
    TiffImagePlugin.TiffImageFile,
    WebPImagePlugin.WebPImageFile,
)
_READ = [decoder.format for decoder in _DECODERS]
"""No others are opened: each decoder is one more thing to attack. Importing them is what registers them."""
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"})
_Result = TypeVar("_Result")

Image.MAX_IMAGE_PIXELS = PIXELS_MAX


class PillowPictures:
    """A `Pictures` with `workers` threads."""

    def __init__(self, workers: int = 2) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="pictures")

    async def check(self, content: bytes) -> tuple[bytes, str]:
        return await self._run(check_picture, content)

    async def preview(self, content: bytes) -> tuple[bytes, int, int]:
        return await self._run(make_preview, content)

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False)

    async def _run(self, work: Callable[[bytes], _Result], content: bytes) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, _guard, work, content)


def _guard(work: Callable[[bytes], _Result], content: bytes) -> _Result:
    try:
        return work(content)
    except FileUnreadableError:
        raise
    except Exception as error:  # noqa: BLE001 — hostile bytes make decoders raise nearly anything
        failure = FileUnreadableError(type(error).__name__)
    raise failure


def check_picture(content: bytes) -> tuple[bytes, str]:
    """Bytes and MIME type for the model: the same bytes where it reads them, a PNG of the first frame of what it does
    not read, and a smaller JPEG of what is too heavy.
    """
    if _is_heic(content):
        return content, "image/heic"  # Pillow cannot look into it; Gemini can
    with _open(content) as image:
        is_odd = image.format not in _ACCEPTED or (image.format != "MPO" and getattr(image, "n_frames", 1) > 1)
        if not is_odd and len(content) <= REFERENCE_BYTES_MAX:
            _refuse_truncated(image, content)
            return content, _ACCEPTED[str(image.format)]
        if is_odd and len(png := _encode_png(image)) <= REFERENCE_BYTES_MAX:
            return png, "image/png"
    with _open(content) as image:
        return _reduce(image, REFERENCE_SIDE_PX_MAX, REFERENCE_BYTES_MAX), "image/jpeg"


def make_preview(content: bytes) -> tuple[bytes, int, int]:
    """A JPEG for the chat, and the original's size in px as people see it: turned the way EXIF says."""
    with _open(content) as opened:
        width, height = _find_size(opened)
        return _reduce(opened, PREVIEW_SIDE_PX_MAX, PREVIEW_BYTES_MAX), width, height


def _open(content: bytes) -> Image.Image:
    """The picture, its header read and nothing more."""
    image = Image.open(BytesIO(content), formats=_READ)
    if image.width * image.height > PIXELS_MAX:
        raise FileUnreadableError(f"{image.width} x {image.height} px")
    return image


def _is_heic(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS


def _refuse_truncated(image: Image.Image, content: bytes) -> None:
    """Raise for half a file, without decoding more pixels than that takes."""
    match image.format:
        case "PNG":
            image.verify()  # walks the chunks and their checksums
        case "WEBP":
            if struct.unpack_from("<I", content, 4)[0] + 8 > len(content):
                raise FileUnreadableError("truncated")
        case _:
            image.draft("L", (image.width // 8, image.height // 8))  # reads all of the file for 1/64 of the pixels
            image.load()


def _find_size(image: Image.Image) -> tuple[int, int]:
    sideways = image.getexif().get(0x0112, 1) >= 5  # noqa: PLR2004 — EXIF orientations 5–8 lie on their side
    return (image.height, image.width) if sideways else image.size


def _scale_greys(image: Image.Image) -> Image.Image:
    """16-bit greys as 8-bit ones; left alone, Pillow cuts off all that is brighter than 255 of 65,535."""
    if not image.mode.startswith("I;16"):
        return image
    return image.point(lambda value: value * (1 / 256)).convert("L")


def _flatten(image: Image.Image) -> Image.Image:
    """RGB, what is transparent on white."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return white


def _encode_png(image: Image.Image) -> bytes:
    image.thumbnail((REFERENCE_SIDE_PX_MAX, REFERENCE_SIDE_PX_MAX), reducing_gap=2.0)
    turned = _scale_greys(ImageOps.exif_transpose(image))
    output = BytesIO()
    turned.convert("RGBA" if turned.has_transparency_data else "RGB").save(output, "PNG", compress_level=3)
    return output.getvalue()


def _reduce(opened: Image.Image, side_px_max: int, bytes_max: int) -> bytes:
    """A JPEG within these bounds, turned the way EXIF says. Raises FileUnreadableError where there is no such."""
    # A JPEG is decoded at a half or a quarter where that is still enough.
    opened.draft("RGB", (side_px_max, side_px_max))
    # HAMMING takes half the time of BICUBIC; Telegram and the models scale once more anyway.
    opened.thumbnail((side_px_max, side_px_max), Image.Resampling.HAMMING)
    image = _flatten(_scale_greys(ImageOps.exif_transpose(opened)))
    for quality in QUALITIES:
        output = BytesIO()
        image.save(output, "JPEG", quality=quality)
        if output.tell() <= bytes_max:
            return output.getvalue()
    raise FileUnreadableError("too much detail for a photo")
