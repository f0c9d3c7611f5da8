"""The operators' pages in a real browser: signing in by the bot's link, an act, and every section on a narrow phone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect
from starlette.applications import Starlette
from starlette.routing import Route

from infra.local.tasks.control import listen_on, serve_app
from shared.broadcasts.broadcast import Progress, end_count, new_broadcast
from shared.broadcasts.broadcast_documents import create_broadcast
from shared.broadcasts.content import Content
from shared.codec import encode
from shared.credits.switches import SWITCHES, Switches
from shared.growth.make_promos import PromoBatch, make_promos
from shared.jobs.check_books import CONTROL, Check
from shared.jobs.count_errors import day_keys
from shared.jobs.day_numbers import DayNumbers
from shared.payments.payment_documents import PaymentRecord, create_payment
from shared.payments.reconcile import CONTROL as NIGHT
from shared.payments.reconcile import Found, Night
from shared.ports import AppPorts, Create, Increment
from shared.settings import ApiSettings
from shared.site import Site
from tests.app.phone import PACE_SECONDS, SCREEN
from tests.e2e.app_page import find_barriers
from tests.functions.app import ENV
from tests.world import ME, OTHER, World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

BOSS = 701
REASON = "A picture that never came"
CAST = "broadcast-000001"
SECTIONS = (
    *(
        "",
        "/jobs",
        "/errors",
        "/models",
        "/payments",
        "/promos",
        "/promos/launch",
        "/broadcasts",
        "/requests",
        "/audit",
    ),
    *(f"/broadcasts/{CAST}", f"/people/{ME}", f"/people/{ME}/ledger"),
)


@dataclass
class Desk:
    """An operator's browser."""

    page: Page
    world: World
    url: str

    async def sign_in(self) -> None:
        """By the bot's button, and the one on the page that it opens."""
        await self.world.send(self.world.message("/admin", user_id=BOSS))
        await self.page.goto(self.world.shown(BOSS).buttons[0][0].url)
        await self.page.get_by_role("button", name="Sign in").click()
        await expect(self.page.locator("h1")).to_have_text("Overview")

    async def visit(self, path: str) -> None:
        """One of their pages, a while after the page before."""
        self.world.clock.advance(PACE_SECONDS)
        await self.page.goto(f"{self.url}/admin{path}")


@asynccontextmanager
async def open_desk(browser: Browser, world: World, screen: ViewportSize = SCREEN) -> AsyncIterator[Desk]:
    """A browser with nothing opened, in front of the function's own pages; afterwards nothing may have been blocked."""
    listening = listen_on(0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    world.ports = replace(world.ports, admin_ids=frozenset({BOSS, BOSS + 1}), mini_app_url=url)

    def ports() -> AppPorts:
        return replace(world.app_ports, alone_credits_max=50, spend_usd_micros_max=(10_000_000, 50_000_000))

    site = Site(ApiSettings.read(ENV | {"API_URL": url}), ports)
    app = Starlette(routes=[Route("/{path:path}", site.show, methods=["GET", "POST"])])
    context = await browser.new_context(viewport=screen)
    faults: list[str] = []
    async with serve_app(app, listening):
        page = await context.new_page()
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        try:
            yield Desk(page, world, url)
        finally:
            await context.close()
    assert faults == [], f"the page complained: {faults}"


async def stock(world: World) -> None:
    """A job, a payment, counted days."""
    await world.send(world.message("/image a fox"))
    await world.deliver(world.message("/image a bear", user_id=OTHER))
    paid = PaymentRecord("payment-of-theirs", "stars", "stx1", ME, "", 50, "XTR", 40, world.now)
    numbers = {"people": 40, "ends": {"delivered picture": 90, "failed E-BUSY": 9}, "models": {"delivered fast": 90}}
    first = world.now.date() - timedelta(days=14)
    days = [DayNumbers((first + timedelta(days=n)).isoformat(), **numbers) for n in range(14)]  # type: ignore[arg-type]
    cast = new_broadcast(CAST, Content("Videos are <b>half price</b>"), str(BOSS), world.now)
    found = Night(world.now, found=Found(world.now, {"unbooked": 1}))
    await world.store.commit(
        [
            create_payment(paid),
            Create(CONTROL, encode(Check(world.now, recent=tuple(days)))),
            Create(NIGHT, encode(found)),
            create_broadcast(replace(end_count(cast, 5000, world.now), progress=Progress(sent=1200, blocked=40))),
            Increment(day_keys(world.now)[0], {"bot update_failed UnavailableError": 12, "image E-BUSY": 3}),
            Create(SWITCHES, encode(Switches(("best",)))),
        ]
    )
    batch = PromoBatch("launch", 3, world.now + timedelta(days=9), credits=20)
    await make_promos(world.store, world.clock, world.ports.ids, batch)


async def test_an_operator_helps(browser: Browser, world: World) -> None:
    """The bot's button and a press sign in; the code leaves the address; credits given there are in the books."""
    await stock(world)
    async with open_desk(browser, world) as desk:
        await desk.sign_in()
        assert "#" not in desk.page.url
        await desk.page.get_by_label("Find").fill(str(ME))
        await desk.page.get_by_role("button", name="Find").click()
        await expect(desk.page.locator("h1")).to_have_text(f"Person {ME}")
        await desk.page.get_by_label("How many").fill("5")
        await desk.page.locator("#give-reason").fill(REASON)
        await desk.page.get_by_role("button", name="Give", exact=True).click()
        await expect(desk.page.locator(".notice")).to_contain_text("Done")
        assert world.user().account.available == 21
        world.clock.advance(PACE_SECONDS)
        await desk.page.get_by_role("button", name="Sign out").click()
        await expect(desk.page.locator(".notice")).to_contain_text("signed out everywhere")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_section_on_a_narrow_phone(browser: Browser, world: World, scheme: str) -> None:
    """No section keeps anybody from using it, by axe, and none is wider than the screen, in light and in dark."""
    await stock(world)
    async with open_desk(browser, world) as desk:
        await desk.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        await desk.sign_in()
        for path in (*SECTIONS, f"/jobs/{world.jobs()[0].id}", "/enter"):
            await desk.visit(path)
            assert await find_barriers(desk.page.main_frame) == [], path
            assert await desk.page.evaluate("document.documentElement.scrollWidth") <= SCREEN["width"], path
