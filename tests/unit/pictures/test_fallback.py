"""When the wanted model is gone: no loss in silence."""

import json
from dataclasses import replace

import pytest

from shared.credits.catalogue import NANO_BANANA, NANO_BANANA_PRO
from shared.jobs.job import JobState
from shared.pictures.picture import result_of
from shared.providers.outcomes import FailureReason, Gone, Made, PictureTask
from tests.fakes.model import paint
from tests.world import World

FOX = "a red fox"


async def test_without_the_switch_there_is_no_picture(world: World) -> None:
    """The dearer model is not among those that may paint; the credits come back."""
    world.model.script(FOX, Gone())
    await world.send(world.message(FOX))
    assert world.model.rungs == [NANO_BANANA]
    assert world.job().failure is FailureReason.OURS
    world.check_money()


async def test_a_fallback_is_said(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A picture of the dearer model is counted at its cost, warned of in the log, and said in the caption."""
    world.studio = replace(world.studio, dearer_too=True)
    await world.send(world.message("a blue fox"))
    assert "another model" not in world.shown().text
    world.model.script(FOX, Gone())
    await world.send(world.message(FOX))
    assert world.model.rungs == [NANO_BANANA, NANO_BANANA, NANO_BANANA_PRO]
    assert "Nano Banana was unavailable, so another model painted this" in world.shown().text
    assert sum(fields["day"] for fields in world.store.collection("spend").values()) == 2 * 134_400
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    found = [
        (line["event"], line["severity"], line["model_id"])
        for line in lines
        if line["event"] in {"model_gone", "model_fell_back"}
    ]
    assert found == [("model_gone", "WARNING", NANO_BANANA.id), ("model_fell_back", "WARNING", NANO_BANANA_PRO.id)]
    assert all(job.state is JobState.DELIVERED for job in world.jobs())


async def test_another_model_in_its_name(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A provider that lets another model paint is noticed; the picture counts as the model's that was asked."""
    world.model.script(FOX, Made(paint(PictureTask(FOX, "1:1", "1K")), "image/png", model_id="gemini-9-other"))
    await world.send(world.message(FOX))
    assert (world.job().state, result_of(world.job()).model_id) == (JobState.DELIVERED, NANO_BANANA.id)
    [line] = [json.loads(each) for each in capsys.readouterr().out.splitlines() if "model_rerouted" in each]
    assert (line["model_id"], line["answered_by"]) == (NANO_BANANA.id, "gemini-9-other")
    world.check_money()
