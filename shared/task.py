"""What is put into a queue. Alone in its module: the webhook needs no other port, and must start quickly."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

QueueName = Literal["bot", "image", "chat", "video"]


@dataclass(frozen=True, slots=True)
class Task:
    """One HTTP call to make later: `queue` names the function that gets it, `path` what it shall do.

    A function may have several queues; tasks of one `lane` go through the same. So whoever's tasks shall not overtake
    each other more than one queue lets them has a lane of its own: a chat for its updates, a job.
    """

    queue: QueueName
    path: str
    body: bytes
    not_before: datetime | None = None
    headers: dict[str, str] = field(default_factory=dict)
    lane: int = 0
