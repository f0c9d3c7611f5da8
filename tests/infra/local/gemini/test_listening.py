"""The local Gemini writes recordings down: it reads the words that a file carries, and counts its seconds."""

import json
from typing import Any

import pytest
from google.genai import types
from google.genai.client import AsyncClient

from infra.local.gemini.listening import STAND_IN, estimate_seconds, find_words
from shared.providers.talk import Sound
from shared.voices.compose_hearing import compose_hearing
from shared.voices.measure_sound import measure_seconds
from shared.voices.read_hearing import read_hearing
from tests.infra.local.gemini.talks import LITE, ask
from tests.sounds import make_ogg, make_wav

FORM = dict(compose_hearing(Sound(b"", ""), 1).schema or {})


async def hear(client: AsyncClient, content: bytes, mime_type: str = "audio/ogg") -> dict[str, Any]:
    part = types.Part.from_bytes(data=content, mime_type=mime_type)
    answer = await ask(
        client, "Write it down.", files=[part], model=LITE,
        response_mime_type="application/json", response_json_schema=FORM,
    )  # fmt: skip
    assert answer.text
    assert read_hearing(answer.text) is not None
    said: dict[str, Any] = json.loads(answer.text)
    return said


@pytest.mark.parametrize(
    ("content", "mime_type", "heard", "words"),
    [
        (make_ogg("нарисуй лису"), "audio/ogg", "speech", "нарисуй лису"),
        (make_ogg("a long text. " * 7_000, 1), "audio/ogg", "speech", ("a long text. " * 7_000).strip()),
        (make_wav("a red fox"), "audio/wav", "speech", "a red fox"),
        (make_ogg("[music]"), "audio/ogg", "music", ""),
        (make_ogg(None, 2), "audio/ogg", "speech", STAND_IN),
        (make_ogg(None, 0), "audio/ogg", "silence", ""),
        (make_wav(None, 0), "audio/wav", "silence", ""),
        (b"OggS" + bytes(99), "audio/ogg", "silence", ""),
    ],
)
async def test_words_of_a_file(developer: AsyncClient, content: bytes, mime_type: str, heard: str, words: str) -> None:
    """The words stand in the file; without any, its length decides between a stand-in and silence."""
    said = await hear(developer, content, mime_type)
    assert (said["heard"], said["words"]) == (heard, words)


async def test_language_and_doubt(developer: AsyncClient) -> None:
    """It names the language, and is not sure of words that say so."""
    assert (await hear(developer, make_ogg("лиса")))["language"] == "ru"
    said = await hear(developer, make_ogg("a fox [unsure]"))
    assert (said["words"], said["language"]) == ("a fox", "en")
    assert said["sure"] < 0.5


async def test_seconds_are_counted(developer: AsyncClient) -> None:
    """A recording is charged by its length."""
    counts = []
    for seconds in (1, 11):
        part = types.Part.from_bytes(data=make_ogg("a", seconds), mime_type="audio/ogg")
        usage = (await ask(developer, "What is said?", files=[part])).usage_metadata
        assert usage
        counts.append(usage.prompt_token_count or 0)
    assert counts[1] - counts[0] == 320


def test_broken_files_carry_nothing() -> None:
    """A comment that ends too early, or a list that is cut, is none."""
    ogg = make_ogg("a red fox")
    assert find_words(ogg[: ogg.index(b"TRANSCRIPT") - 6]) is None
    assert find_words(ogg.replace(b"TRANSCRIPT", b"TRANSCRIPS")) is None
    assert find_words(make_wav("x")[:50]) in {None, ""}
    assert estimate_seconds(b"OggS") == 0.001


@pytest.mark.parametrize("seconds", [1, 61])
def test_the_product_measures_them_alike(seconds: int) -> None:
    """The makers of these tests, this server and the product agree on how long a file is."""
    assert measure_seconds(make_ogg("x", seconds), "audio/ogg") == seconds == estimate_seconds(make_ogg("x", seconds))
    assert measure_seconds(make_wav("x", seconds), "audio/wav") == seconds
