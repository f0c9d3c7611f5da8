"""Starting and stopping the server: in the caller's event loop, on 127.0.0.1 only, as the local Gemini does it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import uvicorn
from starlette.requests import Request
from starlette.responses import Response

from infra.local.fal.calls import Call
from infra.local.fal.faults import Fault
from infra.local.fal.server import create_app
from infra.local.fal.service import Behaviour, Service
from infra.local.gemini.running import AbortableProtocol
from infra.local.gemini.server import ABORT
from infra.local.ports import HOST
from infra.local.serving import QuietServer, listen


class Fal:
    """A running local fal."""

    def __init__(self, service: Service, port: int) -> None:
        self.service = service
        self.base_url = f"http://{HOST}:{port}"

    def calls(self) -> list[Call]:
        """Every request for a picture or a video since the start, oldest first."""
        return list(self.service.calls)

    def set_faults(self, *faults: Fault) -> None:
        """These faults and no others; without any, nothing fails."""
        self.service.faults.faults[:] = faults

    def set_behaviour(self, behaviour: Behaviour) -> None:
        """From the next call on."""
        self.service.behaviour = behaviour

    async def wait_for_videos(self) -> None:
        """Return when no video is being made."""
        await self.service.wait()


@contextlib.asynccontextmanager
async def run_fal(
    *, port: int = 0, latency_seconds: float = 0.0, video_seconds: float = 0.0, log: bool = False
) -> AsyncIterator[Fal]:
    """A server for the time of the block; port 0 takes a free one. OSError when the port is taken."""
    listener = listen(port)
    service = Service(Behaviour(latency_seconds, video_seconds))
    config = uvicorn.Config(
        create_app(service, _hang_up, log=log),
        http=AbortableProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = QuietServer(config, service.stopping)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield Fal(service, listener.getsockname()[1])
    finally:
        server.should_exit = True
        service.stopping.set()
        await serving
        await service.notifier.close()
        service.close()


def _hang_up(request: Request) -> Response:
    request.scope["extensions"][ABORT]["call"]()
    return Response()
