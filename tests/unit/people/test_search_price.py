"""What a web search costs is said from the file of offers, wherever it is said."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.credits import catalogue
from shared.credits.catalogue import PROVIDERS, TALK, usual_search_credits
from shared.miniapp.settings_view import list_sections
from shared.people.search_price import write_search_price
from shared.people.users import Language
from shared.providers.price_day import set_price_day
from tests.world import World

DAY = datetime(2026, 11, 29, tzinfo=UTC)


def ask_provider_price(monkeypatch: pytest.MonkeyPatch, usd_micros: int) -> None:
    """Change the one number of the file of offers that says what a query costs us."""
    monkeypatch.setattr(catalogue, "TALK", replace(TALK, search_usd_micros=usd_micros))


def test_the_price_follows_the_offers(monkeypatch: pytest.MonkeyPatch) -> None:
    """One query and two queries with a usual answer; a dearer model, from its day on, and a dearer query cost more."""
    assert usual_search_credits(DAY.date()) == (3, 4)
    assert usual_search_credits(DAY.date().replace(year=2027)) == (3, 5)
    ask_provider_price(monkeypatch, 40_000)
    assert usual_search_credits(DAY.date()) == (6, 11)


@pytest.mark.parametrize(
    ("language", "usd_micros", "words"),
    [
        ("en", 14_000, "3–4 credits"),
        ("ru", 14_000, "3–4 кредита"),
        ("ru", 40_000, "6–11 кредитов"),
        ("en", 0, "1 credit"),
    ],
)
def test_the_words(monkeypatch: pytest.MonkeyPatch, language: Language, usd_micros: int, words: str) -> None:
    """The range agrees with its noun, and one number is not called a range."""
    set_price_day(DAY)
    ask_provider_price(monkeypatch, usd_micros)
    assert write_search_price(language) == words


async def test_wherever_it_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The usage of /search, the switch in /role and the setting of the Mini App name the same changed price."""
    ask_provider_price(monkeypatch, 40_000)
    await world.send(world.message("/search"))
    assert "usually 6–11 credits," in world.shown().text
    await world.send(world.message("/role"))
    assert any(button.label == "🔎 Search the web · 6–11 credits" for row in world.shown().buttons for button in row)
    sections = list_sections(world.user(), "", "en", PROVIDERS, world.now)
    [field] = [each for section in sections for each in section.fields if each.name == "search"]
    assert field.title == "Search the web for answers (6–11 credits)"
