"""The local Telegram tells how long a recording is, as the apps do."""

import pytest

from infra.local.telegram import Telegram
from infra.local.telegram.contents import Attachment
from infra.local.telegram.reading import Upload
from infra.local.telegram.sounds import read_duration
from tests.sounds import make_ogg, make_wav


@pytest.mark.parametrize(
    ("content", "seconds"),
    [
        (make_ogg("a fox", 3), 3),
        (make_wav("a fox", 2), 2),
        (b"OggS", 0),
        (b"RIFF", 0),
        (make_wav(None, 1).replace((16_000).to_bytes(4, "little"), bytes(4), 1), 0),
        (b"ID3", 0),
    ],
)
def test_duration(content: bytes, seconds: int) -> None:
    """Ogg Opus and WAV are measured; what is broken, or unknown, has no length."""
    assert read_duration(content) == seconds


async def test_a_voice_message_has_its_length(tg: Telegram) -> None:
    """Nobody says how long it is: the app has measured it."""
    voice = Attachment("voice", Upload("voice.ogg", "audio/ogg", make_ogg("a fox", 3)))
    [message] = await tg.send(1, attachments=[voice])
    assert (message["voice"]["duration"], message["voice"]["mime_type"]) == (3, "audio/ogg")
