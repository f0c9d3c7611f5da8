"""Smaller copies: what every Transcoder does; what Google's answers mean; from a press to the copy in a chat."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from infra.local.gemini import Behaviour, Fault, Gemini, run_gemini
from infra.local.gemini.motion import Motion, make_video
from infra.local.gemini.mp4_writer import read_facts
from infra.local.gemini.video_service import LARGE_BYTES
from shared.adapters import transcoder as adapter
from shared.adapters.gemini_access import Access
from shared.adapters.genai_videos import GeminiVideos
from shared.adapters.storage_media import CloudMedia
from shared.adapters.transcoder import CloudTranscoder, build_job
from shared.adapters.video_files import BucketVideos
from shared.errors import UnavailableError
from shared.jobs.job import JobState
from shared.ports import MediaStore, Transcoder, VideoStudio
from shared.providers.copies import COPY_FILENAME, Copied, CopyPoll, CopyTask
from shared.providers.outcomes import Begun, Broken, TimedOut
from shared.providers.videos import Lost, Running
from shared.videos.video import SHOWN_BYTES_MAX, stored_video
from tests.contracts.http_server import Reply, Request, Server, serve_http
from tests.fakes.blobs import FakeBlobStore
from tests.fakes.transcoder import FakeTranscoder
from tests.world import ME, World

MOTION = Motion("a fox in the snow", "text", 5.0, "16:9", "720p")
TASK = CopyTask(
    source="jobs/a/1/video.mp4", prefix="jobs/a/1/copy/", label="a-_1", short_side_px=720, is_upright=False,
    video_bps=5_000_000, has_sound=True, usd_micros=3_000,
)  # fmt: skip
NAME = "projects/123/locations/europe-west1/jobs/4a-b"
Answer = Callable[[Request], Reply]


@dataclass
class Copies:
    """A transcoder, the bucket between it and us, and how to wait until nothing is being made."""

    transcoder: Transcoder
    media: MediaStore
    wait: Callable[[], Awaitable[object]]


async def nothing() -> None:
    """A fake makes a copy when it is asked about it."""


@pytest.fixture(params=["fake", pytest.param("google", marks=pytest.mark.emulator)])
async def copies(request: pytest.FixtureRequest) -> AsyncIterator[Copies]:
    if request.param == "fake":
        media = FakeBlobStore()
        yield Copies(FakeTranscoder(media, copy_bytes=1_000), media, nothing)
        return
    url, bucket = request.getfixturevalue("storage_emulator"), request.getfixturevalue("bucket")
    request.getfixturevalue("monkeypatch").setenv("STORAGE_EMULATOR_HOST", url)
    cloud = CloudMedia(bucket)
    async with run_gemini(storage_url=url) as server:
        transcoder = CloudTranscoder("test-project", "europe-west1", bucket, server.base_url)
        yield Copies(transcoder, cloud, server.transcoder.wait)
        await transcoder.close()
    await cloud.close()


async def test_a_copy(copies: Copies) -> None:
    """It is begun once, its file is smaller than the source and stands under the prefix, and then it is forgotten."""
    await copies.media.put(TASK.source, make_video(MOTION, (), ()), "video/mp4")
    begun = await copies.transcoder.start(TASK)
    assert isinstance(begun, Begun)
    await copies.wait()
    assert await copies.transcoder.poll(begun.operation) == Copied()
    source, [made] = await copies.media.measure(TASK.source), await copies.media.list_all(TASK.prefix)
    assert source is not None
    assert (made.name, 0 < made.size_bytes < source.size_bytes) == (TASK.prefix + COPY_FILENAME, True)
    for _ in range(2):
        await copies.transcoder.forget(begun.operation)
    assert await copies.transcoder.poll(begun.operation) == Lost()


@pytest.fixture
async def google(storage_emulator: str, bucket: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gemini]:
    """The local Google, with a bucket."""
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", storage_emulator)
    async with run_gemini(storage_url=storage_emulator) as server:
        yield server


@pytest.fixture
async def transcoder(google: Gemini, bucket: str) -> AsyncIterator[CloudTranscoder]:
    made = CloudTranscoder("test-project", "europe-west1", bucket, google.base_url)
    yield made
    await made.close()


@pytest.fixture
async def media(google: Gemini, bucket: str) -> AsyncIterator[CloudMedia]:
    made = CloudMedia(bucket)
    yield made
    await made.close()


@pytest.mark.emulator
@pytest.mark.parametrize(
    ("motion", "task", "reason"),
    [
        (replace(MOTION, seconds=4.0), TASK, "shorter than 5 seconds"),
        (replace(MOTION, has_sound=False), TASK, "audio track"),
        (None, TASK, "no video"),
        (MOTION, replace(TASK, source="jobs/gone"), "cannot be read"),
    ],
)
async def test_what_it_does_not_copy(
    google: Gemini, transcoder: CloudTranscoder, media: CloudMedia, motion: Motion | None, task: CopyTask, reason: str
) -> None:
    """A source that Google does not take fails, and says why."""
    content = b"no video" if motion is None else make_video(motion, (), ())
    await media.put(TASK.source, content, "video/mp4")
    begun = await transcoder.start(task)
    assert isinstance(begun, Begun)
    await google.transcoder.wait()
    told = await transcoder.poll(begun.operation)
    assert isinstance(told, Broken)
    assert reason in told.reason


@pytest.mark.emulator
async def test_upright_and_silent(google: Gemini, transcoder: CloudTranscoder, media: CloudMedia) -> None:
    """An upright video is ordered by its width, and one without sound without a stream of sound."""
    await media.put(TASK.source, make_video(replace(MOTION, ratio="9:16", has_sound=False), (), ()), "video/mp4")
    begun = await transcoder.start(replace(TASK, is_upright=True, has_sound=False))
    assert isinstance(begun, Begun)
    await google.transcoder.wait()
    assert await transcoder.poll(begun.operation) == Copied()
    [request] = google.transcoder.requests
    assert (request.is_upright, request.side_px, request.has_sound, request.bitrate_bps) == (
        True,
        720,
        False,
        5_000_000,
    )
    assert request.labels == {"job": b"a-_1".hex()}


@pytest.mark.emulator
async def test_states(google: Gemini, transcoder: CloudTranscoder) -> None:
    """It waits first, and one whose answer was lost has begun all the same."""
    google.set_behaviour(Behaviour(video_seconds=60))
    begun = await transcoder.start(TASK)
    assert isinstance(begun, Begun)
    assert await transcoder.poll(begun.operation) == Running(is_queued=True)
    google.set_faults(Fault("lost", model="transcoder"))
    assert await transcoder.start(TASK) == TimedOut()
    assert len(google.transcoder.requests) == 2
    for kind, word in (("busy", "RESOURCE_EXHAUSTED"), ("unavailable", "UNAVAILABLE")):
        google.set_faults(Fault(kind, model="transcoder"))  # type: ignore[arg-type]
        told = await transcoder.start(TASK)
        assert isinstance(told, Broken)
        assert told.reason.startswith(word)
    google.set_faults(Fault("internal", model="transcoder"))
    assert await transcoder.start(TASK) == TimedOut()
    assert len(google.transcoder.requests) == 2


@pytest.mark.emulator
async def test_from_a_press_to_the_copy(google: Gemini, media: CloudMedia, bucket: str) -> None:
    """The product in memory, the real adapters: a video of 60 MB is ordered, copied, and shown as a smaller file that
    plays and shows the same; the original is in the bucket, and nothing is left at Google."""
    world = World()
    world.ports = replace(world.ports, blobs=media)
    model = GeminiVideos(Access(api_key="test-key", base_url=google.base_url), media, "unused")
    files, copier = BucketVideos(media), CloudTranscoder("test-project", "europe-west1", bucket, google.base_url)
    world.video_studio = VideoStudio({"gemini": model}, media, files, world.pictures, world.budget, copier)
    await world.give(100)
    await world.send(world.message("/video a fox in the snow #large"))
    review = world.shown()
    [longer] = [button.data for row in review.buttons for button in row if button.label == "6 s"]
    await world.send(world.tap_data(longer, review.message_id))
    await world.deliver(world.tap("vmake", world.shown()))
    while await world.run_next():
        await google.wait_for_videos()
        await google.transcoder.wait()
    stored = stored_video(world.job())
    assert (world.job().state, [each.kind for each in world.messenger.messages(ME)]) == (
        JobState.DELIVERED,
        ["video", "text", "text"],
    )
    assert stored.size_bytes > LARGE_BYTES > SHOWN_BYTES_MAX > stored.small_bytes
    small = read_facts(await media.get(stored.small_blob))
    assert (small["prompt"], small["seconds"]) == (read_facts(await media.get(stored.blob))["prompt"], stored.seconds)
    assert (await files.inspect(stored.small_blob)).starts_fast
    assert await media.list_all(f"{stored.small_blob.rpartition('/')[0]}/copy/") == []
    assert (google.transcoder.jobs, len(google.transcoder.requests)) == ({}, 1)
    world.check_money()
    files.close()
    await copier.close()
    await model.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with serve_http() as running:
        yield running


@pytest.fixture
async def cloud(server: Server) -> AsyncIterator[CloudTranscoder]:
    made = CloudTranscoder("test-project", "europe-west1", "test-media", server.url)
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(200, json.dumps({"name": NAME, "state": "PENDING"}).encode()), Begun(NAME)),
        (Reply(200, b'{"name": "../../elsewhere"}'), TimedOut()),
        (Reply(200, b"<html>"), TimedOut()),
        (Reply(400, b'{"error": {"status": "INVALID_ARGUMENT", "message": "no"}}'), Broken("INVALID_ARGUMENT no")),
        (Reply(403, b"[]"), Broken("403")),
        (Reply(429, b"<html>"), Broken("429")),
        (Reply(500, b"{}"), TimedOut()),
        (Reply(504, b"{}"), TimedOut()),
    ],
)
async def test_answers_to_a_start(server: Server, cloud: CloudTranscoder, reply: Reply, outcome: object) -> None:
    """What was certainly not begun is told from what nobody knows; each start is one request with the whole job."""
    server.answer = lambda _: reply
    assert await cloud.start(TASK) == outcome
    [request] = server.requests
    assert (request.method, request.path) == ("POST", "/v1/projects/test-project/locations/europe-west1/jobs")
    assert json.loads(request.body) == build_job(TASK, "gs://test-media/")
    assert json.loads(request.body)["config"]["output"] == {"uri": "gs://test-media/jobs/a/1/copy/"}


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Reply(200, b'{"state": "RUNNING"}'), Running()),
        (Reply(200, b'{"state": "SUCCEEDED"}'), Copied()),
        (Reply(200, b'{"state": "FAILED", "error": {"code": 3, "message": "bad"}}'), Broken("bad")),
        (Reply(200, b'{"state": "FAILED"}'), Broken("")),
        (Reply(200, b'{"state": "OF_A_LATER_VERSION"}'), TimedOut()),
        (Reply(200, b"[]"), TimedOut()),
        (Reply(404, b"{}"), Lost()),
        (Reply(503, b"{}"), TimedOut()),
    ],
)
async def test_answers_to_a_poll(server: Server, cloud: CloudTranscoder, reply: Reply, outcome: CopyPoll) -> None:
    """Only the states that Google documents mean anything."""
    server.answer = lambda _: reply
    assert await cloud.poll(NAME) == outcome
    assert server.requests[0].path == f"/v1/{NAME}"


async def test_nobody_answers(server: Server, cloud: CloudTranscoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that was never made has begun nothing; a silent one may have. Nothing is raised."""
    gone = CloudTranscoder("test-project", "europe-west1", "test-media", "http://127.0.0.1:9")
    assert await gone.start(TASK) == Broken("NotConnectedError")
    assert await gone.poll(NAME) == TimedOut()
    await gone.forget(NAME)
    monkeypatch.setattr(adapter, "CALL_SECONDS_MAX", 0.0)
    assert await cloud.start(TASK) == TimedOut()


async def test_without_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """At Google's own address a token is needed; without one nothing is begun."""

    class NoToken:
        async def get(self) -> str:
            raise UnavailableError("no metadata server")

    monkeypatch.setattr(adapter, "MetadataToken", NoToken)
    cloud = CloudTranscoder("test-project", "europe-west1", "test-media")
    assert await cloud.start(TASK) == Broken("UnavailableError")
    assert await cloud.poll(NAME) == TimedOut()
    await cloud.forget(NAME)
    await cloud.close()
