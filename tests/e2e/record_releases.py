"""Records how a release goes to production and back, for docs/releases.md, in both languages.

    python -m tests.e2e.record_releases

It starts the local system, does in Chromium what Alex does while Maria approves too, and writes a film (animated WebP)
and a row of its most telling frames. Words tell what has to be on the page before the next frame.
"""

import asyncio
from collections.abc import Awaitable

from PIL import Image
from playwright.async_api import Browser, Locator, expect

from infra.local import tools
from infra.local.options import Options, only
from infra.local.seeding import FIRST, SECOND, seed_releases
from infra.local.system import System, run_system
from shared.people.users import Language
from shared.texts import plain_text
from tests.e2e.page import PHONE, ChatPage, open_browser
from tests.e2e.record_buying import FOLDER, QUALITY, Film
from tests.e2e.release_people import Member, ReleaseWorld

PARTS = only("firestore", "tasks", "telegram", "github", "releases", "scheduler")
PACE_SECONDS = 2.5
LANGUAGES: tuple[Language, ...] = ("en", "ru")
GAP_PX = 8
STILL_PERCENT = 25
BACK_SIGN = "↩️"


class Releasing:
    """One film in one language."""

    def __init__(self, system: System, world: ReleaseWorld, language: Language, bad: str) -> None:
        self.system, self.world, self.language, self.bad = system, world, language, bad
        self.stills: list[Image.Image] = []

    async def record(self, browser: Browser) -> None:
        async with await self._open(browser, "github") as github, await self._open(browser, "release_telegram") as alex:
            film = Film(github.page)
            await film.press(github.get("push-later"))
            film.turn_to(alex.page)
            await self._approve(alex, film)
            await self._watch(alex, film)
            await self._go_back(alex, film)
            film.save(FOLDER / f"releases-{self.language}.webp")
        join(self.stills).save(FOLDER / f"release-steps-{self.language}.webp", "WEBP", quality=QUALITY, method=6)

    async def _approve(self, alex: ChatPage, film: Film) -> None:
        maria = Member(self.world, SECOND, self.language)
        card = await alex.wait_message(self._say("release-status-manual-testing"))
        await maria.press(self._say("release-button-approve"), self.bad)
        await maria.press(self._say("release-button-approve-yes"), self.bad)
        await alex.see(card, "Maria")
        await self._show(card, film)
        await film.press(self._button(card, "release-button-approve"))
        yes = self._button(card, "release-button-approve-yes")
        await expect(yes).to_be_visible()
        await self._show(card, film)
        await film.press(yes)

    async def _watch(self, alex: ChatPage, film: Film) -> None:
        for percent in (25, 50):
            card = await alex.wait_message(f"{percent} %")
            await card.evaluate("card => card.scrollIntoView({block: 'start'})")
            if percent == STILL_PERCENT:
                self.stills.append(await film.show())
                await self._pause(card, film)
        notice = alex.bots.filter(has=alex.page.get_by_role("button", name=self._say("release-button-open"))).last
        await expect(notice).to_be_visible()
        await film.press(notice.get_by_role("button", name=self._say("release-button-open")))

    async def _pause(self, card: Locator, film: Film) -> None:
        """The rollout waits, and goes on."""
        await film.press(self._button(card, "release-button-pause"))
        await expect(self._button(card, "release-button-go-on")).to_be_visible()
        await film.show()
        await film.press(self._button(card, "release-button-go-on"))
        await expect(self._button(card, "release-button-pause")).to_be_visible()

    async def _go_back(self, alex: ChatPage, film: Film) -> None:
        back = alex.bots.get_by_role("button", name=self._say("release-button-roll-back")).last
        await film.press(back)
        await film.press(alex.bots.get_by_role("button", name="v1.0.0").last)
        question = alex.bots.filter(has_text="/cancel").last
        await self._show(question, film)
        await alex.write("v1.0.0")
        await alex.wait_message(f"{BACK_SIGN} nanobanana {self.bad} ·")
        await self._show(await alex.wait_message(f"{BACK_SIGN} "), film)

    async def _show(self, message: Locator, film: Film) -> None:
        await message.scroll_into_view_if_needed()
        self.stills.append(await film.show())

    def _open(self, browser: Browser, part: str) -> Awaitable[ChatPage]:
        url, more = self.system.urls[part], {"size": PHONE, "language": self.language}
        return ChatPage.open(browser, url, user=FIRST, is_chat=part != "github", **more)  # type: ignore[arg-type]

    def _say(self, text: str) -> str:
        return plain_text(self.language, text)

    def _button(self, message: Locator, text: str) -> Locator:
        return message.get_by_role("button", name=self._say(text))


def join(frames: list[Image.Image]) -> Image.Image:
    """The frames in a row."""
    height = max(frame.height for frame in frames)
    row = Image.new("RGB", (sum(frame.width + GAP_PX for frame in frames) - GAP_PX, height), "white")
    x = 0
    for frame in frames:
        row.paste(frame, (x, 0))
        x += frame.width + GAP_PX
    return row


async def main() -> None:
    """Each language on a system of its own: the bot remembers in which one somebody wrote first."""
    async with open_browser(tools.find_chromium()) as browser:
        for language in LANGUAGES:
            await record(browser, language)


async def record(browser: Browser, language: Language) -> None:
    """One film."""
    options = Options(parts=PARTS, releases=True, sweep_seconds=1, release_pace_seconds=PACE_SECONDS)
    async with run_system(options) as system:
        await seed_releases(system.addresses)
        world = ReleaseWorld.open(system)
        for member in (FIRST, SECOND):
            await Member(world, member, language).write("/start")
        await Releasing(system, world, language, "v1.1.0").record(browser)
        await world.close()


if __name__ == "__main__":
    asyncio.run(main())
