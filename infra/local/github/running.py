"""Starting and stopping the server: in the caller's event loop, on 127.0.0.1 only."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import httpx
import uvicorn

from infra.local.github.places import Place
from infra.local.github.play import Player
from infra.local.github.reports import Reports
from infra.local.github.repository import Behaviour, Repository, Run
from infra.local.github.server import Door, create_app
from infra.local.github.tokens import AppTokens, JobTokens
from infra.local.ports import HOST
from infra.local.serving import QuietServer, listen

_REPORT_SECONDS_MAX = 10.0
_LOOK_SECONDS = 0.01


class GitHub:
    """A running server."""

    def __init__(self, repository: Repository, player: Player, door: Door, base_url: str) -> None:
        self._repository, self._player, self._door = repository, player, door
        self.base_url = base_url

    @property
    def runs(self) -> list[Run]:
        """All runs, the oldest first."""
        return self._repository.runs

    @property
    def production(self) -> Place:
        """What production serves."""
        return self._player.production

    @property
    def staging(self) -> Place:
        """What staging serves."""
        return self._player.staging

    def behave(self, behaviour: Behaviour) -> None:
        """From the next call on."""
        self._repository.behaviour = behaviour

    def push(self, tag: str, flaw: str = "") -> Run:
        """A developer pushes a tag. Raises ValueError."""
        return self._door.push(tag, flaw)

    async def wait_until(self, is_met: Callable[[], bool], seconds_max: float = 10.0) -> None:
        """Return once this is so. Raises TimeoutError."""
        async with asyncio.timeout(seconds_max):
            while not is_met():  # noqa: ASYNC110 — a handful of runs, which tell nobody
                await asyncio.sleep(_LOOK_SECONDS)


@contextlib.asynccontextmanager
async def run_github(
    *,
    releases_url: str,
    app_key: str = "",
    port: int = 0,
    pace_seconds: float = 0.0,
    served: str = "",
    bot_url: str = "",
    log: bool = False,
) -> AsyncIterator[GitHub]:
    """A server for the time of the block; port 0 takes a free one. OSError when the port is taken.

    `app_key` is the App's public key in PEM; `served` the tag of a version that is everywhere already,
    `bot_url` where the page leads to.
    """
    listener = listen(port)
    base_url = f"http://{HOST}:{listener.getsockname()[1]}"
    repository, jobs, stopping = Repository(Behaviour(pace_seconds=pace_seconds)), JobTokens(base_url), asyncio.Event()
    async with httpx.AsyncClient(timeout=_REPORT_SECONDS_MAX, trust_env=False) as client:
        player = Player(repository, Reports(client, jobs, releases_url))
        door = Door(repository, player, jobs, AppTokens(app_key), bot_url=bot_url, log=log)
        if served:
            door.seed(served)
        config = uvicorn.Config(
            create_app(door),
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
            yield GitHub(repository, player, door, base_url)
        finally:
            await door.close()
            server.should_exit = True
            stopping.set()
            await serving
