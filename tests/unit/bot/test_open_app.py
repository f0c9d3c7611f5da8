"""/app: the button that opens the Mini App."""

from dataclasses import replace

import pytest

from shared.ports import Button
from tests.world import GROUP, ME, World

URL = "https://api.test"


@pytest.fixture
def world() -> World:
    made = World()
    made.ports = replace(made.ports, mini_app_url=URL)
    return made


@pytest.mark.parametrize(("language", "label"), [("en", "📱 Open the app"), ("ru", "📱 Открыть приложение")])
async def test_in_private(world: World, language: str, label: str) -> None:
    """The button opens the app at its address."""
    await world.send(world.message("/app", language=language))
    assert world.shown().buttons == ((Button(label, app=URL),),)


async def test_in_a_group(world: World) -> None:
    """Telegram opens apps in private chats only: a link leads there."""
    await world.send(world.message("/app", chat_id=GROUP))
    [[button]] = world.shown(GROUP).buttons
    assert (button.app, button.url.startswith("https://t.me/")) == ("", True)


async def test_without_an_app() -> None:
    """Where there is none the bot says so, and that everything works without it."""
    world = World()
    await world.send(world.message("/app"))
    assert world.shown(ME).buttons == ()
    assert "not open yet" in world.shown().text


async def test_the_terms_are_a_page_too(world: World) -> None:
    """/terms leads to the page that everybody can read."""
    await world.send(world.message("/terms", language="ru"))
    [[button]] = world.shown().buttons
    assert button.url == f"{URL}/rules?language=ru"
