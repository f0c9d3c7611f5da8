"""A connection that breaks, at any moment: the page says so, offers a way on, and never complains."""

import pytest
from playwright.async_api import expect

from tests.app.phone import PICTURES, Phone
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CLOSINGS = 12
SHOW = "address => { document.querySelector('iframe').src = address; }"


async def test_offline_at_opening(phone: Phone) -> None:
    """Who opens the app without a connection reads so, and gets in by one press once it is back."""
    await phone.page.route("**/sign-in", lambda route: route.abort("internetdisconnected"))
    await phone.start()
    await expect(phone.page.locator("#offline")).to_be_visible()
    await expect(phone.page.locator("#opening")).to_be_hidden()
    await expect(phone.page.locator("#outside")).to_be_hidden()
    await phone.page.get_by_role("button", name="Try again").click()
    await expect(phone.page.locator("#offline")).to_be_visible()
    await phone.page.unroute("**/sign-in")
    await phone.page.get_by_role("button", name="Try again").click()
    await expect(phone.title).to_have_text("Create")
    await expect(phone.page.locator("#offline")).to_be_hidden()


async def test_the_connection_comes_back(phone: Phone) -> None:
    """An app that could not be opened opens by itself when the phone says that there is a connection again."""
    await phone.page.route("**/sign-in", lambda route: route.abort("internetdisconnected"))
    await phone.start()
    await expect(phone.page.locator("#retry")).to_be_visible()
    await phone.page.unroute("**/sign-in")
    await phone.page.evaluate("dispatchEvent(new Event('online'))")
    await expect(phone.title).to_have_text("Create")


@pytest.mark.parametrize(("status", "shown"), [(401, "outside"), (429, "broken"), (503, "broken")])
async def test_an_opening_that_is_refused(phone: Phone, status: int, shown: str) -> None:
    """A launch that is not believed is to be opened anew from the chat; a function that is out is to be tried again."""
    await phone.page.route("**/sign-in", lambda route: route.fulfill(status=status, body="{}"))
    await phone.start()
    await expect(phone.page.locator(f"#{shown}")).to_be_visible()
    for other in {"outside", "broken", "offline", "opening"} - {shown}:
        await expect(phone.page.locator(f"#{other}")).to_be_hidden()


@pytest.mark.parametrize("path", ["/sign-in", "/create"])
async def test_cut_in_the_middle_of_the_opening(phone: Phone, path: str) -> None:
    """A connection that breaks within the first answers is told like one that was never there."""
    phone.connection.cut = (path,)
    await phone.start()
    await expect(phone.page.locator("#offline")).to_be_visible()
    phone.connection.cut = ()
    await phone.page.get_by_role("button", name="Try again").click()
    await expect(phone.title).to_have_text("Create")


async def test_cut_in_the_middle_of_a_page(phone: Phone, world: World) -> None:
    """A page, a small picture, the options of a form and the state of an order: none of them leaves an error behind."""
    await world.send(world.message("a red fox"))
    await phone.page.context.unroute(PICTURES)
    await phone.open()
    phone.connection.cut = ("/gallery",)
    await phone.page.get_by_role("link", name="Gallery").click()
    await expect(phone.page.locator("#retry")).to_be_visible()
    phone.connection.cut = ("/gallery/",)
    await phone.page.locator("#retry").click()
    await expect(phone.title).to_have_text("Gallery")
    await expect(phone.page.locator("#offline")).to_be_visible()
    await expect(phone.page.locator("#retry")).to_be_hidden()
    phone.connection.cut = ("/create/options",)
    await phone.page.get_by_role("link", name="Create").click()
    await expect(phone.title).to_have_text("Create")
    await expect(phone.page.locator("#offline")).to_be_hidden()
    await phone.page.get_by_text("×2", exact=True).click()
    await expect(phone.page.locator("#offline")).to_be_visible()


async def test_a_form_without_a_connection(phone: Phone) -> None:
    """What was typed stays, and its own button sends it when the connection is back: one order."""
    await phone.open()
    await phone.page.locator("#words").fill("a red fox")
    await phone.page.route("**/create", lambda route: route.abort("internetdisconnected"))
    await phone.tell("main_button_pressed")
    await expect(phone.page.locator("#offline")).to_be_visible()
    await expect(phone.page.locator("#retry")).to_be_hidden()
    await expect(phone.page.locator("#words")).to_have_value("a red fox")
    await phone.page.unroute("**/create")
    await phone.tell("main_button_pressed")
    await expect(phone.title).to_have_text("Your request")
    assert len(phone.world.jobs()) == 1


async def test_closed_at_once(phone: Phone, world: World) -> None:
    """However early the app is closed, in the middle of whatever it loads, no script complains."""
    await world.send(world.message("a red fox x4"))
    page = "<!doctype html><iframe></iframe>"
    await phone.page.route(f"{phone.url}/telegram", lambda route: route.fulfill(content_type="text/html", body=page))
    await phone.page.goto(f"{phone.url}/telegram")
    for number in range(CLOSINGS):
        async with phone.page.expect_request(("**/sign-in", "**/gallery", "**/small")[number % 3]):
            await phone.page.evaluate(SHOW, phone.address(at="gallery"))
        await phone.page.evaluate(SHOW, "about:blank")
    await phone.page.evaluate(SHOW, phone.address(at="gallery"))
    await expect(phone.page.frame_locator("iframe").locator("#page h1")).to_have_text("Gallery")
