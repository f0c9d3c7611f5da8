"""What is said and shown beside plain questions, in a browser: transcripts with buttons, prices, roles, videos."""

import pytest
from playwright.async_api import Browser, FilePayload, expect

from infra.local.system import System
from tests.e2e.page import PHONE, ChatPage
from tests.sounds import make_ogg, make_spoken

pytestmark = [pytest.mark.emulator, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def attach(chat: ChatPage, file: FilePayload, words: str = "", kind: str = "") -> None:
    await chat.attach(file)
    await chat.get("send-as").select_option(kind)
    await chat.get("composer").fill(words)
    number = await chat.mine.count()
    await chat.get("send").click()
    await expect(chat.mine).to_have_count(number + 1)


async def test_a_voice_message_is_only_written_down(ann: ChatPage) -> None:
    """After the choice in /voice the words come with two buttons; *Draw* asks with the price, and then draws."""
    await ann.write("/voice")
    panel = await ann.wait_message("or only show their words?")
    await panel.get_by_role("button", name="📝 Words only").click()
    await expect(panel.get_by_role("button", name="✅ 📝 Words only")).to_be_visible()
    await attach(ann, FilePayload(name="voice.ogg", mimeType="audio/ogg", buffer=make_ogg("a red fox", 2)), "", "voice")
    words = await ann.wait_message("a red fox")
    assert await ann.labels(words) == ["💬 Answer", "🎨 Draw"]
    await words.get_by_role("button", name="🎨 Draw").click()
    asked = await ann.wait_message("A picture or an answer? “a red fox”")
    await asked.get_by_role("button", name="🎨 Draw this · 4 credits").click()
    await ann.wait_pictures(1)


async def test_the_price_of_an_answer(ann: ChatPage) -> None:
    """💳 under an answer opens a window with tokens, price and what is left of the day's free answers."""
    await ann.write("/ask Why do cats purr?")
    answer = await ann.wait_message("cats purr")
    await answer.get_by_role("button", name="💳 Price").click()
    told = ann.page.locator("#alert-text")
    await expect(told).to_contain_text("This answer was free.")
    await expect(told).to_contain_text("Free answers left today: 9 of 10")


async def test_a_role_is_lent(ann: ChatPage, browser: Browser, system: System) -> None:
    """A link shows somebody's role whole; it is tried, and made one's own by another press."""
    await ann.write("/role answer like a pirate")
    page = await ann.wait_message("How shall I answer?")
    await page.get_by_role("button", name="🔗 Share this role").click()
    shared = await ann.wait_message("The link for those")
    link = (await shared.locator("code").last.text_content() or "").partition("start=")[2]
    async with await ChatPage.open(browser, system.urls["telegram"], size=PHONE) as bob:
        await bob.start()
        await bob.write(f"/start {link}")
        role = await bob.wait_message("Somebody shares a role with you")
        await expect(role.locator("blockquote")).to_have_text("answer like a pirate")
        await role.get_by_role("button", name="▶️ Try it").click()
        await bob.wait_toast("I answer like this now. /role ends it.")
        await bob.write("/role")
        tried = await bob.wait_message("answer about files without them")
        await tried.get_by_role("button", name="✍️ Make it mine").click()
        await bob.wait_message("Your words: “answer like a pirate”")


async def test_a_video_is_asked_about(ann: ChatPage) -> None:
    """A video with /ask is watched and answered."""
    film = make_spoken("hello from the beach", "video/mp4", 8)
    await attach(ann, FilePayload(name="beach.mp4", mimeType="video/mp4", buffer=film), "/ask what happens here?")
    await ann.wait_message("video/mp4")
