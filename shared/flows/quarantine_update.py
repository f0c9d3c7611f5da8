"""Putting away what cannot be used, so that a person can look at it and Telegram does not send it again."""

from contextlib import suppress
from datetime import timedelta
from hashlib import sha256

from shared.errors import ConflictError
from shared.flows.documents import quarantine_key
from shared.ports import Create, Ports

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
