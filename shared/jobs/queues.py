"""Which queue's tasks move which kind of work. A function of its own has a queue of its own."""

from shared.jobs.job import Job
from shared.task import QueueName

QUEUES: dict[str, QueueName] = {
    "picture": "image",
    "answer": "chat",
    "transcript": "chat",
    "speech": "chat",
    "video": "video",
}


def queue_of(job: Job) -> QueueName:
    """The queue of a job's kind, which must be known here."""
    return QUEUES[job.kind]
