"""`chat` as deployed: one task, one step."""

import json
from datetime import timedelta

import pytest

from shared.jobs.job import GATHER_SECONDS
from shared.pictures.byte_budget import ByteBudget
from shared.ports import TalkStudio
from shared.wiring import Once
from tests.fakes.file_reader import FakeFileReader
from tests.functions.conftest import Function, Load
from tests.functions.test_image import NOT_OURS
from tests.world import World

Lines = pytest.CaptureFixture[str]


@pytest.fixture
def chat(load_task: Load, world: World, monkeypatch: pytest.MonkeyPatch) -> Function:
    function = load_task("chat")
    monkeypatch.setattr(function.module, "ports", Once(lambda: world.ports))
    monkeypatch.setattr(function.module, "studio", Once(lambda: TalkStudio({}, FakeFileReader(), ByteBudget())))
    return function


async def test_unknown_job(chat: Function) -> None:
    """A job that is not there any more is done."""
    assert (await chat.post("/", b'{"job": "no-such-job-0000"}')).status_code == 200


async def test_a_picture_is_not_its_work(chat: Function, world: World) -> None:
    """A job that another function moves is left as it is."""
    await world.deliver(world.message("a red fox"))
    [task] = world.tasks.take_all()
    world.clock.advance(GATHER_SECONDS)
    before = str(world.store.collection("jobs"))
    assert (await chat.post("/", task.body)).status_code == 200
    assert str(world.store.collection("jobs")) == before


@pytest.mark.parametrize("body", NOT_OURS)
async def test_nobodys_task(chat: Function, body: bytes, capsys: Lines) -> None:
    """A task of nobody's making would never be of use: done with a warning."""
    capsys.readouterr()
    assert (await chat.post("/", body)).status_code == 200
    line = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (line["severity"], line["event"], line["status"]) == ("WARNING", "request_failed", 200)


async def test_a_process_opens_its_studio(load_task: Load) -> None:
    """The first task makes what answers in words, and nothing that pictures need."""
    studio = load_task("chat").module.studio.get()
    assert isinstance(studio, TalkStudio)
    assert studio.providers.keys() == {"gemini"}


@pytest.mark.usefixtures("as_shipped")
async def test_an_update_whose_words_a_model_reads(
    chat: Function, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `bot` hands on is read with the studio, and its headers say when it came and how often it was put off."""
    monkeypatch.setattr(chat.module, "studio", Once(lambda: world.talk_studio))
    received_at = world.now - timedelta(minutes=1)
    await world.deliver(world.message("a red fox in the snow"), deferrals=1, received_at=received_at)
    [task] = world.tasks.take_all()
    assert (task.queue, task.path) == ("chat", "/updates")
    assert (await chat.post(task.path, task.body, **task.headers)).status_code == 200
    assert world.shown().buttons
    assert len(world.text_model.talks) == 1
    [draft] = world.store.collection("drafts").values()
    assert draft["received_at"] == received_at
