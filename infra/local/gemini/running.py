"""Starting and stopping the server: in the caller's event loop, on 127.0.0.1 only."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from infra.local.gemini.calls import Call
from infra.local.gemini.faults import Fault
from infra.local.gemini.server import ABORT, create_app
from infra.local.gemini.service import Behaviour, Service
from infra.local.gemini.transcoder import TranscoderService
from infra.local.gemini.video_service import VideoService
from infra.local.ports import HOST
from infra.local.serving import WAITING_CONNECTIONS_MAX, QuietServer, listen


class AbortableProtocol(HttpToolsProtocol):
    """Lets the application close the connection without an answer, which ASGI cannot do."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: {"call": self.transport.abort}}


class Gemini:
    """A running local Gemini."""

    def __init__(self, service: Service, videos: VideoService, transcoder: TranscoderService, port: int) -> None:
        self.service = service
        self.videos = videos
        self.transcoder = transcoder
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

    `storage_url` is where the enterprise API and the Transcoder read and write videos: Cloud Storage's emulator.
    """
    listener = listen(port)
    service = Service(Behaviour(latency_seconds, jitter, noise, text_pace, video_seconds=video_seconds), seed)
    videos, transcoder = VideoService(service, storage_url), TranscoderService(service, storage_url)
    server = _make_server(service, create_app(service, videos, transcoder, log=log))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield Gemini(service, videos, transcoder, listener.getsockname()[1])
    finally:
        server.should_exit = True
        service.stopping.set()
        await serving
        await videos.notifier.close()
        service.painter.close()


def _make_server(service: Service, app: Starlette) -> QuietServer:
    config = uvicorn.Config(
        app,
        http=AbortableProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        backlog=WAITING_CONNECTIONS_MAX,
        timeout_graceful_shutdown=1,
    )
    return QuietServer(config, service.stopping)
