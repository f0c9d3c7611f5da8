"""The app by keyboard alone: everything that can be pressed is reached by Tab, seen when it is reached, and works."""

import io
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image, ImageChops
from playwright.async_api import Browser, FloatRect, Locator, ViewportSize, expect

from tests.app.phone import Phone, open_phone
from tests.app.stock import list_pages, pattern_of
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]

STOPS_MAX, AROUND = 150, 6
TALL: ViewportSize = {"width": 390, "height": 2800}
"""No page scrolls, so that two pictures of it can be compared."""
SHORT_LIVED = {"/made/{job}", "/sendings/{sending}", "/buy/{order}", "/buy/card/{request}"}
"""What stands on them changes by itself: two pictures of it differ, so only reach and order are looked at."""
NEXT = """
() => {
  const here = document.activeElement, { stop } = here.dataset;
  here.dataset.stop = stop ?? document.querySelectorAll("[data-stop]").length;
  const { x, y, width, height } = (here.closest("label, p:has(.hidden-words)") ?? here).getBoundingClientRect();
  const at = [...document.querySelectorAll("body *")].indexOf(here), html = here.outerHTML.slice(0, 120);
  const around = here.closest(".chips, .grid, .rows, .list, .tabs, .acts, .steps, .head, .card, .beside")?.className;
  const kind = [here.localName, here.type, here.className, around].join();
  return { isKnown: stop !== undefined || here === document.body, at, place: [x, y, width, height], html, kind };
}
"""
MISSED = """
() => [...document.querySelectorAll("a[href]:not(.skip), button, input, select, textarea, summary")].filter((each) => {
  const isPart = each.type === "radio" && each.form.querySelector(`[name="${each.name}"][data-stop]`);
  return each.checkVisibility() && !each.disabled && !("stop" in each.dataset) && !isPart;
}).map((each) => each.outerHTML.slice(0, 120))
"""


async def walk(phone: Phone, seen: set[str], *, is_still: bool) -> list[str]:
    """Press Tab from the title to the end of the page; what is wrong. Each kind of element is looked at once, on a page
    that stands still.
    """
    await phone.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    await phone.page.evaluate("document.querySelector('#page h1').focus()")
    before = Image.open(io.BytesIO(await phone.page.screenshot()))
    faults, order = [], []
    for _ in range(STOPS_MAX):
        await phone.page.keyboard.press("Tab")
        stop: dict[str, Any] = await phone.page.evaluate(NEXT)
        if stop["isKnown"]:
            break
        order.append(stop["at"])
        if is_still and stop["kind"] not in seen and not await is_seen(phone, before, stop["place"]):
            faults.append(f"no focus is seen on {stop['html']}")
        if is_still:
            seen.add(stop["kind"])
    round_ = order.index(min(order))  # after the last one the browser begins anew
    if order != sorted(order[:round_]) + sorted(order[round_:]):
        faults.append(f"not in the page's order: {order}")
    return faults + [f"never reached: {each}" for each in await phone.page.evaluate(MISSED)]


async def is_seen(phone: Phone, before: Image.Image, place: Sequence[float]) -> bool:
    """Whether the place looks otherwise than before."""
    left, top = max(0, int(place[0]) - AROUND), max(0, int(place[1]) - AROUND)
    width, height = int(place[2]) + 2 * AROUND, int(place[3]) + 2 * AROUND
    clip: FloatRect = {"x": left, "y": top, "width": width, "height": height}
    now = Image.open(io.BytesIO(await phone.page.screenshot(clip=clip)))
    then = before.crop((left, top, left + now.width, top + now.height))
    return ImageChops.difference(then.convert("RGB"), now.convert("RGB")).getbbox() is not None


async def test_everything_is_reached(browser: Browser, world: World) -> None:
    """On each page Tab reaches every link, button and field, in their order, and one sees where one is."""
    pages = {pattern_of(each): each for each in reversed(await list_pages(world))}
    async with open_phone(browser, world, TALL) as phone:
        await phone.open(platform="")
        faults, seen = [], set[str]()
        for pattern, path in pages.items():
            await phone.visit(path)
            wrong = await walk(phone, seen, is_still=pattern not in SHORT_LIVED)
            faults += [f"{path}: {each}" for each in wrong]
        assert "\n".join(faults) == ""


async def press(phone: Phone, place: Locator, key: str) -> None:
    """Press Tab until this has the focus, then the key."""
    for _ in range(STOPS_MAX):
        await phone.page.keyboard.press("Tab")
        if await place.evaluate("each => each === document.activeElement"):
            await phone.page.keyboard.press(key)
            return
    raise AssertionError(f"{place} is never reached")


async def test_everything_works(phone: Phone, world: World) -> None:
    """With keys alone: a picture is ordered with options, starred, put into a collection, deleted; a setting chosen."""
    page = phone.page
    await phone.open(platform="")
    await press(phone, page.locator("#words"), "a")
    await page.keyboard.type(" red fox")
    await press(phone, page.locator("summary").last, "Enter")
    await expect(page.locator("#file")).to_be_visible()
    await press(phone, page.locator("#count-1"), "ArrowRight")
    await expect(page.locator(".price")).to_have_text("8 credits")
    await press(phone, page.locator("#original"), "Space")
    await expect(page.locator("#original")).to_be_checked()
    await press(phone, page.locator("[data-main-button]"), "Enter")
    await expect(phone.title).to_have_text("Your request")
    await expect(phone.title).to_be_focused()
    await world.settle()
    await expect(page.locator("#state .grid a")).to_have_count(2)
    await press(phone, page.get_by_role("link", name="Gallery"), "Enter")
    await expect(page.locator(".grid a")).to_have_count(2)
    await press(phone, page.locator(".grid a").first, "Enter")
    await press(phone, page.get_by_role("button", name="☆ Favourite"), "Space")
    await expect(page.locator(".notice")).to_have_text("Saved.")
    await press(phone, page.locator("summary"), "Enter")
    await press(phone, page.locator("#shelf-name"), "F")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="✓ F")).to_be_visible()
    await press(phone, page.get_by_role("link", name="Delete"), "Enter")
    await press(phone, page.get_by_role("button", name="Yes, delete"), "Space")
    await expect(page.locator(".grid a")).to_have_count(1)
    await press(phone, page.get_by_role("link", name="Settings"), "Enter")
    await press(phone, page.locator("#size-1K"), "ArrowRight")
    await expect(page.locator(".notice")).to_have_text("Saved.")
    await expect(page.locator("#size-2K")).to_be_focused()
    assert world.user().settings.size == "2K"


async def test_the_first_key(phone: Phone) -> None:
    """The first Tab of a page that was just opened shows a link that leads past everything else."""
    await phone.open(platform="")
    await phone.page.evaluate("document.activeElement.blur()")
    await press(phone, phone.page.locator(".skip"), "Shift")
    await expect(phone.page.locator(".skip")).to_be_in_viewport()
    await phone.page.keyboard.press("Enter")
    await expect(phone.page.locator("#main")).to_be_focused()
