"""sendVoice: Ogg Opus of the length that is named, MP3 or M4A, and nothing else."""

from datetime import timedelta

import pytest
from telegram import Bot
from telegram.error import BadRequest

from infra.local.telegram.voices import measure_ogg
from tests.fakes.speech_model import make_ogg


async def test_ogg_opus(bot: Bot, chat: int) -> None:
    """A voice message has the length that the bot names, which is the sound's."""
    sent = await bot.send_voice(chat, make_ogg(2.4), duration=3, filename="a.ogg")
    assert sent.voice is not None
    assert (sent.voice.mime_type, sent.voice.duration) == ("audio/ogg", timedelta(seconds=3))
    assert measure_ogg(make_ogg(2.4)) == pytest.approx(2.4)


@pytest.mark.parametrize("content", [b"ID3 a song", b"\xff\xfb a song", b"\0\0\0\x20ftypM4A "])
async def test_other_sound(bot: Bot, chat: int, content: bytes) -> None:
    """MP3 and M4A are taken as they are."""
    assert (await bot.send_voice(chat, content, duration=3)).voice is not None


@pytest.mark.parametrize(
    ("content", "seconds", "words"),
    [
        (b"RIFF a wave", 3, "nothing else"),
        (make_ogg(2.4).replace(b"OpusHead", b"Vorbis  "), 3, "nothing else"),
        (make_ogg(2.4), 30, "duration"),
        (make_ogg(2.4), None, "duration"),
        (make_ogg(2.4)[:-30] + b"\xff" * 8 + make_ogg(2.4)[-22:], 30, "duration"),
    ],
)
async def test_refused(bot: Bot, chat: int, content: bytes, seconds: int | None, words: str) -> None:
    """What no app would play as a voice message, or with a wrong length, is a bug of the bot's."""
    with pytest.raises(BadRequest, match=words):
        await bot.send_voice(chat, content, duration=seconds)


async def test_too_large(bot: Bot, chat: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a limit for what bots send."""
    monkeypatch.setattr("infra.local.telegram.voices.VOICE_BYTES_MAX", 10)
    with pytest.raises(BadRequest, match="too big"):
        await bot.send_voice(chat, make_ogg(1), duration=1)
