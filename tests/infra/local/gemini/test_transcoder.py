"""The local Transcoder takes the jobs that Google's reference allows, and names the field in what it refuses."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import httpx
import pytest

from infra.local.gemini import Fault, Gemini

JOBS = "/v1/projects/test-project/locations/europe-west1/jobs"
JOB: dict[str, Any] = {
    "config": {
        "inputs": [{"key": "source", "uri": "gs://media/jobs/a/video.mp4"}],
        "editList": [{"key": "whole", "inputs": ["source"]}],
        "elementaryStreams": [
            {"key": "video", "videoStream": {"h264": {"heightPixels": 720, "frameRate": 60, "bitrateBps": 5_000_000}}},
            {"key": "sound", "audioStream": {"codec": "aac", "bitrateBps": 128_000}},
        ],
        "muxStreams": [
            {"key": "small", "fileName": "small.mp4", "container": "mp4", "elementaryStreams": ["video", "sound"]}
        ],
        "output": {"uri": "gs://media/jobs/a/copy/"},
    },
    "labels": {"job": "a-1"},
    "ttlAfterCompletionDays": 1,
}
Change = Callable[[dict[str, Any]], object]


def h264(**fields: Any) -> Change:
    return lambda job: job["config"]["elementaryStreams"][0]["videoStream"]["h264"].update(fields)


def config(**fields: Any) -> Change:
    return lambda job: job["config"].update(fields)


@pytest.fixture
async def client(gemini: Gemini) -> Any:
    async with httpx.AsyncClient(base_url=gemini.base_url, trust_env=False) as made:
        yield made


async def test_its_life(gemini: Gemini, client: httpx.AsyncClient) -> None:
    """A job has a name of its own, is there until it is deleted, and one that fails says why."""
    gemini.set_faults(Fault("finish", model="transcoder", reason="no reason"))
    begun = (await client.post(JOBS, json=JOB)).json()
    assert (begun["state"], begun["labels"]) == ("PENDING", {"job": "a-1"})
    await gemini.transcoder.wait()
    told = (await client.get(f"/v1/{begun['name']}")).json()
    assert (told["state"], told["error"]["message"]) == ("FAILED", "no reason")
    assert (await client.delete(f"/v1/{begun['name']}")).status_code == 200
    assert (await client.get(f"/v1/{begun['name']}")).status_code == 404
    codes = [(await client.delete(f"/v1/{begun['name']}{query}")).status_code for query in ("", "?allowMissing=true")]
    assert codes == [404, 200]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda job: job.update(surprise=1), "surprise"),
        (config(inputs=[]), "config.inputs"),
        (config(inputs=[{"key": "source", "uri": "https://media/video.mp4"}]), "config.inputs.uri"),
        (config(editList=[{"key": "whole", "inputs": ["another"]}]), "config.editList.inputs"),
        (config(output={"uri": "gs://media/"}), "config.output.uri"),
        (config(output={"uri": "gs://media/jobs/a"}), "config.output.uri"),
        (config(muxStreams=[]), "config.mux_streams"),
        (config(elementaryStreams=[]), "config.muxStreams.elementaryStreams"),
        (h264(heightPixels=721), "h264.heightPixels"),
        (h264(heightPixels=8192), "h264.heightPixels"),
        (h264(widthPixels=1280), "h264.heightPixels"),
        (h264(frameRate=121), "h264.frameRate"),
        (h264(bitrateBps=999), "h264.bitrateBps"),
        (h264(frameRate="60"), "frame_rate"),
        (lambda job: job["config"]["elementaryStreams"][1]["audioStream"].update(codec="opus"), "audioStream"),
        (lambda job: job.update(ttlAfterCompletionDays=91), "ttlAfterCompletionDays"),
        (lambda job: job.update(labels={"job": "Upper"}), "labels"),
    ],
)
async def test_refused(gemini: Gemini, client: httpx.AsyncClient, change: Change, field: str) -> None:
    """What the reference does not allow is a 400 that names the field, and nothing is begun."""
    job = deepcopy(JOB)
    change(job)
    answer = await client.post(JOBS, json=job)
    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert field in answer.json()["error"]["message"]
    assert gemini.transcoder.requests == []
