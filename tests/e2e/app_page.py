"""A person in the Mini App: opens it from the chat page, as Telegram's web app does, and uses it in its frame.

app = await AppPage.open(ann)
await app.press("Gallery")
assert await app.find_barriers() == []
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import axe_playwright_python
from playwright.async_api import FilePayload, Frame, Locator, Page, expect

from tests.e2e.page import ChatPage

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""All that axe knows of WCAG 2.2 at the levels A and AA, and its best practices."""
COLOURS = ("color-contrast",)
"""What another theme can change."""
RUN = """
async (rules) => {
  const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
}
"""


class AppPage:
    """The app in its frame."""

    def __init__(self, chat: ChatPage, frame: Frame) -> None:
        self.chat, self.frame = chat, frame

    @classmethod
    async def open(cls, chat: ChatPage) -> Self:
        """Ask the bot for the app, and press its button; the app, once its first page is there."""
        await chat.press(await chat.ask("/app"), "📱 Open the app")
        return await cls.find(chat)

    @classmethod
    async def find(cls, chat: ChatPage) -> Self:
        """The app that is open."""
        element = await chat.get("webapp-frame").element_handle()
        frame = await element.content_frame() if element is not None else None
        assert frame is not None
        self = cls(chat, frame)
        await expect(self.title).to_be_visible()
        return self

    @property
    def title(self) -> Locator:
        return self.frame.locator("#page h1")

    @property
    def page(self) -> Page:
        return self.chat.page

    async def go(self, tab: str, title: str = "") -> None:
        """Choose a section."""
        await self.frame.get_by_role("navigation").get_by_role("link", name=tab).last.click()
        await expect(self.title).to_have_text(title or tab)

    async def press(self, label: str) -> None:
        """Press the button or link with this label."""
        button = self.frame.get_by_role("button", name=label, exact=True)
        await button.or_(self.frame.get_by_role("link", name=label, exact=True)).first.click()

    async def choose(self, label: str) -> None:
        """Choose an option."""
        await self.frame.locator("label", has_text=label).first.click()

    async def press_main(self, label: str) -> None:
        """Press Telegram's own button below the app."""
        await expect(self.chat.get("webapp-main")).to_have_text(label)
        await expect(self.chat.get("webapp-main")).to_be_enabled()
        await self.chat.get("webapp-main").click()

    async def pay(self) -> None:
        """Press *Pay* in Telegram's own question."""
        await self.chat.get("webapp-pay-now").click()

    async def press_back(self) -> None:
        """Press Telegram's own back button."""
        await self.chat.get("webapp-back").click()

    async def upload(self, *files: FilePayload) -> None:
        """Choose files to start from."""
        await self.frame.locator("#file").set_input_files(files)
        await expect(self.frame.locator(".upload")).to_have_count(len(files))

    async def see(self, words: str) -> None:
        """Wait until the page says these words."""
        await expect(self.frame.locator("#page")).to_contain_text(words)

    async def find_barriers(self) -> list[str]:
        """What keeps people from using the page, by axe: a line for each."""
        return await find_barriers(self.frame)


async def find_barriers(frame: Frame, rules: Sequence[str] = RULES) -> list[str]:
    """What keeps people from using a page, by these rules of axe: a line for each."""
    if not await frame.evaluate("typeof axe !== 'undefined'"):
        await frame.evaluate(AXE)
    found: list[str] = await frame.evaluate(RUN, list(rules))
    return found
