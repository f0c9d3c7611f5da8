"""A program, started by `iso_media.py` for one file: HEIC, HEIF or AVIF on standard input, TIFF on standard output.

Arguments: the maxima of pixels a side, of pixels, and of bytes of memory. It imports none of our modules, because it
runs without our import path.
"""

import math
import resource
import sys
from io import BytesIO

from pi_heif.as_plugin import register_heif_opener
from PIL import AvifImagePlugin, Image, ImageOps

BYTES_PER_PIXEL = {"AVIF": 10, "HEIF": 8}
"""Measured, with room for the last copy: planes of the codec, RGB, and the picture (24 megapixels, 8 bit, 4:2:0)."""
TOO_MANY_PIXELS = 3
UNREADABLE = 2


def main(side_px_max: int, pixels_max: int, bytes_max: int) -> int:
    """The exit code."""
    resource.setrlimit(resource.RLIMIT_DATA, (bytes_max, bytes_max))
    Image.MAX_IMAGE_PIXELS = None
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    register_heif_opener(decode_threads=1, thumbnails=False)
    try:
        image = Image.open(BytesIO(sys.stdin.buffer.read()), formats=list(BYTES_PER_PIXEL))
        if image.width * image.height * BYTES_PER_PIXEL[str(image.format)] > bytes_max:
            sys.stderr.write(f"{image.width} x {image.height} px")
            return TOO_MANY_PIXELS
        write(image, side_px_max, pixels_max)
    except MemoryError:
        return TOO_MANY_PIXELS
    except Exception:  # noqa: BLE001 — hostile bytes make decoders raise nearly anything
        return UNREADABLE
    return 0


def write(image: Image.Image, side_px_max: int, pixels_max: int) -> None:
    """Write the picture as people see it, within these limits, to standard output."""
    profile = image.info.get("icc_profile")
    scale = min(1.0, side_px_max / max(image.size), (pixels_max / (image.width * image.height)) ** 0.5)
    image.load()
    image.thumbnail((math.ceil(image.width * scale), math.ceil(image.height * scale)), reducing_gap=1.0)
    upright = ImageOps.exif_transpose(image)
    upright.info.clear()
    output = BytesIO()  # a pipe cannot seek to fill in offsets
    upright.save(output, "TIFF", icc_profile=profile)
    sys.stdout.buffer.write(output.getbuffer())


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
