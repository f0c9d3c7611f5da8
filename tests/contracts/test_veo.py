"""Veo, in front of the local Gemini and the emulator of Cloud Storage: the same port by other calls."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from google.oauth2.credentials import Credentials

from infra.local.gemini import Behaviour, Fault, Gemini, run_gemini
from infra.local.gemini.faults import Kind
from infra.local.gemini.mp4_writer import read_facts
from infra.local.ports import find_free_port
from shared.adapters.gemini_access import Access
from shared.adapters.genai_veo import Veo
from shared.adapters.storage_media import CloudMedia
from shared.errors import BlobMissingError
from shared.providers.outcomes import Begun, Broken, Busy, FileRefused, Gone, ModelOutcome, NoResult, Refused, TimedOut
from shared.providers.videos import Clip, Lost, Poll, Running, VideoMade, VideoTask
from tests.contracts.test_video_model import JOB, PREFIX, RUNG, picture, read_all
from tests.contracts.video_frames import decode_frames, read_prompt, share_of

VEO = replace(RUNG, id="veo-3.1-lite-generate-001", seconds=(4, 6, 8))
TASK = VideoTask(work="text", prompt="A cat by the sea", seconds=4, ratio="16:9", resolution="720p", label=JOB)
PROMPTS = (TASK.prompt, "A dog by the sea", "then it rains")
LABEL = "16:9 · 720p · 4 s"
RED, BLUE = (255, 0, 0), (0, 0, 255)


class World:
    def __init__(self, server: Gemini, media: CloudMedia, bucket: str) -> None:
        self.server, self.media = server, media
        credentials = Credentials("test-token")  # type: ignore[no-untyped-call]
        access = Access(project="p", location="us-central1", base_url=server.base_url, credentials=credentials)
        self.veo = Veo(access, media, bucket)

    async def end_of(self, task: VideoTask = TASK, prefix: str = PREFIX) -> Poll:
        begun = await self.veo.start(VEO, task, prefix)
        assert isinstance(begun, Begun)
        await self.server.wait_for_videos()
        return await self.veo.poll(begun.operation, prefix)


@pytest.fixture
async def world(storage_emulator: str, bucket: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", storage_emulator)
    media = CloudMedia(bucket)
    async with run_gemini(storage_url=storage_emulator) as server:
        made = World(server, media, bucket)
        yield made
        await made.veo.close()
    await media.close()


async def test_a_video(world: World) -> None:
    """It is written into our bucket under its prefix, with our mark on the call, and its frames show the prompt."""
    made = await world.end_of(replace(TASK, seed=7, negative_prompt="dogs", has_sound=False))
    assert isinstance(made, VideoMade)
    assert f"/{PREFIX}" in made.address
    content = await read_all(world.veo, made)
    assert read_facts(content)["prompt"] == TASK.prompt
    assert b"soun" not in content
    frame = decode_frames(content)[0]
    assert (frame.size, read_prompt(frame, PROMPTS, LABEL), share_of(frame, RED)) == ((1280, 720), TASK.prompt, 0)
    [call] = world.server.calls()
    assert (call.labels, call.seed, call.seconds) == ({"job": JOB.encode().hex()}, 7, 4)
    assert await world.veo.forget("operation")
    await world.veo.cancel("operation")


@pytest.mark.parametrize(
    ("task", "pictures"),
    [
        (replace(TASK, work="image", first_frame=picture(), last_frame=picture("blue")), 2),
        (replace(TASK, work="reference", references=(picture(), picture("blue"), picture("green"))), 3),
    ],
)
async def test_pictures(world: World, task: VideoTask, pictures: int) -> None:
    """Frames and references have fields of their own: the video begins with red and ends with blue, or shows both."""
    made = await world.end_of(task)
    assert isinstance(made, VideoMade)
    content = await read_all(world.veo, made)
    facts, frames = read_facts(content), decode_frames(content)
    assert (facts["work"], len(facts["pictures"])) == (task.work, pictures)
    first, last = ({"red": share_of(frame, RED), "blue": share_of(frame, BLUE)} for frame in (frames[0], frames[-1]))
    assert {read_prompt(frame, PROMPTS, LABEL) for frame in (frames[0], frames[-1])} == {TASK.prompt}
    if task.work == "image":
        assert min(first["red"], last["blue"]) > 0.8
        assert max(first["blue"], last["red"]) == 0
    else:
        assert min(*first.values(), *last.values()) > 0.05


async def test_an_extension(world: World) -> None:
    """A clip is read from our bucket."""
    first = await world.end_of()
    assert isinstance(first, VideoMade)
    await world.media.put("videos/first.mp4", await read_all(world.veo, first), "video/mp4")
    task = replace(TASK, work="extend", prompt="then it rains", clip=Clip("videos/first.mp4", 4.0))
    made = await world.end_of(task, f"videos/{JOB}/2/")
    assert isinstance(made, VideoMade)
    assert read_facts(await read_all(world.veo, made))["before"] == TASK.prompt


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("busy", Busy("RESOURCE_EXHAUSTED", 5.0)),
        ("internal", TimedOut()),
        ("lost", TimedOut()),
        ("gone", Gone()),
        ("image", FileRefused("INVALID_ARGUMENT")),
        ("blocked", Refused("INVALID_ARGUMENT")),
        ("location", Broken("FAILED_PRECONDITION")),
    ],
)
async def test_a_start_that_goes_wrong(world: World, kind: Kind, outcome: ModelOutcome | Gone) -> None:
    """Each way to fail is an outcome, and nothing is asked twice."""
    world.server.set_faults(Fault(kind))
    assert await world.veo.start(VEO, replace(TASK, work="image", first_frame=picture()), PREFIX) == outcome
    assert len(world.server.calls()) == 1


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        (Fault("finish", reason="PROHIBITED_CONTENT"), Refused("RAI_58061214")),
        (Fault("finish", reason="INTERNAL"), NoResult("CODE_13", "Video generation failed: INTERNAL")),
        (Fault("empty"), NoResult("EMPTY")),
    ],
)
async def test_an_end_without_a_video(world: World, fault: Fault, end: Poll) -> None:
    """Done but filtered, failed, or nothing."""
    world.server.set_faults(fault)
    assert await world.end_of() == end


async def test_hidden_and_unheard(world: World) -> None:
    """What nobody named is found in the bucket."""
    world.server.set_faults(Fault("hidden", times=1))
    assert isinstance(await world.end_of(), VideoMade)
    other = f"videos/{JOB}/3/"
    world.server.set_faults(Fault("lost"))
    assert await world.veo.start(VEO, TASK, other) == TimedOut()
    await world.server.wait_for_videos()
    assert await world.veo.find(other) is not None


async def test_polls(world: World) -> None:
    """It runs; another operation is unknown; of another server nothing is known."""
    world.server.set_behaviour(Behaviour(video_seconds=60))
    begun = await world.veo.start(VEO, TASK, PREFIX)
    assert isinstance(begun, Begun)
    assert await world.veo.poll(begun.operation, PREFIX) == Running()
    assert await world.veo.poll(f"{begun.operation}x", PREFIX) == Lost()
    with pytest.raises(BlobMissingError):
        await world.veo.read(VideoMade("gs://another-bucket/video.mp4", "video/mp4"))


async def test_nobody_there(world: World) -> None:
    """Without a connection nothing was begun, and a poll says nothing."""
    credentials = Credentials("test-token")  # type: ignore[no-untyped-call]
    url = f"http://127.0.0.1:{find_free_port()}"
    veo = Veo(Access(project="p", location="eu", base_url=url, credentials=credentials), world.media, "unused")
    assert await veo.start(VEO, TASK, PREFIX) == Busy("ConnectError", is_fault=True)
    operation = "projects/p/locations/eu/publishers/google/models/m/operations/1"
    assert isinstance(await veo.poll(operation, PREFIX), Busy)
    await veo.close()


@pytest.mark.parametrize(
    "task",
    [
        replace(TASK, seconds=5),
        replace(TASK, resolution="4k"),
        replace(TASK, work="image", last_frame=picture()),
        replace(TASK, work="reference", references=(picture(),) * 4),
        replace(TASK, work="image", first_frame=picture(), references=(picture(),)),
    ],
)
async def test_refusals(world: World, task: VideoTask) -> None:
    """What the model cannot do is a fault of ours, or of a file."""
    assert isinstance(await world.veo.start(VEO, task, PREFIX), Broken | FileRefused)
