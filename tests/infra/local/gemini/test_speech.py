"""The local Gemini speaks: real sound that carries its own text, refused where Google refuses."""

import base64
import io
from typing import Any

import pytest
import soundfile
from google import genai
from google.genai._interactions import BadRequestError, NotFoundError

from infra.local.gemini import Fault, Gemini
from infra.local.gemini.sound import split_pages
from shared.providers.ogg_opus import read_pages, seconds_of

TTS = "gemini-3.8-flash-tts"
WORDS = "Привет! How are you?"


async def speak(client: genai.client.AsyncClient, words: Any = WORDS, mime: str = "audio/ogg_opus") -> bytes:
    form = {"response_format": {"type": "audio", "mime_type": mime}} if mime else {}
    spoken = await client.interactions.create(**{"model": TTS, "input": words, "store": False, **form})
    assert spoken.output_audio is not None
    return base64.b64decode(spoken.output_audio.data)


async def test_ogg(developer: genai.client.AsyncClient) -> None:
    """Ogg Opus that a decoder plays, as long as the text takes, with the text as its comment TRANSCRIPT."""
    content = await speak(developer)
    samples, rate = soundfile.read(io.BytesIO(content))
    assert len(samples) / rate == pytest.approx(len(WORDS) / 15, abs=0.01) == seconds_of(content)
    assert abs(samples).max() > 0.05
    tags = list(read_pages(content))[1].body
    assert tags.startswith(b"OpusTags")
    assert tags.endswith(f"TRANSCRIPT={WORDS}".encode())
    assert b"".join(split_pages(content)) == content


async def test_a_long_text(developer: genai.client.AsyncClient) -> None:
    """The comment of a text that fills many segments of its page is whole."""
    words = "Слово за словом. " * 40
    assert list(read_pages(await speak(developer, words)))[1].body.endswith(words.encode())


@pytest.mark.parametrize("mime", ["audio/wav", ""])
async def test_wav(developer: genai.client.AsyncClient, mime: str) -> None:
    """WAV of 24 kHz where it is asked for, or nothing is; the text is its ICMT."""
    content = await speak(developer, mime=mime)
    samples, rate = soundfile.read(io.BytesIO(content))
    assert (rate, len(samples)) == (24_000, 1_600 * len(WORDS))
    at = content.index(b"ICMT")
    size = int.from_bytes(content[at + 4 : at + 8], "little")
    assert content[at + 8 : at + 8 + size] == WORDS.encode() + b"\0"


async def test_pace(gemini: Gemini, developer: genai.client.AsyncClient) -> None:
    """The style beside the text is obeyed, and not read aloud."""
    slowly = {"type": "text", "text": WORDS, "annotations": [{"type": "speech_metadata", "style": "slow"}]}
    assert seconds_of(await speak(developer, [slowly])) == pytest.approx(1.25 * len(WORDS) / 15, abs=0.01)
    assert gemini.calls()[0].prompt == WORDS


@pytest.mark.parametrize(
    "wrong",
    [
        {"input": ""},
        {"input": [{"type": "image", "data": "", "mime_type": "image/png"}]},
        {"input": "a" * 40_000},
        {"background": True},
        {"response_format": {"type": "audio", "mime_type": "audio/mp3"}},
        {"response_format": {"type": "text"}},
        {"generation_config": {"speech_config": [{"voice": "Nobody"}]}},
        {"generation_config": {"speech_config": [{"voice": "Kore"}, {"voice": "Puck"}]}},
    ],
)
async def test_refused(developer: genai.client.AsyncClient, wrong: dict[str, Any]) -> None:
    """What the model does not take is a 400."""
    with pytest.raises(BadRequestError):
        await developer.interactions.create(**{"model": TTS, "input": WORDS, **wrong})


async def test_unknown_model(enterprise: genai.client.AsyncClient) -> None:
    """A model that does not speak is a 404."""
    with pytest.raises(NotFoundError):
        await enterprise.interactions.create(model="gemini-3.8-flash", input=WORDS)


@pytest.mark.parametrize(("word", "outcome"), [("#mute", "MUTE PROHIBITED_CONTENT"), ("#wav", "STOP")])
async def test_words_that_make_it_fail(
    gemini: Gemini, developer: genai.client.AsyncClient, word: str, outcome: str
) -> None:
    """For trying by hand: a word in what is to be spoken."""
    await developer.interactions.create(model=TTS, input=f"Hi {word}")
    assert gemini.calls()[0].outcome == outcome


async def test_faults_of_others(gemini: Gemini, developer: genai.client.AsyncClient) -> None:
    """What only words or pictures can have leaves speech alone."""
    gemini.set_faults(Fault("cut"), Fault("noise"), Fault("finish"))
    assert await speak(developer)
