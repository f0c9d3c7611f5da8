"""The local fal is as strict as fal: who may call, what exists, which fields there are; and it can be told to fail."""

import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import httpx
import pytest

from infra.local.fal import Fal, Fault, run_fal
from infra.local.fal.faults import KINDS, FaultPlan, read_fault

ROOT = Path(__file__).parents[4]
KEY = {"Authorization": "Key TEST-admin"}
DREAM = "fal-ai/bytedance/seedream/v4.5/text-to-image"
KLING = "fal-ai/kling-video/v3/turbo/standard/text-to-video"
EDIT = "openai/gpt-image-2/edit"
PAYLOADS = "v1/models/requests/a/payloads"
RUN, QUEUE, PLATFORM, MEDIA = "fal.run", "queue.fal.run", "api.fal.ai", "v3b.fal.media"


@pytest.fixture
async def fal() -> AsyncIterator[Fal]:
    async with run_fal() as running:
        yield running


@pytest.fixture
async def client(fal: Fal) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=fal.base_url, trust_env=False) as opened:
        yield opened


async def ask(client: httpx.AsyncClient, host: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
    headers = {"Host": host, **options.pop("headers", KEY)}
    return await client.request(options.pop("method", "POST"), f"/{path}", json=body, headers=headers, **options)


@pytest.mark.parametrize(
    ("host", "path", "options", "status"),
    [
        (RUN, DREAM, {"headers": {}}, 401),
        (RUN, DREAM, {"headers": {"Authorization": "Bearer TEST"}}, 401),
        (RUN, DREAM, {"headers": {"Authorization": "Key TEST-invalid"}}, 401),
        (RUN, DREAM, {"method": "GET"}, 405),
        (RUN, KLING, {}, 404),
        (RUN, "fal-ai/nothing", {}, 404),
        (QUEUE, DREAM, {}, 404),
        (QUEUE, "a/b/requests/c/status", {"method": "GET"}, 404),
        (QUEUE, "nothing", {"method": "GET"}, 404),
        (QUEUE, KLING, {"headers": {}}, 401),
        (PLATFORM, "v1/nothing", {"method": "DELETE"}, 404),
        (PLATFORM, PAYLOADS, {"method": "DELETE", "headers": {}}, 401),
        (PLATFORM, PAYLOADS, {"method": "DELETE"}, 404),
        (
            PLATFORM,
            PAYLOADS,
            {"method": "DELETE", "headers": {"Authorization": "Key no-admin"}},
            403,
        ),
        (MEDIA, "files/b/a.png", {"method": "GET"}, 400),
        (MEDIA, "files/b/a.png", {"method": "GET", "headers": {}}, 404),
        ("example.com", "nothing", {"method": "GET"}, 404),
        ("127.0.0.1", "health", {"method": "GET"}, 200),
    ],
)
async def test_doors(client: httpx.AsyncClient, host: str, path: str, options: dict[str, Any], status: int) -> None:
    """Each host knows its own paths, and asks for a key where fal does."""
    answer = await ask(client, host, path, {"prompt": "a fox"}, **options)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("endpoint", "body", "kind"),
    [
        (DREAM, {}, "missing"),
        (DREAM, {"prompt": 7}, "string_type"),
        (DREAM, {"prompt": "x" * 10_001}, "string_too_long"),
        (DREAM, {"prompt": "a", "guidance": 3}, "extra_forbidden"),
        (DREAM, {"prompt": "a", "num_images": 9}, "less_than_equal"),
        (DREAM, {"prompt": "a", "seed": -1}, "int_type"),
        (DREAM, {"prompt": "a", "sync_mode": "yes"}, "bool_type"),
        (DREAM, {"prompt": "a", "image_size": "huge"}, "literal_error"),
        (DREAM, {"prompt": "a", "image_size": 7}, "dict_type"),
        (DREAM, {"prompt": "a", "image_size": {"width": "1", "height": 2}}, "int_type"),
        (DREAM, {"prompt": "a", "image_size": {"width": 100, "height": 100}}, "value_error"),
        (EDIT, {"prompt": "a", "image_urls": []}, "too_long"),
        (EDIT, {"prompt": "a", "image_urls": ["https://example.com/a.png"]}, "file_download_error"),
        (EDIT, {"prompt": "a", "image_urls": ["data:image/png;base64,%"]}, "image_load_error"),
        (EDIT, {"prompt": "a", "image_urls": ["data:image/png;base64,aGk="]}, "image_load_error"),
        (DREAM, [], "dict_type"),
    ],
)
async def test_fields(client: httpx.AsyncClient, endpoint: str, body: Any, kind: str) -> None:
    """A field that the model does not have, or cannot read, is refused as the model refuses it."""
    answer = await ask(client, RUN, endpoint, body)
    assert (answer.status_code, answer.json()["detail"][0]["type"]) == (422, kind)
    assert answer.json()["detail"][0]["loc"][0] == "body"


async def test_bodies_that_are_no_json(client: httpx.AsyncClient) -> None:
    """Neither form of nonsense reaches a model."""
    for headers in ({"Content-Type": "application/json"}, {"Content-Type": "text/plain"}):
        answer = await client.post(f"/{DREAM}", content=b"{", headers={"Host": RUN, **KEY, **headers})
        assert answer.json()["detail"][0]["type"] == "json_invalid"


async def test_a_request_from_start_to_end(fal: Fal, client: httpx.AsyncClient) -> None:
    """The answer to a start names the addresses for its state, its result and its end."""
    told = (await ask(client, QUEUE, KLING, {"prompt": "a kite", "duration": "3"})).json()
    assert (told["status"], told["queue_position"]) == ("IN_QUEUE", 0)
    await fal.wait_for_videos()
    base = told["response_url"].removeprefix("https://queue.fal.run/")
    assert base == f"fal-ai/kling-video/requests/{told['request_id']}"
    status = await ask(client, QUEUE, f"{base}/status", method="GET")
    assert (status.status_code, status.json()["status"]) == (200, "COMPLETED")
    assert "error" not in status.json()
    assert (await ask(client, QUEUE, f"{base}/cancel", method="PUT")).json() == {"status": "ALREADY_COMPLETED"}
    assert (await ask(client, QUEUE, f"{base}/cancel", method="GET")).status_code == 405
    video = (await ask(client, QUEUE, base, method="GET")).json()["video"]
    file = await ask(client, MEDIA, video["url"].removeprefix("https://v3b.fal.media/"), method="GET", headers={})
    assert len(file.content) == video["file_size"]


async def test_control(fal: Fal, client: httpx.AsyncClient) -> None:
    """Faults, behaviour and calls are JSON for another process; nonsense is refused with a sentence."""
    faults = (await client.post("/control/faults", json={"kind": "busy", "times": 2})).json()["faults"]
    assert (faults[0]["kind"], faults[0]["times"]) == ("busy", 2)
    assert (await ask(client, RUN, DREAM, {"prompt": "a fox"})).status_code == 429
    assert (await client.get("/control/faults")).json()["faults"][0]["times"] == 1
    assert (await client.delete("/control/faults")).json() == {"faults": []}
    assert (await client.post("/control/behaviour", json={"video_seconds": 3})).json()["video_seconds"] == 3
    assert (await client.post("/control/behaviour", json={"speed": 3})).status_code == 400
    assert (await client.post("/control/faults", json={"kind": "rude"})).status_code == 400
    [call] = (await client.get("/control/calls")).json()["calls"]
    assert (call["endpoint"], call["outcome"]) == (DREAM, "429")


def test_faults_by_words() -> None:
    """A tag in a prompt makes that call fail; *busy* does so twice. A fault of the other medium does not apply."""
    plan = FaultPlan()
    kinds = [getattr(plan.choose("a #busy fox", DREAM, "picture"), "kind", None) for _ in range(3)]
    assert kinds == ["busy", "busy", None]
    assert plan.choose("a #failed fox", DREAM, "picture") is None
    assert plan.choose("a #failed fox", KLING, "video") == Fault("failed")
    plan.faults.append(Fault("nsfw"))
    assert plan.choose("a fox", KLING, "video") is None
    assert plan.choose("a fox", DREAM, "picture") == Fault("nsfw")
    for raw in (7, {"kind": "busy", "color": "red"}, {"kind": "rude"}):
        with pytest.raises((ValueError, TypeError)):
            read_fault(raw)
    assert all(read_fault({"kind": kind}).kind == kind for kind in KINDS)


def start(*arguments: str, **options: Any) -> "Popen[str]":
    command = (sys.executable, "-m", "infra.local.fal", *arguments)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return Popen(command, text=True, cwd=ROOT, env=environment, **options)  # noqa: S603 — our own interpreter


def test_a_process_of_its_own() -> None:
    """It says where it listens, logs a call without its words, and ends at SIGTERM."""
    with start("--port=0", "--latency-seconds=0", "--log", stdout=PIPE) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert ready["event"] == "ready"
        body, headers = {"prompt": "a secret fox", "sync_mode": True}, {"Host": RUN, **KEY}
        gpt = f"{ready['url']}/openai/gpt-image-2"
        assert httpx.post(gpt, json=body, headers=headers, trust_env=False, timeout=30).status_code == 200
        line = process.stdout.readline()
        assert (json.loads(line)["event"], json.loads(line)["model"]) == ("model_called", "openai/gpt-image-2")
        assert "secret" not in line
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_port_that_is_taken() -> None:
    """It says so in one line."""
    with start("--port=0", stdout=PIPE) as first:
        assert first.stdout is not None
        port = json.loads(first.stdout.readline())["url"].rpartition(":")[2]
        with start(f"--port={port}", stderr=PIPE) as second:
            _, said = second.communicate(timeout=20)
            assert f"port {port} cannot be used" in said
        first.terminate()
