"""What shall not be shown, and the seed: how they reach the model, what the card says, and what repeats keep."""

from dataclasses import replace

import pytest

from shared.credits import catalogue
from shared.credits.catalogue import OFFERS
from shared.jobs.limits import PROMPT_CHARACTERS_MAX
from shared.people.users import PictureSettings
from shared.pictures.picture import request_of
from shared.pictures.press import IMPATIENCE
from shared.pictures.request import Material, plan_request
from shared.providers.ladder import task_for
from shared.providers.outcomes import SEED_MAX, DeclineReason, PictureTask
from tests.fakes.messenger import Shown
from tests.world import ME, World

WORDS = "a red fox --no snow, people --seed 7"


def now(world: World, shown: Shown) -> Shown:
    return world.messenger.chats[ME][shown.message_id]


async def make(world: World, words: str = WORDS) -> Shown:
    await world.give(100)
    await world.send(world.message(words))
    return world.shown()


def seeds(world: World) -> list[int | None]:
    return [task.seed for task in world.model.tasks]


async def test_they_reach_the_model(world: World) -> None:
    """The model gets both, the person reads both under the picture, and Telegram's parameters of others stay unused."""
    picture = await make(world)
    [task] = world.model.tasks
    assert (task.prompt, task.without, task.seed) == ("a red fox", "snow, people", 7)
    assert "🚫 Without: snow, people" in picture.text
    assert "🌱 Seed 7" in picture.text


async def test_each_of_several_has_its_own_seed(world: World) -> None:
    """Several pictures with one seed would be one picture several times."""
    await make(world, f"a fox x3 --seed {SEED_MAX}")
    assert sorted(seeds(world), key=str) == sorted([SEED_MAX, 0, 1], key=str)


async def test_again_is_another_picture(world: World) -> None:
    """*Again* keeps what shall not be shown, not the seed; another format keeps both; two more have none."""
    picture = await make(world)
    await world.send(world.tap("again", picture))
    await world.send(world.tap("format", now(world, picture)))
    world.clock.advance(IMPATIENCE.total_seconds())
    for value in ("16:9", "x2"):
        buttons = [button for row in now(world, picture).buttons for button in row]
        data = next(each.data for each in buttons if f";{value} " in each.data)
        await world.send(world.tap_data(data, picture.message_id))
    assert seeds(world) == [7, None, 7, None, None]
    assert {task.without for task in world.model.tasks} == {"snow, people"}


async def test_edited_words(world: World) -> None:
    """Whoever adds to the message what shall not be shown, while its picture waits, is heard."""
    await world.give(100)
    message = world.message("a red fox")
    await world.deliver(message)
    await world.deliver(world.edited(message, "a red fox --no snow"))
    await world.settle()
    assert [(task.prompt, task.without) for task in world.model.tasks] == [("a red fox", "snow")]


async def test_understood_by_auto(world: World) -> None:
    """*Auto* passes both on, too."""
    await world.give(100)
    await world.send(world.message("/mode"))
    await world.send(world.tap("mode;auto", world.shown()))
    await world.send(world.message("draw a red fox --no snow --seed 5"))
    request = request_of(world.job())
    assert (request.without, request.seed) == ("snow", 5)


def test_a_model_without_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A seed that the model does not know is told as unused, and a fallback that knows none gets none."""
    offer = OFFERS["fast"]
    rung = replace(offer.rungs[0], takes_seed=False)
    task = PictureTask("a fox", "1:1", "1K", seed=7)
    assert (task_for(rung, offer.rungs[0], task).seed, task_for(offer.rungs[0], rung, task).seed) == (None, 7)
    monkeypatch.setitem(catalogue.OFFERS, "fast", replace(offer, rungs=(rung,)))
    plan = plan_request(WORDS, PictureSettings(), Material())
    assert not isinstance(plan, DeclineReason)
    assert (plan.request.seed, plan.request.unused) == (None, "--seed 7")


def test_too_long_together() -> None:
    """Words and exclusions count together."""
    half = "x" * (PROMPT_CHARACTERS_MAX // 2)
    assert plan_request(f"{half} --no {half}", PictureSettings(), Material()) is DeclineReason.PROMPT_TOO_LONG
