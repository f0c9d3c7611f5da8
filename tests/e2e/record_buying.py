"""Records how credits are bought, for docs/buying.md: in the chat, and in the Mini App.

    python -m tests.e2e.record_buying

It starts the local system, does in Chromium what a person does, and writes two films (animated WebP). A ring shows each
press. Text tells what has to be on the page before the next frame, so a film of something else is never written.
"""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.async_api import Browser, Locator, Page, expect

from infra.local import tools
from infra.local.options import Options
from infra.local.system import System, run_system
from tests.e2e.app_page import AppPage
from tests.e2e.page import PHONE, ChatPage, open_browser

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
WIDTH = 300
"""Of a film, in px."""
QUALITY = 62
LOOK_MS, PRESS_MS, END_MS = 1400, 1100, 3000
RING_PX = 26


class Film:
    """The frames so far."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._frames: list[tuple[Image.Image, int]] = []

    def turn_to(self, page: Page) -> None:
        """Go on with another page."""
        self._page = page

    async def show(self, milliseconds: int = LOOK_MS) -> Image.Image:
        """A frame of what the page shows now."""
        frame = await self._shoot()
        self._frames.append((frame, milliseconds))
        return frame

    async def press(self, button: Locator) -> None:
        """A frame with a ring on the button, then the press."""
        await expect(button).to_be_visible()
        await button.scroll_into_view_if_needed()
        box = await button.bounding_box()
        assert box is not None
        frame = await self._shoot()
        scale = frame.width / PHONE[0]
        x, y = (box["x"] + box["width"] / 2) * scale, (box["y"] + box["height"] / 2) * scale
        ring = (x - RING_PX, y - RING_PX, x + RING_PX, y + RING_PX)
        ImageDraw.Draw(frame).ellipse(ring, outline="#e11d48", width=5)
        self._frames.append((frame, PRESS_MS))
        await button.click()

    def save(self, path: Path) -> None:
        """Write the film."""
        first, *others = [frame for frame, _ in self._frames]
        durations = [milliseconds for _, milliseconds in self._frames]
        durations[-1] = END_MS
        options = {"quality": QUALITY, "method": 6, "loop": 0, "duration": durations}
        first.save(path, "WEBP", save_all=True, append_images=others, **options)
        sys.stdout.write(f"{path.name}: {len(durations)} frames, {path.stat().st_size} bytes\n")

    async def _shoot(self) -> Image.Image:
        shot = Image.open(io.BytesIO(await self._page.screenshot())).convert("RGB")
        return shot.resize((WIDTH, round(shot.height * WIDTH / shot.width)), Image.Resampling.LANCZOS)


async def film_chat(ann: ChatPage, film: Film) -> None:
    """Out of credits in the chat: the package, *Pay*, and the refused pictures are made."""
    await ann.write("/image a lighthouse in a storm 4K x4")
    declined = await ann.wait_message("this costs 40 credits")
    await film.show()
    await film.press(declined.get_by_role("button", name="60 credits · 50 ⭐"))
    invoice = ann.get("message").filter(has=ann.get("invoice"))
    await expect(invoice).to_be_visible()
    await film.press(invoice.get_by_role("button", name="Pay ⭐️50"))
    await ann.wait_message("60 credits came")
    await film.show()
    await ann.wait_pictures(4)
    await film.show()


async def film_app(ann: ChatPage, film: Film) -> None:
    """Out of credits in the app: one button buys and creates, another pays, and the pictures are made."""
    app = await AppPage.open(ann)
    await app.frame.get_by_label("What do you want to see?").fill("a lighthouse in a storm")
    await app.choose("Nano Banana Pro")
    await app.choose("×2")
    await app.see("8 credits are missing.")
    await expect(ann.get("webapp-main")).to_have_text("Buy 60 · 50 ⭐ and create")
    await film.press(ann.get("webapp-main"))
    await film.press(ann.get("webapp-pay-now"))
    await app.see("Your request")
    await film.show()
    await expect(app.frame.locator("#state .grid img[src^=blob]")).to_have_count(2)
    await film.show()


FILMS: dict[str, Callable[[ChatPage, Film], Awaitable[None]]] = {"buying-chat": film_chat, "buying-app": film_app}


async def record(browser: Browser, system: System, name: str) -> None:
    """One film, of somebody whom nobody met before."""
    async with await ChatPage.open(browser, system.urls["telegram"], size=PHONE) as ann:
        await ann.start()
        film = Film(ann.page)
        await FILMS[name](ann, film)
        film.save(FOLDER / f"{name}.webp")


async def main() -> None:
    """All films."""
    async with run_system(Options()) as system, open_browser(tools.find_chromium()) as browser:
        for name in FILMS:
            await record(browser, system, name)


if __name__ == "__main__":
    asyncio.run(main())
