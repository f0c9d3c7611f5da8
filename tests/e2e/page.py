"""A person at the chat page: opens it in a real browser, writes, presses, looks.

    async with open_browser(chromium) as browser:
        maria = await ChatPage.open(browser, system.urls["telegram"], user=2)
        await maria.write("a lighthouse")
        picture = await maria.wait_picture()
        await maria.press(picture, "🔁 Again")

Every wait is playwright's own and ends after WAIT_SECONDS_MAX. Nobody here knows how the bot works: what a test
expects, it expects to see.
"""

import itertools
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

from playwright.async_api import Browser, FilePayload, Locator, Page, Response, async_playwright, expect

WAIT_SECONDS_MAX = 45
DESKTOP = (1280, 800)
PHONE = (390, 844)
NARROW_PHONE = (360, 780)
ARGUMENTS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
"""In a container there is no sandbox; the microphone is one that beeps."""
_users = itertools.count(101)
expect.set_options(timeout=WAIT_SECONDS_MAX * 1000)


def next_user() -> int:
    """A person nobody met before: with the welcome credits and an empty chat."""
    return next(_users)


@asynccontextmanager
async def open_browser(chromium: Path) -> AsyncIterator[Browser]:
    """The installed browser, without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


class ChatPage:
    """One tab with one person's chat. As a context manager it closes itself and complains about script errors."""

    def __init__(self, page: Page, user: int) -> None:
        self.page = page
        self.user = user
        self.faults: list[str] = []
        page.set_default_timeout(WAIT_SECONDS_MAX * 1000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda line: self.faults.append(line.text) if line.type == "error" else None)
        page.on("response", self._note_refusal)

    @classmethod
    async def open(
        cls,
        browser: Browser,
        url: str,
        *,
        user: int | None = None,
        language: str = "en",
        chat: int | None = None,
        theme: str = "light",
        size: tuple[int, int] = DESKTOP,
        more: str = "",
        is_chat: bool = True,
    ) -> Self:
        """A tab of its own, like another person's browser, once the chat is shown.

        Nothing moves in it: without a graphics card each frame of an animation costs CPU that the functions need.
        """
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            is_mobile=size in {PHONE, NARROW_PHONE},
            has_touch=size in {PHONE, NARROW_PHONE},
            accept_downloads=True,
            reduced_motion="reduce",
        )
        who = next_user() if user is None else user
        self = cls(await context.new_page(), who)
        where = f"&chat={chat}" if chat is not None else ""
        await self.page.goto(f"{url}/?user={who}&lang={language}&theme={theme}{where}{more}")
        if is_chat:
            await self.page.wait_for_selector("body.ready")
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await self.page.context.close()
        assert kind or not self.faults, f"the page complained: {self.faults}"

    # --- what a person does --------------------------------------------------------------------------------

    async def start(self) -> Locator:
        """Press the start button of an empty chat; the bot's first message."""
        await self.get("start").click()
        return await self.wait_message("Hi!")

    async def write(self, text: str) -> Locator:
        """Send a text; the bubble it becomes."""
        number = await self.mine.count()
        await self.get("composer").fill(text)
        await self.get("composer").press("Enter")
        await expect(self.mine).to_have_count(number + 1)
        return self.mine.nth(number)

    async def attach(self, *files: FilePayload | Path) -> None:
        """Choose files, as with the paper clip."""
        before = await self.get("attachment").count()
        await self.get("file-input").set_input_files(files)  # type: ignore[arg-type]  # its stub wants one kind
        await expect(self.get("attachment")).to_have_count(before + len(files))

    async def press(self, message: Locator, label: str) -> None:
        """Press the button with this label under a message."""
        await message.get_by_role("button", name=label, exact=True).click()

    async def reply_to(self, message: Locator, text: str) -> Locator:
        """Answer a message through its menu."""
        await message.get_by_test_id("more").click()
        await self.get("menu-reply").click()
        await expect(self.get("reply-bar")).to_be_visible()
        return await self.write(text)

    async def ask(self, text: str) -> Locator:
        """Send a text; the bot's answer to it, whatever it is and becomes."""
        number = await self.bots.count()
        await self.write(text)
        await expect(self.bots).not_to_have_count(number)
        return await self.pin(self.bots.nth(number))

    # --- what a person sees --------------------------------------------------------------------------------

    def get(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    @property
    def mine(self) -> Locator:
        """What this person said."""
        return self.page.locator('[data-testid="message"][data-from="me"]')

    @property
    def bots(self) -> Locator:
        """What the bot said."""
        return self.page.locator('[data-testid="message"][data-from="bot"]')

    @property
    def pictures(self) -> Locator:
        """The bot's messages with a picture that is painted on the screen."""
        return self.bots.filter(has=self.page.locator(".photo.loaded"))

    async def pin(self, message: Locator) -> Locator:
        """The same message for ever, however many come before or after it."""
        number = await message.get_attribute("data-message-id")
        return self.page.locator(f'[data-testid="message"][data-message-id="{number}"]')

    async def wait_message(self, words: str | re.Pattern[str]) -> Locator:
        """The newest message of the bot that says these words."""
        found = self.bots.filter(has_text=words).last
        await expect(found).to_be_visible()
        return await self.pin(found)

    async def wait_pictures(self, count: int) -> Sequence[Locator]:
        """That many pictures of the bot, all with pixels in them."""
        await expect(self.pictures).to_have_count(count)
        found = [await self.pin(self.pictures.nth(number)) for number in range(count)]
        for picture in found:
            assert await width_of(picture) > 0
        return found

    async def wait_picture(self, message: Locator) -> Locator:
        """The same message, once it is a picture with pixels."""
        await expect(message.locator(".photo.loaded")).to_be_visible()
        assert await width_of(message) > 0
        return message

    async def wait_toast(self, words: str) -> None:
        """The short answer to a press, shown over the chat for a moment."""
        await expect(self.get("toast")).to_have_text(words)
        await expect(self.get("toast")).to_be_visible()

    async def see(self, message: Locator, words: str | re.Pattern[str]) -> None:
        """Wait until a message says these words."""
        await expect(message.get_by_test_id("message-text")).to_contain_text(words)

    async def labels(self, message: Locator) -> list[str]:
        """The buttons under a message."""
        return await message.get_by_test_id("keyboard").get_by_role("button").all_inner_texts()

    async def _note_refusal(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.url}")


async def width_of(message: Locator) -> int:
    """Pixels of the picture that was really loaded, not of its frame."""
    return int(await message.get_by_test_id("photo").locator("img").first.evaluate("image => image.naturalWidth"))
