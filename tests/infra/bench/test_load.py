"""The load generator against a server that behaves and one that does not."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import cast

from infra.bench.load import Load, run_load, summarise
from infra.bench.payload import encode_request, encode_update, make_update


@asynccontextmanager
async def serving(answer: bytes, *, closes: bool = False, stall_seconds: float = 0.0) -> AsyncIterator[int]:
    stalls = [stall_seconds]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not reader.at_eof():
            await reader.readuntil(b"{}")
            await asyncio.sleep(stalls.pop() if stalls else 0)
            writer.write(answer)
            if closes:
                break
        writer.close()

    handlers: set[asyncio.Task[None]] = set()

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handlers.add(cast("asyncio.Task[None]", asyncio.current_task()))
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(guarded, "127.0.0.1")
    async with server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.gather(*handlers)


def make_load(port: int, seconds: float, rate: float | None = None) -> Load:
    now = time.perf_counter()
    return Load(port, encode_request(port, "/", b"{}", {}), now, now + seconds, rate)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def test_closed_loop_keeps_every_connection_busy() -> None:
    """All answers are counted once, as 200s, and none is broken."""
    async with serving(OK) as port:
        await run_load(load := make_load(port, 0.3), connections=3)
    summary = summarise(load, 0.3)
    assert summary["statuses"].keys() == {"200"}
    assert summary["answered_ever"] >= summary["statuses"]["200"] > 30
    assert summary["broken"] == summary["unsent"] == 0


async def test_closing_server_is_connected_again() -> None:
    """A server that ends every connection is measured too."""
    async with serving(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", closes=True) as port:
        await run_load(load := make_load(port, 0.3), connections=2)
    assert load.statuses[200] > 10
    assert load.broken == 0


async def test_refusals_are_not_counted_as_work() -> None:
    """Errors appear as such and add nothing to the rate."""
    async with serving(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n") as port:
        await run_load(load := make_load(port, 0.2), connections=1)
    summary = summarise(load, 0.2)
    assert summary["rate"] == 0
    assert summary["statuses"].keys() == {"503"}


async def test_open_loop_keeps_its_rate() -> None:
    """Requests come about as often as asked for, although the server could do more."""
    async with serving(OK) as port:
        await run_load(load := make_load(port, 0.5, rate=200), connections=5)
    assert 50 <= load.statuses[200] <= 150


async def test_stall_is_not_hidden() -> None:
    """Requests that were due while the server stood still count from when they were due."""
    async with serving(OK, stall_seconds=0.3) as port:
        await run_load(load := make_load(port, 0.5, rate=200), connections=1)
    assert summarise(load, 0.5)["max_ms"] >= 300
    assert sum(latency > 0.1 for latency in load.latencies) > 5


def test_update_is_of_an_ordinary_size() -> None:
    """Everybody gets the same message of about 600 bytes."""
    assert 500 <= len(encode_update()) <= 700
    assert make_update(message_id=5)["message"]["message_id"] == 5
