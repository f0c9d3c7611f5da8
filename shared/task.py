"""The tasks of queues, in a module of their own: the webhook needs no other port and must start quickly."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

QueueName = Literal["bot", "image", "chat", "video", "api", "releases"]
JSON_HEADERS = {"Content-Type": "application/json"}
"""Of a task whose body is ours."""


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


class TaskQueue(Protocol):
    """Durable calls, at least once, in any order (Cloud Tasks)."""

    async def enqueue(self, task: Task) -> None:
        """Return once the task is stored. After an UnavailableError it may be stored too."""
        ...
