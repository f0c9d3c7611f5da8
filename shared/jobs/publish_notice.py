"""The task by which `video` hears of a provider's notice; in a module of its own, because `payments` starts quickly."""

import json

from shared.jobs.lanes import shard_of
from shared.task import JSON_HEADERS, Task, TaskQueue

NOTICES_TASK_PATH = "/notices"
"""The path at which `video` hears that a provider may be done."""
TOLD_OPERATION = "operation"


async def publish_notice(queue: TaskQueue, job_id: str, operation: str = "") -> None:
    """Create the task; `operation` is the one that the notice names. Raises UnavailableError."""
    body = json.dumps({"job": job_id} | ({TOLD_OPERATION: operation} if operation else {})).encode()
    await queue.enqueue(Task("video", NOTICES_TASK_PATH, body, None, JSON_HEADERS, shard_of(job_id)))
