"""`sweep` as deployed: any call sweeps once."""

import json

import pytest

from shared.wiring import Once
from tests.functions.conftest import Function, Load
from tests.world import World

Lines = pytest.CaptureFixture[str]


@pytest.fixture
def sweep(load_task: Load, world: World, monkeypatch: pytest.MonkeyPatch) -> Function:
    function = load_task("sweep")
    monkeypatch.setattr(function.module, "ports", Once(lambda: world.repair_ports))
    return function


async def test_sweep(sweep: Function, world: World, capsys: Lines) -> None:
    """Overdue work gets its tasks; the answer and a log line say how many."""
    await world.deliver(world.message("a red fox"))
    await world.deliver(world.photo("make it blue", media_group_id="7"))
    world.tasks.take_all()
    world.clock.advance(60)
    capsys.readouterr()
    answer = await sweep.post()
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "jobs": 1, "drafts": 1, "dues": 0})
    line = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (line["event"], line["jobs"], line["drafts"]) == ("work_swept", 1, 1)
    assert sorted(task.queue for task in world.tasks.tasks) == ["bot", "image"]


async def test_nothing_to_do(sweep: Function) -> None:
    """An empty system is swept too."""
    assert (await sweep.post("/", b"")).json() == {"ok": True, "jobs": 0, "drafts": 0, "dues": 0}


async def test_queue_is_out(sweep: Function, world: World) -> None:
    """Without a queue the call fails and the scheduler comes again; the job is swept again later."""
    await world.deliver(world.message("a red fox"))
    world.tasks.take_all()
    world.clock.advance(60)
    world.tasks.outages = 1
    assert (await sweep.post()).status_code == 503
    world.clock.advance(60)
    assert (await sweep.post()).json()["jobs"] == 1
