"""Spoken answers as a person meets them: a browser that plays them, the real functions and servers behind it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.e2e.backstage import Backstage
from tests.e2e.page import ChatPage

pytestmark = [pytest.mark.emulator, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PLAY = """async (player) => {
  player.muted = true;
  await player.play();
  await new Promise((heard) => player.addEventListener("timeupdate", () => player.currentTime > 0 && heard()));
  if (player.duration === Infinity) await new Promise((known) => player.addEventListener("durationchange", known));
  return { length: player.duration, named: Number(player.dataset.seconds), error: player.error };
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def _words_come_at_once(backstage: Backstage) -> AsyncIterator[None]:
    """Nothing is waited for that need not be."""
    async with backstage.behaving(text_pace=0.0):
        yield


async def play(chat: ChatPage, number: int = 0) -> None:
    """The voice message is there, and the browser plays it; its length is the one that Telegram was told."""
    player = chat.get("sound").nth(number)
    await expect(player).to_be_visible()
    heard = await player.evaluate(PLAY)
    assert heard["error"] is None
    assert 0 <= heard["named"] - heard["length"] < 1


async def ask(chat: ChatPage) -> Locator:
    await chat.write("/ask Why do cats purr?")
    return await chat.wait_message("cats purr")


async def test_an_answer_is_spoken(ann: ChatPage) -> None:
    """🔊 under an answer brings one voice message, however often it is pressed; 🗑 takes it away."""
    answer = await ask(ann)
    speak = answer.get_by_role("button", name="🔊")
    await speak.click()
    await play(ann)
    await speak.click()
    await expect(ann.get("toast")).to_contain_text("spoken already")
    await expect(ann.get("sound")).to_have_count(1)
    await ann.page.get_by_role("button", name="🗑 Delete").click()
    await expect(ann.get("sound")).to_have_count(0)


async def test_voices_can_be_heard_and_chosen(ann: ChatPage) -> None:
    """/voice: a sample of the voice that is chosen; from then on every answer is spoken."""
    await ann.write("/voice")
    panel = await ann.wait_message("Shall I speak my answers?")
    await panel.get_by_role("button", name="Puck", exact=True).click()
    await panel.get_by_role("button", name="🔊 Hear Puck").click()
    await play(ann)
    await panel.get_by_role("button", name="🔊 Always").click()
    await expect(panel.get_by_role("button", name="✅ 🔊 Always")).to_be_visible()
    await ask(ann)
    await play(ann, 1)
