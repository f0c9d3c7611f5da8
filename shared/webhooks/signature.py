"""The headers by which a receiver knows that an event is ours: https://www.standardwebhooks.com. Pure.

webhook-id          of the event: the same each time that it is sent
webhook-timestamp   when it is sent, in seconds
webhook-signature   "v1,<base64>" for each secret in use: HMAC-SHA256 of "<id>.<timestamp>.<body>"
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime

from shared.people.webhooks import SECRET_PREFIX, WebhookSecret


def sign_event(event_id: str, body: bytes, secrets: Iterable[WebhookSecret], now: datetime) -> dict[str, str]:
    """The headers of one try."""
    timestamp = str(int(now.timestamp()))
    signed = f"{event_id}.{timestamp}.".encode() + body
    signatures = " ".join(f"v1,{_sign(each.value, signed)}" for each in secrets)
    return {"webhook-id": event_id, "webhook-timestamp": timestamp, "webhook-signature": signatures}


def _sign(secret: str, content: bytes) -> str:
    key = b64decode(secret.removeprefix(SECRET_PREFIX))
    return b64encode(hmac.digest(key, content, "sha256")).decode("ascii")
