"""Every minute: `sweep`, which has no token, has `bot` ask Telegram about our webhook; one line says what is wrong.

An alarm counts these lines, so it also notices when they stop: when `bot` is dead, or the token is not valid any more.
"""

import json
from datetime import UTC, datetime, timedelta

from shared.delivery import LOOK_PATH
from shared.errors import MessengerError, UnusableUpdateError
from shared.logs import log_event
from shared.ports import Ports, RepairPorts
from shared.task import JSON_HEADERS, Task
from shared.webhook_trouble import find_trouble

LATE = timedelta(minutes=5)
"""Older tasks waited for an outage to end: one of them is enough."""


async def publish_look(ports: RepairPorts) -> None:
    """Have `bot` look. Raises UnavailableError."""
    body = json.dumps({"at": ports.clock.now().isoformat()}).encode()
    await ports.tasks.enqueue(Task("bot", LOOK_PATH, body, headers=JSON_HEADERS))


async def look_at_webhook(ports: Ports, url: str, body: bytes) -> None:
    """Ask Telegram, and log what is wrong; `url` is our webhook's, empty where there is none, as with long polling.

    Raises UnusableUpdateError for a task of another form.
    """
    now = ports.clock.now()
    if not url or now - _read_time(body) > LATE:
        return
    try:
        state = await ports.messenger.read_webhook()
    except MessengerError as error:  # the next look comes in a minute
        log_event("webhook_unread", severity="WARNING", error=error)
        return
    trouble = find_trouble(state, url, now)
    severity = "INFO" if trouble == "none" else "WARNING"
    log_event(
        "webhook_looked_at", severity=severity, trouble=trouble, pending=state.pending, telegram_says=state.failure
    )


def _read_time(body: bytes) -> datetime:
    try:
        at = datetime.fromisoformat(json.loads(body)["at"])
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise UnusableUpdateError("a look without its time") from error
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
