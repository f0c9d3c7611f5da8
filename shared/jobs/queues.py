"""The queue of each kind. Each function that moves jobs has its own queue."""

from shared.jobs.job import Job
from shared.task import QueueName

QUEUES: dict[str, QueueName] = {
    "picture": "image",
    "answer": "chat",
    "transcript": "chat",
    "speech": "chat",
    "video": "video",
    "archive": "video",
    "export": "video",
}


def queue_of(job: Job) -> QueueName:
    """The queue of a job; its kind must be known."""
    return QUEUES[job.kind]
