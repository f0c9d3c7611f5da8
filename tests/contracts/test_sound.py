"""Sound of any form that a model answers with becomes Ogg Opus of the same length."""

import io
import struct
import wave

import pytest

from shared.adapters.sound import make_ogg_opus
from shared.errors import FileUnreadableError
from shared.providers.ogg_opus import is_ogg_opus, seconds_of
from tests.fakes.speech_model import make_ogg

SECOND = bytes(2 * 24_000)


def make_wav(samples: bytes, rate: int = 24_000, channels: int = 1, width: int = 2) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(samples)
    return written.getvalue()


def test_ogg_opus_stays() -> None:
    """Ogg Opus is not changed."""
    content = make_ogg(2.5)
    assert make_ogg_opus(content, "audio/ogg") is content
    assert seconds_of(content) == pytest.approx(2.5)


@pytest.mark.parametrize(("rate", "channels"), [(24_000, 1), (48_000, 1), (16_000, 2)])
def test_wav(rate: int, channels: int) -> None:
    """A WAV of 16-bit samples is encoded."""
    voice = make_ogg_opus(make_wav(bytes(2 * channels * rate), rate, channels), "audio/wav")
    assert is_ogg_opus(voice)
    assert seconds_of(voice) == pytest.approx(1.0, abs=0.001)


def test_wav_of_unknown_size() -> None:
    """A head that was written before the size was known means: until the end."""
    content = make_wav(SECOND)
    at = content.index(b"data") + 4
    unknown = content[:at] + struct.pack("<I", 0xFFFFFFFF) + content[at + 4 :]
    assert seconds_of(make_ogg_opus(unknown, "audio/wav")) == pytest.approx(1.0, abs=0.001)


@pytest.mark.parametrize("mime_type", ["audio/l16; rate=24000", "audio/L16;codec=pcm;rate=24000", "audio/pcm"])
@pytest.mark.parametrize("rate", [24_000, None])
def test_samples_alone(mime_type: str, rate: int | None) -> None:
    """Samples without a head are those of the rate that stands beside them, or of the usual one."""
    assert seconds_of(make_ogg_opus(SECOND + b"\0", mime_type, rate)) == pytest.approx(1.0, abs=0.001)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ID3 a song",
        b"OggS",
        make_ogg(1)[:40],
        make_ogg(0),
        make_ogg(1).replace(b"OpusHead", b"Vorbis  "),
        b"RIFF\0\0\0\0WAVE",
        make_wav(b""),
        make_wav(SECOND, width=1),
        make_wav(SECOND, rate=44_100),
        make_wav(SECOND, channels=3),
        make_wav(SECOND).replace(b"fmt ", b"none"),
        make_wav(SECOND)[:24],
    ],
)
def test_unreadable(content: bytes) -> None:
    """Data that is not sound, or has another format, is an error, and never half a file."""
    with pytest.raises(FileUnreadableError):
        make_ogg_opus(content, "audio/mpeg")
