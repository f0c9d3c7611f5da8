"""A tiny HTTP target, a running server, and Google's own client for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import grpc.aio
import pytest
from google.cloud.tasks_v2 import CloudTasksAsyncClient
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcAsyncIOTransport

from infra.local.tasks import TasksServer, run_tasks_server

QUEUE = "projects/demo/locations/local/queues/bot"
QUICK = f"{QUEUE}:min_backoff=0.05,max_backoff=0.1,attempts=4"


@dataclass
class Call:
    method: str
    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


class Target:
    """An HTTP server that records calls; `answer` decides each status and may wait first."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.answer: Callable[[Call], Awaitable[str]] = self.answer_200
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._called = asyncio.Condition()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/handle?x=1"

    async def answer_200(self, call: Call) -> str:
        return "200 OK"

    def answer_in_turn(self, *statuses: str) -> None:
        """These answers, one after the other; the last one for ever."""

        async def answer(call: Call) -> str:
            return statuses[min(len(self.calls), len(statuses)) - 1]

        self.answer = answer

    async def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def kill(self) -> None:
        """Stop as a killed process does: every connection is reset, calls in progress get no answer."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        async with asyncio.timeout(2):
            while self._writers:
                await asyncio.sleep(0)

    async def wait_calls(self, count: int) -> list[Call]:
        """Wait until so many calls have come, 5 s at most."""
        async with asyncio.timeout(5), self._called:
            await self._called.wait_for(lambda: len(self.calls) >= count)
        return self.calls

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                call = await _read_call(reader)
                async with self._called:
                    self.calls.append(call)
                    self._called.notify_all()
                status = await self.answer(call)
                writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nok".encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the caller has hung up
        finally:
            self._writers.discard(writer)
            writer.close()


async def _read_call(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    request_line, *lines = head.strip().split("\r\n")
    method, path, _ = request_line.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Call(method, path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    target = Target()
    await target.start()
    yield target
    await target.kill()


@pytest.fixture
async def server() -> AsyncIterator[TasksServer]:
    async with run_tasks_server([QUICK]) as server:
        yield server


@pytest.fixture
async def client(server: TasksServer) -> AsyncIterator[CloudTasksAsyncClient]:
    channel = grpc.aio.insecure_channel(server.grpc_address)
    yield CloudTasksAsyncClient(transport=CloudTasksGrpcAsyncIOTransport(channel=channel))
    await channel.close()


@pytest.fixture
def make_task(target: Target) -> Callable[..., dict[str, Any]]:
    """A task for the target, as google-cloud-tasks takes it; keywords are fields of `Task`."""

    def make(body: bytes = b"{}", **fields: Any) -> dict[str, Any]:
        http_request = {"url": target.url, "body": body, "headers": {"Content-Type": "application/json"}}
        return {"http_request": http_request, **fields}

    return make
