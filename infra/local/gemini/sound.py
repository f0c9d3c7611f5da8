"""Sound in place of speech: a tone for each letter, at the pace of a person, with the text inside the file.

Vowels are tones with their own overtones, consonants are short and high, gaps between words are silent. The text is
stored as the comment TRANSCRIPT of OpusTags, or as ICMT of a WAV's LIST; the local transcription reads it there.
"""

import io
import math
import struct
import zlib
from array import array
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import soundfile

SAMPLES_PER_SECOND: Final = 24_000
_LETTERS_PER_SECOND: Final = 15.0
_PACES: Final = {"slow": 1.25, "fast": 0.8}
_LOUDNESS: Final = 9_000
# Overtones of a vowel, in multiples of the voice's own tone.
_VOWELS: Final[dict[str, tuple[int, ...]]] = {
    **dict.fromkeys("aаяá", (1, 3, 5)),
    **dict.fromkeys("eеэё", (1, 2, 8)),
    **dict.fromkeys("iиыy", (1, 2, 11)),
    **dict.fromkeys("oо", (1, 2, 3)),
    **dict.fromkeys("uую", (1, 2)),
}
_CONSONANT: Final = (9,)
_VENDOR: Final = b"local Gemini"
_SEGMENT_BYTES: Final = 255


def count_seconds(text: str, style: str = "") -> float:
    """How long the text takes, in seconds."""
    return len(text) * _samples_per_letter(style) / SAMPLES_PER_SECOND


def speak(text: str, voice: str, style: str = "") -> bytes:
    """The text as 16-bit samples, mono."""
    count, tone = _samples_per_letter(style), 110 + zlib.crc32(voice.encode()) % 120
    return b"".join(_sound_of(letter, tone, count) for letter in text.lower())


def _samples_per_letter(style: str) -> int:
    factor = next((each for word, each in _PACES.items() if word in style.lower()), 1.0)
    return round(SAMPLES_PER_SECOND / _LETTERS_PER_SECOND * factor)


@lru_cache(maxsize=1024)
def _sound_of(letter: str, tone: int, count: int) -> bytes:
    if not letter.isalnum():
        return bytes(2 * count)
    overtones = _VOWELS.get(letter, _CONSONANT)
    samples = array("h")
    for number in range(count):
        angle = 2 * math.pi * tone * number / SAMPLES_PER_SECOND
        wave = sum(math.sin(angle * each) / each for each in overtones)
        samples.append(round(_LOUDNESS * wave * math.sin(math.pi * number / count) / len(overtones)))
    return samples.tobytes()


def write_wav(samples: bytes, text: str) -> bytes:
    """A WAV with the text as its comment."""
    form = struct.pack("<HHIIHH", 1, 1, SAMPLES_PER_SECOND, 2 * SAMPLES_PER_SECOND, 2, 16)
    comment = b"INFO" + _chunk(b"ICMT", text.encode() + b"\0")
    body = b"WAVE" + _chunk(b"fmt ", form) + _chunk(b"LIST", comment) + _chunk(b"data", samples)
    return _chunk(b"RIFF", body)


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)


def write_ogg(samples: bytes, text: str) -> bytes:
    """Ogg Opus with the text as its comment TRANSCRIPT."""
    written = io.BytesIO()
    form: dict[str, Any] = {"format": "OGG", "subtype": "OPUS", "compression_level": 1.0}
    with soundfile.SoundFile(written, "w", SAMPLES_PER_SECOND, 1, **form) as file:
        file.buffer_write(samples, "int16")
    head, tags, *sound = split_pages(written.getvalue())
    return b"".join((head, _with_body(tags, _describe_tags(f"TRANSCRIPT={text}".encode())), *sound))


def split_pages(content: bytes) -> Iterator[bytes]:
    """The pages of an Ogg file."""
    start = 0
    while start < len(content):
        count = content[start + 26]
        end = start + 27 + count + sum(content[start + 27 : start + 27 + count])
        yield content[start:end]
        start = end


def _describe_tags(comment: bytes) -> bytes:
    return b"OpusTags" + struct.pack("<I", len(_VENDOR)) + _VENDOR + struct.pack("<II", 1, len(comment)) + comment


def _with_body(page: bytes, body: bytes) -> bytes:
    """The page with one packet of this body; at most 65,024 bytes fit."""
    whole, rest = divmod(len(body), _SEGMENT_BYTES)
    head = page[:22] + bytes(4) + bytes([whole + 1]) + bytes([_SEGMENT_BYTES]) * whole + bytes([rest])
    content = head + body
    return content[:22] + struct.pack("<I", _checksum(content)) + content[26:]


def _checksum(content: bytes) -> int:
    """Ogg's CRC-32: the usual polynomial, the high bit first."""
    value = 0
    for byte in content:
        value = (value << 8 & 0xFFFFFFFF) ^ _CRC_TABLE[value >> 24 ^ byte]
    return value


def _crc_of(byte: int) -> int:
    value = byte << 24
    for _ in range(8):
        value = (value << 1) ^ (0x104C11DB7 if value & 0x80000000 else 0)
    return value


_CRC_TABLE: Final = tuple(map(_crc_of, range(256)))
