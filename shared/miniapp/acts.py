"""What only a process with the bot's token can do for the app: `api` asks for it by a task, and `bot` does it.

    api ── task POST /acts {"act", "user", "subject", "at"} ──▶ bot

`take_act.py` does it. An act may come twice, and late. It names its subject by an id, and `bot` checks the owner once
more.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from shared.delivery import ACTS_PATH
from shared.ports import RepairPorts
from shared.task import JSON_HEADERS, Task
from shared.telegram.rollout import lane_of


@dataclass(frozen=True, slots=True)
class Act:
    """One act for one person."""

    name: str
    user_id: int
    subject: str
    """The id of what it is about; empty where that is the person."""
    at: datetime
    """When the person asked for it."""


async def publish_act(ports: RepairPorts, act: Act, not_before: datetime | None = None) -> None:
    """Have `bot` do it. Raises UnavailableError."""
    said = {"act": act.name, "user": act.user_id, "subject": act.subject, "at": act.at.isoformat()}
    body = json.dumps(said).encode()
    await ports.tasks.enqueue(Task("bot", ACTS_PATH, body, not_before, JSON_HEADERS, lane_of(act.user_id)))
