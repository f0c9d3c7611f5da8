"""How the stand-ins for Gemini, fal and the providers of cards listen, serve and stop."""

import asyncio
import contextlib
import json
import signal
import socket
import sys
from collections.abc import Generator
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

import uvicorn
import uvloop

from infra.local.ports import HOST

WAITING_CONNECTIONS_MAX: Final = 512
_TICK_SECONDS: Final = 1.0  # the Date header is that fresh


class Served(Protocol):
    """A running server."""

    base_url: str


class QuietServer(uvicorn.Server):
    """Does not capture the process's signals, which belong to the surrounding program."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    async def main_loop(self) -> None:
        """Run until told to stop; uvicorn's own loop polls ten times a second, which slows every test."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _TICK_SECONDS)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Nothing to capture."""
        yield


def listen(port: int) -> socket.socket:
    """A listening socket on the loopback address; port 0 takes a free one. OSError when the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        # From here on the kernel takes connections: nobody has to wait until the server accepts them.
        listener.listen(WAITING_CONNECTIONS_MAX)
    except OSError:
        listener.close()
        raise
    return listener


def serve_until_stopped(name: str, port: int, server: AbstractAsyncContextManager[Served]) -> None:
    """Run a server as this process until SIGTERM or SIGINT; a port that is taken ends it in words."""
    try:
        uvloop.run(_serve(server))
    except OSError as error:
        sys.exit(f"{name}: port {port} cannot be used ({error.strerror}); choose another with --port")


async def _serve(server: AbstractAsyncContextManager[Served]) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with server as running:
        print(json.dumps({"event": "ready", "url": running.base_url}), flush=True)
        await stopped.wait()
