"""Several different pictures at once, as a person sees them in a browser: the real functions and servers behind it."""

import pytest
from playwright.async_api import expect

from tests.e2e.backstage import Backstage
from tests.e2e.page import ChatPage

pytestmark = [pytest.mark.emulator, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_batch(ann: ChatPage, backstage: Backstage, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A question with all prompts and the price of all; one press; one album with what was made, one refunded. A number
    brings a picture with its buttons."""
    shots = tmp_path_factory.getbasetemp()
    await ann.write("/batch\na fox in the snow\na #safety cat\na lighthouse at night 16:9")
    asked = await ann.wait_message("3 pictures")
    await expect(asked).to_contain_text("3. a lighthouse at night · 16:9 · 1K")
    await expect(asked).to_contain_text("Nothing is spent before you press the button")
    await ann.page.screenshot(path=shots / "batch-asked.png")
    await ann.press(asked, "🎨 Draw all 3 · 12 credits")
    card = await ann.wait_message("Ready: 2 of 3")
    await expect(card).to_contain_text("✅ 1. a fox in the snow")
    await expect(card).to_contain_text("⚠️ 2. a #safety cat")
    await expect(card).to_contain_text("Paid: 8 credits")
    await expect(card).to_contain_text("Back to you: 4 credits")
    await expect(ann.page.locator(".album img")).to_have_count(2)
    failed = await ann.wait_message("“a #safety cat”")
    await expect(failed).to_contain_text("4 credits are back")
    await ann.page.screenshot(path=shots / "batch-done.png")
    # The card is ready a moment before the last job has ended, and until then a number says that it is not done.
    assert await backstage.wait_for_right_books() == []
    await ann.press(card, "3")
    await ann.wait_message("picture 3 of 3")
    await ann.page.screenshot(path=shots / "batch-number.png")
    await ann.write("/balance")
    await ann.wait_message("You have 12 credits")


async def test_a_file_for_more_than_there_is(ann: ChatPage, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A text file of twelve lines: ten count, five can be paid; *Cancel* ends it for free."""
    lines = "\n".join(f"a house in style number {number}" for number in range(12)).encode("cp1251")
    await ann.attach({"name": "prompts.txt", "mimeType": "text/plain", "buffer": lines})
    await ann.write("/batch")
    asked = await ann.wait_message("10 pictures")
    await expect(asked).to_contain_text("At most 10 at once")
    await expect(asked).to_contain_text("All of it costs 40, you have 20")
    await expect(asked.get_by_role("button", name="🎨 Draw the first 5 · 20 credits")).to_be_visible()
    await ann.page.screenshot(path=tmp_path_factory.getbasetemp() / "batch-file.png")
    await ann.press(asked, "✕ Cancel")
    await ann.wait_message("Nothing was drawn")
