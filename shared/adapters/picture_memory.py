"""Estimating the memory for decoding a picture from its header.

Pillow keeps a decoded picture as a whole: one byte per pixel for grey and for palettes, four for colour. Some decoders
need additional memory, which was measured with 24 megapixels.
"""

from PIL import Image, JpegImagePlugin, TiffImagePlugin

_MODE_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}
"""Per pixel; every other mode takes 4."""
_WEBP_BYTES = 17
"""Per pixel: two canvases, the frame, its copy, and the picture."""
_COEFFICIENT_BYTES = 2
_BITS_PER_SAMPLE, _SAMPLES_PER_PIXEL, _ROWS_PER_STRIP, _TILE_WIDTH, _TILE_LENGTH = 258, 277, 278, 322, 323
_SCAN = 0xDA


def decoding_bytes(image: Image.Image, content: bytes, full_size: tuple[int, int]) -> int:
    """The upper bound for loading; `full_size` is the file's size in px if a JPEG is to be decoded smaller."""
    held = image.width * image.height * _MODE_BYTES.get(image.mode, 4)
    match image:
        case JpegImagePlugin.JpegImageFile():
            return held + _coefficient_bytes(image, content, full_size)
        case TiffImagePlugin.TiffImageFile():
            return held + _piece_bytes(image)
        case Image.Image(format="WEBP"):
            return image.width * image.height * _WEBP_BYTES
        case _:
            return held


def _coefficient_bytes(image: JpegImagePlugin.JpegImageFile, content: bytes, full_size: tuple[int, int]) -> int:
    """The coefficients of all pixels, which a progressive JPEG keeps until its last scan."""
    if not image.info.get("progressive") and _scan_components(content) == image.layers:
        return 0
    samplings = [across * down for _, across, down, _ in image.layer]
    share = sum(samplings) / max(samplings, default=1)
    return round(full_size[0] * full_size[1] * share * _COEFFICIENT_BYTES)


def _scan_components(content: bytes) -> int:
    """The number of colour components in the first scan of a JPEG; 0 if it is not found."""
    at = 2
    while content[at : at + 1] == b"\xff" and at + 4 < len(content):
        if content[at + 1] == _SCAN:
            return content[at + 4]
        at += 2 + int.from_bytes(content[at + 2 : at + 4])
    return 0


def _piece_bytes(image: TiffImagePlugin.TiffImageFile) -> int:
    """The bytes of one strip or tile, which is unpacked as a whole; a tile may be larger than the picture."""
    tags = image.tag_v2
    width = tags.get(_TILE_WIDTH, image.width)
    length = tags.get(_TILE_LENGTH, min(tags.get(_ROWS_PER_STRIP, image.height), image.height))
    bits = max(tags.get(_BITS_PER_SAMPLE, (8,))) * tags.get(_SAMPLES_PER_PIXEL, 1)
    return int(width) * int(length) * int(bits) // 8
