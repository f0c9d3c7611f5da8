"""Ready-made PNGs for benches: the right pixel size, about one byte a pixel (1 MB at 1K, 16 MB at 4K)."""

import random
import struct
import zlib
from functools import cache
from typing import Final

_LEVELS: Final = 6  # three channels of six levels are 7.75 bits a pixel: noise does not compress below that
_RGB_8_BIT: Final = (8, 2, 0, 0, 0)
_CHANNELS: Final = 3


@cache
def noise_png(width: int, height: int) -> bytes:
    """An RGB PNG of noise, the same bytes every time it is asked for."""
    level = bytes(value * _LEVELS // 256 * 255 // (_LEVELS - 1) for value in range(256))
    pixels = random.Random(width * height).randbytes(width * height * _CHANNELS).translate(level)  # noqa: S311 — noise
    row_bytes = width * _CHANNELS
    rows = b"".join(b"\x00" + pixels[start : start + row_bytes] for start in range(0, len(pixels), row_bytes))
    # Matching strings in noise is a waste: Huffman coding alone reaches the entropy, and fast.
    packer = zlib.compressobj(1, zlib.DEFLATED, 15, 9, zlib.Z_HUFFMAN_ONLY)
    header = struct.pack(">II5B", width, height, *_RGB_8_BIT)
    packed = packer.compress(rows) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
