"""Erasing oneself, taking one's data along and turning news off in the app: as in the chat, and once each."""

from dataclasses import replace

import pytest

from shared.jobs.job import JobState
from shared.miniapp import erase_page
from shared.miniapp.page import greet
from shared.pages import ROUTES
from shared.people.accounts import open_user
from shared.privacy.erasure import DAY, ErasureState
from shared.privacy.erasure_documents import find_erasure, open_erasure
from tests.unit.miniapp.conftest import App
from tests.unit.privacy.rich_person import ERASURE_KEY
from tests.unit.privacy.test_erase import pass_the_day
from tests.world import ME, World, writes_to


@pytest.fixture
def world(world: World) -> World:
    """A world in which people are erased."""
    world.ports = replace(world.ports, erasure_keys=(ERASURE_KEY,))
    return world


async def erase(app: App) -> str:
    """The question and its yes; what the form had."""
    shown = (await app.get("/privacy/erase")).hidden("shown")
    assert (await app.post("/privacy/erase", {"shown": shown})).location == "/privacy"
    return shown


async def test_a_person_is_erased(app: App, world: World) -> None:
    """The page leads to the question, its yes begins the day, and the chat is told with the way back."""
    await world.send(world.message("/start"))
    assert "/privacy/erase" in (await app.get("/privacy")).links()
    question = (await app.get("/privacy/erase")).text
    assert "Erase everything about you?" in question
    assert "You lose" in question
    await erase(app)
    await world.settle()
    assert "Until then" in world.shown().text
    page = await app.get("/privacy")
    assert "you may change your mind" in page.text
    assert "/privacy/erase" not in page.links()
    assert "you may change your mind" in (await app.get("/privacy/erase")).text
    await pass_the_day(world)
    assert world.store.collection("users").get(str(ME)) is None


async def test_somebody_who_never_wrote(app: App, world: World) -> None:
    """Who only opened the app is there to be erased too."""
    await erase(app)
    await pass_the_day(world)
    assert world.store.collection("erasures") == {}


async def test_a_form_that_is_posted_twice(app: App, world: World) -> None:
    """The second finds the erasure, whose day does not begin anew."""
    shown = await erase(app)
    [before] = world.store.collection("erasures").values()
    world.clock.advance(60)
    await app.post("/privacy/erase", {"shown": shown})
    [after] = world.store.collection("erasures").values()
    assert after == before


@pytest.mark.parametrize("shown", ["", "nonsense", "old"])
async def test_an_old_question_is_asked_again(app: App, world: World, shown: str) -> None:
    """A yes to words that may be wrong by now erases nothing."""
    if shown == "old":
        shown = (await app.get("/privacy/erase")).hidden("shown")
        world.clock.advance(3_600)
    assert "Erase everything about you?" in (await app.post("/privacy/erase", {"shown": shown})).text
    assert world.store.collection("erasures") == {}


async def test_the_way_back(app: App, world: World) -> None:
    """Within the day it is taken back; where nothing waits nothing is told, and once it has begun it is too late."""
    await erase(app)
    assert (await app.post("/privacy/keep")).location == "/privacy?said=kept"
    assert world.store.collection("erasures") == {}
    assert (await app.post("/privacy/keep")).location == "/privacy"
    await world.settle()  # the act that tells the chat finds nothing to tell
    assert world.messenger.calls == []
    await erase(app)
    known = await find_erasure(world.ports, ME)
    assert known is not None
    await world.store.commit([known.update(replace(known.erasure, state=ErasureState.BEGUN))])
    assert (await app.post("/privacy/keep")).location == "/privacy?said=late"
    assert "too late" in (await app.get("/privacy")).text


async def test_a_lost_race(app: App, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form that loses against the chat, against a first message or against the way back does no harm."""
    [create] = [route for route in ROUTES if (route.method, route.pattern) == ("POST", "/privacy/erase")]
    assert create.handle is erase_page.erase
    shown = (await app.get("/privacy/erase")).hidden("shown")

    async def greet_late(*arguments: object) -> object:
        visitor = await greet(*arguments)  # type: ignore[arg-type]
        monkeypatch.setattr(erase_page, "greet", greet)
        await world.store.commit(visitor.opened.writes(visitor.user))  # a message of theirs was first
        return visitor

    monkeypatch.setattr(erase_page, "greet", greet_late)
    await app.post("/privacy/erase", {"shown": shown})
    known = await find_erasure(world.ports, ME)
    assert known is not None

    async def find_late(*arguments: object) -> object:
        found = await open_erasure(world.ports, known.erasure.id)
        await world.store.commit([known.delete()])
        return found

    monkeypatch.setattr(erase_page, "find_erasure", find_late)
    assert (await app.post("/privacy/keep")).location == "/privacy"


async def test_the_chat_was_faster(app: App, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two presses at the same moment make one erasure."""
    shown, find = (await app.get("/privacy/erase")).hidden("shown"), find_erasure

    async def find_early(*arguments: object) -> None:
        monkeypatch.setattr(erase_page, "find_erasure", find)
        await erase(app)

    monkeypatch.setattr(erase_page, "find_erasure", find_early)
    assert (await app.post("/privacy/erase", {"shown": shown})).location == "/privacy"
    assert len(world.store.collection("erasures")) == 1


async def test_where_nobody_is_erased(app: App, world: World) -> None:
    """Without the key nothing is offered or begun."""
    world.ports = replace(world.ports, erasure_keys=())
    page = await app.get("/privacy")
    assert "/privacy/erase" not in page.links()
    assert "is read by people" in page.text  # who writes to support learns so in the app too
    assert "What I keep" in (await app.get("/privacy/erase")).text
    assert (await app.post("/privacy/erase", {"shown": "x"})).location == "/privacy"
    assert world.store.collection("erasures") == {}


async def test_an_export(app: App, world: World) -> None:
    """One press, posted twice, is one export; its links come to the chat, and a second one has to wait for a day."""
    token = (await app.get("/privacy")).hidden("token")
    for _ in range(2):
        assert (await app.post("/privacy/export", {"token": token})).location == "/privacy?said=export"
    assert "come to our chat" in (await app.get("/privacy?said=export")).text
    await world.settle()
    [job] = world.jobs()
    assert job.state is JobState.DELIVERED
    assert "links work" in world.shown().text
    assert "once a day" in (await app.post("/privacy/export", {"token": "another"})).text
    assert len(world.jobs()) == 1
    world.clock.advance(DAY.total_seconds())
    assert (await app.post("/privacy/export", {"token": "another"})).status == 303


async def test_two_exports_at_once(app: App, world: World) -> None:
    """Of two forms in the same moment one asks for the export of the day, and the other page says so."""

    async def be_faster() -> None:
        assert (await app.post("/privacy/export", {"token": "first"})).status == 303

    world.store.interrupt(writes_to("jobs"), be_faster)
    assert "once a day" in (await app.post("/privacy/export", {"token": "second"})).text
    assert len(world.jobs()) == 1


async def test_an_export_that_has_to_wait(app: App, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While all work rests, the page says so and the day is not used up."""

    async def rests() -> object:
        return world.now + DAY

    monkeypatch.setattr(world.ports.spending, "rest_until", rests)
    assert "Nothing" in (await app.post("/privacy/export", {"token": "t"})).text
    assert (await open_user(world.ports, ME)).user.exported_day == ""


async def test_news_and_support(app: App, world: World) -> None:
    """News are a switch of the settings, and the way to the operators leads into the chat."""
    await app.post("/settings", {"name": "news", "value": "off"})
    assert world.user().news.is_off
    page = await app.get("/settings")
    assert page.chosen("value") == "en"
    assert [each for each in page.links("https://t.me/") if each.endswith("?start=support")]
