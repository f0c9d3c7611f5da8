"""The task of a queue, in a module of its own: the webhook needs no other port and must start quickly."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

QueueName = Literal["bot", "image", "chat", "video"]


@dataclass(frozen=True, slots=True)
class Task:
    """One HTTP call to make later: `queue` names the function, `path` the operation.

    A function may have several queues. All tasks of one `lane` go through the same queue, so that they rarely overtake
    each other: the updates of a chat, the tasks of a job.
    """

    queue: QueueName
    path: str
    body: bytes
    not_before: datetime | None = None
    headers: dict[str, str] = field(default_factory=dict)
    lane: int = 0
