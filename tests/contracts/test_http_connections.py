"""Kept connections: which are used again, which are hung up, and that an answer is the one of its own call."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from shared.adapters import http_connections
from shared.adapters.http_connections import IDLE_SECONDS_MAX, Admit, HttpConnections, _AdmittedConnection

REQUEST = (b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",)
OKAY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LAST = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
STALE = (b"HTTP/1.1 500 STALE\r\nContent-Length: 5\r\n", b"\r\nSTALE")
WAIT_SECONDS_MAX = 5.0


class Server:
    """Answers each request of a connection with the next of `answers`, and counts who hangs up."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = answers or (OKAY,)
        self.opened = 0
        self.hung_up = 0
        self.changed = asyncio.Condition()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        answers = iter(self.answers)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writer.write(next(answers, self.answers[-1]))
        writer.close()
        async with self.changed:
            self.hung_up += 1
            self.changed.notify_all()

    async def wait_until(self, hung_up: int) -> None:
        async with asyncio.timeout(WAIT_SECONDS_MAX), self.changed:
            await self.changed.wait_for(lambda: self.hung_up >= hung_up)


@asynccontextmanager
async def serve(
    server: Server, *, keeps_headers: bool = False, admit: Admit | None = None
) -> AsyncIterator[HttpConnections]:
    async with await asyncio.start_server(server.talk, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        connections = HttpConnections("127.0.0.1", port, is_tls=False, keeps_headers=keeps_headers, admit=admit)
        yield connections
        await connections.close()


async def test_a_connection_is_used_again() -> None:
    """Calls one after another take one connection."""
    server = Server()
    async with serve(server) as connections:
        assert [(await connections.send(REQUEST)).body for _ in range(3)] == [b"ok"] * 3
        assert server.opened == 1


async def test_a_last_answer_hangs_up() -> None:
    """After "Connection: close" we hang up, also where the server does not."""
    server = Server(LAST)
    async with serve(server) as connections:
        await connections.send(REQUEST)
        await server.wait_until(hung_up=1)


async def test_what_a_burst_left_is_hung_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that nobody has needed for a minute are hung up, while another one is used all the time."""
    server, clock = Server(), [1000.0]
    monkeypatch.setattr("shared.adapters.http_connections.time.monotonic", lambda: clock[0])
    async with serve(server) as connections:
        await asyncio.gather(*(connections.send(REQUEST) for _ in range(10)))
        for _ in range(3):
            clock[0] += IDLE_SECONDS_MAX / 2
            await connections.send(REQUEST)
        await server.wait_until(hung_up=9)
        assert server.opened == 10


async def test_a_second_answer_is_nobodys() -> None:
    """Half of an answer that nobody asked for, behind a whole one, is never taken for the next call's."""
    server = Server(OKAY + STALE[0], STALE[1] + OKAY)
    async with serve(server) as connections:
        assert [(await connections.send(REQUEST)).status for _ in range(2)] == [200, 200]
        assert server.opened == 2


@pytest.mark.parametrize("keeps_headers", [True, False])
async def test_interim_answers_are_passed_over(keeps_headers: bool) -> None:  # noqa: FBT001 — a table's column
    """A "100 Continue" before the answer is no second answer: the connection is kept."""
    server = Server(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OKAY)
    async with serve(server, keeps_headers=keeps_headers) as connections:
        assert [(await connections.send(REQUEST)).status for _ in range(2)] == [200, 200]
        assert server.opened == 1


async def test_a_body_waits_in_its_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until a call admits its answer, this process holds little more of it than its headers, and afterwards nothing."""
    server = Server(b"HTTP/1.1 200 OK\r\nContent-Length: 8388608\r\n\r\n" + b"x" * 8_388_608)
    held, made = list[int](), list[_AdmittedConnection]()

    class Watched(_AdmittedConnection):
        def __init__(self, admit: Admit) -> None:
            super().__init__(admit)
            made.append(self)

    monkeypatch.setattr(http_connections, "_AdmittedConnection", Watched)

    def count_held() -> int:
        return sum(len(each._body) for each in made)

    async def admit() -> None:
        for _ in range(100):
            await asyncio.sleep(0)
        held.append(count_held())

    async with serve(server, admit=admit) as connections:
        assert len((await connections.send(REQUEST)).body) == 8_388_608
        assert len((await connections.send(REQUEST)).body) == 8_388_608
        assert count_held() == 0
    assert len(held) == 2
    assert max(held) < 1_000_000
    assert server.opened == 1
