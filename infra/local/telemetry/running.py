"""Starting and stopping the server: in the caller's event loop, on 127.0.0.1 only."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import uvicorn

from infra.local.ports import HOST
from infra.local.serving import QuietServer, listen
from infra.local.telemetry.received import Received
from infra.local.telemetry.server import Door

_LOOK_SECONDS = 0.02


class Telemetry:
    """A running server."""

    def __init__(self, received: Received, base_url: str) -> None:
        self.received, self.base_url = received, base_url

    async def wait_until(self, is_met: Callable[[Received], bool], seconds_max: float = 10.0) -> Received:
        """Return once this is so. Raises TimeoutError."""
        async with asyncio.timeout(seconds_max):
            while not is_met(self.received):  # noqa: ASYNC110 — exports of other processes, which tell nobody
                await asyncio.sleep(_LOOK_SECONDS)
        return self.received


@contextlib.asynccontextmanager
async def run_telemetry(*, port: int = 0) -> AsyncIterator[Telemetry]:
    """A server for the time of the block; port 0 takes a free one. OSError when the port is taken."""
    listener, received, stopping = listen(port), Received(), asyncio.Event()
    config = uvicorn.Config(
        Door(received).make_app(),
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = QuietServer(config, stopping)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield Telemetry(received, f"http://{HOST}:{listener.getsockname()[1]}")
    finally:
        server.should_exit = True
        stopping.set()
        await serving
