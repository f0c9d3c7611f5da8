"""/models says what the file of offers says."""

from dataclasses import replace
from datetime import date

import pytest

from shared.bot.models_page import models_screen
from shared.credits.catalogue import HEARING, OFFERS, SPEECH, TALK, VIDEO, VIDEOS, list_rungs
from shared.people.users import LANGUAGES, Language
from tests.world import GROUP, ME, World

TODAY = date(2026, 11, 29)


async def test_models(world: World) -> None:
    """Every offer by its medium, with its price, usual time, limits and last day."""
    await world.send(world.message("/models"))
    assert world.shown().text.replace("\u00a0", " ") == (
        "<b>Models and prices</b>\n\n"
        "🖼 <b>Pictures</b>\n\n"
        "<b>Nano Banana</b>: fast and cheap, even in the most elongated formats\n"
        "Credits for a picture: 1K 4 · 2K 6 · 4K 10\n"
        "Usually 5–15 s · up to 14 photos of yours · 14 formats, from 1:8 to 8:1\n\n"
        "<b>Nano Banana Pro</b>: better details and lettering, but slower and dearer\n"
        "Credits for a picture: 1K 14 · 2K 14 · 4K 24\n"
        "Usually 15–40 s · up to 14 photos of yours · 10 formats, from 9:16 to 21:9\n"
        "⏳ Stays at least until 28 May 2027\n\n"
        "🎬 <b>Videos</b>\n\n"
        "<b>Gemini Omni</b>: a clip with sound\n"
        "Credits for 4 s: 360p 15 · 720p 50 · 1080p 75\n"
        "Credits for 15 s: 360p 57 · 720p 188 · 1080p 282\n"
        "4, 6, 10, 15 s long · 16:9, 9:16 · from words, from a picture, "
        "with pictures as a reference, changed by words, continued · usually 1–3 min\n\n"
        "💬 <b>Words and voice</b>\n\n"
        "<b>Gemini Flash</b>: answers questions, reads files and links\n"
        "10 a day are free, then at most 2 credits an answer, with a web search at most 9\n"
        "⏳ Stays at least until 2 September 2027\n\n"
        "<b>Gemini Flash-Lite</b>: voice messages and videos as text\n"
        "10 minutes a day are free, then as much costs at most 5 credits; recordings up to 120 minutes\n"
        "⏳ Stays at least until 21 July 2027\n\n"
        "<b>Gemini Flash TTS</b>: reads answers aloud\n"
        "A minute of speech: about 2 credits\n\n"
        "Choose the model for pictures in /settings, begin a video with /video. What does not succeed costs nothing."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_offer_is_there(language: Language) -> None:
    """No offer is left out, and the screen is one message."""
    everybody = frozenset(rung.provider for rung in list_rungs())
    text = models_screen(language, TODAY, everybody).text
    titles = [*(each.title for each in OFFERS.values()), *(each.title for each in VIDEOS.values())]
    assert all(f"<b>{title}</b>" in text for title in (*titles, TALK.title, HEARING.title, SPEECH.title))
    assert len(text) <= 4096


async def test_in_a_group(world: World) -> None:
    """In a group the list goes to the private chat."""
    await world.send(world.message("/start"))
    await world.send(world.message("/models", chat_id=GROUP))
    assert "Nano Banana Pro" in world.shown(ME).text
    assert "Nano Banana" not in world.shown(GROUP).text


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (date(2026, 12, 28), "⚠️ May disappear after 28 December 2026"),
        (date(2026, 12, 29), "⏳ Stays at least until 29"),
    ],
)
def test_a_model_that_ends_soon(monkeypatch: pytest.MonkeyPatch, ends: date, words: str) -> None:
    """In its last month a model is said to end."""
    ending = replace(VIDEO, rungs=(replace(VIDEO.rungs[0], shutdown_on=ends),))
    monkeypatch.setitem(VIDEOS, "omni", ending)
    assert words in models_screen("en", TODAY).text


@pytest.mark.parametrize(("since", "is_told"), [((2026, 11, 29), False), ((2026, 12, 1), True), ((2027, 4, 1), False)])
def test_a_price_that_will_change(
    monkeypatch: pytest.MonkeyPatch,
    since: tuple[int, int, int],
    is_told: bool,  # noqa: FBT001
) -> None:
    """A new price is told in the three months before its day; from then on it is the price."""
    dearer = replace(OFFERS["fast"], later_prices=((date(*since), {"1K": 7, "2K": 11, "4K": 16}),))
    monkeypatch.setitem(OFFERS, "fast", dearer)
    text = models_screen("en", TODAY).text.replace("\u00a0", " ")
    assert ("📅 From 1 December 2026: 1K 7 · 2K 11 · 4K 16" in text) is is_told
    assert ("Credits for a picture: 1K 7" in text) is (date(*since) <= TODAY)


def test_one_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """A video of one length has one row of prices."""
    monkeypatch.setitem(VIDEOS, "omni", replace(VIDEO, seconds=(4,)))
    assert models_screen("en", TODAY, frozenset({"gemini"})).text.count("Credits for 4 s") == 1


def test_in_russian() -> None:
    """Days and numbers agree with their words."""
    text = models_screen("ru", TODAY).text
    assert "⏳ Работает как минимум до 28 мая 2027" in text
    assert "дальше не больше 2 кредитов за ответ" in text
