"""Storing unusable updates for an operator, so that Telegram does not send them again."""

from contextlib import suppress
from datetime import timedelta
from hashlib import sha256

from shared.delivery import DEFERRALS_HEADER, RECEIVED_HEADER
from shared.errors import ConflictError, UnusableUpdateError
from shared.jobs.job_documents import quarantine_key
from shared.jobs.publish_jobs import JSON_HEADERS
from shared.ports import Create, Ports, RepairPorts
from shared.task import Task
from shared.telegram.rollout import find_chat, find_person, lane_of

KEPT = timedelta(days=35)
BODY_BYTES_MAX = 512 * 1024
"""Half of the maximum size of a document."""


async def quarantine_update(ports: Ports, body: bytes, reason: str) -> str:
    """Store bytes and reason, the same bytes once; returns the document's id. Raises UnavailableError."""
    now = ports.clock.now()
    key = quarantine_key(sha256(body).hexdigest())
    fields = {"body": body[:BODY_BYTES_MAX], "reason": reason[:500], "at": now, "expire_at": now + KEPT}
    if (person := find_person(body)) is not None:
        fields["user_id"] = person  # by it the bytes are found when the person is erased
    with suppress(ConflictError):
        await ports.store.commit([Create(key, fields)])
    return key.id


async def replay_update(ports: RepairPorts, quarantine_id: str) -> None:
    """Deliver a quarantined update to `bot` again, as a repetition; it stays in the quarantine.

    Raises UnusableUpdateError if it is missing or was truncated; UnavailableError.
    """
    [kept] = await ports.store.read([quarantine_key(quarantine_id)])
    if kept is None:
        raise UnusableUpdateError("not in the quarantine")
    body: bytes = kept.fields["body"]
    if sha256(body).hexdigest() != quarantine_id:
        raise UnusableUpdateError("longer than what is kept of it")
    headers = {**JSON_HEADERS, DEFERRALS_HEADER: "1", RECEIVED_HEADER: kept.fields["at"].isoformat()}
    await ports.tasks.enqueue(Task("bot", "/", body, None, headers, lane_of(find_chat(body))))
