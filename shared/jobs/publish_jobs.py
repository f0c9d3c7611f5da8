"""Creating the tasks that move jobs."""

import json
from datetime import datetime

from shared.jobs.job import Job
from shared.jobs.queues import queue_of
from shared.jobs.shards import shard_of
from shared.ports import RepairPorts
from shared.task import QueueName, Task

JSON_HEADERS = {"Content-Type": "application/json"}


async def publish_job(ports: RepairPorts, job: Job, at: datetime | None = None) -> None:
    """Have the function of its kind move this job, now or not before `at`. Raises UnavailableError."""
    await publish_id(ports, queue_of(job), job.id, at)


async def publish_id(ports: RepairPorts, queue: QueueName, job_id: str, at: datetime | None = None) -> None:
    """The same for a job of which only the id is known: the kinds of one mailbox share a queue."""
    body = json.dumps({"job": job_id}).encode()
    await ports.tasks.enqueue(Task(queue, "/", body, at, JSON_HEADERS, shard_of(job_id)))


async def publish_draft(ports: RepairPorts, draft_id: str, lane: int, at: datetime | None = None) -> None:
    """Have `bot` close this draft, now or not before `at`; `lane` is its chat's. Raises UnavailableError."""
    body = json.dumps({"draft": draft_id}).encode()
    await ports.tasks.enqueue(Task("bot", "/drafts", body, at, JSON_HEADERS, lane))
