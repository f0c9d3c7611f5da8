"""Encoding sound as Ogg Opus, which Telegram plays as a voice message.

libsndfile, which comes with soundfile's wheel, encodes in process (docs/decisions/0059). It is loaded only if a model
did not answer with Ogg Opus itself.
"""

import io
import struct
from dataclasses import dataclass

from shared.errors import FileUnreadableError
from shared.providers.ogg_opus import is_ogg_opus, seconds_of

USUAL_SAMPLES_PER_SECOND = 24_000
_OPUS_RATES = frozenset({8_000, 12_000, 16_000, 24_000, 48_000})
"""The sample rates that Opus supports, in samples per second."""
_PCM = 1
_SAMPLE_BYTES = 2
_CHANNELS_MAX = 2


@dataclass(frozen=True, slots=True)
class Samples:
    """PCM: 16-bit little-endian samples with interleaved channels."""

    content: bytes
    per_second: int
    channels: int


def make_ogg_opus(content: bytes, mime_type: str, samples_per_second: int | None = None) -> bytes:
    """The sound as Ogg Opus, unchanged if it already is. Raises FileUnreadableError.

    `samples_per_second` is for a format without this number (`audio/l16`).
    """
    if content.startswith(b"OggS"):
        if not is_ogg_opus(content) or not seconds_of(content):
            raise FileUnreadableError("Ogg without Opus")
        return content
    if content.startswith(b"RIFF"):
        return _encode(_read_wav(content))
    if mime_type.lower().startswith(("audio/l16", "audio/pcm")):
        return _encode(Samples(content, samples_per_second or USUAL_SAMPLES_PER_SECOND, 1))
    raise FileUnreadableError("sound of an unknown form")


def _read_wav(content: bytes) -> Samples:
    """16-bit PCM. The size 0xFFFFFFFF, written when the real size was unknown, means: up to the end."""
    channels, per_second, start = 0, 0, 12
    while start + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, start)
        if name == b"fmt " and start + 24 <= len(content):
            form, channels, per_second, _, _, bits = struct.unpack_from("<HHIIHH", content, start + 8)
            if form != _PCM or bits != _SAMPLE_BYTES * 8:
                raise FileUnreadableError("WAV without 16-bit PCM")
        if name == b"data" and channels:
            return Samples(content[start + 8 : start + 8 + size], per_second, channels)
        start += 8 + size + size % 2
    raise FileUnreadableError("WAV without sound")


def _encode(samples: Samples) -> bytes:
    import soundfile

    frame = _SAMPLE_BYTES * samples.channels
    whole = samples.content[: len(samples.content) // frame * frame]
    if not whole or samples.channels > _CHANNELS_MAX or samples.per_second not in _OPUS_RATES:
        raise FileUnreadableError(f"{samples.channels} channels, {samples.per_second} samples a second")
    written = io.BytesIO()
    with soundfile.SoundFile(written, "w", samples.per_second, samples.channels, "OPUS", format="OGG") as file:
        file.buffer_write(whole, "int16")
    return written.getvalue()
