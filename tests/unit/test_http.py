"""The edge: who may come in, how much is read, and what each error becomes."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from shared.errors import (
    BodyTooLargeError,
    BodyTooSlowError,
    ConflictError,
    ForbiddenError,
    NanoBananaError,
    UnauthenticatedError,
    UnavailableError,
    UnusableUpdateError,
)
from shared.http import READY_SECONDS, Haste, count_header, done, make_endpoint, read_body, read_id, telegram_secret
from shared.logs import name_error
from shared.settings import SCHEMA, ReleaseSettings
from shared.usage import current_usage

RELEASE = ReleaseSettings("1.2.3", "sha256:0", "bot-7")
Work = Callable[[Request], Awaitable[Response]]


async def pass_all(request: Request) -> None:
    return


async def check() -> None:
    return


async def work(request: Request) -> Response:
    return done(bytes=len(await read_body(request, 10)))


def open_client(work: Work = work, **parts: Any) -> httpx.AsyncClient:
    """A client of one endpoint."""
    authenticate, ready = parts.get("authenticate", pass_all), parts.get("check", check)
    endpoint = make_endpoint("bot", RELEASE, "test-project", authenticate, work, ready)
    methods = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"]
    app = Starlette(routes=[Route("/{path:path}", endpoint, methods=methods)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_work(capsys: pytest.CaptureFixture[str]) -> None:
    """A POST that may is worked on and leaves one line with outcome, time and what it used."""

    async def use(request: Request) -> Response:
        current_usage().store_reads += 2
        return done()

    async with open_client(use) as client:
        trace = {"X-Cloud-Trace-Context": "105445aa7843bc8bf206b12000100000/1"}
        answer = await client.post("/", headers=trace)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    [line] = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert (line["event"], line["status"], line["store_reads"], line["function"]) == ("request_answered", 200, 2, "bot")
    assert line["ms"] >= 0
    assert "store_writes" not in line
    assert line["logging.googleapis.com/trace"].endswith("/105445aa7843bc8bf206b12000100000")


@pytest.mark.parametrize(
    ("error", "status", "severity"),
    [
        (UnauthenticatedError("x"), 401, "WARNING"),
        (ForbiddenError("x"), 403, "WARNING"),
        (BodyTooLargeError("x"), 413, "WARNING"),
        (BodyTooSlowError("x"), 408, "WARNING"),
        (UnusableUpdateError("x"), 200, "WARNING"),
        (ClientDisconnect(), 499, "WARNING"),
        (UnavailableError("x"), 503, "ERROR"),
        (ConflictError("x"), 500, "ERROR"),
        (NanoBananaError("x"), 500, "ERROR"),
        (ZeroDivisionError("private words"), 500, "ERROR"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
async def test_errors(capsys: pytest.CaptureFixture[str], error: Exception, status: int, severity: str) -> None:
    """Every error has its status; the caller learns its kind, the log its words if they are ours."""

    async def fail(request: Request) -> Response:
        raise error

    async with open_client(fail) as client:
        answer = await client.post("/")
    assert (answer.status_code, answer.json()) == (status, {"error": type(error).__name__})
    failed, answered = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert (failed["event"], failed["severity"], failed["status"]) == ("request_failed", severity, status)
    assert failed["error"] == name_error(error)
    assert "private words" not in failed["error"] + failed.get("stack_trace", "")
    assert (answered["event"], answered["status"]) == ("request_answered", status)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200), ("HEAD", "/health", 200), ("GET", "/ready", 200), ("GET", "/version", 200),
        ("GET", "/", 404), ("GET", "/healthz", 404), ("PUT", "/", 405), ("DELETE", "/", 405), ("PATCH", "/", 405),
        ("OPTIONS", "/", 405), ("POST", "/health", 200),
    ],
)  # fmt: skip
async def test_methods_and_paths(method: str, path: str, status: int) -> None:
    """Probes are for everybody, work is a POST, nothing else is anything."""
    async with open_client() as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    if status == 405:
        assert answer.headers["Allow"] == "GET, HEAD, POST"


async def test_version() -> None:
    """/version says what runs, and which generation of documents it reads."""
    async with open_client() as client:
        answer = (await client.get("/version")).json()
    assert answer == {
        "function": "bot",
        "version": "1.2.3",
        "digest": "sha256:0",
        "revision": "bot-7",
        "schema": SCHEMA,
    }


async def test_not_ready(capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be reached is logged, not told."""

    async def miss() -> None:
        raise UnavailableError("no store at 10.0.0.7")

    async with open_client(check=miss) as client:
        answer = await client.get("/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})
    assert "10.0.0.7" in capsys.readouterr().out


async def test_many_who_ask_cost_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand calls of the public /ready are one call of the store, also when it fails; later it is asked again."""
    now = [0.0]
    monkeypatch.setattr("shared.http.monotonic", lambda: now[0])
    looks = 0

    async def check() -> None:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0)
        if looks > 1:
            raise UnavailableError("no store")

    async with open_client(check=check) as client:
        for status in (200, 503):
            answers = await asyncio.gather(*(client.get("/ready") for _ in range(100)))
            assert {answer.status_code for answer in answers} == {status}
            now[0] += READY_SECONDS
    assert looks == 2


async def test_a_look_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dependency that never answers keeps nobody waiting for ever."""
    monkeypatch.setattr("shared.http.READY_SECONDS_MAX", 0.0)
    async with open_client(check=asyncio.Event().wait) as client:
        assert (await client.get("/ready")).status_code == 503


@pytest.mark.parametrize(("size", "status"), [(0, 200), (10, 200), (11, 413), (100_000, 413)])
@pytest.mark.parametrize("is_streamed", [True, False])
async def test_body(size: int, status: int, *, is_streamed: bool) -> None:
    """A body is read up to its limit, announced or not."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(size):
            yield b"x"

    async with open_client() as client:
        answer = await client.post("/", content=chunks() if is_streamed and size < 1000 else b"x" * size)
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["bytes"] == size


@pytest.mark.parametrize(
    ("sent_bytes", "read_bytes"), [(11, 11), (64_000, 64_000), (9 * 64_000, 9 * 64_000), (10**8, 10**6)]
)
async def test_the_rest_of_a_long_body(sent_bytes: int, read_bytes: int) -> None:
    """A body that is too long is read to its end, so that the caller hears the answer, but not without end."""
    taken = 0

    async def receive() -> dict[str, Any]:
        nonlocal taken
        chunk = b"x" * min(64_000, sent_bytes - taken)
        taken += len(chunk)
        return {"type": "http.request", "body": chunk, "more_body": taken < sent_bytes}

    request = Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)
    with pytest.raises(BodyTooLargeError, match=sha256(b"x" * 10).hexdigest()):
        await read_body(request, 10)
    assert read_bytes <= taken <= read_bytes + 2 * 64_000


async def test_a_body_that_makes_no_haste() -> None:
    """A body that stops coming is given up; one that comes at its pace is read to its end."""
    sent = [b"x" * 10, b"x" * 10]

    async def receive() -> dict[str, Any]:
        if not sent:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": sent.pop(), "more_body": True}

    def request() -> Request:
        return Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive)

    with pytest.raises(BodyTooSlowError, match="20 bytes"):
        await read_body(request(), 100, Haste(grace_seconds=0.0, bytes_per_second_min=1e9, seconds_max=40.0))

    async def receive_all() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * 10, "more_body": False}

    whole = Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive_all)
    assert (
        await read_body(whole, 100, Haste(grace_seconds=5.0, bytes_per_second_min=1.0, seconds_max=40.0)) == b"x" * 10
    )


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("TEST-not-a-real-secret", 200),
        ("TEST-not-a-real-secreT", 401),
        ("", 401),
        (None, 401),
        ("секрет".encode(), 401),
        (b"\xff\xfe", 401),
    ],
)
async def test_secret(header: str | bytes | None, status: int) -> None:
    """Only the very secret opens the webhook; what is not ASCII is simply wrong."""
    headers: Any = {} if header is None else [(b"X-Telegram-Bot-Api-Secret-Token", header)]
    async with open_client(authenticate=telegram_secret(b"TEST-not-a-real-secret")) as client:
        answer = await client.post("/", headers=headers)
    assert answer.status_code == status


async def test_secret_twice() -> None:
    """Two secrets are none, also when one of them is right."""
    name, right = b"X-Telegram-Bot-Api-Secret-Token", b"TEST-not-a-real-secret"
    async with open_client(authenticate=telegram_secret(right)) as client:
        answer = await client.post("/", headers=[(name, right), (name, right)])
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("body", "answered"),
    [
        (b'{"job": "abcdefgh01234567"}', {"ok": True, "id": "abcdefgh01234567"}),
        (b'{"job": "abc"}', {"error": "UnusableUpdateError"}),
        (b'{"job": ["abcdefgh01234567"]}', {"error": "UnusableUpdateError"}),
        (b'{"draft": "abcdefgh01234567"}', {"error": "UnusableUpdateError"}),
        (b"nonsense", {"error": "UnusableUpdateError"}),
    ],
)
async def test_id_of_a_task(body: bytes, answered: dict[str, object]) -> None:
    """A task of ours names its id; any other is answered 200, so that it does not come again."""

    async def tell(request: Request) -> Response:
        return done(id=await read_id(request, "job"))

    async with open_client(tell) as client:
        answer = await client.post("/", content=body)
    assert (answer.status_code, answer.json()) == (200, answered)


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ("3", 3),
        ("", 0),
        ("-1", 0),
        ("x", 0),
        ("1.5", 0),
        ("٣", 0),
        ("0007", 7),
        ("9" * 9, 999_999_999),
        ("9" * 10, 0),
        ("9" * 5000, 0),
    ],
)
async def test_counting_header(value: str, count: int) -> None:
    """What is no number counts as none."""

    async def tell(request: Request) -> Response:
        return done(count=count_header(request, "X-CloudTasks-TaskRetryCount"))

    async with open_client(tell) as client:
        headers: Any = [(b"X-CloudTasks-TaskRetryCount", value.encode())]
        assert (await client.post("/", headers=headers)).json()["count"] == count
