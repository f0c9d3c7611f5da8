"""One browser for all files of one test process; each test has a phone and a world of its own.

The browser lives in the event loop of the process, so tests that use it run there too:

    pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.app.phone import Phone, open_phone
from tests.e2e.page import open_browser
from tests.world import World


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    async with open_browser(chromium) as running:
        yield running


@pytest.fixture
def world() -> World:
    return World()


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser, world: World) -> AsyncIterator[Phone]:
    async with open_phone(browser, world) as opened:
        yield opened
