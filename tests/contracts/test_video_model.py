"""What every VideoProvider does: the fake, both of Gemini's APIs and fal, in front of their local servers.

The enterprise API writes into the emulator of Cloud Storage, as it does into our bucket.
"""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Protocol

import pytest
from google.oauth2.credentials import Credentials
from PIL import Image as PillowImage

from infra.local import fal
from infra.local.gemini import Behaviour, Fault, Gemini, run_gemini
from infra.local.gemini.faults import Kind
from infra.local.gemini.mp4_writer import read_facts
from infra.local.ports import find_free_port
from shared.adapters.gemini_access import Access
from shared.adapters.genai_videos import GeminiVideos
from shared.adapters.storage_media import CloudMedia
from shared.errors import BlobMissingError, UnavailableError, VideoUnusableError
from shared.ports import MediaStore, VideoProvider
from shared.providers.images import Image
from shared.providers.ladder import VideoRung
from shared.providers.outcomes import Begun, Broken, Busy, FileRefused, Gone, ModelOutcome, NoResult, Refused, TimedOut
from shared.providers.videos import VIDEO_WORKS, Clip, Lost, Poll, Running, VideoMade, VideoTask
from shared.usage import start_usage
from tests.contracts.fal_calls import KLING_RUNG, open_videos
from tests.fakes.blobs import FakeBlobStore
from tests.fakes.video_model import FakeVideoModel

RUNG = VideoRung(
    provider="gemini",
    id="gemini-omni-1.2-flash",
    shutdown_on=None,
    works=frozenset(VIDEO_WORKS),
    costs_usd_micros={"360p": 30_000, "720p": 100_000},
    seconds=tuple(range(3, 16)),
    ratios=("16:9", "9:16"),
    two_frames_seconds_max=10,
    references_max=6,
    clip_seconds=(3.0, 15.0),
    whole_seconds_max=30.0,
)
JOB = "xN-5f0Qa_b7Z1k9c"
PREFIX = f"videos/{JOB}/1/"
TASK = VideoTask(work="text", prompt="A cat by the sea", seconds=3, ratio="16:9", resolution="360p", label=JOB)


def picture(colour: str = "red") -> Image:
    file = io.BytesIO()
    PillowImage.new("RGB", (320, 180), colour).save(file, "PNG")
    return Image(file.getvalue(), "image/png")


class World(Protocol):
    """A model that makes the next video as it is told."""

    rung: VideoRung
    task: VideoTask

    @property
    def model(self) -> VideoProvider: ...

    def go_wrong(self, kind: Kind, reason: str = "") -> None: ...

    async def finish(self) -> None:
        """Return when nothing is being made."""
        ...


class FakeWorld:
    rung, task = RUNG, TASK

    def __init__(self) -> None:
        self.fake = FakeVideoModel()
        self.model: VideoProvider = self.fake

    def go_wrong(self, kind: Kind, reason: str = "") -> None:
        starts: dict[Kind, ModelOutcome | Gone] = {
            "busy": Busy("RESOURCE_EXHAUSTED", 5.0),
            "unavailable": Busy("UNAVAILABLE"),
            "internal": TimedOut(),
            "location": Broken("FAILED_PRECONDITION"),
            "image": FileRefused("INVALID_ARGUMENT"),
            "gone": Gone(),
            "blocked": Refused("INVALID_ARGUMENT"),
        }
        ends: dict[Kind, Poll] = {
            "empty": NoResult("COMPLETED"),
            "finish": Refused(reason) if "PROHIBITED" in reason else NoResult(reason),
        }
        if kind in starts:
            self.fake.script(starts[kind])
        elif kind in ends:
            self.fake.script_polls(ends[kind])
        else:
            self.fake.begins_unheard = True

    async def finish(self) -> None:
        """Nothing is made meanwhile."""


class GeminiWorld:
    rung, task = RUNG, TASK

    def __init__(self, server: Gemini, api: str, media: MediaStore, bucket: str) -> None:
        self.server, self.media, self.api, self._bucket = server, media, api, bucket
        self.gemini = self.open()
        self.model: VideoProvider = self.gemini

    def open(self, seconds_max: float = 20.0) -> GeminiVideos:
        access = Access(api_key="test-key", base_url=self.server.base_url)
        if self.api == "enterprise":
            credentials = Credentials("test-token")  # type: ignore[no-untyped-call]
            access = Access(project="p", location="eu", base_url=self.server.base_url, credentials=credentials)
        return GeminiVideos(access, self.media, self._bucket, seconds_max)

    def go_wrong(self, kind: Kind, reason: str = "") -> None:
        self.server.set_faults(Fault(kind, reason=reason, seconds=30.0))

    async def finish(self) -> None:
        await self.server.wait_for_videos()

    async def make(self, task: VideoTask = TASK, prefix: str = PREFIX) -> VideoMade:
        """A video, from its start to its end."""
        begun = await self.model.start(RUNG, task, prefix)
        assert isinstance(begun, Begun)
        await self.finish()
        made = await self.model.poll(begun.operation, prefix)
        assert isinstance(made, VideoMade)
        return made


class FalWorld:
    """Its failures have words of their own: `test_fal.py`."""

    rung, task = KLING_RUNG, replace(TASK, resolution="720p")

    def __init__(self, server: fal.Fal) -> None:
        self.server = server
        self.fal = open_videos(server)
        self.model: VideoProvider = self.fal

    def go_wrong(self, kind: Kind, reason: str = "") -> None:
        raise NotImplementedError

    async def finish(self) -> None:
        await self.server.wait_for_videos()


@asynccontextmanager
async def open_gemini(request: pytest.FixtureRequest, api: str) -> AsyncIterator[GeminiWorld]:
    if api == "developer":
        async with run_gemini() as server:
            world = GeminiWorld(server, api, FakeBlobStore(), "unused")
            yield world
            await world.gemini.close()
        return
    url, bucket = request.getfixturevalue("storage_emulator"), request.getfixturevalue("bucket")
    request.getfixturevalue("monkeypatch").setenv("STORAGE_EMULATOR_HOST", url)
    media = CloudMedia(bucket)
    async with run_gemini(storage_url=url) as server:
        world = GeminiWorld(server, api, media, bucket)
        yield world
        await world.gemini.close()
    await media.close()


@pytest.fixture(params=["developer", "enterprise"])
async def gemini(request: pytest.FixtureRequest) -> AsyncIterator[GeminiWorld]:
    async with open_gemini(request, request.param) as made:
        yield made


@pytest.fixture(params=["fake", "developer", "enterprise", "fal"])
async def anyone(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        yield FakeWorld()
    elif request.param == "fal":
        async with fal.run_fal() as server:
            other = FalWorld(server)
            yield other
            await other.fal.close()
    else:
        async with open_gemini(request, request.param) as made:
            yield made


@pytest.fixture(params=["fake", "developer", "enterprise"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        yield FakeWorld()
        return
    async with open_gemini(request, request.param) as made:
        yield made


async def read_all(model: VideoProvider, made: VideoMade) -> bytes:
    return b"".join([piece async for piece in await model.read(made)])


async def test_a_video(anyone: World) -> None:
    """A start begins an operation; asked about later, it names a file that can be read, as often as one likes."""
    usage = start_usage()
    begun = await anyone.model.start(anyone.rung, anyone.task, PREFIX)
    assert isinstance(begun, Begun)
    await anyone.finish()
    made = await anyone.model.poll(begun.operation, PREFIX)
    assert isinstance(made, VideoMade)
    assert made.mime_type == "video/mp4"
    assert usage.model_calls == 2
    assert await anyone.model.poll(begun.operation, PREFIX) == made
    content = await read_all(anyone.model, made)
    assert content[4:8] == b"ftyp"
    assert await read_all(anyone.model, made) == content


async def test_what_is_forgotten_is_lost(anyone: World) -> None:
    """What the provider keeps of a video is deleted; doing it twice is no error; then it knows no such operation."""
    begun = await anyone.model.start(anyone.rung, anyone.task, PREFIX)
    assert isinstance(begun, Begun)
    await anyone.finish()
    assert await anyone.model.forget(begun.operation)
    assert await anyone.model.forget(begun.operation)
    assert await anyone.model.poll(begun.operation, PREFIX) == Lost() or isinstance(anyone, GeminiWorld)


@pytest.mark.parametrize("gemini", ["developer"], indirect=True)
async def test_the_file_of_what_is_forgotten(gemini: GeminiWorld) -> None:
    """The provider keeps no file either, which it would do for two days; one that is gone already is no error."""
    for is_there in (True, False):
        begun = await gemini.model.start(RUNG, TASK, PREFIX)
        assert isinstance(begun, Begun)
        await gemini.finish()
        made = await gemini.model.poll(begun.operation, PREFIX)
        assert isinstance(made, VideoMade)
        if not is_there:
            gemini.server.videos.files.clear()
        assert await gemini.model.forget(begun.operation)
        assert not gemini.server.videos.files
        with pytest.raises(BlobMissingError):
            await read_all(gemini.model, made)


async def test_a_canceled_operation(anyone: World) -> None:
    """An operation that runs is stopped, and ends without a video; to cancel once more is no error."""
    if isinstance(anyone, GeminiWorld):
        anyone.server.set_behaviour(Behaviour(video_seconds=60))
    if isinstance(anyone, FalWorld):
        anyone.server.set_behaviour(fal.Behaviour(video_seconds=60))
    begun = await anyone.model.start(anyone.rung, anyone.task, PREFIX)
    assert isinstance(begun, Begun)
    await anyone.model.cancel(begun.operation)
    await anyone.model.cancel(begun.operation)
    assert await anyone.model.poll(begun.operation, PREFIX) == NoResult("CANCELLED")


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("busy", Busy("RESOURCE_EXHAUSTED", 5.0)),
        ("unavailable", Busy("UNAVAILABLE")),
        ("internal", TimedOut()),
        ("location", Broken("FAILED_PRECONDITION")),
        ("image", FileRefused("INVALID_ARGUMENT")),
        ("gone", Gone()),
        ("blocked", Refused("INVALID_ARGUMENT")),
        ("lost", TimedOut()),
    ],
)
async def test_a_start_that_goes_wrong(world: World, kind: Kind, outcome: ModelOutcome | Gone) -> None:
    """Each way to fail is an outcome, and nothing is asked twice: above all not where nobody knows if it has begun."""
    usage = start_usage()
    world.go_wrong(kind)
    task = replace(TASK, work="image", first_frame=picture())
    assert await world.model.start(RUNG, task, PREFIX) == outcome
    assert usage.model_calls == 1
    if isinstance(world, GeminiWorld):
        assert len(world.server.calls()) == 1


@pytest.mark.parametrize(
    ("kind", "reason", "end"),
    [
        ("empty", "", NoResult("COMPLETED")),
        ("finish", "PROHIBITED_CONTENT", Refused("PROHIBITED_CONTENT")),
        ("finish", "INTERNAL", NoResult("INTERNAL")),
    ],
)
async def test_an_end_without_a_video(world: World, kind: Kind, reason: str, end: Poll) -> None:
    """An operation that a filter stops, that fails or that brings nothing says so in the end."""
    world.go_wrong(kind, reason)
    begun = await world.model.start(RUNG, TASK, PREFIX)
    assert isinstance(begun, Begun)
    await world.finish()
    assert await world.model.poll(begun.operation, PREFIX) == end


async def test_still_running(gemini: GeminiWorld) -> None:
    """Before its end an operation waits for its turn, and then runs."""
    gemini.server.set_behaviour(Behaviour(video_seconds=60))
    begun = await gemini.model.start(RUNG, TASK, PREFIX)
    assert isinstance(begun, Begun)
    assert await gemini.model.poll(begun.operation, PREFIX) == Running(is_queued=True)
    for status in ("in_progress", "a status of tomorrow"):
        gemini.server.videos.find(begun.operation).status = status
        assert await gemini.model.poll(begun.operation, PREFIX) == Running(is_queued=False)


async def test_another_model_at_work(gemini: GeminiWorld) -> None:
    """The provider's answers name the model that works, at the start and at the end, also if it was not asked for."""
    gemini.server.set_faults(Fault("rerouted", times=1, reason="gemini-omni-9"))
    for model_id in ("gemini-omni-9", RUNG.id):
        begun = await gemini.model.start(RUNG, TASK, PREFIX)
        assert isinstance(begun, Begun)
        assert begun.model_id == model_id
        await gemini.finish()
        made = await gemini.model.poll(begun.operation, PREFIX)
        assert isinstance(made, VideoMade)
        assert made.model_id == model_id


async def test_what_was_begun_unheard(gemini: GeminiWorld) -> None:
    """A start whose answer is lost is found by its own prefix in the bucket, where the provider can write there."""
    assert await gemini.model.find(PREFIX) is None
    gemini.go_wrong("lost")
    assert await gemini.model.start(RUNG, TASK, PREFIX) == TimedOut()
    await gemini.finish()
    found = await gemini.model.find(PREFIX)
    if gemini.api == "developer":
        assert found is None
        return
    assert found is not None
    assert read_facts(await read_all(gemini.model, found))["prompt"] == TASK.prompt


async def test_completed_without_a_word_of_its_file(gemini: GeminiWorld) -> None:
    """An answer that names no video is not believed before the bucket was looked into."""
    gemini.go_wrong("hidden")
    begun = await gemini.model.start(RUNG, TASK, PREFIX)
    assert isinstance(begun, Begun)
    await gemini.finish()
    end = await gemini.model.poll(begun.operation, PREFIX)
    if gemini.api == "developer":
        assert end == NoResult("COMPLETED")
    else:
        assert isinstance(end, VideoMade)
        assert (await read_all(gemini.model, end))[4:8] == b"ftyp"


async def test_what_is_sent(gemini: GeminiWorld) -> None:
    """One request, in the background and stored, with our mark; what has no field of its own is in the words."""
    task = replace(TASK, seed=7, has_sound=False, negative_prompt="dogs", ratio="9:16", resolution="720p", seconds=4)
    await gemini.model.start(RUNG, task, PREFIX)
    [call] = gemini.server.calls()
    assert (call.store, call.work, call.seconds, call.aspect_ratio, call.image_size) == (
        True,
        "text",
        4,
        "9:16",
        "720p",
    )
    assert (call.seed, call.labels) == (7, {"job": JOB.encode().hex()})
    assert call.prompt.startswith(TASK.prompt)
    assert "dogs" in call.prompt
    assert "silent" in call.prompt


TWO_FRAMES = replace(TASK, work="image", first_frame=picture(), last_frame=picture("blue"))


@pytest.mark.parametrize(
    "task",
    [
        replace(TASK, work="image", first_frame=picture()),
        TWO_FRAMES,
        replace(TASK, work="reference", references=(picture(), picture("blue"), picture("green"))),
    ],
)
async def test_pictures_have_their_parts(gemini: GeminiWorld, task: VideoTask) -> None:
    """Every picture is named in the words, without which the model takes no notice of it, and is in the video."""
    made = await gemini.make(task)
    [call] = gemini.server.calls()
    assert call.images_in == sum(part is not None for part in (task.first_frame, task.last_frame, *task.references))
    facts = read_facts(await read_all(gemini.model, made))
    assert (facts["work"], len(facts["pictures"])) == (task.work, call.images_in)
    assert facts["prompt"].startswith(TASK.prompt)
    assert ("first frame" in facts["prompt"]) is (task.first_frame is not None)


@pytest.mark.parametrize("work", ["edit", "extend"])
async def test_a_clip_from_the_bucket(gemini: GeminiWorld, work: Any) -> None:
    """An earlier video is read by the model from where we keep it, and goes on or is changed."""
    content = await read_all(gemini.model, await gemini.make())
    await gemini.media.put("videos/first.mp4", content, "video/mp4")
    clip = Clip("videos/first.mp4", seconds=3.0)
    task = replace(TASK, work=work, prompt="and then it rains", clip=clip)
    facts = read_facts(await read_all(gemini.model, await gemini.make(task, f"videos/{JOB}/2/")))
    assert (facts["work"], facts["before"]) == (work, TASK.prompt)
    assert facts["seconds"] == (6.0 if work == "extend" else 3.0)


async def test_an_uploaded_clip_is_deleted(gemini: GeminiWorld) -> None:
    """What was sent to the Files API for a video goes with it, and at once if the video is refused."""
    content = await read_all(gemini.model, await gemini.make())
    await gemini.media.put("videos/first.mp4", content, "video/mp4")
    gemini.server.videos.files.clear()
    task = replace(TASK, work="edit", clip=Clip("videos/first.mp4", seconds=3.0))
    begun = await gemini.model.start(RUNG, task, f"videos/{JOB}/2/")
    assert isinstance(begun, Begun)
    await gemini.finish()
    assert len(gemini.server.videos.files) == (2 if gemini.api == "developer" else 0)
    assert await gemini.model.forget(begun.operation)
    assert not gemini.server.videos.files
    gemini.go_wrong("blocked")
    assert await gemini.model.start(RUNG, task, f"videos/{JOB}/3/") == Refused("INVALID_ARGUMENT")
    assert not gemini.server.videos.files


async def test_a_clip_that_is_too_long(gemini: GeminiWorld) -> None:
    """The developer API extends uploaded clips of up to 15 s; the enterprise API reads longer ones."""
    made = await gemini.make(replace(TASK, seconds=15))
    await gemini.media.put("videos/first.mp4", await read_all(gemini.model, made), "video/mp4")
    task = replace(TASK, work="extend", seconds=5, clip=Clip("videos/first.mp4", seconds=15.0))
    longer = await gemini.make(task, f"videos/{JOB}/2/")
    await gemini.media.put("videos/second.mp4", await read_all(gemini.model, longer), "video/mp4")
    outcome = await gemini.model.start(
        RUNG, replace(task, clip=Clip("videos/second.mp4", seconds=20.0)), f"videos/{JOB}/3/"
    )
    assert isinstance(outcome, Begun) is (gemini.api == "enterprise")


async def test_a_clip_that_the_provider_still_knows(gemini: GeminiWorld) -> None:
    """A clip is named by its operation where that is not forgotten: nothing is uploaded."""
    begun = await gemini.model.start(RUNG, TASK, PREFIX)
    assert isinstance(begun, Begun)
    await gemini.finish()
    clip = Clip("videos/gone.mp4", seconds=3.0, operation=begun.operation)
    made = await gemini.make(replace(TASK, work="edit", prompt="in winter", clip=clip))
    assert read_facts(await read_all(gemini.model, made))["before"] == TASK.prompt


async def test_a_clip_that_is_gone(gemini: GeminiWorld) -> None:
    """Without its clip nothing is asked for; the enterprise API finds that out itself."""
    clip = Clip("videos/gone.mp4", seconds=3.0)
    outcome = await gemini.model.start(RUNG, replace(TASK, work="edit", clip=clip), PREFIX)
    assert isinstance(outcome, Busy if gemini.api == "developer" else FileRefused | Broken)


async def test_a_start_that_takes_too_long(gemini: GeminiWorld) -> None:
    """Nobody knows whether a call that was given up has begun something."""
    slow = gemini.open(0.000_001)
    outcome = await slow.start(RUNG, TASK, PREFIX)
    await slow.close()
    assert isinstance(outcome, TimedOut | Busy)


async def test_nobody_there(gemini: GeminiWorld) -> None:
    """Without a connection nothing was begun, a poll says nothing, and nothing is forgotten."""
    nowhere = Access(api_key="test-key", base_url=f"http://127.0.0.1:{find_free_port()}")
    model = GeminiVideos(nowhere, gemini.media, "unused")
    assert await model.start(RUNG, TASK, PREFIX) == Busy("ConnectError", is_fault=True)
    assert isinstance(await model.poll("operation", PREFIX), Busy)
    await model.cancel("operation")
    assert not await model.forget("operation")
    with pytest.raises(UnavailableError):
        await read_all(model, VideoMade("https://example.com/files/abc", "video/mp4"))
    await model.close()


@pytest.mark.parametrize("gemini", ["developer"], indirect=True)
async def test_a_file_that_is_not_ready(gemini: GeminiWorld) -> None:
    """A video may be named before its file can be read: until then it is not made."""
    gemini.go_wrong("late_file")
    begun = await gemini.model.start(RUNG, TASK, PREFIX)
    assert isinstance(begun, Begun)
    await gemini.finish()
    assert await gemini.model.poll(begun.operation, PREFIX) == Running()
    [file] = gemini.server.videos.files.values()
    name = next(iter(gemini.server.videos.files))
    with pytest.raises(UnavailableError):
        await read_all(gemini.model, VideoMade(f"https://host/v1beta/files/{name}", "video/mp4"))
    file.active_at = 0
    assert isinstance(await gemini.model.poll(begun.operation, PREFIX), VideoMade)
    gemini.server.videos.files.clear()
    assert await gemini.model.poll(begun.operation, PREFIX) == NoResult("FILE_GONE")


async def test_files_that_cannot_be_read(gemini: GeminiWorld) -> None:
    """An address without a file, or of one that is gone; our key goes to no other server."""
    with pytest.raises(BlobMissingError):
        await read_all(gemini.model, VideoMade("https://evil.example/v1/files/abc123:download", "video/mp4"))
    with pytest.raises(UnavailableError):
        await gemini.model.read(VideoMade("https://evil.example/video.mp4", "video/mp4"))


@pytest.mark.parametrize("gemini", ["developer"], indirect=True)
async def test_two_gigabytes_announced(gemini: GeminiWorld) -> None:
    """A file that says it has 2 GB is not begun."""
    gemini.go_wrong("spoiled", "huge")
    made = await gemini.make()
    with pytest.raises(VideoUnusableError, match="size"):
        await read_all(gemini.model, made)
