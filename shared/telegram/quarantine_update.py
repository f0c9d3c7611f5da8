"""Putting away what cannot be used, so that a person can look at it and Telegram does not send it again."""

from contextlib import suppress
from datetime import timedelta
from hashlib import sha256

from shared.delivery import DEFERRALS_HEADER, RECEIVED_HEADER
from shared.errors import ConflictError, UnusableUpdateError
from shared.jobs.job_documents import quarantine_key
from shared.jobs.publish_jobs import JSON_HEADERS
from shared.ports import Create, Ports, RepairPorts
from shared.task import Task
from shared.telegram.rollout import find_chat, lane_of

KEPT = timedelta(days=35)
BODY_BYTES_MAX = 512 * 1024
"""Half of what a document holds."""


async def quarantine_update(ports: Ports, body: bytes, reason: str) -> str:
    """Store the bytes and the reason; the document's id. The same bytes are stored once. Raises UnavailableError."""
    now = ports.clock.now()
    key = quarantine_key(sha256(body).hexdigest())
    fields = {"body": body[:BODY_BYTES_MAX], "reason": reason[:500], "at": now, "expire_at": now + KEPT}
    with suppress(ConflictError):
        await ports.store.commit([Create(key, fields)])
    return key.id


async def replay_update(ports: RepairPorts, quarantine_id: str) -> None:
    """Have `bot` handle an update again that was put away, as a repetition; it stays in the quarantine.

    Raises UnusableUpdateError where nothing, or not all of it, is there; UnavailableError.
    """
    [kept] = await ports.store.read([quarantine_key(quarantine_id)])
    if kept is None:
        raise UnusableUpdateError("not in the quarantine")
    body: bytes = kept.fields["body"]
    if sha256(body).hexdigest() != quarantine_id:
        raise UnusableUpdateError("longer than what is kept of it")
    headers = {**JSON_HEADERS, DEFERRALS_HEADER: "1", RECEIVED_HEADER: kept.fields["at"].isoformat()}
    await ports.tasks.enqueue(Task("bot", "/", body, None, headers, lane_of(find_chat(body))))
