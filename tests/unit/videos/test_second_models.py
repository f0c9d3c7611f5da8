"""Videos by models of the second provider: chosen on the review screen where its key is, and no dead end without it."""

from dataclasses import replace
from itertools import product

import pytest

from shared.adapters.absent import AbsentProvider
from shared.credits.catalogue import VIDEOS, sold_videos, video_offer
from shared.jobs.job import JobState
from shared.ports import VideoProvider
from shared.providers.outcomes import Busy, Refused
from shared.telegram.callbacks import write_callback
from shared.videos.choice import Choice, Wish, fit, keep_to_sold, models_for, price_of_choice, read_choice, write_choice
from shared.videos.pace import pause_after
from shared.videos.video import video_artefacts, video_request
from tests.world import GROUP, World

BOTH = frozenset({"gemini", "fal"})
ALL = sold_videos(BOTH)
CALLBACK_BYTES_MAX = 64


@pytest.fixture
async def world(world: World) -> World:
    """Both providers, which answer as the one fake does, and somebody who can pay."""
    world.ports = replace(world.ports, sellers=BOTH)
    providers = {"gemini": world.video_model, "fal": world.video_model}
    world.video_studio = replace(world.video_studio, providers=providers)
    await world.give(1000)
    return world


def take_key_away(world: World) -> None:
    world.ports = replace(world.ports, sellers=frozenset({"gemini"}))
    providers: dict[str, VideoProvider] = {"gemini": world.video_model, "fal": AbsentProvider()}
    world.video_studio = replace(world.video_studio, providers=providers)


def labels(world: World) -> list[str]:
    return [button.label for row in world.shown().buttons for button in row]


async def press(world: World, label: str) -> None:
    [data] = [b.data for row in world.shown().buttons for b in row if label in b.label]
    await world.send(world.tap(data.removeprefix("1;"), world.shown()))


async def test_a_video_by_another_model(world: World) -> None:
    """The screen offers the models with their prices; the chosen one has its own lengths, and makes the video."""
    await world.send(world.message("/video a kite"))
    assert labels(world)[:3] == ["✅ Gemini Omni · 15", "Kling 3.0 Turbo · 70", "Seedance 2.0 · 152"]
    await press(world, "Kling")
    assert "✅ Kling 3.0 Turbo · 70" in labels(world)
    assert "360p" not in labels(world)
    assert [label for label in labels(world) if label.endswith(" s")] == ["✅ 5 s", "10 s", "15 s"]
    await press(world, "Make it")
    [rung] = world.video_model.rungs
    assert rung == VIDEOS["kling"].rungs[0]
    job = world.job()
    assert (job.state, job.request.price, video_artefacts(job).provider) == (JobState.DELIVERED, 70, "fal")
    assert "Kling 3.0 Turbo" in world.messenger.messages(job.user_id)[-2].text + world.shown().text
    world.check_money()


async def test_again_keeps_the_model(world: World) -> None:
    """A further video is proposed by the same model, while that is sold."""
    await world.send(world.message("/video a kite"))
    await press(world, "Seedance")
    await press(world, "Make it")
    video = world.messenger.messages(world.job().user_id)
    shown = next(each for each in video if any("Again" in b.label for row in each.buttons for b in row))
    [data] = [b.data for row in shown.buttons for b in row if "Again" in b.label]
    await world.send(world.tap(data.removeprefix("1;"), shown))
    assert "✅ Seedance 2.0 · 152" in labels(world)
    take_key_away(world)
    await world.send(world.tap(data.removeprefix("1;"), shown))
    assert [label for label in labels(world) if "Seedance" in label or "Omni" in label] == []
    assert "✅ 4 s" in labels(world)


async def test_the_key_goes_before_the_press(world: World) -> None:
    """*Make it* for a model that is not sold any more shows the default one with its price, and buys nothing."""
    await world.send(world.message("/video a kite"))
    await press(world, "Kling")
    take_key_away(world)
    await press(world, "Make it")
    assert world.jobs() == []
    assert any("Make it" in label and "70" not in label for label in labels(world))
    world.check_money()


async def test_the_key_goes_before_the_start(world: World) -> None:
    """An accepted video that nobody can begin ends at once; the credits are back, and the card says why."""
    await world.send(world.message("/video a kite"))
    await press(world, "Kling")
    [data] = [b.data for row in world.shown().buttons for b in row if "Make it" in b.label]
    await world.deliver(world.tap(data.removeprefix("1;"), world.shown()))
    take_key_away(world)
    await world.settle()
    assert "Kling 3.0 Turbo is not available at the moment" in world.shown().text
    assert world.user().account.available == 1000
    world.check_money()


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Refused("content_policy_violation"), "The filter of Kling 3.0 Turbo stopped this video"),
        (Busy("HTTP_429"), "Kling 3.0 Turbo is busy"),
    ],
)
async def test_it_is_named(world: World, outcome: Refused | Busy, said: str) -> None:
    """What goes wrong is told of the model, not of Google."""
    await world.send(world.message("/video a kite"))
    await press(world, "Kling")
    world.video_model.script(*[outcome] * 3)
    [data] = [b.data for row in world.shown().buttons for b in row if "Make it" in b.label]
    await world.deliver(world.tap(data.removeprefix("1;"), world.shown()))
    while said not in world.shown().text:
        assert await world.run_next()
    await world.settle()
    world.check_money()


async def test_polls_follow_the_model(world: World) -> None:
    """The first question comes by the usual time of the model that was asked."""
    await world.send(world.message("/video a kite"))
    await press(world, "Seedance")
    world.video_model.polls_needed = 99
    [data] = [b.data for row in world.shown().buttons for b in row if "Make it" in b.label]
    await world.deliver(world.tap(data.removeprefix("1;"), world.shown()))
    while world.job().state is not JobState.POLLING:
        await world.run_next()
    job = world.job()
    begun = video_artefacts(job).begun_at
    assert begun is not None
    assert pause_after(job, begun).total_seconds() == 0.75 * VIDEOS["seedance"].rungs[0].usual_seconds[0]


def test_each_choice_fits_into_a_button() -> None:
    """Every choice of every model can be written, read back, and has a price."""
    for model, offer in VIDEOS.items():
        for seconds, ratio, size in product(offer.seconds, offer.ratios, offer.resolutions):
            for work in offer.rungs[0].works:
                choice = Choice(seconds, ratio, size, has_sound=False, work=work, model=model)
                assert read_choice(write_choice(choice)) == choice
                write_callback("vmake", "x" * 16, *write_choice(choice), 9999)  # raises where it is too long
        assert price_of_choice(Wish("a kite"), Choice(model=model)) > 0


def test_what_a_model_cannot_do() -> None:
    """Material that only the default model takes leads back to it; unknown models and buttons are refused."""
    edit = Wish("in winter", parent_id="x", source_seconds=4.0)
    assert models_for(edit, ALL) == ("omni",)
    assert fit(edit, Choice(model="kling")).model == "omni"
    assert models_for(Wish("a kite"), ALL) == ALL
    assert fit(Wish("a kite"), Choice(model="kling")) == Choice(5, "16:9", "720p", work="text", model="kling")
    assert read_choice(("4", "16:9", "360p", "1", "pika.text")) is None
    assert read_choice(("4", "16:9", "360p", "1", "kling.text")) is None
    assert keep_to_sold(Choice(model="kling"), ("omni",)) == Choice()
    assert video_offer("a model of tomorrow") is VIDEOS["omni"]


async def test_a_request_of_another_release(world: World) -> None:
    """A video of a model that this release does not sell is left to the one that does."""
    await world.send(world.message("/video a kite"))
    await press(world, "Make it")
    request = video_request(world.job())
    assert request.is_known()
    assert not replace(request, model="pika").is_known()  # type: ignore[arg-type]
    assert not replace(request, model="kling").is_known()


async def test_in_a_group(world: World) -> None:
    """The models are there without their prices, which only the payer may see."""
    await world.send(world.message("/video a kite", chat_id=GROUP))
    labels = [button.label for row in world.shown(GROUP).buttons for button in row]
    assert labels[:3] == ["✅ Gemini Omni", "Kling 3.0 Turbo", "Seedance 2.0"]
