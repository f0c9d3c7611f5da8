"""Videos that are not as they should be, by the reason of the fault `spoiled`."""

import struct
from dataclasses import replace
from typing import Final

from infra.local.gemini.motion import Motion

HUGE_BYTES: Final = 2 * 1024**3
_HTML: Final = b"<!doctype html><title>Error</title><p>The video is not available."
SPOILINGS: Final = (
    "no_index",  # the box moov is missing
    "no_frames",  # the index names no frame
    "wrong_kind",  # something else than MP4, called MP4 all the same
    "nothing",  # 0 bytes
    "cut",  # the end is missing
    "huge",  # it is announced with 2 GB
    "uneven",  # frames that last differently long
    "mute",  # without sound, although it was ordered
    "8k",  # 7680 × 4320
    "hdr",  # colours of HDR10
)


def change_motion(motion: Motion, reason: str) -> Motion:
    """What is spoiled before the video is made."""
    if reason == "uneven":
        return replace(motion, is_even=False)
    return replace(motion, has_sound=False) if reason == "mute" else motion


def spoil(content: bytes, reason: str) -> bytes:
    """What is spoiled afterwards; any other content stays as it is."""
    match reason:
        case "no_index":
            return content.replace(b"moov", b"free", 1)
        case "no_frames":
            return _write(content, content.index(b"stsz") + 12, struct.pack(">I", 0))
        case "wrong_kind":
            return _HTML
        case "nothing":
            return b""
        case "cut":
            return content[: len(content) * 3 // 5]
        case "huge":  # its pictures go on for 2 GB, says their box
            return _write(content, content.index(b"mdat") - 4, struct.pack(">I", HUGE_BYTES))
        case "8k":
            at = content.index(b"tkhd") - 4
            [size] = struct.unpack_from(">I", content, at)
            return _write(content, at + size - 8, struct.pack(">II", 7680 << 16, 4320 << 16))
        case "hdr":
            return _write(content, content.index(b"colrnclx") + 10, struct.pack(">H", 16))
        case _:
            return content


def _write(content: bytes, at: int, new: bytes) -> bytes:
    return content[:at] + new + content[at + len(new) :]
