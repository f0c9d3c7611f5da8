"""What is spoken, as a person meets it: a browser at the chat page, the real functions and servers behind it.

The recordings carry their words in the file, where the local Gemini reads them.
"""

import pytest
from playwright.async_api import Browser, FilePayload, Locator, expect

from infra.local.system import System
from tests.e2e.page import PHONE, ChatPage
from tests.sounds import make_ogg

pytestmark = [pytest.mark.emulator, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

READ_LENGTH = """(player) => new Promise((done) => {
  const look = () => (Number.isFinite(player.duration) ? done(player.duration) : setTimeout(look, 50));
  look();
})"""
"""How long a sound is, once the browser has read that much of it, in seconds."""


async def speak(chat: ChatPage, words: str, seconds: int = 2) -> Locator:
    """Send a voice message in which these words are spoken."""
    await chat.attach(FilePayload(name="voice.ogg", mimeType="audio/ogg", buffer=make_ogg(words, seconds)))
    await chat.get("send-as").select_option("voice")
    number = await chat.mine.count()
    await chat.get("send").click()
    await expect(chat.mine).to_have_count(number + 1)
    return chat.mine.nth(number)


async def test_a_spoken_wish_becomes_a_picture(ann: ChatPage) -> None:
    """The voice message plays in the chat, its words come in italics as an answer to it, and then the picture."""
    voice = await speak(ann, "a red fox in the snow")
    assert 1.9 < await voice.get_by_test_id("sound").evaluate(READ_LENGTH) < 2.1
    words = await ann.wait_message("a red fox in the snow")
    await expect(words.locator("i, em")).to_have_text("a red fox in the snow")
    await expect(words.get_by_test_id("quote")).to_be_visible()
    await ann.wait_pictures(1)


async def test_typed_words_are_spoken(ann: ChatPage) -> None:
    """The microphone beside typed words sends them as a voice message; a reply to a picture changes the picture."""
    await ann.get("composer").fill("нарисуй рыжую лису")
    await ann.get("speak").click()
    await ann.wait_message("нарисуй рыжую лису")
    await ann.wait_pictures(1)
    await expect(ann.mine.last.get_by_test_id("sound")).to_be_visible()


async def test_a_recording_from_the_microphone(browser: Browser, system: System) -> None:
    """The button records until it is pressed again, and what it sends is Ogg Opus that plays."""
    async with await ChatPage.open(browser, system.urls["telegram"], size=PHONE) as chat:
        await chat.page.context.grant_permissions(["microphone"])
        await chat.start()
        await chat.get("speak").click()
        await expect(chat.get("speak")).to_have_attribute("aria-label", "Stop and send")
        await expect(chat.get("composer")).to_have_attribute("placeholder", "Recording, 2 s")
        await chat.get("speak").click()
        await expect(chat.mine).to_have_count(2)
        assert 1.0 < await chat.mine.last.get_by_test_id("sound").evaluate(READ_LENGTH) < 5.0
        await chat.wait_message("Hello!")


async def test_a_spoken_question_is_answered(ann: ChatPage) -> None:
    """In the mode *Chat* a spoken question gets its answer."""
    await ann.write("/mode")
    panel = await ann.wait_message("What shall plain words do?")
    await ann.press(panel, "💬 Chat")
    await speak(ann, "why is the sky blue?")
    await ann.wait_message("sky")


async def test_noise_costs_nothing(ann: ChatPage) -> None:
    """Silence and music are told apart, and are free."""
    await speak(ann, "[music]")
    await ann.see(await ann.wait_message("music"), "Nothing was charged")
    await speak(ann, "[silence]")
    await ann.see(await ann.wait_message("cannot hear anybody"), "Nothing was charged")


async def test_what_may_be_heard_wrong_is_asked_about(ann: ChatPage) -> None:
    """Words that were hard to make out buy nothing before a press."""
    await speak(ann, "a grey owl [unsure]")
    asked = await ann.wait_message("not sure I heard")
    await ann.press(asked, "🎨 Draw this · 4 credits")
    await ann.wait_pictures(1)
