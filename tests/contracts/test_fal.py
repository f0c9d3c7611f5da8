"""The adapters of fal alone: what they put on the wire, what each answer means, and that nothing is sent twice."""

import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from io import BytesIO
from itertools import product
from threading import Event
from typing import Any, get_args

import httpx
import pytest
from PIL import Image as Pillow

from infra.local.fal import Behaviour, Fal, Fault, run_fal
from infra.local.fal.faults import Kind
from infra.local.fal.models import ENDPOINTS
from infra.local.fal.request import read_order
from infra.local.gemini.mp4_writer import read_facts
from infra.local.ports import find_free_port
from shared.adapters.fal import FalPictures, read_data_uri
from shared.adapters.fal_errors import read_error
from shared.adapters.fal_once import FalAccess
from shared.adapters.fal_requests import PROMPT_CHARACTERS_MAX, measure, picture_call, video_call, write_prompt
from shared.adapters.fal_videos import BEGUN_SECONDS_MAX, FalVideos
from shared.credits.catalogue import OFFERS, VIDEOS, Offer, VideoOffer
from shared.errors import BlobMissingError, UnavailableError, VideoUnusableError
from shared.jobs.time_limits import MODEL_SECONDS_MAX
from shared.providers.admission import set_admission
from shared.providers.images import Image
from shared.providers.ladder import PictureRung, VideoRung
from shared.providers.outcomes import (
    Begun,
    Broken,
    Busy,
    FileRefused,
    Gone,
    Made,
    ModelOutcome,
    NoResult,
    Refused,
    TimedOut,
    Turn,
)
from shared.providers.videos import Clip, Lost, Poll, Running, VideoMade, VideoRatio
from shared.usage import start_usage
from tests.contracts.fal_calls import (
    DREAM,
    FILM,
    GPT,
    KEY,
    KLING_RUNG,
    PREFIX,
    SECRET_PROMPT,
    SEEDANCE_RUNG,
    TASK,
    open_pictures,
    open_videos,
)
from tests.contracts.http_server import Reply, Request, Server, serve_http


@pytest.fixture
async def fal() -> AsyncIterator[Fal]:
    async with run_fal() as running:
        yield running


@pytest.fixture
async def pictures(fal: Fal) -> AsyncIterator[FalPictures]:
    made = open_pictures(fal)
    yield made
    await made.close()


@pytest.fixture
async def videos(fal: Fal) -> AsyncIterator[FalVideos]:
    made = open_videos(fal)
    yield made
    await made.close()


@pytest.fixture
def server() -> Iterator[Server]:
    with serve_http() as running:
        yield running


def picture(colour: str = "red", size: tuple[int, int] = (320, 180)) -> Image:
    file = BytesIO()
    Pillow.new("RGB", size, colour).save(file, "PNG")
    return Image(file.getvalue(), "image/png")


async def begin(videos: FalVideos, fal: Fal, rung: VideoRung = KLING_RUNG) -> str:
    begun = await videos.start(rung, FILM, PREFIX)
    assert isinstance(begun, Begun)
    await fal.wait_for_videos()
    return begun.operation


# --- pictures ---


async def test_what_a_picture_sends(fal: Fal, pictures: FalPictures) -> None:
    """One direct call: fal's queue is not asked to repeat it, and keeps neither words nor picture."""
    usage = start_usage()
    made = await pictures.generate(DREAM, TASK)
    assert isinstance(made, Made)
    assert Pillow.open(BytesIO(made.content)).size == (2720, 1536)
    [call] = fal.calls()
    assert (call.host, call.endpoint) == ("fal.run", "fal-ai/bytedance/seedream/v4.5/text-to-image")
    assert call.headers == {
        "x-fal-store-io": "0",
        "x-fal-no-retry": "1",
        "x-fal-request-timeout": f"{MODEL_SECONDS_MAX}.0",
    }
    assert call.arguments == {
        "prompt": SECRET_PROMPT,
        "num_images": 1,
        "max_images": 1,
        "sync_mode": True,
        "enable_safety_checker": True,
        "image_size": {"width": 2720, "height": 1536},
    }
    assert (usage.model_calls, fal.service.files) == (1, {})


async def test_seed_and_what_must_not_be_seen(fal: Fal, pictures: FalPictures) -> None:
    """The model that has a field for a seed gets it; what must not be seen has none, and is said in words."""
    await pictures.generate(DREAM, replace(TASK, seed=7, without="people"))
    [call] = fal.calls()
    assert call.arguments["seed"] == 7
    assert call.prompt == f"{SECRET_PROMPT}\nThe picture must not show: people"


@pytest.mark.parametrize("rung", [DREAM, GPT], ids=lambda rung: rung.id)
async def test_earlier_version_and_references(fal: Fal, pictures: FalPictures, rung: PictureRung) -> None:
    """With pictures the model that edits is asked: the earlier version first, then what people sent."""
    parent = Turn("a fox", picture("blue"), b"another provider's")
    task = replace(TASK, parent=parent, references=(picture("green"), picture("red")))
    assert isinstance(await pictures.generate(rung, task), Made)
    [call] = fal.calls()
    assert (call.endpoint, call.pictures_in) == (f"{rung.id}/edit", 3)


@pytest.mark.parametrize("offer", [each for each in OFFERS.values() if each.rungs[0].provider == "fal"])
def test_all_shapes_and_sizes(offer: Offer) -> None:
    """Each shape and size that is sold is one that the model makes."""
    for size in offer.prices:
        for ratio in offer.ratios:
            call = picture_call(offer.rungs[0].id, replace(TASK, ratio=ratio, size=size))
            read_order(ENDPOINTS[call.endpoint], call.arguments)


def test_measure() -> None:
    """A shape of a certain area, within the longest edge, in steps of 16 px."""
    assert measure("1:1", 1024 * 1024, 3840) == {"width": 1024, "height": 1024}
    assert measure("21:9", 4096 * 4096, 4096) == {"width": 4096, "height": 1744}


PICTURE_OUTCOMES: list[tuple[Kind, ModelOutcome | Gone]] = [
    ("busy", Busy("HTTP_429", 5.0)),
    ("unavailable", Busy("runner_scheduling_failure")),
    ("internal", Busy("internal_error", is_fault=True)),
    ("proxy", Busy("HTTP_502", is_fault=True)),
    ("gone", Gone()),
    ("locked", Broken("BALANCE")),
    ("nonsense", Busy("ANSWER", is_fault=True)),
    ("lost", Busy("RemoteProtocolError", is_fault=True)),
    ("blocked", Refused("content_policy_violation")),
    ("nsfw", Refused("has_nsfw_concepts")),
    ("image", FileRefused("image_load_error")),
    ("empty", NoResult("NO_IMAGE", "The model returned no media.")),
    ("nothing", NoResult("NO_IMAGE")),
    ("failed", Busy("internal_server_error", is_fault=True)),
    ("timeout", Busy("generation_timeout", is_fault=True)),
]


@pytest.mark.parametrize(("kind", "outcome"), PICTURE_OUTCOMES)
async def test_a_picture_that_goes_wrong(
    fal: Fal, pictures: FalPictures, kind: Kind, outcome: ModelOutcome | Gone
) -> None:
    """Each way to fail is an outcome, after one request: the library's own ten tries are off."""
    fal.set_faults(Fault(kind))
    assert await pictures.generate(DREAM, replace(TASK, references=(picture(),))) == outcome
    assert len(fal.calls()) == 1


async def test_a_file_is_only_a_persons(fal: Fal, pictures: FalPictures) -> None:
    """Without pictures in the request, a complaint about one is a fault of ours."""
    fal.set_faults(Fault("image"))
    assert await pictures.generate(DREAM, TASK) == Broken("image_load_error")


async def test_a_picture_as_a_file(fal: Fal, pictures: FalPictures) -> None:
    """A model that gives an address in place of the picture: it is fetched, without our key."""
    fal.set_faults(Fault("link"))
    made = await pictures.generate(DREAM, TASK)
    assert isinstance(made, Made)
    assert made.mime_type == "image/png"
    fal.service.files.clear()


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ('{"images": [{"url": "https://v3b.fal.media/files/b/gone.png"}]}', Busy("HTTP_503")),
        ('{"images": [{"url": "http://169.254.169.254/token"}]}', Busy("ANSWER", is_fault=True)),
        ('{"images": [{"url": "data:image/png;base64"}]}', Busy("ANSWER", is_fault=True)),
        ('{"images": [{"url": "data:image/png;base64,%%%"}]}', Busy("ANSWER", is_fault=True)),
        ('{"images": [{}]}', Busy("ANSWER", is_fault=True)),
        ("[]", Busy("ANSWER", is_fault=True)),
    ],
)
async def test_answers_that_are_not_fals(server: Server, told: str, outcome: ModelOutcome) -> None:
    """An answer without a picture that can be had is a fault of the provider; nothing but https is fetched."""
    server.answer = lambda request: Reply(404 if request.method == "GET" else 200, told.encode())
    model = FalPictures(FalAccess(KEY, server.url))
    assert await model.generate(DREAM, TASK) == outcome
    await model.close()


def test_addresses_that_hold_a_picture() -> None:
    """In base64 or percent-encoded."""
    assert read_data_uri("data:image/png;base64,aGk=") == (b"hi", "image/png")
    assert read_data_uri("data:text/plain,h%69") == (b"hi", "text/plain")


async def test_memory_is_reserved_before_the_picture_is_read(pictures: FalPictures, fal: Fal) -> None:
    """Once for each picture, and not for a refusal."""
    taken: list[int] = []

    async def take() -> None:
        taken.append(1)

    set_admission(take)
    await pictures.generate(DREAM, TASK)
    fal.set_faults(Fault("blocked"))
    await pictures.generate(DREAM, TASK)
    assert taken == [1]


async def test_slow_pictures(fal: Fal) -> None:
    """A call that was given up is a timeout: fal may have worked. The library does not try again."""
    fal.set_behaviour(Behaviour(latency_seconds=30))
    model = open_pictures(fal, seconds_max=0.2)
    assert await model.generate(DREAM, TASK) == TimedOut()
    assert len(fal.calls()) == 1
    await model.close()


@pytest.mark.parametrize("key", ["", "invalid"])
async def test_a_wrong_key(fal: Fal, key: str) -> None:
    """It is a fault of ours, for pictures and for videos."""
    pictures, videos = open_pictures(fal, key or "invalid"), open_videos(fal, key or "invalid")
    assert await pictures.generate(DREAM, TASK) == Broken("CREDENTIALS")
    assert await videos.start(KLING_RUNG, FILM, PREFIX) == Broken("CREDENTIALS")
    await pictures.close()
    await videos.close()


async def test_unknown_models(fal: Fal, pictures: FalPictures, videos: FalVideos) -> None:
    """A rung that the adapter has no request for, or what a model cannot do: nothing is sent."""
    assert await pictures.generate(replace(DREAM, id="a/b"), TASK) == Broken("UNKNOWN_MODEL")
    assert await videos.start(replace(KLING_RUNG, id="a/b"), FILM, PREFIX) == Broken("UNKNOWN_MODEL")
    edit = replace(FILM, work="edit", clip=Clip("videos/a.mp4", 3.0))
    assert await videos.start(KLING_RUNG, edit, PREFIX) == Broken("UNKNOWN_MODEL")
    assert fal.calls() == []


async def test_nobody_there() -> None:
    """Without a connection nothing was sent, a poll says nothing, and nothing is forgotten."""
    access = FalAccess(KEY, f"http://127.0.0.1:{find_free_port()}")
    pictures, videos = FalPictures(access), FalVideos(access)
    away = Busy("ConnectError", is_fault=True)
    assert await pictures.generate(DREAM, TASK) == away
    assert await videos.start(KLING_RUNG, FILM, PREFIX) == away
    assert await videos.poll("a/b/requests/c", PREFIX) == away
    await videos.cancel("a/b/requests/c")
    assert not await videos.forget("a/b/requests/c")
    with pytest.raises(UnavailableError):
        await read_all(videos, VideoMade("https://v3b.fal.media/files/b/a.mp4", "video/mp4"))
    await pictures.close()
    await videos.close()


async def test_neither_key_nor_prompt_is_logged(
    fal: Fal, pictures: FalPictures, videos: FalVideos, caplog: pytest.LogCaptureFixture, capsys: Any
) -> None:
    """Whatever goes wrong, the log has neither, nor have the texts of our objects."""
    caplog.set_level(logging.DEBUG)
    for kind in ("blocked", "internal", "locked", "lost"):
        fal.set_faults(Fault(kind))
        assert SECRET_PROMPT not in repr(await pictures.generate(DREAM, TASK))
        await videos.start(KLING_RUNG, FILM, PREFIX)
    printed = capsys.readouterr()
    ours = "\n".join(
        record.getMessage()
        for record in caplog.records
        if record.name.split(".")[0] in {"httpx", "fal_client", "shared"}
    )
    for text in (printed.out, printed.err, ours, repr(FalAccess(KEY)), repr(pictures._client)):
        assert KEY not in text
        assert SECRET_PROMPT not in text


# --- videos ---


async def read_all(model: FalVideos, made: VideoMade) -> bytes:
    return b"".join([piece async for piece in await model.read(made)])


async def test_what_a_video_sends(fal: Fal, videos: FalVideos) -> None:
    """A request in the queue that begins within its job's time or never, and whose file expires by itself."""
    await begin(videos, fal)
    [call] = fal.calls()
    assert (call.host, call.endpoint) == ("queue.fal.run", f"{KLING_RUNG.id}/standard/text-to-video")
    assert call.headers == {
        "x-fal-request-timeout": f"{BEGUN_SECONDS_MAX}.0",
        "x-fal-object-lifecycle-preference": '{"expiration_duration_seconds": 172800}',
    }
    assert call.arguments == {"prompt": SECRET_PROMPT, "duration": "3", "aspect_ratio": "16:9"}


async def test_a_video_from_a_picture(fal: Fal, videos: FalVideos) -> None:
    """The first frame gives the shape; Seedance takes a last frame, a seed and silence besides."""
    task = replace(
        FILM, work="image", seconds=4, first_frame=picture(size=(180, 320)), last_frame=picture("blue"), seed=7,
        has_sound=False, negative_prompt="dogs",
    )  # fmt: skip
    begun = await videos.start(SEEDANCE_RUNG, task, PREFIX)
    assert isinstance(begun, Begun)
    await fal.wait_for_videos()
    made = await videos.poll(begun.operation, PREFIX)
    assert isinstance(made, VideoMade)
    facts = read_facts(await read_all(videos, made))
    assert (facts["work"], facts["ratio"], len(facts["pictures"])) == ("image", "9:16", 2)
    [call] = fal.calls()
    assert "aspect_ratio" not in call.arguments
    assert (call.arguments["seed"], call.arguments["generate_audio"]) == (7, False)
    assert call.arguments["prompt"] == f"{SECRET_PROMPT}\nThe video must not show: dogs"


@pytest.mark.parametrize("offer", [each for each in VIDEOS.values() if each.rungs[0].provider == "fal"])
def test_all_films(offer: VideoOffer) -> None:
    """Each length, shape and resolution that is sold, from words or a picture, is one that the endpoint takes."""
    rung = offer.rungs[0]
    for seconds, ratio, size in product(rung.seconds, rung.ratios, offer.resolutions):
        for task in (FILM, replace(FILM, work="image", first_frame=picture())):
            wanted = replace(task, seconds=seconds, ratio=get_ratio(ratio), resolution=size)
            assert rung.can_make(wanted)
            call = video_call(rung.id, wanted)
            read_order(ENDPOINTS[call.endpoint], call.arguments)


def get_ratio(ratio: str) -> VideoRatio:
    return next(each for each in get_args(VideoRatio) if each == ratio)


def test_long_prompts() -> None:
    """What exceeds the model's limit is cut; what must not be seen is kept."""
    prompt = write_prompt(replace(FILM, prompt="x" * 4096, negative_prompt="dogs"))
    assert len(prompt) == PROMPT_CHARACTERS_MAX
    assert prompt.endswith("dogs")


START_OUTCOMES: list[tuple[Kind, ModelOutcome | Gone]] = [
    ("busy", Busy("HTTP_429", 5.0)),
    ("unavailable", Busy("runner_scheduling_failure")),
    ("internal", TimedOut()),
    ("proxy", TimedOut()),
    ("gone", Gone()),
    ("locked", Broken("BALANCE")),
    ("nonsense", TimedOut()),
    ("lost", TimedOut()),
]


@pytest.mark.parametrize(("kind", "outcome"), START_OUTCOMES)
async def test_a_start_that_goes_wrong(fal: Fal, videos: FalVideos, kind: Kind, outcome: ModelOutcome | Gone) -> None:
    """One request, above all where nobody knows whether a video that costs dollars has begun."""
    fal.set_faults(Fault(kind))
    assert await videos.start(KLING_RUNG, FILM, PREFIX) == outcome
    assert len(fal.calls()) == 1


END_OUTCOMES: list[tuple[Kind, Poll]] = [
    ("blocked", Refused("content_policy_violation")),
    ("image", FileRefused("image_load_error")),
    ("empty", NoResult("no_media_generated", "The model returned no media.")),
    ("nothing", NoResult("COMPLETED")),
    ("failed", NoResult("internal_server_error")),
    ("timeout", NoResult("generation_timeout")),
    ("late_status", Running()),
]


@pytest.mark.parametrize(("kind", "end"), END_OUTCOMES)
async def test_an_end_without_a_video(fal: Fal, videos: FalVideos, kind: Kind, end: Poll) -> None:
    """The queue says only that it has ended; why stands in the model's own answer."""
    fal.set_faults(Fault(kind))
    operation = await begin(videos, fal)
    assert await videos.poll(operation, PREFIX) == end


async def test_a_request_that_the_model_does_not_take(fal: Fal, videos: FalVideos) -> None:
    """The queue takes what the model refuses later: a fault of ours."""
    begun = await videos.start(SEEDANCE_RUNG, replace(FILM, seconds=3), PREFIX)
    assert isinstance(begun, Begun)
    assert await videos.poll(begun.operation, PREFIX) == Broken("literal_error")


async def test_waiting_and_running(fal: Fal, videos: FalVideos) -> None:
    """Before its end a request waits for its turn, and then runs."""
    fal.set_behaviour(Behaviour(video_seconds=600))
    operation = await begin(videos, fal)
    assert await videos.poll(operation, PREFIX) == Running(is_queued=True)
    [queued] = fal.service.requests.values()
    queued.begun = 0
    assert await videos.poll(operation, PREFIX) == Running(is_queued=False)


async def test_canceled(fal: Fal, videos: FalVideos) -> None:
    """A request is stopped while it waits or runs, and ends without a video; once more is no error."""
    fal.set_behaviour(Behaviour(video_seconds=600))
    operation = await begin(videos, fal)
    await videos.cancel(operation)
    await videos.cancel(operation)
    assert await videos.poll(operation, PREFIX) == NoResult("CANCELLED")


async def test_a_request_that_waits_too_long(fal: Fal, videos: FalVideos) -> None:
    """It is not begun, and the job ends without cost."""
    fal.set_behaviour(Behaviour(queue_seconds=BEGUN_SECONDS_MAX + 1))
    operation = await begin(videos, fal)
    [queued] = fal.service.requests.values()
    queued.ended = 0
    assert await videos.poll(operation, PREFIX) == NoResult("request_timeout")


async def test_forgotten(fal: Fal, videos: FalVideos) -> None:
    """Words, pictures and the file are deleted at fal; doing it twice is no error."""
    operation = await begin(videos, fal)
    made = await videos.poll(operation, PREFIX)
    assert isinstance(made, VideoMade)
    assert await videos.forget(operation)
    assert await videos.forget(operation)
    assert (fal.service.requests, fal.service.files) == ({}, {})
    assert await videos.poll(operation, PREFIX) == Lost()
    with pytest.raises(BlobMissingError):
        await read_all(videos, made)


async def test_a_provider_that_hangs(server: Server) -> None:
    """A poll, a cancel and a deletion are given up soon: their visit has other things to do."""
    asked = Event()

    def hang(_: Request) -> Reply:
        asked.wait(5)
        return Reply(500)

    server.answer = hang
    model = FalVideos(FalAccess(KEY, server.url), poll_seconds_max=0.1)
    assert await model.poll("a/b/requests/c", PREFIX) == TimedOut()
    await model.cancel("a/b/requests/c")
    assert not await model.forget("a/b/requests/c")
    asked.set()
    await model.close()


async def test_a_key_that_may_not_delete(fal: Fal, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said in the log once; asking again for a day would not help."""
    videos = open_videos(fal, "TEST-no-admin")
    operation = await begin(videos, fal)
    assert await videos.forget(operation)
    assert "video_left_at_provider" in capsys.readouterr().out
    await videos.close()


@pytest.mark.parametrize(
    ("status", "body", "news"),
    [
        (401, "{}", Busy("HTTP_401", is_fault=True)),
        (403, "{}", Busy("HTTP_403", is_fault=True)),
        (429, "{}", Busy("HTTP_429", is_fault=True)),
        (503, "{}", Busy("HTTP_503")),
        (404, "{}", Lost()),
        (200, "{}", Busy("ANSWER", is_fault=True)),
        (200, "[", Busy("ANSWER", is_fault=True)),
    ],
)
async def test_polls_without_news(server: Server, status: int, body: str, news: Poll) -> None:
    """A refused key and a full provider are no end; only an operation that fal does not know is lost."""
    server.answer = lambda _: Reply(status, body.encode())
    model = FalVideos(FalAccess(KEY, server.url))
    assert await model.poll("a/b/c/requests/d", PREFIX) == news
    await model.close()


@pytest.mark.parametrize(
    ("status", "body", "news"),
    [
        (500, "<html>nginx</html>", Busy("HTTP_500", is_fault=True)),
        (401, '{"detail": "no", "error_type": "auth"}', Busy("auth", is_fault=True)),
        (404, "{}", NoResult("runner_disconnected")),
        (200, '{"video": {}}', NoResult("COMPLETED")),
        (200, '{"video": {"no": "url"}}', Busy("ANSWER", is_fault=True)),
        (200, '{"videos": [{"url": "https://a/b"}]}', VideoMade("https://a/b", "video/mp4")),
        (503, '{"detail": "gone", "error_type": "runner_disconnected"}', NoResult("runner_disconnected")),
    ],
)
async def test_results(server: Server, status: int, body: str, news: Poll) -> None:
    """What a proxy says of the result is no end of it; a model's own error is."""
    done = b'{"status": "COMPLETED", "logs": null, "error": "away", "error_type": "runner_disconnected"}'
    server.answer = lambda request: Reply(200, done) if "/status" in request.path else Reply(status, body.encode())
    model = FalVideos(FalAccess(KEY, server.url))
    assert await model.poll("a/b/c/requests/d", PREFIX) == news
    await model.close()


async def test_files(fal: Fal, videos: FalVideos) -> None:
    """Only https is read; a file that says it has 2 GB is not begun; fal's bucket is never ours."""
    with pytest.raises(BlobMissingError):
        await videos.read(VideoMade("http://127.0.0.1/secret", "video/mp4"))
    fal.set_faults(Fault("spoiled", reason="huge"))
    operation = await begin(videos, fal)
    made = await videos.poll(operation, PREFIX)
    assert isinstance(made, VideoMade)
    with pytest.raises(VideoUnusableError, match="size"):
        await read_all(videos, made)
    assert await videos.find(PREFIX) is None


async def test_a_file_server_that_is_away(server: Server) -> None:
    """It is asked again later."""
    server.answer = lambda _: Reply(500)
    model = FalVideos(FalAccess(KEY, server.url))
    with pytest.raises(UnavailableError):
        await read_all(model, VideoMade("https://v3b.fal.media/files/b/a.mp4", "video/mp4"))
    assert not await model.forget("a/b/requests/c")
    await model.close()


def test_errors_of_all_forms() -> None:
    """Whatever a body looks like, there is a short word; a pause only where it is a number."""
    headers = httpx.Headers({"retry-after": "Wed, 21 Oct"})
    assert read_error(500, headers, b"\xff").word == "HTTP_500"
    assert read_error(422, headers, b'{"detail": []}').retry_after_seconds is None
    assert read_error(422, headers, b'{"detail": ["no"]}').is_typed is False
    assert read_error(503, httpx.Headers({"x-fal-error-type": "a b"}), b"{}").word == "a_b"
