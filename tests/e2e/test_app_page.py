"""The Mini App in a browser, in the frame in which Telegram's web app shows it, on a phone."""

import io
import re

import pytest
from PIL import Image
from playwright.async_api import FilePayload, expect

from shared.forms import BYTES_MAX
from tests.e2e.app_page import AppPage
from tests.e2e.page import ChatPage

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.browser,
    pytest.mark.timeout(400),
    pytest.mark.asyncio(loop_scope="session"),
]


def paint() -> FilePayload:
    """A photo to start from."""
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "#2a7").save(file, "PNG")
    return {"name": "green.png", "mimeType": "image/png", "buffer": file.getvalue()}


async def test_a_picture_is_made_and_kept(ann: ChatPage, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Words, options and a photo become a picture: in the chat with its card, and in the app's gallery."""
    folder = tmp_path_factory.getbasetemp()
    app = await AppPage.open(ann)
    assert await app.find_barriers() == []
    await app.page.screenshot(path=folder / "app-create.png")
    await app.frame.get_by_label("What do you want to see?").fill("a red fox in the snow")
    await app.choose("×2")
    await app.see("8 credits")
    await app.choose("×1")
    await app.frame.locator("summary").click()
    await app.upload(paint())
    assert await app.find_barriers() == []
    await app.press_main("Create · 4 credits")
    await app.see("In the works")
    tile = app.frame.locator("#state .grid a")
    await expect(tile).to_be_visible()
    assert await app.find_barriers() == []
    await tile.click()
    await app.see("a red fox in the snow")
    await expect(app.frame.locator("img.whole")).to_be_visible()
    assert await app.frame.locator("img.whole").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert await app.find_barriers() == []
    await app.page.screenshot(path=folder / "app-result.png")
    await app.press("☆ Favourite")
    await app.see("⭐ Not a favourite")
    await app.press_back()
    await expect(app.frame.locator(".grid img[src^=blob]")).to_have_count(1)
    await app.page.screenshot(path=folder / "app-gallery.png")
    await app.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    await expect(app.frame.locator("html")).to_have_attribute("data-scheme", "dark")
    await app.page.screenshot(path=folder / "app-gallery-dark.png")
    assert await app.find_barriers() == []
    asked: list[str] = []
    app.page.on("request", lambda request: asked.append(request.url))
    await app.go("Create")
    await app.choose("×2")
    await app.see("8 credits")
    assert not any(each.endswith("/small") for each in asked)
    await app.frame.locator("summary").click()
    await expect(app.frame.locator("fieldset img")).to_have_attribute("src", re.compile("^blob:"))
    assert any(each.endswith("/small") for each in asked)
    await app.go("Gallery")
    await app.frame.locator(".grid a").click()
    await app.press("🗑 Delete")
    await app.see("Delete?")
    await app.press("🗑 Yes, delete")
    await app.see("It is empty so far.")
    await ann.get("webapp-close").click()
    await ann.wait_message("deleted")


async def test_a_file_that_is_too_large(ann: ChatPage) -> None:
    """A file above what the app takes is not dropped in silence: the page says that this did not work."""
    app = await AppPage.open(ann)
    await app.frame.locator("summary").click()
    await expect(app.frame.locator("#broken")).to_be_hidden()
    await app.frame.locator("#file").set_input_files(paint() | {"buffer": bytes(BYTES_MAX)})
    await expect(app.frame.locator("#broken")).to_be_visible()
    await expect(app.frame.locator(".upload")).to_have_count(0)
    await app.frame.locator("#file").set_input_files(paint())
    await expect(app.frame.locator(".upload")).to_have_count(1)
    await expect(app.frame.locator("#broken")).to_be_hidden()
    ann.faults.clear()  # the browser complains of the refusal


async def test_a_session_that_is_over(ann: ChatPage) -> None:
    """An hour after the opening nobody is signed in any more: the page says to open the app again."""
    app = await AppPage.open(ann)
    for path in ("**/gallery", "**/sign-in"):
        await ann.page.route(path, lambda route: route.fulfill(status=401))
    await app.frame.get_by_role("navigation").get_by_role("link", name="Gallery").click()
    await expect(app.frame.locator("#ended")).to_be_visible()
    await expect(app.frame.locator("#broken")).to_be_hidden()
    ann.faults.clear()  # the browser complains of the refusals


async def test_credits_are_bought(ann: ChatPage, tmp_path_factory: pytest.TempPathFactory) -> None:
    """From a price that is too high, two presses lead to Telegram's payment; the balance tells of it."""
    app = await AppPage.open(ann)
    await app.choose("Nano Banana Pro")
    await app.choose("×2")
    await app.see("8 credits are missing.")
    await app.press("Buy credits")
    await app.see("enough for it")
    assert await app.find_barriers() == []
    await app.page.screenshot(path=tmp_path_factory.getbasetemp() / "app-buy.png")
    await app.frame.get_by_role("button", name=": 60 credits").click()
    await app.see("Thank you!")
    assert await app.find_barriers() == []
    await ann.wait_message("60 credits came")
    await app.go("Credits")
    await app.see("bought")
    await app.page.screenshot(path=tmp_path_factory.getbasetemp() / "app-balance.png")
    await app.frame.locator(".list a.row").first.click()
    await app.see("Receipt")
    assert await app.find_barriers() == []


async def test_settings_talks_and_privacy(ann: ChatPage, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A setting holds in the chat at once, also the language; conversations can be read; facts can be erased."""
    await ann.write("/ask why is the sky blue?")
    await ann.wait_message("sky blue: the main points")
    await ann.write("/remember I live in Rome")
    await ann.wait_message("I will remember that")
    app = await AppPage.open(ann)
    await app.go("Talks")
    await app.frame.get_by_role("link", name="why is the sky blue?").click()
    await app.see("You · ")
    assert await app.find_barriers() == []
    await app.page.screenshot(path=tmp_path_factory.getbasetemp() / "app-talk.png")
    await app.go("Settings")
    assert await app.find_barriers() == []
    await app.press("Privacy")
    await app.see("I live in Rome")
    assert await app.find_barriers() == []
    await app.press("Erase: I live in Rome")
    await app.see("Saved.")
    await app.go("Settings")
    await app.choose("2K")
    await app.see("Saved.")
    await app.choose("Русский")
    await expect(app.title).to_have_text("Настройки")
    await app.page.screenshot(path=tmp_path_factory.getbasetemp() / "app-settings.png", full_page=True)
    await ann.get("webapp-close").click()
    await ann.write("/settings")
    await ann.wait_message("2K")


async def test_by_keyboard_and_offline(ann: ChatPage) -> None:
    """Keys alone lead to another section, whose title gets the focus; without a connection the app says so."""
    app = await AppPage.open(ann)
    link = app.frame.get_by_role("navigation").get_by_role("link", name="Gallery")
    await link.focus()
    await app.page.keyboard.press("Enter")
    await expect(app.title).to_have_text("Gallery")
    await expect(app.title).to_be_focused()
    await app.page.context.set_offline(True)
    await app.frame.get_by_role("link", name="Settings").click()
    await expect(app.frame.locator("#offline")).to_be_visible()
    await app.page.context.set_offline(False)
    await app.go("Settings")
    await expect(app.frame.locator("#offline")).to_be_hidden()
    ann.faults.clear()  # the browser complains of what could not be loaded
