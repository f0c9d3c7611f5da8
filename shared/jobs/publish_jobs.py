"""Creating the tasks that move jobs."""

import json
from datetime import datetime

from shared.delivery import STOPS_PATH
from shared.jobs.carry_record import write_record
from shared.jobs.job import Job
from shared.jobs.lanes import shard_of
from shared.jobs.queues import queue_of
from shared.ports import Key, Record, RepairPorts
from shared.task import JSON_HEADERS, QueueName, Task

DUES_PATH = "/dues"


async def publish_job(ports: RepairPorts, job: Job, at: datetime | None = None, carried: Record | None = None) -> None:
    """Create the task that moves this job, now or not before `at`. Raises UnavailableError.

    `carried` is the job's current document: it saves a read if nobody writes the job until then.
    """
    await publish_id(ports, queue_of(job), job.id, at, carried)


async def publish_id(
    ports: RepairPorts, queue: QueueName, job_id: str, at: datetime | None = None, carried: Record | None = None
) -> None:
    """`publish_job` for a job of which only the id is known; all kinds of one mailbox share a queue."""
    body = json.dumps({"job": job_id} | ({} if carried is None else {"record": write_record(carried)})).encode()
    await ports.tasks.enqueue(Task(queue, "/", body, at, JSON_HEADERS, shard_of(job_id)))


async def publish_stop(ports: RepairPorts, job: Job) -> None:
    """Create the task that makes this job's process check the job now. Raises UnavailableError."""
    body = json.dumps({"job": job.id}).encode()
    await ports.tasks.enqueue(Task(queue_of(job), STOPS_PATH, body, None, JSON_HEADERS, shard_of(job.id)))


async def publish_draft(ports: RepairPorts, draft_id: str, lane: int, at: datetime | None = None) -> None:
    """Create the task that closes this draft, now or not before `at`, in its chat's `lane`. Raises UnavailableError."""
    body = json.dumps({"draft": draft_id}).encode()
    await ports.tasks.enqueue(Task("bot", "/drafts", body, at, JSON_HEADERS, lane))


async def publish_due(ports: RepairPorts, key: Key) -> None:
    """Create the task for what is due with this gift, purchase, erasure, wallet or job. Raises UnavailableError."""
    body = json.dumps({"due": key.id, "collection": key.collection}).encode()
    await ports.tasks.enqueue(Task("bot", DUES_PATH, body, None, JSON_HEADERS, shard_of(key.id)))
