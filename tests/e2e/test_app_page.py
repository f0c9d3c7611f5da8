"""The Mini App in a browser, in the frame in which Telegram's web app shows it, on a phone."""

import io
import re

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Route, expect

from infra.local.parts import list_settings
from infra.local.system import System
from infra.operations.style_examples import run
from shared.forms import BYTES_MAX
from shared.settings import ModelSettings
from tests.e2e.app_page import AppPage
from tests.e2e.page import ChatPage
from tests.e2e.people import Telegram

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
    await app.frame.get_by_text("Start from pictures").click()
    await app.upload(paint())
    assert await app.find_barriers() == []
    await app.press_main("Create · 4 credits")
    await app.see("Your request")
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
    await app.frame.get_by_text("Start from pictures").click()
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


async def test_a_picture_is_sent_to_a_chat(
    ann: ChatPage, telegram: Telegram, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """From the gallery a picture goes to a group as the person's own message; changing one's mind is told too. An app
    that is too old for this does not offer it."""
    folder = tmp_path_factory.getbasetemp()
    await ann.write("/image a red fox")
    await ann.wait_pictures(1)
    await telegram.post("chats", id=-1001, title="Fox club", members={str(ann.user): "member"})
    app = await AppPage.open(ann)
    await app.go("Gallery")
    await app.frame.locator(".grid a").click()
    await app.press("📨 Send to a chat")
    await expect(ann.get("sharing")).to_be_visible()
    await app.see("Choose a chat")
    await app.page.screenshot(path=folder / "app-sharing.png")
    assert await app.find_barriers() == []
    await ann.get("sharing-cancel").click()
    await app.see("Nothing was sent.")
    await app.press("📨 Send to a chat")
    await ann.get("sharing-chat--1001").click()
    await app.see("Your words and your name did not go with it.")
    assert await app.find_barriers() == []
    await app.page.screenshot(path=folder / "app-sent.png")
    [sent] = await telegram.messages(-1001)
    assert (sent["from"]["id"], "photo" in sent) == (ann.user, True)
    assert "red fox" not in str(sent)
    old = app.frame.url.replace("tgWebAppVersion=9.6", "tgWebAppVersion=7.10")
    await app.frame.evaluate("address => { sessionStorage.clear(); location.href = address; location.reload(); }", old)
    await expect(app.title).to_have_text("Create")
    await app.go("Gallery")
    await app.frame.locator(".grid a").click()
    await app.see("🔗 Share")
    await expect(app.frame.get_by_role("button", name="📨 Send to a chat")).to_be_hidden()


async def test_what_leaves_the_app(ann: ChatPage) -> None:
    """In Telegram's page a picture is downloaded, gets a link, is taken up again; a promo code leads to the chat."""
    await ann.write("/image a red fox")
    await ann.wait_pictures(1)
    app = await AppPage.open(ann)
    await app.go("Gallery")
    await app.frame.locator(".grid a").click()
    await app.press("🔗 Share")
    await app.see("📤 Send the link")
    await app.press("⬇️ Download")
    await expect(ann.get("webapp")).to_have_attribute("data-download", re.compile(r"\.\w+$"))
    await app.frame.locator("a[href^='/create?from=']").click()
    await expect(app.frame.locator("[name=from]:checked")).to_have_count(1)
    await app.go("Credits")
    await app.frame.locator("#code").fill("spring-26")
    await app.frame.locator("#code").press("Enter")
    await app.press("Use it in the chat")
    await ann.page.wait_for_url("**start=promo_SPRING-26**")


async def test_styles_with_examples(
    ann: ChatPage,
    system: System,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """After the operator's verb /styles shows an example for each style, and *Create* puts one before the words."""
    folder = tmp_path_factory.getbasetemp()
    settings = list_settings(system.options, "image")
    for name in ("FIRESTORE_EMULATOR_HOST", "STORAGE_EMULATOR_HOST"):
        monkeypatch.setenv(name, settings[name])
    told = await run(ModelSettings.read(settings), settings["MEDIA_BUCKET"], "(default)", is_agreed=True)
    assert told[-1] == "cover: made"
    gallery = await ann.ask("/styles")
    await ann.press(gallery, "🖼 See examples")
    await ann.wait_message("Aquarelle · 1 of 18")
    [shown] = await ann.wait_pictures(1)
    await ann.press(shown, "▶")
    await ann.wait_message("Oil · 2 of 18")
    await ann.page.screenshot(path=folder / "style-example.png")
    await ann.press(shown, "🖌 Draw in this style")
    await ann.wait_message("Oil · 4 credits")
    app = await AppPage.open(ann)
    await app.frame.get_by_text("Styles", exact=True).click()
    await expect(app.frame.locator(".styles img[src^=blob]")).to_have_count(18)
    assert await app.find_barriers() == []
    await app.page.screenshot(path=folder / "app-styles.png")
    await app.frame.get_by_label("What do you want to see?").fill("a hat")
    for style in ("🖼 Oil", "🎞 Film photo"):
        await app.frame.get_by_role("button", name=f"Use {style}").click()
    await expect(app.frame.get_by_label("What do you want to see?")).to_have_value(
        re.compile("^A [^:]*film[^:]*: a hat$")
    )


async def test_a_file_that_is_too_large(ann: ChatPage) -> None:
    """A file above what the app takes is not dropped in silence: the page says that this did not work."""
    app = await AppPage.open(ann)
    await app.frame.get_by_text("Start from pictures").click()
    await expect(app.frame.locator("#broken")).to_be_hidden()
    await app.frame.locator("#file").set_input_files(paint() | {"buffer": bytes(BYTES_MAX)})
    await expect(app.frame.locator("#broken")).to_be_visible()
    await expect(app.frame.locator(".upload")).to_have_count(0)
    await app.frame.locator("#file").set_input_files(paint())
    await expect(app.frame.locator(".upload")).to_have_count(1)
    await expect(app.frame.locator("#broken")).to_be_hidden()
    ann.faults.clear()  # the browser complains of the refusal


async def test_a_session_that_is_over(ann: ChatPage) -> None:
    """When neither session nor renewal is believed any more, the page says to open the app again."""
    app = await AppPage.open(ann)
    for path in ("**/gallery", "**/renew", "**/sign-in"):
        await ann.page.route(path, lambda route: route.fulfill(status=401))
    await app.frame.get_by_role("navigation").get_by_role("link", name="Gallery").click()
    await expect(app.frame.locator("#ended")).to_be_visible()
    await expect(app.frame.locator("#broken")).to_be_hidden()
    ann.faults.clear()  # the browser complains of the refusals


async def test_an_app_that_is_open_for_long(ann: ChatPage) -> None:
    """When the session has ended, and what Telegram signed is too old, the app goes on by its renewal, unnoticed."""
    app = await AppPage.open(ann)
    await ann.page.route("**/sign-in", lambda route: route.fulfill(status=401))
    refused: list[str] = []

    async def refuse_once(route: Route) -> None:
        if refused:
            await route.continue_()
        else:
            refused.append(route.request.url)
            await route.fulfill(status=401)

    await ann.page.route("**/gallery", refuse_once)
    await app.go("Gallery")
    await expect(app.frame.locator("#ended")).to_be_hidden()
    assert len(refused) == 1
    ann.faults.clear()  # the browser complains of the refusal


async def test_two_presses(ann: ChatPage, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Out of credits, one press leads to the payment and another pays: the pictures are made by themselves."""
    folder = tmp_path_factory.getbasetemp()
    app = await AppPage.open(ann)
    await app.frame.get_by_label("What do you want to see?").fill("a red fox")
    await app.choose("Nano Banana Pro")
    await app.choose("×2")
    await app.see("8 credits are missing.")
    assert await app.find_barriers() == []
    await app.page.screenshot(path=folder / "app-missing.png")
    await app.press_main("Buy 60 · 50 ⭐ and create")
    await expect(ann.get("webapp-pay-now")).to_be_visible()
    await app.page.screenshot(path=folder / "app-pay.png")
    await app.pay()
    await expect(app.frame.locator("#state .grid a")).to_have_count(2)
    assert await app.find_barriers() == []
    await ann.wait_message("60 credits came")


async def test_credits_are_bought(ann: ChatPage, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The shop sells packages; an invoice that is not paid costs nothing; the balance tells of the one that is."""
    folder = tmp_path_factory.getbasetemp()
    app = await AppPage.open(ann)
    await app.go("Credits")
    await app.press("Buy credits")
    await app.see("You pay with Telegram Stars")
    assert await app.find_barriers() == []
    await app.page.screenshot(path=folder / "app-buy.png")
    await app.frame.get_by_role("button", name=": 60 credits").click()
    await ann.get("webapp-pay-not").click()
    await app.see("Nothing was paid")
    await app.frame.get_by_role("button", name=": 60 credits").click()
    await app.pay()
    await app.see("Thank you!")
    assert await app.find_barriers() == []
    await ann.wait_message("60 credits came")
    await app.go("Credits")
    await app.see("bought")
    await app.page.screenshot(path=folder / "app-balance.png")
    await app.press("📄 All as CSV")
    await app.see("comes to our chat")
    await app.frame.locator(".list a.row").first.click()
    await app.see("Receipt")
    assert await app.find_barriers() == []
    await ann.get("webapp-close").click()
    await ann.wait_message("entries, times in UTC")


async def test_a_subscription(ann: ChatPage, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A subscription is begun in the app, shown there, and stopped at Telegram."""
    app = await AppPage.open(ann)
    await app.go("Credits")
    await app.press("Buy credits")
    await app.frame.get_by_role("button", name="231 ⭐").click()
    await app.pay()
    await app.see("Thank you!")
    await ann.wait_message("Your subscription has begun")
    await app.go("Credits")
    await app.press("Your subscription")
    await app.see("Paid until")
    assert await app.find_barriers() == []
    await app.page.screenshot(path=tmp_path_factory.getbasetemp() / "app-subscription.png")
    await app.press("Cancel the subscription")
    await app.see("Canceled: nothing more is taken.")
    assert await app.find_barriers() == []


async def test_collections(ann: ChatPage, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A picture is put into a new collection, which the gallery shows, and which is removed without it."""
    folder = tmp_path_factory.getbasetemp()
    await ann.write("/image a red fox")
    await ann.wait_pictures(1)
    app = await AppPage.open(ann)
    await app.go("Gallery")
    await app.frame.locator(".grid a").click()
    await app.frame.locator("summary", has_text="Collections").click()
    await app.frame.get_by_label("New collection").fill("For the website")
    await app.press("Make")
    await app.see("✓ For the website")
    assert await app.find_barriers() == []
    await app.page.screenshot(path=folder / "app-shelves.png", full_page=True)
    await app.press_back()
    await app.press("🗂 For the website")
    await expect(app.frame.locator(".grid a")).to_have_count(1)
    await app.press("✖️ Remove it")
    await app.see("What is in it stays")
    assert await app.find_barriers() == []
    await app.press("✖️ Yes, remove it")
    await app.see("The collection is removed")
    await expect(app.frame.locator(".grid a")).to_have_count(1)


async def test_signing_out(ann: ChatPage) -> None:
    """After signing out everywhere the open app does nothing more, and says to open it again; opened again it works."""
    app = await AppPage.open(ann)
    await app.go("Settings")
    await app.press("Privacy")
    assert await app.find_barriers() == []
    await app.press("Sign out everywhere")
    await app.see("You are signed out everywhere")
    assert await app.find_barriers() == []
    await app.frame.get_by_role("navigation").get_by_role("link", name="Gallery").click()
    await expect(app.frame.locator("#ended")).to_be_visible()
    await ann.get("webapp-close").click()
    # Sessions are dated by the second: one that begins in the second of the sign-out is over too.
    await ann.page.evaluate("() => new Promise((done) => setTimeout(done, 1100))")
    await (await AppPage.open(ann)).go("Gallery")
    ann.faults.clear()  # the browser complains of the refusals


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
