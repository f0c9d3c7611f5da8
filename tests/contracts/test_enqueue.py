"""The webhook's way into Cloud Tasks: the bytes Google's client would send, and how it fails."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import grpc
import grpc.aio
import pytest
from google.cloud import tasks_v2

from infra.local.tasks import run_tasks_server
from shared.adapters import enqueue
from shared.adapters.enqueue import CreateTaskEncoder, Enqueuer
from shared.adapters.targets import Target, queue_name
from shared.adapters.tasks import make_request
from shared.errors import UnavailableError
from shared.ports import Task
from shared.usage import start_usage
from tests.contracts.grpc_server import Context, serve_grpc
from tests.contracts.http_server import Reply, serve_http

SERVICE = "google.cloud.tasks.v2.CloudTasks"
QUEUE = queue_name("test-project", "europe-west1", "bot")
ACCOUNT = "tasks@test-project.iam.gserviceaccount.com"
URL = "https://bot-123.europe-west1.run.app"
TARGET = Target(QUEUE, URL, URL, ACCOUNT, 60)
TAG_TARGET = replace(TARGET, url="https://r-0123456789ab---bot-123.europe-west1.run.app")


@pytest.mark.parametrize("size_bytes", [0, 1, 127, 128, 16_383, 16_384, 256 * 1024])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
        {"X-Empty": "", "X-Words": "рыжая лиса", "A": "1" * 200},
        {"content-type": "application/octet-stream"},
    ],
)
@pytest.mark.parametrize("target", [TARGET, TAG_TARGET], ids=["function", "tag"])
def test_writes_the_bytes_of_the_library(size_bytes: int, headers: dict[str, str], target: Target) -> None:
    """Every length of a body, and headers in any order, as google-cloud-tasks writes them for the same task."""
    body = (bytes(range(256)) * (size_bytes // 256 + 1))[:size_bytes]
    request = make_request(Task("bot", "/updates", body, headers=headers), target)
    expected = tasks_v2.CreateTaskRequest.pb(request).SerializeToString(deterministic=True)
    assert CreateTaskEncoder(target, "/updates").encode(body, headers) == expected


@pytest.mark.parametrize("deadline_seconds", [15, 127, 128, 1800])
def test_writes_every_deadline(deadline_seconds: int) -> None:
    """Numbers of one and of two bytes."""
    target = replace(TARGET, deadline_seconds=deadline_seconds)
    request = make_request(Task("bot", "/", b"{}"), target)
    expected = tasks_v2.CreateTaskRequest.pb(request).SerializeToString(deterministic=True)
    assert CreateTaskEncoder(target, "/").encode(b"{}", {}) == expected


async def test_update_arrives_unchanged() -> None:
    """Through the local Tasks server a body reaches the function byte for byte, with a token and its headers."""
    body = bytes(range(256)) * 64
    with serve_http() as function:
        async with run_tasks_server([QUEUE]) as server:
            enqueuer = Enqueuer(replace(TARGET, url=function.url), "/updates", server.grpc_address)
            usage = start_usage()
            await enqueuer.enqueue(body, {"X-Ours": "yes"})
            (request,) = await function.wait_for_requests(1)
            await enqueuer.close()
    assert (request.method, request.path, request.body) == ("POST", "/updates", body)
    assert request.headers["x-ours"] == "yes"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"].startswith("Bearer ")
    assert usage.tasks == 1


@pytest.mark.parametrize("code", ["UNAVAILABLE", "DEADLINE_EXCEEDED", "NOT_FOUND", "PERMISSION_DENIED", "INTERNAL"])
async def test_failure_is_an_outage(code: str) -> None:
    """Whatever Cloud Tasks says, the update is not safe: Telegram has to bring it again."""
    calls = 0

    async def fail(_: bytes, context: Context) -> bytes:
        nonlocal calls
        calls += 1
        await context.abort(grpc.StatusCode[code], "on purpose")

    async with serve_grpc(SERVICE, "CreateTask", fail) as address:
        enqueuer = Enqueuer(TARGET, "/updates", address)
        with pytest.raises(UnavailableError, match=code):
            await enqueuer.enqueue(b"{}")
        await enqueuer.close()
    assert calls == 1


async def test_silence_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Cloud Tasks that never answers is an outage after the time limit."""
    monkeypatch.setattr(enqueue, "CALL_SECONDS_MAX", 0.2)

    async def hang(_: bytes, __: Context) -> bytes:
        await asyncio.Event().wait()
        return b""

    async with serve_grpc(SERVICE, "CreateTask", hang) as address:
        enqueuer = Enqueuer(TARGET, "/updates", address)
        with pytest.raises(UnavailableError):
            await asyncio.wait_for(enqueuer.enqueue(b"{}"), 5)
        await enqueuer.close()


async def test_nobody_there_is_an_outage(free_port: Callable[[], int]) -> None:
    """A refused connection is reported."""
    enqueuer = Enqueuer(TARGET, "/updates", f"127.0.0.1:{free_port()}")
    with pytest.raises(UnavailableError):
        await enqueuer.enqueue(b"{}")
    await enqueuer.close()


async def test_check(free_port: Callable[[], int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A probe tells whether Cloud Tasks can be reached, before anything was sent, and stores nothing."""
    monkeypatch.setattr(enqueue, "CHECK_SECONDS_MAX", 0.2)
    nobody = Enqueuer(TARGET, "/updates", f"127.0.0.1:{free_port()}")
    with pytest.raises(UnavailableError):
        await nobody.check()
    await nobody.close()
    monkeypatch.undo()
    usage, port = start_usage(), free_port()
    async with run_tasks_server([QUEUE], port=port):
        somebody = Enqueuer(TARGET, "/updates", f"127.0.0.1:{port}")
        await somebody.check()
        await somebody.close()
    assert usage.tasks == 0


async def test_finds_back_after_an_outage(free_port: Callable[[], int]) -> None:
    """Soon after Cloud Tasks is back, updates are stored again on the same channel."""
    port = free_port()
    enqueuer = Enqueuer(TARGET, "/updates", f"127.0.0.1:{port}")
    with pytest.raises(UnavailableError):
        await enqueuer.enqueue(b"{}")
    async with run_tasks_server([QUEUE], port=port), asyncio.timeout(10):
        stored = False
        while not stored:
            with suppress(UnavailableError):
                await enqueuer.enqueue(b"{}")
                stored = True
        await enqueuer.close()


async def test_cloud_calls_carry_token_and_route(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the cloud each call has the metadata server's token; after a refusal the next one has a new token."""
    seen: list[dict[str, str | bytes]] = []

    async def answer(_: bytes, context: Context) -> bytes:
        seen.append(dict(context.invocation_metadata() or ()))
        if len(seen) == 2:
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, "revoked")
        return b""

    tokens = iter("abc")

    def hand_out(_: object) -> Reply:
        return Reply(body=json.dumps({"access_token": next(tokens), "expires_in": 3599}).encode())

    async with serve_grpc(SERVICE, "CreateTask", answer) as address:
        monkeypatch.setattr(grpc.aio, "secure_channel", lambda *_: grpc.aio.insecure_channel(address))
        with serve_http(hand_out) as metadata_server:
            enqueuer = Enqueuer(TARGET, "/updates", metadata_host=metadata_server.url.removeprefix("http://"))
            await enqueuer.enqueue(b"{}")
            with pytest.raises(UnavailableError, match="UNAUTHENTICATED"):
                await enqueuer.enqueue(b"{}")
            await enqueuer.enqueue(b"{}")
            await enqueuer.close()
    assert [call["authorization"] for call in seen] == ["Bearer a", "Bearer a", "Bearer b"]
    assert {call["x-goog-request-params"] for call in seen} == {f"parent={QUEUE}"}


def test_needs_no_library_of_google() -> None:
    """What the webhook imports stays small: that is what this module is for."""
    heavy = ("google.api_core", "google.auth", "google.cloud.", "google.protobuf", "proto.", "shared.ports")
    code = f"import sys, shared.adapters.enqueue; print([m for m in sys.modules if m.startswith({heavy})])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)  # noqa: S603 — our own command
    assert run.stdout.strip() == "[]"
