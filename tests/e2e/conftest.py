"""One running system for all files of one test process; a file that wants another kind overrides the fixture `system`.

To start one takes 15 s of CPU time, so files share it, and each test has people of its own. The system lives in the
event loop of the process, so tests that use it run there too:

    pytestmark = [pytest.mark.emulator, pytest.mark.asyncio(loop_scope="session")]
"""

import itertools
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from infra.functions import FUNCTIONS
from infra.local.lines import format_event, paint_nothing
from infra.local.options import Options
from infra.local.parts import list_parts
from infra.local.system import System, run_system
from tests.conftest import require
from tests.e2e.backstage import Backstage, open_backstage
from tests.e2e.page import PHONE, ChatPage, open_browser
from tests.e2e.people import Person, Telegram

LINES_MAX = 120
"""Of the system, shown with a test that failed."""
_user_ids = itertools.count(5001)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails shows the last lines that its system wrote: what a page lacks does not say why."""
    report = yield
    running = getattr(item, "funcargs", {}).get("system")
    if report.failed and isinstance(running, System):
        lines = (format_event(event, paint_nothing) for event in [*running.events][-5 * LINES_MAX :])
        report.sections.append(("what the system wrote", "\n".join([line for line in lines if line][-LINES_MAX:])))
    return report


@asynccontextmanager
async def start_system(options: Options) -> AsyncIterator[System]:
    """A system of this kind; a test that needs what is not installed is skipped."""
    require(lambda: list_parts(options))
    async with run_system(options) as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def system() -> AsyncIterator[System]:
    """Everything local, on free ports, with a model that answers after 0.2 s; traces are exported, as in the cloud."""
    async with start_system(Options(telemetry=True)) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def telegram(system: System) -> AsyncIterator[Telegram]:
    """People's side of the local Telegram."""
    control = Telegram(system)
    yield control
    await control.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def backstage(system: System) -> AsyncIterator[Backstage]:
    """The model, the queues and the store of the running system."""
    async with open_backstage(system) as behind:
        yield behind


@pytest.fixture
def anna(telegram: Telegram) -> Person:
    """Somebody whom nobody met before, in English."""
    return Person(telegram, next(_user_ids))


@pytest.fixture
def boris(telegram: Telegram) -> Person:
    """Somebody else, in Russian."""
    return Person(telegram, next(_user_ids), "ru")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    """Each page of it closes with its test."""
    async with open_browser(chromium) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def ann(browser: Browser, system: System) -> AsyncIterator[ChatPage]:
    """Somebody new, on a phone, who has pressed Start; afterwards nothing may have broken unseen."""
    system.events.clear()
    async with await ChatPage.open(browser, system.urls["telegram"], size=PHONE) as chat:
        await chat.start()
        yield chat
    assert not [event for event in system.events.errors() if event.part in FUNCTIONS]


@pytest_asyncio.fixture(loop_scope="session")
async def books_stay_right(system: System, telegram: Telegram, backstage: Backstage) -> AsyncIterator[None]:
    """After the test all faults end, no function has logged an error, and every credit is where it belongs."""
    system.events.clear()
    yield
    await telegram.clear_faults()
    await backstage.clear_faults()
    assert await backstage.wait_for_right_books() == []
    errors = [event for event in system.events.errors() if event.part in FUNCTIONS]
    assert errors == [], [event.text for event in errors]
