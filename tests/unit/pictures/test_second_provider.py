"""Models of a second provider: on offer only where its key is, and no dead end where it is not any more."""

from dataclasses import replace

import pytest

from shared.adapters.absent import AbsentProvider
from shared.credits.catalogue import OFFERS, is_sold, model_for, price_of, provider_of, sold_models
from shared.errors import UnavailableError
from shared.jobs.job import JobState
from shared.people.users import PictureSettings
from shared.pictures.picture import request_of, result_of
from shared.pictures.tools import Subject, price_of_tool
from shared.providers.outcomes import Broken, Busy, FailureReason
from shared.providers.videos import VideoMade
from tests.world import World

FOX = "a red fox"
BOTH = frozenset({"gemini", "fal"})
GPT = OFFERS["gpt"]


@pytest.fixture
def world(world: World) -> World:
    """Both providers, which answer as the one fake does."""
    world.ports = replace(world.ports, sellers=BOTH)
    world.studio = replace(world.studio, providers={"gemini": world.model, "fal": world.model})
    return world


def take_key_away(world: World) -> None:
    world.ports = replace(world.ports, sellers=frozenset({"gemini"}))
    world.studio = replace(world.studio, providers={"gemini": world.model, "fal": AbsentProvider()})


def labels(world: World) -> list[str]:
    return [button.label for row in world.shown().buttons for button in row]


async def choose(world: World, model: str = "gpt") -> None:
    await world.give(100)
    await world.send(world.message("/settings"))
    await world.send(world.tap(f"set;model;{model}", world.shown()))


def test_what_is_sold() -> None:
    """An offer is there if the provider of its wanted model is; an unknown one is not."""
    assert sold_models(frozenset({"gemini"})) == ("fast", "best")
    assert sold_models(BOTH) == tuple(OFFERS)
    assert not is_sold("a model of tomorrow", BOTH)
    assert [provider_of(name) for name in ("fast", "gpt", "a model of tomorrow")] == ["gemini", "fal", "gemini"]
    assert [model_for("gpt", 1), model_for("gpt", 2), model_for("dream", 10)] == ["gpt", "fast", "dream"]


async def test_settings_show_it_only_where_its_key_is(world: World) -> None:
    """The menu names the models with their prices; without the key those of the second provider are not in it."""
    await choose(world)
    assert f"✅ GPT Image 2 · {price_of('gpt', '1K')}" in labels(world)
    assert f"Seedream 4.5 · {price_of('dream', '1K')}" in labels(world)
    take_key_away(world)
    await world.send(world.message("/settings"))
    assert [label for label in labels(world) if "GPT" in label or "Seedream" in label] == []
    assert "✅ Nano Banana · 4" in labels(world)


async def test_privacy_names_who_else_gets_words(world: World) -> None:
    """/privacy says which models are asked through fal, where they are on offer."""
    await world.send(world.message("/privacy"))
    assert (
        "GPT Image 2, Seedream 4.5, Kling 3.0 Turbo, Seedance 2.0 go to their makers through fal.ai"
        in world.shown().text
    )
    take_key_away(world)
    await world.send(world.message("/privacy"))
    assert "fal.ai" not in world.shown().text


async def test_a_picture_by_it(world: World) -> None:
    """It is made, named and paid as what was chosen, and a reply to it starts from it."""
    await choose(world)
    await world.send(world.message(FOX))
    job = world.job()
    assert (job.state, result_of(job).model_id, job.request.price) == (JobState.DELIVERED, GPT.rungs[0].id, 11)
    assert "GPT Image 2" in world.shown().text
    await world.send(world.reply("at night", world.shown()))
    assert [rung.id for rung in world.model.rungs] == [GPT.rungs[0].id] * 2
    assert world.model.tasks[-1].parent is not None
    world.check_money()


async def test_a_stale_button(world: World) -> None:
    """A press of a model that is not sold any more chooses the default one, and the menu says so."""
    await world.send(world.message("/settings"))
    panel = world.shown()
    take_key_away(world)
    await world.send(world.tap("set;model;gpt", panel))
    assert "✅ Nano Banana · 4" in labels(world)
    assert world.user().settings.model == "fast"


async def test_the_key_goes_before_the_next_wish(world: World) -> None:
    """Who had chosen it gets the default model at its price, without doing anything."""
    await choose(world)
    take_key_away(world)
    await world.send(world.message(FOX))
    job = world.job()
    assert (job.state, request_of(job).model, job.request.price) == (JobState.DELIVERED, "fast", 4)
    world.check_money()


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_the_key_goes_before_the_picture(world: World, language: str) -> None:
    """The hold goes back, and the card names the model and a way on."""
    await choose(world)
    await world.send(world.message("/language"))
    await world.send(world.tap(f"set;language;{language}", world.shown()))
    await world.deliver(world.message(FOX))
    take_key_away(world)
    await world.settle()
    assert world.job().failure is FailureReason.OURS
    said = "GPT Image 2 сейчас недоступна" if language == "ru" else "GPT Image 2 is not available at the moment"
    assert said in world.shown().text
    assert world.user().account.available == 100
    world.check_money()


@pytest.mark.parametrize(("outcome", "said"), [(Busy("429"), "is busy"), (Busy("500", is_fault=True), "has a fault")])
async def test_it_is_named_while_it_is_away(world: World, outcome: Busy, said: str) -> None:
    """A card that waits blames the model that is waited for, not Google; so does its end."""
    await choose(world)
    world.model.script(FOX, *[outcome] * 200)
    await world.deliver(world.message(FOX))
    while world.job().busy_since is None:
        await world.run_next()
    assert f"GPT Image 2 {said}" in world.shown().text
    await world.settle()
    assert "GPT Image 2 still" in world.shown().text or "GPT Image 2 was still" in world.shown().text
    assert "Google" not in world.shown().text
    world.check_money()


async def test_a_key_that_does_not_pay(world: World) -> None:
    """A refused key or an empty balance ends the job at once, with the same words."""
    await choose(world)
    world.model.script(FOX, Broken("BALANCE"))
    await world.send(world.message(FOX))
    assert "GPT Image 2 is not available at the moment" in world.shown().text
    assert len(world.model.rungs) == 1
    world.check_money()


async def test_more_pictures_than_it_takes(world: World) -> None:
    """The bot asks first whether the default model may do it, at its price on the button."""
    await choose(world)
    await world.send(world.message(FOX))
    first = world.shown()
    picture = world.photo("with this cat", reply_to=None)
    picture["message"]["reply_to_message"] = world.reply("x", first)["message"]["reply_to_message"]
    await world.send(picture)
    assert "GPT Image 2 (🖼×2) is not available, the nearest is Nano Banana" in world.shown().text
    assert any("4" in label for label in labels(world))
    assert len(world.model.rungs) == 1


def test_remix_goes_to_a_model_that_takes_several() -> None:
    """*Remix* is priced and made by the default model where the chosen one takes one picture only."""
    settings = PictureSettings(model="gpt")
    assert price_of_tool("remix", Subject("1:1", "1K"), settings) == price_of("fast", "1K")
    assert price_of_tool("remix", Subject("1:1", "1K"), replace(settings, model="dream")) == price_of("dream", "1K")


async def test_videos_without_a_key() -> None:
    """A video that was begun is asked about until its time is over; nothing of it can be read or deleted."""
    absent = AbsentProvider()
    assert await absent.poll("operation", "videos/") == Busy("NO_KEY", is_fault=True)
    assert await absent.find("videos/") is None
    await absent.cancel("operation")
    assert not await absent.forget("operation")
    with pytest.raises(UnavailableError):
        await absent.read(VideoMade("https://v3b.fal.media/a", "video/mp4"))
