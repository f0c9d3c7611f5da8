"""When the wanted model of videos is gone: the next one that can do it at no loss, said and not dearer."""

import json
from dataclasses import replace

import pytest

from shared.credits.catalogue import VIDEO, VIDEOS
from shared.jobs.job import Job, JobState, credits_of
from shared.providers.ladder import GONE_SECONDS, VideoRung
from shared.providers.outcomes import Begun, FailureReason, Gone
from shared.providers.videos import VideoMade
from shared.videos.video import is_video, video_artefacts
from tests.fakes.video_model import FakeVideoModel
from tests.world import World

OMNI = VIDEO.rungs[0]
CHEAPER = replace(OMNI, provider="other", id="cheap-video-1", costs_usd_micros={"360p": 15_000})
DEARER = replace(OMNI, provider="other", id="dear-video-1", costs_usd_micros={"360p": 60_000})
UNABLE = replace(OMNI, provider="other", id="tall-video-1", ratios=("9:16",))


@pytest.fixture
def other(world: World) -> FakeVideoModel:
    """A second provider of videos."""
    model = FakeVideoModel()
    world.video_studio = replace(world.video_studio, providers={**world.video_studio.providers, "other": model})
    return model


def sell(monkeypatch: pytest.MonkeyPatch, *rungs: VideoRung) -> None:
    monkeypatch.setitem(VIDEOS, "omni", replace(VIDEO, rungs=(OMNI, *rungs)))


async def order(world: World) -> Job:
    await world.send(world.message("/video a fox in the snow"))
    await world.deliver(world.tap("vmake", world.shown()))
    return video(world)


def video(world: World) -> Job:
    return [job for job in world.jobs() if is_video(job)][-1]


async def test_a_cheaper_model_makes_it(
    world: World, other: FakeVideoModel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is asked at its own provider, followed there, said on the card, and costs less; the rest comes back."""
    sell(monkeypatch, DEARER, UNABLE, CHEAPER)
    world.video_model.script(Gone())
    await order(world)
    await world.run_next()
    assert (video(world).state, video_artefacts(video(world)).provider) == (JobState.POLLING, "other")
    assert "Gemini Omni is unavailable, so another model makes this video" in world.shown().text
    await world.settle()
    assert (world.video_model.rungs, other.rungs) == ([OMNI], [CHEAPER])
    job = video(world)
    assert (job.state, job.request.price, credits_of(job)) == (JobState.DELIVERED, 15, 8)
    assert world.user().account.available == 12
    shown = world.messenger.messages(501)
    assert any("it is cheaper, and so was the video" in each.text for each in shown)
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["model_id"] for each in events if each["event"] == "model_fell_back"] == [CHEAPER.id]
    world.check_money()


async def test_the_gone_model_is_remembered(
    world: World, other: FakeVideoModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For minutes it is not asked again; then it is."""
    await world.give(100)
    sell(monkeypatch, CHEAPER)
    world.video_model.script(Gone())
    for _ in range(2):
        await order(world)
        await world.settle()
    assert (len(world.video_model.rungs), len(other.rungs)) == (1, 2)
    world.clock.advance(GONE_SECONDS)
    await order(world)
    await world.settle()
    assert (len(world.video_model.rungs), len(other.rungs)) == (2, 2)
    world.check_money()


async def test_no_model_is_left(world: World, other: FakeVideoModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fallback at a loss, or one that cannot do it, is not asked: the credits come back."""
    sell(monkeypatch, DEARER, UNABLE)
    world.video_model.script(Gone())
    for _ in range(2):
        await order(world)
        await world.settle()
        assert (video(world).state, video(world).failure) == (JobState.FAILED, FailureReason.OURS)
    assert (len(world.video_model.rungs), other.rungs, world.user().account.available) == (1, [], 20)
    world.check_money()


async def test_an_equal_model(world: World, other: FakeVideoModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fallback at the same cost is said, and costs the same."""
    sell(monkeypatch, replace(OMNI, provider="other", id="equal-video-1"))
    world.video_model.script(Gone())
    await order(world)
    await world.settle()
    assert credits_of(video(world)) == 15
    assert any("another model makes this video" in each.text for each in world.messenger.messages(501))
    world.check_money()


def test_versions() -> None:
    """A version of a model's id is that model; what is listed by no rung counts as the wanted model."""
    lite = replace(OMNI, id=f"{OMNI.id}-lite")
    offer = replace(VIDEOS["omni"], rungs=(OMNI, lite))
    assert [offer.fallback_by(each) for each in (OMNI.id, f"{OMNI.id}-001", "former", "")] == [None] * 4
    assert offer.fallback_by(f"{OMNI.id}-lite-001") == lite


async def test_another_model_begins(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A provider that says at the start that another model works is noticed; the video counts as the asked one's."""
    await order(world)
    world.video_model.script(Begun("theirs", "gemini-omni-9"))
    await world.run_next()
    assert (video(world).state, video_artefacts(video(world)).model_id) == (JobState.POLLING, OMNI.id)
    assert _rerouted(capsys) == [(OMNI.id, "gemini-omni-9")]


async def test_another_model_made_it(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A provider that names another model with the finished video is noticed; the person pays what was agreed."""
    job = await order(world)
    made = VideoMade("memory:theirs", "video/mp4", 4.0, model_id="gemini-omni-9")
    world.video_model.script_polls(made)
    world.video_model.written["elsewhere"] = made
    await world.settle()
    assert (video(world).state, credits_of(video(world))) == (JobState.DELIVERED, job.request.price)
    assert _rerouted(capsys) == [(OMNI.id, "gemini-omni-9")]
    world.check_money()


async def test_the_asked_model_made_it(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """A video of the asked model, from start to end, raises no alarm."""
    await order(world)
    await world.settle()
    assert video(world).state is JobState.DELIVERED
    assert _rerouted(capsys) == []


def _rerouted(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    """The asked and the answering model of each line of the log that says so."""
    lines = [json.loads(each) for each in capsys.readouterr().out.splitlines() if "model_rerouted" in each]
    return [(line["model_id"], line["answered_by"]) for line in lines]
