"""Work stays on the release that accepted it: whom each function's tasks call, and with whose tokens."""

import pytest
from google.cloud import tasks_v2

from infra.functions import WORKERS
from shared.task import QueueName, Task
from tests.contracts.http_server import Reply, Request, serve_http
from tests.functions.conftest import Load

QUEUES: tuple[QueueName, ...] = ("bot", "image", "chat", "video", "api")
"""Of the product; those of `releases` are its own business."""
OWN = {f"{queue.upper()}_TASK_URL": f"https://r-1---{queue}.test" for queue in QUEUES}


@pytest.mark.parametrize("name", WORKERS)
@pytest.mark.parametrize(("env", "prefix"), [({}, ""), (OWN, "r-1---")], ids=["usual", "release"])
async def test_tasks_call_their_own_release(load_task: Load, name: str, env: dict[str, str], prefix: str) -> None:
    """Deferred updates, drafts and jobs go to the revisions of the release that made them, with ordinary tokens."""
    calls: list[tuple[str, str]] = []

    def create_task(request: Request) -> Reply:
        called = tasks_v2.CreateTaskRequest.from_json(request.body).task.http_request
        calls.append((called.url, called.oidc_token.audience))
        return Reply(body=b"{}")

    with serve_http(create_task) as server:
        host = server.url.removeprefix("http://")
        local = {"CLOUD_TASKS_EMULATOR_HOST": host, "FIRESTORE_EMULATOR_HOST": "127.0.0.1:1"}
        tasks = load_task(name, **local, **env).module.ports.get().tasks
        for task in (Task("bot", "/drafts", b"{}"), *(Task(queue, "/", b"{}") for queue in QUEUES)):
            await tasks.enqueue(task)
        await tasks.close()
    assert calls == [
        (f"https://{prefix}bot.test/drafts", "https://bot.test"),
        *((f"https://{prefix}{queue}.test/", f"https://{queue}.test") for queue in QUEUES),
    ]
