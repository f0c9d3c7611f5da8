"""Removing the chunks of a PNG file that do not affect its pixels.

Text, times and chunks of other tools do not affect the picture, but a decoder may refuse a whole file because of them:
for a wrong checksum, or for megabytes of text. So they are removed before decoding.
"""

import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PROFILE_BYTES_MAX = 8_000_000
"""Printers' profiles have up to 3 MB; a larger profile is ignored."""
_PIXELS = frozenset(
    {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"eXIf", b"acTL", b"fcTL", b"fdAT"}  # eXIf holds the orientation
)
_ANCILLARY = 0x20
"""The bit in the first letter of chunks that a reader may skip."""


def keep_pixels(content: bytes) -> tuple[bytes, bytes]:
    """The file without these chunks, and its colour profile (empty if there is no usable one)."""
    view, kept, profile = memoryview(content), [memoryview(SIGNATURE)], b""
    at = len(SIGNATURE)
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4])
        kind, chunk = content[at + 4 : at + 8], view[at:end]
        if kind == b"iCCP" and not profile:
            profile = _unpack_profile(bytes(chunk[8:-4]))
        if kind in _PIXELS and not (kind[0] & _ANCILLARY and _is_damaged(chunk)):
            kept.append(chunk)
        if kind == b"IEND":
            break
        at = end
    is_whole = sum(map(len, kept)) == len(content)
    return content if is_whole else b"".join(kept), profile


def _is_damaged(chunk: memoryview) -> bool:
    return zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:])


def _unpack_profile(data: bytes) -> bytes:
    """The profile, which follows its name and a zero for the only compression method."""
    _, _, packed = data.partition(b"\0")
    unpacking = zlib.decompressobj()
    try:
        profile = unpacking.decompress(packed[1:], PROFILE_BYTES_MAX)
    except zlib.error:
        return b""
    return profile if unpacking.eof else b""
