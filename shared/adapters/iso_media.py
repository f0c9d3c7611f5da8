"""Decoding HEIC, HEIF and AVIF files in a separate process with little memory and no environment.

Their decoders are large and had exploitable bugs (docs/decisions/0010). A decoder that crashes, or exceeds its memory,
ends only that process.
"""

import subprocess
import sys
from pathlib import Path

from shared.errors import FileTooManyPixelsError, FileUnreadableError

SECONDS_MAX = 30.0
"""A picture of 48 megapixels takes 2 s."""
_DECODER = Path(__file__).with_name("iso_media_decoder.py")
_TOO_MANY_PIXELS = 3
"""The decoder's exit code."""


def is_iso_media(content: bytes) -> bool:
    """Whether the file consists of ISO boxes. The first brand alone does not determine the codec."""
    return content[4:8] == b"ftyp"


def decode_iso_media(content: bytes, side_px_max: int, pixels_max: int, bytes_max: int) -> bytes:
    """An uncompressed TIFF of the main picture: upright, scaled, with its colour profile.

    Raises FileUnreadableError, FileTooManyPixelsError.
    """
    command = [sys.executable, "-I", str(_DECODER), str(side_px_max), str(pixels_max), str(bytes_max)]
    try:
        done = subprocess.run(  # noqa: S603 — our own program; the file goes to its standard input
            command, input=content, capture_output=True, env={}, timeout=SECONDS_MAX, check=False
        )
    except subprocess.TimeoutExpired:
        raise FileUnreadableError(f"not decoded within {SECONDS_MAX:g} s") from None
    if done.returncode == _TOO_MANY_PIXELS:
        raise FileTooManyPixelsError(done.stderr.decode(errors="replace")[:40])
    if done.returncode != 0:
        raise FileUnreadableError(f"the decoder ended with {done.returncode}")
    return done.stdout
