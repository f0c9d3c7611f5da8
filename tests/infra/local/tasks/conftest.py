"""A running server, Google's own client for it, and a target to call."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from infra.local.tasks import TasksServer, run_tasks_server
from tests.infra.local.tasks.google_client import GoogleClient, open_google_client
from tests.infra.local.tasks.target import Target

QUEUE = "projects/demo/locations/local/queues/bot"
QUICK = f"{QUEUE}:min_backoff=0.05,max_backoff=0.1,attempts=4"


@pytest.fixture
def queue() -> str:
    return QUEUE


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    target = Target()
    await target.start()
    yield target
    await target.kill()


@pytest.fixture
async def server() -> AsyncIterator[TasksServer]:
    async with run_tasks_server([QUICK]) as server:
        yield server


@pytest.fixture
def client(server: TasksServer) -> Iterator[GoogleClient]:
    with open_google_client(server.api_address) as client:
        yield client


@pytest.fixture
def make_task(target: Target) -> Callable[..., Any]:
    """A task for the target, as google-cloud-tasks takes it; keywords are fields of `Task`."""

    def make(body: bytes = b"{}", **fields: Any) -> dict[str, Any]:
        http_request = {"url": target.url, "body": body, "headers": {"Content-Type": "application/json"}}
        return {"http_request": http_request, **fields}

    return make
