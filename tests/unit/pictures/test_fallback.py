"""When the wanted model is gone: no loss in silence."""

import json
from dataclasses import replace

import pytest

from shared.credits.catalogue import NANO_BANANA, NANO_BANANA_PRO, OFFERS, price_by
from shared.errors import UnavailableError
from shared.jobs.job import JobState, credits_of
from shared.jobs.move_job import OUTAGE_PAUSE_SECONDS
from shared.pictures.picture import result_of
from shared.providers.outcomes import FailureReason, Gone, Made, PictureTask
from tests.fakes.model import paint
from tests.world import World, writes_to

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


@pytest.fixture
def best_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The best model has the cheaper one as its fallback."""
    monkeypatch.setitem(OFFERS, "best", replace(OFFERS["best"], rungs=(NANO_BANANA_PRO, NANO_BANANA)))


@pytest.mark.usefixtures("best_falls_back")
async def test_a_cheaper_model_costs_less(world: World) -> None:
    """What a cheaper model made instead costs in proportion, and the caption says so; the rest comes back."""
    await world.give(50)
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;model;best", world.shown()))
    world.model.script(FOX, Gone())
    await world.send(world.message(FOX))
    assert world.model.rungs == [NANO_BANANA_PRO, NANO_BANANA]
    job = world.job()
    assert (job.request.price, credits_of(job), world.user().account.available) == (14, 4, 46)
    assert world.shown().text.startswith("<b>Nano Banana Pro</b> · 1:1 · 1K · 4 credits · 46\u00a0left")
    assert "it is cheaper, and so was the picture" in world.shown().text
    world.check_money()


@pytest.mark.usefixtures("best_falls_back")
async def test_a_cheaper_model_costs_less_after_a_crash(world: World) -> None:
    """The same where the worker died between storing the picture and writing it down."""
    await world.give(50)
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;model;best", world.shown()))
    world.model.script(FOX, Gone())
    await world.deliver(world.message(FOX))
    [task] = world.tasks.take_all()
    world.store.interrupt(writes_to("jobs", state="made"), go_out)
    with pytest.raises(UnavailableError):
        await world.run_task(task)
    world.clock.advance(OUTAGE_PAUSE_SECONDS)
    await world.run_task(task)
    assert (len(world.model.rungs), credits_of(world.job()), world.user().account.available) == (2, 4, 46)
    world.check_money()


async def go_out() -> None:
    raise UnavailableError("the store is out")


def test_of_a_model_that_is_no_longer_sold() -> None:
    """A picture of a former model or offer costs what was agreed."""
    assert price_by("fast", "former", "1K", 4) == 4
    assert price_by("former", "any", "1K", 4) == 4  # type: ignore[arg-type]  # as an old document may have it
