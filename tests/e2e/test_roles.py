"""Role, clock, searches and shared prompts as a person meets them: a browser at the chat page, all else real."""

import re

import pytest
from playwright.async_api import Browser, expect

from infra.local.system import System
from tests.e2e.backstage import Backstage
from tests.e2e.page import PHONE, ChatPage

pytestmark = [pytest.mark.emulator, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_role_is_chosen_and_followed(ann: ChatPage, backstage: Backstage) -> None:
    """Each press of the panel shows at once, and the model is told role, length, language and clock."""
    panel = await ann.ask("/role")
    await ann.press(panel, "💻 Programmer")
    await expect(panel.get_by_role("button", name="✅ 💻 Programmer")).to_be_visible()
    await ann.press(panel, "Short")
    await ann.press(panel, "🗣 As asked")
    await ann.press(panel, "Deutsch")
    await ann.press(panel, "🕓 UTC")
    await ann.press(panel, "Tokyo")
    await ann.see(panel, "💻 Programmer · Short · language: Deutsch · Tokyo")
    await ann.write("/ask why do cats purr so softly?")
    await ann.wait_message(re.compile("cats purr"))
    [call] = await backstage.model_calls("why do cats purr so softly?")
    assert "experienced programmer" in call["instruction"]
    assert "Answer in German" in call["instruction"]
    assert "Asia/Tokyo, UTC+09:00" in call["instruction"]


async def test_a_zone_in_words(ann: ChatPage) -> None:
    """A city that has no button is found by its name, and the page shows the time there."""
    await ann.write("/zone Buenos Aires")
    await ann.wait_message("Buenos Aires, now")


async def test_sources_are_links(ann: ChatPage) -> None:
    """A searched answer lists its pages as links, and says what it cost."""
    await ann.write("/search who invented the zip?")
    answer = await ann.wait_message("Sources")
    await expect(answer.locator("a[href*='grounding-api-redirect']")).to_have_count(3)
    await ann.write("/price")
    await ann.wait_message("Queries to Google: 2")


async def test_a_prompt_is_shared(ann: ChatPage, browser: Browser, system: System) -> None:
    """A prompt is kept, shared, shown to somebody else as a stranger's words, and asked by a press."""
    kept = await ann.ask("/prompts Poem: a poem about {what}")
    await ann.press(kept, "🔗 Share")
    await ann.see(kept, "start=p-")
    link = re.search(r"start=(p-[\w-]+)", await kept.inner_text())
    assert link is not None
    async with await ChatPage.open(browser, system.urls["telegram"], size=PHONE) as bob:
        await bob.start()
        shared = await bob.ask(f"/start {link[1]}")
        await bob.see(shared, "somebody else's words")
        await bob.press(shared, "▶️ Ask")
        await bob.wait_message("I need {what}.")
        await bob.write("autumn leaves")
        await bob.wait_message(re.compile("autumn leaves"))
