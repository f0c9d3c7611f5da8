"""The way into Cloud Tasks over real HTTP: what Google's client would send, and every way it fails."""

import asyncio
import inspect
import json
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksRestTransport
from google.protobuf import json_format

from infra.local.tasks import run_tasks_server
from shared.adapters import google_rest, http_connections, tasks
from shared.adapters.http_connections import HttpConnections, NotConnectedError
from shared.adapters.targets import Target, complete_headers, queue_name
from shared.adapters.tasks import CloudTasks
from shared.errors import UnavailableError
from shared.task import Task
from shared.usage import start_usage
from tests.contracts.certificates import write_certificate
from tests.contracts.http_server import Reply, Request, serve_http

QUEUE = queue_name("test-project", "europe-west1", "bot")
ACCOUNT = "tasks@test-project.iam.gserviceaccount.com"
URL = "https://bot-123.europe-west1.run.app"
TARGET = Target((QUEUE,), URL, URL, ACCOUNT, 60)
TAG_TARGET = replace(TARGET, url="https://r-0123456789ab---bot-123.europe-west1.run.app", deadline_seconds=1800)
TASK = Task("bot", "/updates", b"{}")
STORED = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def address_of(url: str) -> str:
    return url.removeprefix("http://")


@asynccontextmanager
async def open_queue(address: str, target: Target = TARGET) -> AsyncIterator[CloudTasks]:
    queue = CloudTasks({"bot": target}, address)
    yield queue
    await queue.close()


class RawServer:
    """Answers every request by a script of its own; counts connections and requests."""

    def __init__(self, answer: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> None:
        self.answer = answer
        self.connections = 0
        self.requests = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError):
            while not writer.is_closing():
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next(line for line in head.split("\r\n") if line.startswith("Content-Length"))
                await reader.readexactly(int(length.partition(":")[2]))
                self.requests += 1
                await self.answer(writer)
        writer.close()


@asynccontextmanager
async def serve_raw(server: RawServer, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    listening = await asyncio.start_server(server.handle, "127.0.0.1", ssl=tls)
    try:
        yield "{}:{}".format(*listening.sockets[0].getsockname())
    finally:
        listening.close()


def send(*parts: bytes) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    async def answer(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return answer


# --- what is sent -------------------------------------------------------------------------------------------


def send_with_library(url: str, task: Task, target: Target) -> None:
    """The same task by google-cloud-tasks."""
    credentials: Any = AnonymousCredentials()  # type: ignore[no-untyped-call]  # the library has no types
    transport = CloudTasksRestTransport(host=address_of(url), credentials=credentials, url_scheme="http")
    message = tasks_v2.Task(
        http_request=tasks_v2.HttpRequest(
            url=target.url + task.path,
            http_method=tasks_v2.HttpMethod.POST,
            headers=complete_headers(task.headers),
            body=task.body,
            oidc_token=tasks_v2.OidcToken(service_account_email=target.service_account, audience=target.audience),
        ),
        dispatch_deadline=timedelta(seconds=target.deadline_seconds),
    )
    if task.not_before is not None:
        message.schedule_time = task.not_before
    with tasks_v2.CloudTasksClient(transport=transport) as client:
        client.create_task(parent=target.queue_of(task.lane), task=message)


def read_task(request: Request) -> Any:
    """The message in a request's body, where nothing may stand that the API does not know."""
    return json_format.Parse(request.body, tasks_v2.CreateTaskRequest.pb()()).task  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    "task",
    [
        TASK,
        Task("bot", "/", b""),
        Task("bot", "/?a=b", bytes(range(256)) * 1024),
        Task("bot", "/", b"{}", headers={"X-Empty": "", "X-Words": "рыжая лиса", "A": "1" * 200}),
        Task("bot", "/", b"{}", headers={"content-type": "application/octet-stream"}),
        Task("bot", "/", b"{}", datetime(2030, 1, 1, 1, 2, 3, 456789, UTC)),
        Task("bot", "/", b"{}", datetime(2030, 1, 1, 1, 2, 3, tzinfo=timezone(timedelta(hours=3)))),
    ],
    ids=lambda task: str(task)[:50],
)
@pytest.mark.parametrize("target", [TARGET, TAG_TARGET], ids=["function", "tag"])
async def test_sends_what_the_library_sends(task: Task, target: Target) -> None:
    """Bytes, headers, time, deadline and token are those that google-cloud-tasks sends for the same task."""
    with serve_http(lambda _: Reply(body=b"{}")) as server:
        async with open_queue(address_of(server.url), target) as queue:
            await queue.enqueue(task)
        await asyncio.to_thread(send_with_library, server.url, task, target)
    ours, theirs = server.requests
    assert (ours.method, ours.path) == (theirs.method, theirs.path.partition("?")[0])
    assert ours.headers["content-type"] == theirs.headers["content-type"]
    assert read_task(ours) == read_task(theirs)


async def test_update_arrives_unchanged() -> None:
    """Through the local Tasks server a body reaches the function byte for byte, with a token and its headers."""
    body = bytes(range(256)) * 64
    with serve_http() as function:
        async with (
            run_tasks_server([QUEUE]) as server,
            open_queue(server.api_address, replace(TARGET, url=function.url)) as queue,
        ):
            usage = start_usage()
            await queue.enqueue(Task("bot", "/updates", body, headers={"X-Ours": "yes"}))
            (request,) = await function.wait_for_requests(1)
    assert (request.method, request.path, request.body) == ("POST", "/updates", body)
    assert request.headers["x-ours"] == "yes"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"].startswith("Bearer ")
    assert usage.tasks == 1


# --- how it fails -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [201, 302, 400, 403, 404, 409, 429, 500, 503])
async def test_anything_but_success_is_an_outage(status: int) -> None:
    """Whatever Cloud Tasks says, the task is not known to be safe; it is asked once, and nothing counts."""
    error = {"error": {"code": status, "message": "on purpose", "status": "ABORTED"}}
    with serve_http(lambda _: Reply(status, json.dumps(error).encode())) as server:
        async with open_queue(address_of(server.url)) as queue:
            usage = start_usage()
            with pytest.raises(UnavailableError, match=f"status {status}: .*on purpose"):
                await queue.enqueue(TASK)
    assert len(server.requests) == 1
    assert usage.tasks == 0


async def test_silence_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer in time is an outage; a late answer is not taken for the next call's."""
    monkeypatch.setattr(tasks, "CALL_SECONDS_MAX", 0.2)
    writers: list[asyncio.StreamWriter] = []

    async def keep_silent(writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    server = RawServer(keep_silent)
    async with serve_raw(server) as address, open_queue(address) as queue:
        with pytest.raises(UnavailableError, match="no answer within"):
            await queue.enqueue(TASK)
        writers[0].write(STORED)
        server.answer = send(STORED.replace(b"200 OK", b"503 Out"))
        with pytest.raises(UnavailableError, match="503"):
            await queue.enqueue(TASK)
    assert server.connections == 2


async def test_nobody_there_is_an_outage(free_port: Callable[[], int]) -> None:
    """A refused connection is reported."""
    async with open_queue(f"127.0.0.1:{free_port()}") as queue:
        with pytest.raises(UnavailableError):
            await queue.enqueue(TASK)


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"])
async def test_break_while_waiting_is_an_outage(beginning: bytes) -> None:
    """A connection that ends before its answer is complete says nothing about the task."""

    async def hang_up(writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        writer.close()

    server = RawServer(hang_up)
    async with serve_raw(server) as address, open_queue(address) as queue:
        with pytest.raises(UnavailableError, match="hung up"):
            await queue.enqueue(TASK)
    assert server.requests == 1


async def test_a_kept_connection_that_breaks_is_replaced_once() -> None:
    """The server may drop a kept connection as it is used: the call succeeds over a new one, or fails there."""
    server = RawServer(send(STORED))

    async def hang_up(writer: asyncio.StreamWriter) -> None:
        writer.close()
        server.answer = send(STORED)

    async def always_hang_up(writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with serve_raw(server) as address, open_queue(address) as queue:
        await queue.enqueue(TASK)
        server.answer = hang_up
        await queue.enqueue(TASK)
        assert (server.connections, server.requests) == (2, 3)
        server.answer = always_hang_up
        with pytest.raises(UnavailableError):
            await queue.enqueue(TASK)
        assert (server.connections, server.requests) == (3, 5)


async def test_what_is_not_http_is_an_outage() -> None:
    """Another protocol's answer ends the connection."""
    server = RawServer(send(b"220 mail.test ESMTP\r\n"))
    async with serve_raw(server) as address, open_queue(address) as queue:
        with pytest.raises(UnavailableError, match="not HTTP"):
            await queue.enqueue(TASK)


async def test_finds_back_after_an_outage(free_port: Callable[[], int]) -> None:
    """As soon as Cloud Tasks is back, tasks are stored again."""
    port = free_port()
    async with open_queue(f"127.0.0.1:{port}") as queue:
        with pytest.raises(UnavailableError):
            await queue.enqueue(TASK)
        async with run_tasks_server([QUEUE], port=port):
            await queue.enqueue(TASK)


async def test_check(free_port: Callable[[], int]) -> None:
    """A probe tells whether Cloud Tasks can be reached, and stores nothing; the next call uses its connection."""
    async with open_queue(f"127.0.0.1:{free_port()}") as nobody:
        with pytest.raises(UnavailableError):
            await nobody.check()
    server = RawServer(send(STORED))
    async with serve_raw(server) as address, open_queue(address) as somebody:
        await somebody.check()
        await somebody.check()
        assert server.requests == 0
        await somebody.enqueue(TASK)
        assert server.connections == 1


# --- connections --------------------------------------------------------------------------------------------


async def test_many_at_once_and_then_again() -> None:
    """Calls at one time have a connection each; later ones use what is there."""
    server = RawServer(send(STORED))
    async with serve_raw(server) as address, open_queue(address) as queue:
        await asyncio.gather(*(queue.enqueue(TASK) for _ in range(50)))
        await asyncio.gather(*(queue.enqueue(TASK) for _ in range(50)))
    assert server.requests == 100
    assert server.connections <= 50


@pytest.mark.parametrize(
    "parts",
    [
        (b"HTTP/1.1 100 Continue\r\n\r\n", STORED),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", b"1\r\n}\r\n0\r\n\r\n"),
        tuple(bytes([byte]) for byte in STORED),
    ],
    ids=["interim", "chunked", "byte by byte"],
)
async def test_reads_every_form_of_an_answer(parts: tuple[bytes, ...]) -> None:
    """An interim answer is none, and pieces are put together; the connection can be used again."""
    server = RawServer(send(*parts))
    async with serve_raw(server) as address, open_queue(address) as queue:
        await queue.enqueue(TASK)
        await queue.enqueue(TASK)
    assert (server.connections, server.requests) == (1, 2)


async def test_a_connection_that_the_server_will_close_is_not_kept() -> None:
    """`Connection: close` is heeded."""
    server = RawServer(send(STORED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")))
    async with serve_raw(server) as address, open_queue(address) as queue:
        await queue.enqueue(TASK)
        await queue.enqueue(TASK)
    assert server.connections == 2


async def test_an_answer_too_many_ends_a_connection() -> None:
    """A second answer to one request is never the next request's."""
    server = RawServer(send(STORED + STORED.replace(b"200 OK", b"503 Out")))
    async with serve_raw(server) as address, open_queue(address) as queue:
        await queue.enqueue(TASK)
        await queue.enqueue(TASK)
    assert server.connections == 2


async def test_old_connections_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that was idle for too long is closed and replaced."""
    server = RawServer(send(STORED))
    async with serve_raw(server) as address, open_queue(address) as queue:
        await queue.enqueue(TASK)
        monkeypatch.setattr(http_connections, "IDLE_SECONDS_MAX", -1.0)
        await queue.enqueue(TASK)
    assert server.connections == 2


# --- in the cloud -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("refusals", [0, 1, 2])
async def test_a_refused_token_is_renewed_once(refusals: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the cloud each call has the metadata server's token; a 401 brings a new one, a second 401 is an outage."""
    numbers, seen = count(1), list[str]()

    def hand_out(_: Request) -> Reply:
        return Reply(body=json.dumps({"access_token": f"token-{next(numbers)}", "expires_in": 3599}).encode())

    def answer(request: Request) -> Reply:
        seen.append(request.headers["authorization"])
        return Reply(401 if len(seen) <= refusals else 200, b"{}")

    with serve_http(answer) as service, serve_http(hand_out) as metadata_server:
        host, port = address_of(service.url).split(":")
        connections = HttpConnections(host, int(port), is_tls=False)
        monkeypatch.setattr(google_rest, "HttpConnections", lambda *_, **__: connections)
        queue = CloudTasks({"bot": TARGET}, metadata_host=address_of(metadata_server.url))
        if refusals > 1:
            with pytest.raises(UnavailableError, match="401"):
                await queue.enqueue(TASK)
        else:
            await queue.enqueue(TASK)
        await queue.close()
    assert seen == [f"Bearer token-{number}" for number in range(1, min(refusals, 1) + 2)]
    assert {request.headers["host"] for request in service.requests} == {"cloudtasks.googleapis.com"}


@pytest.mark.parametrize(
    ("is_trusted", "name", "is_fine"),
    [(True, "localhost", True), (True, "127.0.0.1", False), (False, "localhost", False)],
    ids=["known", "other name", "unknown authority"],
)
async def test_only_the_server_that_was_meant_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_trusted: bool, name: str, is_fine: bool
) -> None:
    """The server must show a certificate of a known authority for its name; else nothing is sent."""
    certificate = write_certificate(tmp_path / "server.pem")
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        monkeypatch.setattr(ssl, "create_default_context", inspect.unwrap(ssl.create_default_context))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    server = RawServer(send(STORED))
    async with serve_raw(server, tls) as address:
        connections = HttpConnections(name, int(address.split(":")[1]), is_tls=True)
        request = b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
        if is_fine:
            assert (await connections.send((request,))).status == 200
        else:
            with pytest.raises(NotConnectedError, match="CERTIFICATE_VERIFY_FAILED"):
                await connections.send((request,))
        await connections.close()
    assert server.requests == int(is_fine)


def test_needs_no_heavy_library() -> None:
    """The webhook's imports stay small: that is the purpose of this adapter."""
    heavy = (
        "google.api_core",
        "google.auth",
        "google.cloud.",
        "google.protobuf",
        "grpc",
        "proto",
        "httpx",
        "httpcore",
        "requests",
        "urllib3",
    )
    code = f"import sys, shared.adapters.tasks; print([m for m in sys.modules if m.startswith({heavy})])"
    run = subprocess.run(  # noqa: S603 — our own command
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
        cwd=Path(__file__).parents[2],
    )
    assert run.stdout.strip() == "[]"
