"""The bare CreateTask, called by the webhook's own adapter."""

import asyncio
import socket

from google.cloud import tasks_v2

from infra.bench.sink import TASK, start_sink
from shared.adapters.targets import Target
from shared.adapters.tasks import CloudTasks
from shared.task import Task

QUEUE, URL = "projects/p/locations/l/queues/bot", "http://127.0.0.1:9"
TARGET = Target((QUEUE,), URL, URL, "tasks@p.iam.gserviceaccount.com", 60)


async def test_every_call_is_answered_and_counted() -> None:
    """Many calls at once, some larger than a packet, all succeed; each counts once."""
    taken: list[None] = []
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = await start_sink(port, lambda: taken.append(None))
    queue = CloudTasks({"bot": TARGET}, f"127.0.0.1:{port}")
    async with server:
        bodies = [b"x" * size for size in (0, 1, 600, 100_000) for _ in range(50)]
        await asyncio.gather(*(queue.enqueue(Task("bot", "/", body)) for body in bodies))
        await queue.close()
    assert len(taken) == 200


async def test_answer_is_a_task() -> None:
    """Google's own message type reads what the sink answers."""
    assert tasks_v2.Task.from_json(TASK).name.startswith("projects/bench/")
