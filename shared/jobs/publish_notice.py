"""The task by which `video` hears of a provider's notice; in a module of its own, because `payments` starts quickly."""

import json
from typing import Protocol

from shared.jobs.shards import shard_of
from shared.task import Task

NOTICES_TASK_PATH = "/notices"
"""The path at which `video` hears that a provider may be done."""
_JSON_HEADERS = {"Content-Type": "application/json"}


class Queue(Protocol):
    """What a task is put into."""

    async def enqueue(self, task: Task) -> None: ...


async def publish_notice(queue: Queue, job_id: str) -> None:
    """Create the task. Raises UnavailableError."""
    body = json.dumps({"job": job_id}).encode()
    await queue.enqueue(Task("video", NOTICES_TASK_PATH, body, None, _JSON_HEADERS, shard_of(job_id)))
