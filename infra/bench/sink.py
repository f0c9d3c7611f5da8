"""A CreateTask server of almost no cost, to measure the webhook alone: `python -m infra.bench.sink --port 9090`.

It speaks HTTP/1.1 and answers every request with the same Task. On SIGTERM it prints the number of tasks.
"""

import argparse
import asyncio
import json
import signal
from collections.abc import Callable
from typing import cast

import httptools
import uvloop

from infra.local.ports import HOST

TASK = json.dumps({"name": "projects/bench/locations/local/queues/bot/tasks/1234567890123456789"}).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(TASK), TASK)


class SinkConnection(asyncio.Protocol):
    """One client; `on_task` is called for each task."""

    def __init__(self, on_task: Callable[[], None]) -> None:
        self._on_task = on_task
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """A whole request was read; the parser calls this."""
        assert self._transport is not None
        self._on_task()
        self._transport.write(ANSWER)


async def start_sink(port: int, on_task: Callable[[], None]) -> asyncio.Server:
    """A sink in this event loop."""
    return await asyncio.get_running_loop().create_server(lambda: SinkConnection(on_task), HOST, port)


async def serve(port: int) -> int:
    """Until SIGTERM; the number of tasks taken."""
    taken, stopped = 0, asyncio.Event()

    def count() -> None:
        nonlocal taken
        taken += 1

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    server = await start_sink(port, count)
    await stopped.wait()
    server.close()
    return taken


def main() -> None:
    """The process."""
    parser = argparse.ArgumentParser(prog="python -m infra.bench.sink", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    print(json.dumps({"tasks": uvloop.run(serve(parser.parse_args().port))}))


if __name__ == "__main__":
    main()
