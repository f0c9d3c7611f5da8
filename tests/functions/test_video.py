"""`video` as deployed: one task, one step."""

import json

import pytest

from shared.adapters.absent import AbsentProvider
from shared.adapters.late import LateVideos
from shared.jobs.job import JobState
from shared.ports import VideoStudio
from shared.videos.video import is_video
from shared.wiring import Once
from tests.functions.conftest import Function, Load
from tests.functions.test_image import NOT_OURS
from tests.world import World

Lines = pytest.CaptureFixture[str]


@pytest.fixture
def video(load_task: Load, world: World, monkeypatch: pytest.MonkeyPatch) -> Function:
    function = load_task("video")
    monkeypatch.setattr(function.module, "ports", Once(lambda: world.ports))
    monkeypatch.setattr(function.module, "studio", Once(lambda: world.video_studio))
    return function


async def test_unknown_job(video: Function) -> None:
    """A job that is not there any more is done."""
    assert (await video.post("/", b'{"job": "no-such-job-0000"}')).status_code == 200


async def test_a_video_is_begun(video: Function, world: World) -> None:
    """The task of a video has it begun, and is done long before the video is."""
    await world.send(world.message("/video a fox"))
    await world.deliver(world.tap("vmake", world.shown()))
    [task] = world.tasks.take_all()
    assert task.queue == "video"
    assert (await video.post("/", task.body)).status_code == 200
    assert [job.state for job in world.jobs() if is_video(job)] == [JobState.POLLING]


async def test_a_notice(video: Function, world: World) -> None:
    """The task of a provider's notice has a video asked about now, and not when that was planned."""
    await world.send(world.message("/video a fox"))
    await world.deliver(world.tap("vmake", world.shown()))
    [task] = world.tasks.take_all()
    await video.post("/", task.body)
    assert (await video.post("/notices", task.body)).status_code == 200
    assert [job.state for job in world.jobs() if is_video(job)] == [JobState.DELIVERED]


@pytest.mark.parametrize("body", NOT_OURS)
async def test_nobodys_task(video: Function, body: bytes, capsys: Lines) -> None:
    """A task of nobody's making would never be of use: done with a warning."""
    capsys.readouterr()
    assert (await video.post("/", body)).status_code == 200
    line = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (line["severity"], line["event"], line["status"]) == ("WARNING", "request_failed", 200)


async def test_a_process_opens_its_studio(load_task: Load) -> None:
    """The first task makes what makes videos."""
    studio = load_task("video").module.studio.get()
    assert isinstance(studio, VideoStudio)
    assert studio.providers.keys() == {"gemini", "fal", "veo"}
    assert isinstance(studio.providers["veo"], AbsentProvider)


async def test_a_process_with_veo(load_task: Load) -> None:
    """Where Veo is switched on it is on offer, and opened by its first call."""
    module = load_task("video", VEO_OFFERS="on").module
    assert module.ports.get().sellers == {"gemini", "veo"}
    veo = module.studio.get().providers["veo"]
    assert isinstance(veo, LateVideos)
    assert await veo.forget("operation")
