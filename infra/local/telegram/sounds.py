"""How long a recording is, as a person's app tells it to Telegram: of Ogg Opus and WAV; 0 for all other forms."""

import math
import struct

_OPUS_RATE = 48_000
_SAMPLES_AT = 6


def read_duration(content: bytes) -> int:
    """In whole seconds, rounded up."""
    try:
        if content.startswith(b"OggS"):
            return _read_ogg(content)
        return _read_wav(content) if content.startswith(b"RIFF") else 0
    except (struct.error, ZeroDivisionError):
        return 0


def _read_ogg(content: bytes) -> int:
    last = content.rfind(b"OggS")
    samples = int(struct.unpack_from("<q", content, last + _SAMPLES_AT)[0])
    return math.ceil(max(0, samples) / _OPUS_RATE)


def _read_wav(content: bytes) -> int:
    form, data = content.find(b"fmt "), content.find(b"data")
    if min(form, data) < 0:
        return 0
    bytes_per_second = int(struct.unpack_from("<I", content, form + 16)[0])
    return math.ceil((len(content) - data - 8) / bytes_per_second)
