"""The Mini App in the chat page, as Telegram's web apps show it: opened, signed in, and told of its surroundings."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, FrameLocator, Locator, expect

from infra.local.options import LOCAL_TOKEN
from infra.local.system import System
from infra.telegram import set_menus
from shared.settings import TelegramSettings
from tests.e2e.page import PHONE, ChatPage

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.browser,
    pytest.mark.timeout(200),
    pytest.mark.asyncio(loop_scope="session"),
]
COVERED_ABOVE, COVERED_BELOW = 59 + 46, 34
"""Pixels, as `webapp.js` says: the phone's camera and Telegram's buttons, and the bar to swipe."""
BRIDGE = "import('/static/any/bridge.js')"


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def menus(system: System) -> AsyncIterator[None]:
    """The menus of a bot with a Mini App."""
    settings = TelegramSettings(LOCAL_TOKEN, system.urls["telegram"])
    await set_menus(settings, f"{system.urls['api']}/")
    yield
    await set_menus(settings)


async def open_app(ann: ChatPage, button: Locator) -> FrameLocator:
    """The app in its frame, after it has signed in."""
    async with ann.page.expect_response("**/sign-in") as signed_in:
        await button.click()
    assert (await signed_in.value).status == 200
    frame = ann.page.frame_locator('[data-testid="webapp-frame"]')
    await expect(frame.locator("main")).not_to_be_empty()
    return frame


async def test_from_the_button_beside_the_message_field(ann: ChatPage) -> None:
    """One press opens the app, which signs in by itself and shows a page; closing it leaves the chat."""
    await open_app(ann, ann.get("app-open"))
    await ann.get("webapp-close").click()
    await expect(ann.get("webapp")).to_be_hidden()


async def test_from_a_message(ann: ChatPage) -> None:
    """/app answers with a button that opens it."""
    message = await ann.ask("/app")
    await open_app(ann, message.get_by_role("button", name="📱 Open the app"))
    await ann.get("webapp-close").click()


async def test_it_looks_and_acts_as_the_app_around_it(ann: ChatPage) -> None:
    """Colours follow the person's theme; the buttons of the app around are shown, and pressed ones are told."""
    frame = await open_app(ann, ann.get("app-open"))
    html = frame.locator("html")
    assert await html.evaluate("e => e.style.getPropertyValue('--tg-theme-bg-color')") == "#ffffff"
    assert await html.evaluate("e => e.style.getPropertyValue('--tg-safe-area-inset-top')") == "0px"
    await ann.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    await expect(html).to_have_attribute("data-scheme", "dark")
    assert await html.evaluate("e => e.style.getPropertyValue('--tg-theme-bg-color')") == "#17202b"
    await html.evaluate(
        f"""async e => {{
            const {{ post, on }} = await {BRIDGE};
            for (const event of ["main_button_pressed", "back_button_pressed"]) on(event, () => e.classList.add(event));
            post("web_app_setup_main_button", {{ is_visible: true, is_active: true, text: "Create" }});
            post("web_app_setup_back_button", {{ is_visible: true }});
        }}"""
    )
    await expect(ann.get("webapp-main")).to_have_text("Create")
    await ann.get("webapp-main").click()
    await ann.get("webapp-back").click()
    await expect(html).to_have_class("main_button_pressed back_button_pressed")
    await frame.get_by_role("link", name="Gallery").click()
    await expect(frame.locator("h1")).to_have_text("Gallery")
    await expect(ann.get("webapp")).to_have_attribute("data-haptic", "light")
    await html.evaluate(f"async () => (await {BRIDGE}).post('web_app_close')")
    await expect(ann.get("webapp")).to_be_hidden()


async def test_on_the_whole_screen_of_a_phone(
    browser: Browser, system: System, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Where the phone and Telegram cover the edges, nothing to read or press is below them."""
    async with await ChatPage.open(browser, system.urls["telegram"], size=PHONE, more="&notch=1") as ann:
        await ann.start()
        frame = await open_app(ann, ann.get("app-open"))
        await expect(frame.locator("#page h1")).to_be_visible()
        await ann.page.screenshot(path=tmp_path_factory.getbasetemp() / "app-notch.png")
        title, tab = await frame.locator("#page h1").bounding_box(), await frame.locator(".tabs a").first.bounding_box()
        edge = await ann.get("webapp-frame").bounding_box()
        assert title is not None
        assert tab is not None
        assert edge is not None
        assert title["y"] >= COVERED_ABOVE
        assert tab["y"] + tab["height"] <= edge["y"] + edge["height"] - COVERED_BELOW + 1  # rounded


async def test_nobody_else_may_frame_it(ann: ChatPage, system: System) -> None:
    """A page of another site that shows the app in a frame shows nothing."""
    page = await ann.page.context.new_page()
    await page.goto(f"{system.urls['gemini']}/")
    async with page.expect_console_message(lambda line: "frame-ancestors" in line.text):
        await page.evaluate(
            "url => { const frame = document.createElement('iframe'); frame.src = url; document.body.append(frame); }",
            f"{system.urls['api']}/",
        )
    await page.close()
