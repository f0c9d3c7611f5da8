"""Pictures of every page of the app on a phone, light and dark, in both languages, to be looked at.

    python -m tests.app.record_pages FOLDER

writes `<language>-<theme>-<number>-<page>.png` and, for `docs/pictures/`, a sheet of all pages for each.
"""

import asyncio
import io
import sys
from pathlib import Path

from PIL import Image
from playwright.async_api import ViewportSize

from infra.local.tools import find_chromium
from shared.people import talk
from shared.people.users import LANGUAGES, Language
from tests.app.phone import Phone, open_phone
from tests.app.stock import list_pages, pattern_of
from tests.e2e.page import PHONE, open_browser
from tests.world import World

SCREEN: ViewportSize = {"width": PHONE[0], "height": PHONE[1]}
HEIGHT_MAX, ACROSS, SMALLER = 1400, 10, 3
LOADED = "() => [...document.querySelectorAll('img[data-src]')].every((each) => each.closest('details:not([open])'))"


async def record(folder: Path, language: Language, theme: str) -> None:
    """The pages in one language and theme."""
    talk.DEFAULT_MODE = "picture"  # as in the tests
    world = World()
    pages = await list_pages(world, language)
    shots = []
    async with open_browser(find_chromium()) as browser, open_phone(browser, world, SCREEN) as phone:
        await phone.open(language=language, theme=theme)
        for number, path in enumerate(pages):
            shots.append(await shoot(phone, path))
            name = pattern_of(path).strip("/").replace("/", "-").replace("{", "").replace("}", "")
            shots[-1].save(folder / f"{language}-{theme}-{number:02}-{name}.png")
    write_sheet(shots, folder / f"app-pages-{language}-{theme}.webp")


async def shoot(phone: Phone, path: str) -> Image.Image:
    """A page, as long as it is."""
    await phone.visit(path)
    await phone.page.wait_for_function(LOADED)
    return Image.open(io.BytesIO(await phone.page.screenshot(full_page=True))).convert("RGB")


def write_sheet(shots: list[Image.Image], path: Path) -> None:
    """All of them small, side by side; the end of a long page is cut off."""
    width, height = SCREEN["width"] // SMALLER, HEIGHT_MAX // SMALLER
    rows = -(-len(shots) // ACROSS)
    sheet = Image.new("RGB", (ACROSS * (width + 8), rows * (height + 8)), "#808080")
    for number, shot in enumerate(shots):
        small = shot.crop((0, 0, shot.width, min(shot.height, HEIGHT_MAX)))
        small = small.resize((width, small.height * width // small.width), Image.Resampling.LANCZOS)
        sheet.paste(small, (number % ACROSS * (width + 8), number // ACROSS * (height + 8)))
    sheet.save(path, "WEBP", quality=70, method=6)


async def record_all(folder: Path) -> None:
    """All languages and themes."""
    for language in LANGUAGES:
        for theme in ("light", "dark"):
            await record(folder, language, theme)


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(record_all(Path(sys.argv[1])))
