"""Starting and stopping the server: in the caller's event loop, on 127.0.0.1 only."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Generator
from typing import Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from infra.local.gemini.calls import Call
from infra.local.gemini.faults import Fault
from infra.local.gemini.server import ABORT, create_app
from infra.local.gemini.service import Behaviour, Service
from infra.local.gemini.video_service import VideoService
from infra.local.ports import HOST

_WAITING_CONNECTIONS_MAX: Final = 512
_TICK_SECONDS: Final = 1.0  # the Date header is that fresh


class AbortableProtocol(HttpToolsProtocol):
    """Lets the application close the connection without an answer, which ASGI cannot do."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: {"call": self.transport.abort}}


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


class Gemini:
    """A running local Gemini."""

    def __init__(self, service: Service, videos: VideoService, port: int) -> None:
        self.service = service
        self.videos = videos
        self.base_url = f"http://{HOST}:{port}"

    def calls(self) -> list[Call]:
        """Every call since the start or the last reset, oldest first; running ones have `ended` 0."""
        return list(self.service.calls.calls)

    async def wait_for_calls(self, holds: Callable[[list[Call]], bool], timeout_seconds: float = 10) -> list[Call]:
        """The calls as soon as they satisfy `holds`; raises TimeoutError when they do not in time."""
        return await self.service.calls.wait_until(holds, timeout_seconds)

    def set_faults(self, *faults: Fault) -> None:
        """These faults and no others; without any, nothing fails."""
        self.service.faults.clear()
        self.service.faults.add(*faults)

    def set_behaviour(self, behaviour: Behaviour) -> None:
        """Latency and drawing, from the next call on."""
        self.service.behaviour = behaviour

    def reset(self) -> None:
        """No faults and no calls."""
        self.service.faults.clear()
        self.service.calls.clear()

    async def wait_for_videos(self) -> None:
        """Return when no video is being made."""
        await self.videos.wait()


@contextlib.asynccontextmanager
async def run_gemini(
    *,
    port: int = 0,
    latency_seconds: float = 0.0,
    jitter: float = 0.0,
    noise: bool = False,
    text_pace: float = 0.0,
    video_seconds: float = 0.0,
    storage_url: str = "",
    seed: int = 0,
    log: bool = False,
) -> AsyncIterator[Gemini]:
    """A server for the time of the block; port 0 takes a free one. OSError when the port is taken.

    `storage_url` is where the enterprise API writes videos: the address of Cloud Storage's emulator.
    """
    listener = listen(port)
    service = Service(Behaviour(latency_seconds, jitter, noise, text_pace, video_seconds=video_seconds), seed)
    videos = VideoService(service, storage_url)
    server = _make_server(service, videos, log=log)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield Gemini(service, videos, listener.getsockname()[1])
    finally:
        server.should_exit = True
        service.stopping.set()
        await serving
        service.painter.close()


def listen(port: int) -> socket.socket:
    """A listening socket on the loopback address."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        # From here on the kernel takes connections: nobody has to wait until the server accepts them.
        listener.listen(_WAITING_CONNECTIONS_MAX)
    except OSError:
        listener.close()
        raise
    return listener


def _make_server(service: Service, videos: VideoService, *, log: bool) -> QuietServer:
    config = uvicorn.Config(
        create_app(service, videos, log=log),
        http=AbortableProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        backlog=_WAITING_CONNECTIONS_MAX,
        timeout_graceful_shutdown=1,
    )
    return QuietServer(config, service.stopping)
