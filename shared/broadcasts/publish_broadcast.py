"""The task that moves a broadcast one round: some seconds of counting or sending."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.jobs.lanes import shard_of
from shared.task import JSON_HEADERS, Task, TaskQueue

BROADCASTS_PATH = "/broadcasts"
"""The path at which `bot` moves a broadcast."""
ROUND = "round"


async def publish_broadcast(
    queue: TaskQueue, broadcast_id: str, round_number: int, not_before: datetime | None = None
) -> None:
    """Create the task of this round. Raises UnavailableError."""
    body = json.dumps({"broadcast": broadcast_id, ROUND: round_number}).encode()
    await queue.enqueue(Task("bot", BROADCASTS_PATH, body, not_before, JSON_HEADERS, shard_of(broadcast_id)))


def read_round(said: Mapping[str, Any]) -> int:
    """The round that a task names; one that names none is of no round."""
    told = said.get(ROUND)
    return told if type(told) is int else -1
