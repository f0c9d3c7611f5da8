"""Puts the parts together and runs them: `run_tasks_server`."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from infra.local.tasks.control import ControlSurface, listen_on, serve_app
from infra.local.tasks.delivery import Courier
from infra.local.tasks.faults import FaultPlan, Faults
from infra.local.tasks.oidc import TokenSigner
from infra.local.tasks.queue import EventLog, QueueStats, Surroundings
from infra.local.tasks.rest import make_app
from infra.local.tasks.service import CloudTasksService
from infra.local.tasks.specs import read_queue_spec
from infra.local.tasks.store import TaskStore

logger = logging.getLogger(__name__)


class TasksServer:
    """A running server, for code in the same event loop."""

    def __init__(self, store: TaskStore, faults: Faults, api_port: int, issuer: str) -> None:
        self.store = store
        self.api_address = f"127.0.0.1:{api_port}"
        self.issuer = issuer
        self.jwks_url = f"{issuer}/jwks"
        self._faults = faults
        self._changed = asyncio.Event()

    def stats(self) -> dict[str, QueueStats]:
        """Counts per queue, by full name."""
        return self.store.stats()

    def plan_faults(self, plan: FaultPlan) -> None:
        """Faults for the tasks created from now on; `FaultPlan()` ends them."""
        self._faults.set_plan(plan)

    def notice_change(self) -> None:
        """Some count has changed: wakes `wait_for`."""
        self._changed.set()

    async def wait_for(
        self, condition: Callable[[dict[str, QueueStats]], bool], timeout_seconds: float = 5.0
    ) -> dict[str, QueueStats]:
        """Wait until the condition holds for the stats, and return them. Raises TimeoutError."""
        async with asyncio.timeout(timeout_seconds):
            while not condition(self.stats()):
                self._changed.clear()
                await self._changed.wait()
        return self.stats()


@contextlib.asynccontextmanager
async def run_tasks_server(
    queues: Iterable[str] = (),
    *,
    port: int = 0,
    http_port: int = 0,
    log: EventLog | None = None,
    logs_dispatches: bool = False,
) -> AsyncIterator[TasksServer]:
    """Run the server on 127.0.0.1 until the block ends.

    `queues` are specifications as on the command line. `log` gets one dictionary per event (the standard
    logger by default). Raises OSError for a taken port and ValueError for a bad specification.
    """
    async with contextlib.AsyncExitStack() as stack:
        api_socket, http_socket = (stack.enter_context(listen_on(number)) for number in (port, http_port))
        signer = TokenSigner(f"http://127.0.0.1:{http_socket.getsockname()[1]}")
        faults, courier = Faults(), Courier(signer)
        stack.push_async_callback(courier.close)
        server: TasksServer | None = None

        def notice_change() -> None:
            if server is not None:
                server.notice_change()

        store = TaskStore(Surroundings(courier, faults, log or _log_event, logs_dispatches, notice_change))
        stack.push_async_callback(store.stop)
        for spec in queues:
            parent, message = read_queue_spec(spec)
            store.create_queue(parent, message)
        await stack.enter_async_context(serve_app(make_app(CloudTasksService(store)), api_socket))
        await stack.enter_async_context(serve_app(ControlSurface(store, signer, faults).app, http_socket))
        server = TasksServer(store, faults, api_socket.getsockname()[1], signer.issuer)
        yield server


def _log_event(event: dict[str, Any]) -> None:
    logger.log(logging.WARNING if event["event"] == "exhausted" else logging.INFO, "%s", event)
