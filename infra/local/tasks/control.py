"""The HTTP surface beside the service's: signing keys, counts, pause, faults (see the package's docstring)."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from infra.local.tasks.faults import Faults, read_fault_plan
from infra.local.tasks.oidc import TokenSigner
from infra.local.tasks.queue import RunningQueue
from infra.local.tasks.store import TaskStore


class ControlSurface:
    """Handlers of the HTTP port; `app` is the ASGI application."""

    def __init__(self, store: TaskStore, signer: TokenSigner, faults: Faults) -> None:
        self._store, self._signer, self._faults = store, signer, faults
        self.app = Starlette(
            routes=[
                Route("/jwks", self.show_jwks),
                Route("/.well-known/openid-configuration", self.show_openid_configuration),
                Route("/health", self.show_health),
                Route("/stats", self.show_stats),
                Route("/pause", self.pause, methods=["POST"]),
                Route("/resume", self.resume, methods=["POST"]),
                Route("/faults", self.show_faults, methods=["GET"]),
                Route("/faults", self.plan_faults, methods=["POST"]),
            ]
        )

    async def show_jwks(self, _: Request) -> JSONResponse:
        return JSONResponse(self._signer.jwks())

    async def show_openid_configuration(self, _: Request) -> JSONResponse:
        issuer = self._signer.issuer
        return JSONResponse(
            {
                "issuer": issuer,
                "jwks_uri": f"{issuer}/jwks",
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
            }
        )

    async def show_health(self, _: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def show_stats(self, _: Request) -> JSONResponse:
        queues = {name: asdict(stats) for name, stats in self._store.stats().items()}
        return JSONResponse({"queues": queues, "faults": asdict(self._faults.plan)})

    async def pause(self, request: Request) -> JSONResponse:
        queues = self._chosen_queues(request)
        for queue in queues:
            queue.pause()
        return _answer_queues(queues)

    async def resume(self, request: Request) -> JSONResponse:
        queues = self._chosen_queues(request)
        for queue in queues:
            queue.resume()
        return _answer_queues(queues)

    async def show_faults(self, _: Request) -> JSONResponse:
        return JSONResponse(asdict(self._faults.plan))

    async def plan_faults(self, request: Request) -> JSONResponse:
        try:
            plan = read_fault_plan(json.loads(await request.body()))
        except ValueError as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        self._faults.set_plan(plan)
        return JSONResponse(asdict(plan))

    def _chosen_queues(self, request: Request) -> list[RunningQueue]:
        """Those whose full name or id is `?queue=`; all of them without it."""
        wanted = request.query_params.get("queue")
        return [
            queue for name, queue in self._store.queues.items() if wanted is None or wanted in {name, queue.queue_id}
        ]


def _answer_queues(queues: list[RunningQueue]) -> JSONResponse:
    names = [queue.name for queue in queues]
    return JSONResponse({"queues": names}, status_code=200 if names else 404)


@contextlib.asynccontextmanager
async def serve_app(app: Any, listening: socket.socket) -> AsyncIterator[None]:
    """Serve an ASGI application on a listening socket while the block runs.

    uvicorn's own `serve` wants the process's signals, wakes up ten times a second and takes a tenth of a second
    to stop.
    """
    config = uvicorn.Config(
        app, loop="none", http="httptools", ws="none", lifespan="off", access_log=False, log_config=None
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup([listening])
    try:
        yield
    finally:
        for listener in server.servers:
            listener.close()
        for connection in list(server.server_state.connections):
            connection.shutdown()
        await asyncio.gather(*server.server_state.tasks, return_exceptions=True)


def listen_on(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1 (port 0: any free one); OSError when it is taken."""
    # asyncio sets TCP_NODELAY only where the protocol is named; without it a call takes 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise OSError(error.errno, f"port {port}: {error.strerror}") from error
    return listening
