"""The Mini App on a phone: a real browser in front of the function's own pages, with a world in memory behind them.

    async with open_phone(browser, world) as phone:
        await phone.start()
        await phone.visit("/gallery")
        assert await phone.find_barriers() == []

The browser gets the pages over HTTP. Telegram's app around them is `TelegramWebviewProxy`, as on Android: what the page
tells it is in `told`, and `tell` answers. No emulator runs, so a page costs a tenth of a second.
"""

import io
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from PIL import Image
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect
from playwright.async_api import Route as BrowserRoute
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infra.local.tasks.control import listen_on, serve_app
from infra.local.telegram.signing import sign_init_data
from shared.settings import ApiSettings
from shared.site import Site
from tests.e2e.app_page import RULES, find_barriers
from tests.functions.app import ENV, TOKEN
from tests.world import ME, World

Json = dict[str, Any]
SCREEN: ViewportSize = {"width": 320, "height": 640}
"""The narrowest screen on which everything must be readable without scrolling sideways (WCAG 1.4.10)."""
THEMES: Mapping[str, Json] = {
    "light": {
        "bg_color": "#ffffff",
        "secondary_bg_color": "#efeff3",
        "text_color": "#000000",
        "hint_color": "#8e8e92",
        "link_color": "#007aff",
        "button_color": "#007aff",
        "button_text_color": "#ffffff",
        "destructive_text_color": "#ff3b30",
    },
    "dark": {
        "bg_color": "#17212b",
        "secondary_bg_color": "#232e3c",
        "text_color": "#f5f5f5",
        "hint_color": "#708499",
        "link_color": "#6ab3f3",
        "button_color": "#5288c1",
        "button_text_color": "#ffffff",
        "destructive_text_color": "#ec3942",
    },
}
"""As Telegram's own apps have them: paler than axe allows, so that the page has to mend them."""
OPERATORS_URL = "https://operators.test/"
OPERATORS: Json = {"admin_ids": frozenset({ME}), "admin_url": OPERATORS_URL}
PACE_SECONDS = 3
"""How far the clock goes from page to page: nobody turns pages faster, and is slowed down."""
PICTURES = re.compile(r"/small$|/uploads/|/styles/|^https://bucket\.example/")
TELEGRAM = """
window.told = [];
window.TelegramWebviewProxy = { postEvent: (name, data) => told.push([name, JSON.parse(data)]) };
"""


@dataclass
class Connection:
    """Between the phone and the function. It breaks in the middle of each body whose path begins with one of `cut`."""

    app: ASGIApp
    cut: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(f"{scope['method']} {scope['path']}")
        if self.cut and scope["path"].startswith(self.cut):
            await self.app(scope, receive, _Half(send))
        else:
            await self.app(scope, receive, send)


@dataclass
class _Half:
    """Sends half of the body that was announced; the server then closes the connection."""

    send: Send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.body":
            body = message.get("body", b"")
            message = {**message, "body": body[: len(body) // 2], "more_body": True}
        await self.send(message)


@dataclass
class Phone:
    """See the module's docstring."""

    page: Page
    world: World
    url: str
    connection: Connection
    faults: list[str] = field(default_factory=list)

    def address(
        self,
        *,
        language: str = "en",
        theme: str = "light",
        user_id: int = ME,
        at: str = "create",
        platform: str = "android",
    ) -> str:
        """What Telegram opens the app with now, at one of its pages; without a platform it has no own buttons."""
        person = {"id": user_id, "first_name": "Ann", "language_code": language}
        now = str(int(self.world.now.timestamp()))
        launch = {
            "tgWebAppData": sign_init_data({"user": json.dumps(person), "auth_date": now}, TOKEN),
            "tgWebAppVersion": "9.6",
            "tgWebAppPlatform": platform or "unknown",
            "tgWebAppThemeParams": json.dumps(THEMES[theme]),
        }
        return f"{self.url}/?page={at}#{urlencode(launch)}"

    async def start(self, **how: Any) -> None:
        """Open the app; how: see `address`."""
        await self.page.goto("about:blank")  # another fragment alone loads nothing
        await self.page.goto(self.address(**how), wait_until="commit")

    async def open(self, **how: Any) -> None:
        """`start`, until its first page is there."""
        await self.start(**how)
        await expect(self.title).to_be_visible()

    async def visit(self, path: str) -> None:
        """Follow a link to this address, which need not be on the page, a while after the page before."""
        self.world.clock.advance(PACE_SECONDS)
        await self.page.evaluate(
            """path => { const link = document.createElement("a"); link.href = path;
            document.getElementById("page").append(link); link.click(); }""",
            path,
        )
        await expect(self.page.locator("#main:not([aria-busy])")).to_be_attached()

    async def tell(self, event: str, data: Mapping[str, Any] = MappingProxyType({})) -> None:
        """What Telegram tells the app."""
        await self.page.evaluate("([event, data]) => Telegram.WebView.receiveEvent(event, data)", [event, dict(data)])

    async def told(self, event: str) -> list[Json]:
        """What the app has told Telegram under this name."""
        found: list[Json] = await self.page.evaluate(
            "event => told.filter(([n]) => n === event).map(([, d]) => d)", event
        )
        return found

    async def paint(self, theme: str) -> None:
        """The person chooses another theme in Telegram."""
        await self.tell("theme_changed", {"theme_params": THEMES[theme]})
        await expect(self.page.locator("html")).to_have_attribute("data-scheme", theme)

    async def find_barriers(self, rules: Sequence[str] = RULES) -> list[str]:
        """What keeps people from using the page, by these rules of axe: a line for each."""
        return await find_barriers(self.page.main_frame, rules)

    @property
    def title(self) -> Locator:
        return self.page.locator("#page h1")


async def _give_picture(route: BrowserRoute) -> None:
    """The bytes of pictures in memory are none; a browser gets one that can be looked at."""
    file = io.BytesIO()
    Image.new("RGB", (160, 160), "#2a7").save(file, "PNG")
    await route.fulfill(body=file.getvalue(), content_type="image/png")


@asynccontextmanager
async def open_phone(
    browser: Browser,
    world: World,
    screen: ViewportSize = SCREEN,
) -> AsyncIterator[Phone]:
    """A phone with nothing opened; afterwards no script may have complained."""
    listening = listen_on(0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    ours = {"API_URL": url, "TELEGRAM_WEB_URL": url, "STORAGE_EMULATOR_HOST": "https://bucket.example"}
    site = Site(ApiSettings.read(ENV | ours), lambda: replace(world.app_ports, **OPERATORS))
    connection = Connection(Starlette(routes=[Route("/{path:path}", site.show, methods=["GET", "POST"])]))
    context = await browser.new_context(viewport=screen, is_mobile=True, has_touch=True)
    async with serve_app(connection, listening):
        await context.add_init_script(TELEGRAM)
        await context.route(PICTURES, _give_picture)
        phone = Phone(await context.new_page(), world, url, connection)
        phone.page.on("pageerror", lambda error: phone.faults.append(str(error)))
        try:
            yield phone
        finally:
            await context.close()
    assert phone.faults == [], f"the page complained: {phone.faults}"
