"""`image` as deployed: one task, one step."""

import json

import pytest

from shared.jobs.job import GATHER_SECONDS, JobState
from shared.providers.outcomes import Busy, Refused
from shared.task import Task
from shared.wiring import Once
from tests.functions.conftest import Function, Load
from tests.world import World

Lines = pytest.CaptureFixture[str]
NOT_OURS = [
    b"", b"{}", b"not json", b"[]", b"7", b"null", b"\xff", b"[" * 100_000, b"9" * 5000, b'{"job": null}',
    b'{"job": 7}', b'{"job": "x"}', b'{"job": "a/b/c/d/e/f/g/h"}', b'{"job": "__0123456789ab__"}',
    b'{"draft": "abcdefgh01234567"}', b'{"job": "\\ud800bcdefgh012345"}',
]  # fmt: skip


@pytest.fixture
def image(load_task: Load, world: World, monkeypatch: pytest.MonkeyPatch) -> Function:
    function = load_task("image")
    monkeypatch.setattr(function.module, "ports", Once(lambda: world.ports))
    monkeypatch.setattr(function.module, "studio", Once(lambda: world.studio))
    return function


async def ask(world: World) -> Task:
    """A request, and the task that moves its job when its time has come."""
    await world.deliver(world.message("a red fox"))
    [task] = world.tasks.take_all()
    world.clock.advance(GATHER_SECONDS)
    return task


async def test_picture(image: Function, world: World, capsys: Lines) -> None:
    """A task makes its picture and delivers it; its lines carry the job's id."""
    task = await ask(world)
    capsys.readouterr()
    answer = await image.post("/", task.body)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert world.job().state is JobState.DELIVERED
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (line["job_id"], line["model_calls"], line["blob_puts"]) == (world.job().id, 1, 1)


async def test_task_again(image: Function, world: World) -> None:
    """A task that comes again finds nothing to do."""
    task = await ask(world)
    for _ in range(2):
        assert (await image.post("/", task.body)).status_code == 200
    assert len(world.model.tasks) == 1
    world.check_money()


async def test_failure_is_done(image: Function, world: World) -> None:
    """A job that failed for good is told and done."""
    world.model.script("a red fox", Refused("SAFETY"))
    task = await ask(world)
    assert (await image.post("/", task.body)).status_code == 200
    assert world.job().state is JobState.FAILED
    assert world.tasks.tasks == []


async def test_busy_is_a_new_task(image: Function, world: World) -> None:
    """A busy provider is a new task for later and a 200: a 503 would slow the queue for everybody."""
    world.model.script("a red fox", Busy("429"))
    task = await ask(world)
    assert (await image.post("/", task.body)).status_code == 200
    [later] = world.tasks.tasks
    assert (later.queue, json.loads(later.body)) == ("image", {"job": world.job().id})
    assert later.not_before is not None
    assert later.not_before > world.now


async def test_bucket_is_out(image: Function, world: World) -> None:
    """Our own outage is a 503."""
    world.blobs.outages = 1_000
    task = await ask(world)
    assert (await image.post("/", task.body)).status_code == 503


async def test_unknown_job(image: Function) -> None:
    """A job that is not there any more is done."""
    assert (await image.post("/", b'{"job": "no-such-job-0000"}')).status_code == 200


@pytest.mark.parametrize("body", NOT_OURS)
async def test_nobodys_task(image: Function, world: World, body: bytes, capsys: Lines) -> None:
    """A task of nobody's making would never be of use: done with a warning, and without an effect."""
    await world.deliver(world.message("a red fox"))
    before = str(world.store.collection("jobs"))
    capsys.readouterr()
    assert (await image.post("/", body)).status_code == 200
    assert str(world.store.collection("jobs")) == before
    assert world.model.tasks == []
    line = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (line["severity"], line["event"], line["status"]) == ("WARNING", "request_failed", 200)
