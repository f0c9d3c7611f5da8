"""Every page of the app, in both languages, light and dark: axe finds no barrier, and nothing is wider than a phone."""

import pytest
from playwright.async_api import Browser, expect

from shared.people.users import Language
from tests.app.phone import Phone, open_phone
from tests.app.stock import KEY, list_empty_pages, list_pages, list_patterns, pattern_of
from tests.e2e.app_page import COLOURS, RULES
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="session")]

WIDER = """
() => [...document.querySelectorAll("body :not(.skip, .hidden-words, textarea, select)")].filter((each) => {
  const { right, left, width } = each.getBoundingClientRect();
  const isCut = each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1;
  return width > 1 && (right > innerWidth + 1 || left < -1 || isCut);
}).map((each) => each.outerHTML.slice(0, 150))
"""
"""What is outside the screen, or has more in it than it shows."""
SHOW_ALONE = """
shown => ["offline", "retry", "broken", "outside", "ended"].forEach((each) => {
  document.getElementById(each).hidden = each !== shown && !(shown === "offline" && each === "retry");
})
"""
OPEN = "() => document.querySelectorAll('details').forEach((each) => { each.open = true; })"


async def look(phone: Phone, path: str) -> list[str]:
    """What is wrong with a page, in light and dark."""
    await phone.visit(path)
    return await look_here(phone, path)


async def look_here(phone: Phone, path: str) -> list[str]:
    """What is wrong with the page that is shown, in light and dark."""
    await phone.page.evaluate(OPEN)
    faults = [f"{path}: wider than the phone: {each}" for each in await phone.page.evaluate(WIDER)]
    for theme, rules in (("light", RULES), ("dark", COLOURS)):
        await phone.paint(theme)
        faults += [f"{path} ({theme}): {each}" for each in await phone.find_barriers(rules)]
    return faults


async def test_every_page_is_walked_over(world: World) -> None:
    """Each page of the table is among those that the other tests walk over."""
    pages = await list_pages(world)
    assert {pattern_of(each) for each in pages} == list_patterns()


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_pages_with_something_on_them(browser: Browser, world: World, language: Language) -> None:
    """The pages of a person who has used everything, and may see the operators' page."""
    pages = await list_pages(world, language)
    async with open_phone(browser, world) as phone:
        await phone.open(language=language)
        assert [fault for page in pages for fault in await look(phone, page)] == []


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_empty_pages(phone: Phone, world: World, language: str) -> None:
    """The pages of a newcomer, where nothing is sold."""
    await phone.open(language=language)
    assert [fault for page in list_empty_pages() for fault in await look(phone, page)] == []


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_answers_to_forms(phone: Phone, world: World, language: str) -> None:
    """A promo code, an order that is refused, one that is too dear, an upload that is none, signing out."""
    world.sell(KEY)
    await world.give(5)
    await phone.open(language=language)
    faults = []
    await phone.page.get_by_text("Nano Banana Pro").click()
    await expect(phone.page.locator("[name=buy]").first).to_be_attached()
    await phone.page.locator("#file").set_input_files({"name": "x.png", "mimeType": "image/png", "buffer": b"none"})
    await expect(phone.page.locator(".upload")).to_have_count(1)
    faults += await look_here(phone, "too dear")
    await phone.visit("/create")
    await phone.page.locator("#words").fill("a fox")
    await phone.page.evaluate("document.querySelector('[name=price]').value = 1")
    await phone.page.locator("[data-main-button]").dispatch_event("click")
    await expect(phone.page.locator(".notice.bad")).to_be_visible()
    faults += await look_here(phone, "refused")
    await phone.visit("/balance")
    await phone.page.locator("#code").fill("SPRING")
    await phone.page.locator("#code").press("Enter")
    await expect(phone.page.locator("[data-telegram]")).to_be_visible()
    faults += await look_here(phone, "/promo")
    await phone.visit("/privacy")
    await phone.page.locator("form[action='/privacy/sign-out'] button").click()
    await expect(phone.page.locator("#page form")).to_have_count(0)
    assert faults + await look_here(phone, "/privacy/sign-out") == []


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_rules(phone: Phone, world: World, language: str) -> None:
    """The page for everybody, which is no part of the app and needs neither Telegram nor a script."""
    world.sell(KEY)
    faults: list[str] = []
    for scheme, rules in (("light", RULES), ("dark", COLOURS)):
        await phone.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await phone.page.goto(f"{phone.url}/rules?language={language}")
        await expect(phone.page.locator("section")).to_have_count(3)
        faults += [*await phone.page.evaluate(WIDER), *await phone.find_barriers(rules)]
    assert faults == []


@pytest.mark.parametrize("notice", ["offline", "broken", "outside", "ended"])
async def test_notices(phone: Phone, notice: str) -> None:
    """What the page says where there is nothing else."""
    await phone.page.route("**/sign-in", lambda route: route.fulfill(status=401))
    await phone.start()
    await expect(phone.page.locator("#outside")).to_be_visible()
    await phone.page.evaluate(SHOW_ALONE, notice)
    assert await look_here(phone, notice) == []
