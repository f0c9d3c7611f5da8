"""The tasks of events: `api` sends them, and `bot`, which alone has the bot's token, tells a person that one is off.

Events have a queue of their own: an address that answers slowly keeps nobody's picture waiting.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.jobs.lanes import shard_of
from shared.task import JSON_HEADERS, Task, TaskQueue

EVENTS_PATH = "/tasks/webhook-events"
"""The path at which `api` sends an event."""
WEBHOOKS_OFF_PATH = "/webhooks-off"
"""The path at which `bot` tells a person that a webhook of theirs is off."""
OWNER, WAITS = "user", "waits"


async def publish_event(queue: TaskQueue, event_id: str, not_before: datetime | None = None, waits: int = 0) -> None:
    """Create the task that sends this event. `waits`: how often it found no room. Raises UnavailableError."""
    body = json.dumps({"event": event_id} | ({WAITS: waits} if waits else {})).encode()
    await queue.enqueue(Task("api", EVENTS_PATH, body, not_before, JSON_HEADERS, shard_of(event_id)))


async def publish_off(queue: TaskQueue, user_id: int, key_id: str, not_before: datetime | None = None) -> None:
    """Create the task that tells a person. Raises UnavailableError."""
    body = json.dumps({"key": key_id, OWNER: user_id}).encode()
    await queue.enqueue(Task("bot", WEBHOOKS_OFF_PATH, body, not_before, JSON_HEADERS, shard_of(key_id)))


def read_waits(said: Mapping[str, Any]) -> int:
    """How often the task of an event found no room."""
    told = said.get(WAITS)
    return told if type(told) is int and told > 0 else 0


def read_owner(said: Mapping[str, Any]) -> int:
    """The person that such a task names; 0 for none, whom nobody has."""
    told = said.get(OWNER)
    return told if type(told) is int else 0
