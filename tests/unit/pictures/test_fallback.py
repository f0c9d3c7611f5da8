"""When the wanted model is gone: no loss in silence."""

import json
from dataclasses import replace

import pytest

from shared.jobs.job import JobState
from shared.providers.outcomes import Broken, FailureReason, Made
from tests.fakes.model import paint
from tests.world import World

FOX = "a red fox"
WANTED, DEARER = "gemini-nano-banana-2.1", "gemini-3-pro-image"


async def test_without_the_switch_there_is_no_picture(world: World) -> None:
    """The dearer model is not among those that may paint; the credits come back."""
    world.model.script(FOX, Broken("NOT_FOUND"))
    await world.send(world.message(FOX))
    assert [task.model_ids for task in world.model.tasks] == [(WANTED,)]
    assert world.job().failure is FailureReason.OURS
    world.check_money()


async def test_a_fallback_is_said(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A picture of the dearer model is counted at its cost, warned of in the log, and said in the caption."""
    world.studio = replace(world.studio, dearer_too=True)
    await world.send(world.message("a blue fox"))
    [task] = world.model.tasks
    assert task.model_ids == (WANTED, DEARER)
    assert "another model" not in world.shown().text
    world.model.script(FOX, Made(paint(task), "image/png", model_id=DEARER))
    await world.send(world.message(FOX))
    assert "Nano Banana was away, so another model painted this" in world.shown().text
    assert sum(fields["day"] for fields in world.store.collection("spend").values()) == 2 * 134_400
    lines = [
        line for line in map(json.loads, capsys.readouterr().out.splitlines()) if line["event"] == "model_fell_back"
    ]
    assert [(line["severity"], line["model_id"]) for line in lines] == [("WARNING", DEARER)]
    assert all(job.state is JobState.DELIVERED for job in world.jobs())
