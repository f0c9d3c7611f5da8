"""The local Gemini makes videos in the background, and refuses what Google refuses."""

import base64
import io
from typing import Any

import httpx
import pytest
from google import genai
from google.genai._interactions import APIStatusError, BadRequestError, NotFoundError
from PIL import Image

from infra.local.gemini import Behaviour, Fault, Gemini
from infra.local.gemini.motion import Motion, make_video
from infra.local.gemini.mp4_writer import read_facts, walk
from infra.local.gemini.spoiling import SPOILINGS, spoil

OMNI = "gemini-omni-1.2-flash"
FORM = {"type": "video", "resolution": "360p", "duration": "3s", "aspect_ratio": "16:9", "delivery": "inline"}
ASKED: dict[str, Any] = {"model": OMNI, "input": "a fox in the snow", "background": True, "store": True}
KEY = {"x-goog-api-key": "test"}


def picture(colour: str = "red") -> dict[str, str]:
    file = io.BytesIO()
    Image.new("RGB", (64, 36), colour).save(file, "PNG")
    return {"type": "image", "data": base64.b64encode(file.getvalue()).decode(), "mime_type": "image/png"}


def words(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


async def begin(client: genai.client.AsyncClient, form: dict[str, Any] | None = None, **changes: Any) -> Any:
    asked = {**ASKED, "response_format": {**FORM, **(form or {})}, **changes}
    return await client.interactions.create(**{name: value for name, value in asked.items() if value is not None})


async def look(client: genai.client.AsyncClient, begun: Any) -> Any:
    """The interaction as it is now, which the library types as optional in each part."""
    return await client.interactions.get(begun.id)


async def test_a_video(gemini: Gemini, developer: genai.client.AsyncClient) -> None:
    """Asked for at once, there a little later, inside the answer, with what it was made of and what it cost."""
    begun = await begin(developer, labels={"job": "a-1"})
    assert begun.status in {"queued", "in_progress"}
    await gemini.wait_for_videos()
    done = await look(developer, begun)
    assert (done.status, done.labels, done.usage.total_output_tokens) == ("completed", {"job": "a-1"}, 3 * 1_715)
    facts = read_facts(base64.b64decode(done.output_video.data))
    assert (facts["prompt"], facts["work"], facts["seconds"]) == ("a fox in the snow", "text", 3.0)
    await developer.interactions.delete(begun.id)
    with pytest.raises(NotFoundError):
        await look(developer, begun)


async def test_without_drawing(gemini: Gemini, developer: genai.client.AsyncClient) -> None:
    """For benches all videos look alike; what they were made of stands in them all the same."""
    gemini.set_behaviour(Behaviour(noise=True))
    begun = [await begin(developer, input=prompt) for prompt in ("a fox", "a cat")]
    await gemini.wait_for_videos()
    first, second = [base64.b64decode((await look(developer, each)).output_video.data) for each in begun]
    assert dict(walk(first))[b"mdat"] == dict(walk(second))[b"mdat"]
    assert [read_facts(each)["prompt"] for each in (first, second)] == ["a fox", "a cat"]


async def test_states(gemini: Gemini, developer: genai.client.AsyncClient) -> None:
    """It waits, it works, it can be cancelled, and then no more; what is deleted while it works comes to nothing."""
    gemini.set_behaviour(Behaviour(video_seconds=60))
    first, second = await begin(developer), await begin(developer)
    assert (await look(developer, first)).status == "queued"
    assert (await developer.interactions.cancel(first.id)).status == "cancelled"
    with pytest.raises(BadRequestError):
        await developer.interactions.cancel(first.id)
    await developer.interactions.delete(second.id)
    gemini.service.stopping.set()
    await gemini.wait_for_videos()
    assert (await look(developer, first)).status == "cancelled"


@pytest.mark.parametrize(
    ("form", "changes"),
    [
        ({}, {"background": None}),
        ({}, {"store": False}),
        ({}, {"input": []}),
        ({}, {"input": [words(" ")]}),
        ({}, {"input": [{"type": "audio", "data": "AAAA", "mime_type": "audio/wav"}, words("a")]}),
        ({}, {"input": [{"type": "image", "mime_type": "image/png"}, words("a")]}),
        ({}, {"input": [{"type": "video", "uri": "", "mime_type": "video/mp4"}, words("a")]}),
        ({}, {"labels": {"Job": "a"}}),
        ({}, {"labels": {"job": "A"}}),
        ({"type": "audio"}, {}),
        ({"resolution": "8k"}, {}),
        ({"aspect_ratio": "1:1"}, {}),
        ({"duration": "2s"}, {}),
        ({"duration": "16s"}, {}),
        ({"duration": "3"}, {}),
        ({"gcs_uri": "gs://bucket/a/"}, {}),
        ({}, {"generation_config": {"video_config": {"task": "upscale"}}}),
        ({}, {"generation_config": {"temperature": 1}}),
        ({}, {"generation_config": {"video_config": {"task": "text_to_video"}}, "input": [picture(), words("a")]}),
        ({}, {"generation_config": {"video_config": {"task": "image_to_video"}}}),
        (
            {},
            {
                "generation_config": {"video_config": {"task": "image_to_video"}},
                "input": [*[picture()] * 3, words("a")],
            },
        ),
        ({"duration": "11s"}, {"input": [picture(), picture(), words("<FIRST_FRAME> <LAST_FRAME>")]}),
        ({}, {"generation_config": {"video_config": {"task": "reference_to_video"}}}),
        ({}, {"generation_config": {"video_config": {"task": "edit"}}}),
    ],
)
async def test_refusals(developer: genai.client.AsyncClient, form: dict[str, Any], changes: dict[str, Any]) -> None:
    """Each rule of the request has its 400."""
    with pytest.raises(BadRequestError):
        await begin(developer, form, **changes)


async def test_refusals_of_clips(gemini: Gemini, developer: genai.client.AsyncClient) -> None:
    """An edit keeps length and ratio, an extension has its limits, and a chained interaction knows its task."""
    begun = await begin(developer)
    await gemini.wait_for_videos()
    chain = {"previous_interaction_id": begun.id, "input": "in summer"}
    free = {"duration": None, "aspect_ratio": None}
    for form, changes in (
        (free, {**chain, "generation_config": {"video_config": {"task": "edit"}}}),
        ({"aspect_ratio": None}, chain),
        ({"duration": None}, chain),
    ):
        with pytest.raises(BadRequestError):
            await begin(developer, {name: value for name, value in {**FORM, **form}.items() if value}, **changes)
    asked = {**ASKED, **chain, "previous_interaction_id": "nothing", "response_format": {"type": "video"}}
    with pytest.raises(NotFoundError):
        await developer.interactions.create(**asked)


async def test_a_picture_without_a_part(gemini: Gemini, developer: genai.client.AsyncClient) -> None:
    """A picture that the words give no part is not used, as with the real model."""
    begun = await begin(developer, input=[picture(), words("wave")])
    named = await begin(developer, input=[picture(), picture("blue"), words("[# Sources <FIRST_FRAME>@Image2] wave")])
    await gemini.wait_for_videos()
    contents = [base64.b64decode((await look(developer, each)).output_video.data) for each in (begun, named)]
    assert [len(read_facts(content)["pictures"]) for content in contents] == [0, 1]
    assert read_facts(contents[1])["prompt"] == "wave"
    assert [call.images_in for call in gemini.calls()] == [0, 1]


async def test_a_broken_picture(developer: genai.client.AsyncClient) -> None:
    """Bytes that are no picture are refused."""
    broken = {"type": "image", "data": "AAAA", "mime_type": "image/png"}
    with pytest.raises(BadRequestError, match="input image"):
        await begin(developer, input=[broken, words("<FIRST_FRAME> wave")])


async def test_the_enterprise_api(enterprise: genai.client.AsyncClient, gemini: Gemini) -> None:
    """A bucket has to be named where a file is wanted; only `global` has the model."""
    for form in ({"delivery": "uri"}, {"delivery": "uri", "gcs_uri": "gs://bucket/no-folder"}):
        with pytest.raises(BadRequestError):
            await begin(enterprise, form)
    async with httpx.AsyncClient(base_url=gemini.base_url, headers={"Authorization": "Bearer t"}) as client:
        path = "/v1beta1/projects/p/locations/eu/interactions"
        assert (await client.post(path, json={**ASKED, "response_format": FORM})).status_code == 404


async def test_files(gemini: Gemini, developer: genai.client.AsyncClient) -> None:
    """A file is uploaded in two calls, told about, read, and used; others are somebody else's."""
    async with httpx.AsyncClient(base_url=gemini.base_url, headers=KEY) as client:
        assert (await client.get("/v1beta/files/abc")).status_code == 403
        assert (
            await client.post("/upload/v1beta/files", headers={"X-Goog-Upload-Command": "query"})
        ).status_code == 400
        lost = {"X-Goog-Upload-Command": "upload, finalize"}
        assert (await client.post("/upload/v1beta/files?upload_id=x", content=b"a", headers=lost)).status_code == 404
        start = {"X-Goog-Upload-Command": "start", "X-Goog-Upload-Header-Content-Type": "video/mp4"}
        place = (await client.post("/upload/v1beta/files", headers=start)).headers["x-goog-upload-url"]
        clip = make_video(Motion("a lake", "text", 3.0, "16:9", "360p"), (), ())
        told = (await client.post(place, content=clip, headers=lost)).json()["file"]
        assert (told["state"], told["mimeType"], int(told["sizeBytes"])) == ("ACTIVE", "video/mp4", len(clip))
        assert (await client.get(f"/v1beta/{told['name']}:download?alt=media")).content == clip
        assert (await client.get(f"/v1beta/{told['name']}", headers={"x-goog-api-key": "invalid"})).status_code == 400
    video = {"type": "video", "uri": told["uri"], "mime_type": "video/mp4"}
    config = {"video_config": {"task": "extend"}}
    form = {"type": "video", "resolution": "360p", "duration": "3s", "delivery": "inline"}
    asked = {**ASKED, "input": [video, words("a storm comes")], "generation_config": config, "response_format": form}
    begun = await developer.interactions.create(**asked)
    await gemini.wait_for_videos()
    done = await look(developer, begun)
    facts = read_facts(base64.b64decode(done.output_video.data))
    assert (facts["before"], facts["seconds"]) == ("a lake", 6.0)
    gemini.videos.files[told["name"].removeprefix("files/")].content = b"no video"
    with pytest.raises(BadRequestError, match="input video"):
        await developer.interactions.create(**asked)


async def test_a_late_file(gemini: Gemini, developer: genai.client.AsyncClient) -> None:
    """A file may be named before it can be read."""
    gemini.set_faults(Fault("late_file", seconds=60))
    begun = await begin(developer, {"delivery": "uri"})
    await gemini.wait_for_videos()
    uri = (await look(developer, begun)).output_video.uri
    name = uri.removeprefix("https://generativelanguage.googleapis.com/v1beta/")
    async with httpx.AsyncClient(base_url=gemini.base_url, headers=KEY) as client:
        assert (await client.get(f"/v1beta/{name.partition(':')[0]}")).json()["state"] == "PROCESSING"
        assert (await client.get(f"/v1beta/{name}")).status_code == 400


@pytest.mark.parametrize(("word", "status"), [("#busy", 429), ("#error", 500), ("#blocked", 400), ("#badfile", 400)])
async def test_words_refuse(developer: genai.client.AsyncClient, word: str, status: int) -> None:
    """A word in the prompt makes the start fail, for trying by hand."""
    with pytest.raises(APIStatusError) as caught:
        await begin(developer, input=f"a fox {word}")
    assert caught.value.status_code == status


@pytest.mark.parametrize(("word", "status"), [("#safety", "failed"), ("#failed", "failed"), ("#novideo", "completed")])
async def test_words_end(gemini: Gemini, developer: genai.client.AsyncClient, word: str, status: str) -> None:
    """Others end it without a video."""
    begun = await begin(developer, input=f"a fox {word}")
    await gemini.wait_for_videos()
    done = await look(developer, begun)
    assert (done.status, done.output_video) == (status, None)


def test_spoilings() -> None:
    """Each way to spoil a file changes it, but for those that change how it is made."""
    content = make_video(Motion("a fox", "text", 3.0, "16:9", "360p"), (), ())
    same = [reason for reason in SPOILINGS if spoil(content, reason) == content]
    assert same == ["uneven", "mute"]
    assert read_facts(b"nothing") == {}
    assert [kind for kind, _ in walk(b"\0\0\0\1moov")] == []
