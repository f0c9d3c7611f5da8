"""Storing unusable updates for an operator, so that Telegram does not send them again."""

from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256

from shared.codec import decode
from shared.delivery import DEFERRALS_HEADER, RECEIVED_HEADER
from shared.errors import ConflictError, DocumentUnreadableError, UnusableUpdateError
from shared.jobs.job_documents import quarantine_key
from shared.people.storage import Storage, kept_for
from shared.people.user_documents import user_key
from shared.ports import Create, Ports, RepairPorts
from shared.task import JSON_HEADERS, Task
from shared.telegram.rollout import find_chat, find_person, lane_of

KEPT = timedelta(days=35)
BODY_BYTES_MAX = 512 * 1024
"""Half of the maximum size of a document."""


async def quarantine_update(ports: Ports, body: bytes, reason: str, received_at: datetime) -> str:
    """Store bytes and reason, the same bytes once; returns the document's id. Raises UnavailableError."""
    now, person = ports.clock.now(), find_person(body)
    key = quarantine_key(sha256(body).hexdigest())
    fields = {"body": body[:BODY_BYTES_MAX], "reason": reason[:500], "at": now, "received_at": received_at}
    kept = KEPT
    if person is not None:
        fields["user_id"] = person  # by it the bytes are found when the person is erased
        kept = await _choose_term(ports, person, received_at)
    fields["expire_at"] = now + kept
    with suppress(ConflictError):
        await ports.store.commit([Create(key, fields)])
    return key.id


async def _choose_term(ports: Ports, user_id: int, received_at: datetime) -> timedelta:
    """How long the person's words are kept. Of their document nothing else is read: it may be what is broken."""
    [record] = await ports.store.read([user_key(user_id)])
    chosen = {} if record is None else record.fields.get("storage", {})
    try:
        storage = decode(Storage, chosen)
    except DocumentUnreadableError:
        return KEPT
    return min(kept_for(storage, received_at, KEPT), timedelta(days=storage.results_days))


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
    received_at: datetime = kept.fields.get("received_at") or kept.fields["at"]  # an older release did not store it
    headers = {**JSON_HEADERS, DEFERRALS_HEADER: "1", RECEIVED_HEADER: received_at.isoformat()}
    await ports.tasks.enqueue(Task("bot", "/", body, None, headers, lane_of(find_chat(body))))
