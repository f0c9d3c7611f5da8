"""Orders: who may pay how much for what, signed, so that the invoice itself carries what a decision needs.

Telegram returns an invoice's payload with the pre-checkout query and with the payment. The webhook, which has no
database, decides from the payload alone (https://core.telegram.org/bots/payments-stars).
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

PAYLOAD_BYTES_MAX = 128
"""Telegram's limit."""
_MAC_BYTES = 16
_PAYLOAD = re.compile(
    r"(?P<signed>o1\.(?P<id>[A-Za-z0-9_-]{16})\.(?P<user>[0-9]{1,16})\.(?P<stars>[0-9]{1,5})"
    r"\.(?P<credits>[0-9]{1,7})\.(?P<until>[0-9]{1,10}))\.(?P<mac>[A-Za-z0-9_-]{22})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Order:
    """A person's wish to buy credits: the price that was shown, and until when it holds."""

    id: str
    user_id: int
    """The only person who may pay it."""
    stars: int
    """The price in Telegram Stars."""
    credits: int
    expires_at: datetime
    """In whole seconds, UTC. After it nobody can begin to pay; a payment that was made is honoured all the same."""


def write_payload(order: Order, key: bytes) -> str:
    """The order as an invoice's payload, signed with this key; at most PAYLOAD_BYTES_MAX bytes."""
    until = int(order.expires_at.timestamp())
    signed = f"o1.{order.id}.{order.user_id}.{order.stars}.{order.credits}.{until}"
    return f"{signed}.{_sign(signed, key)}"


def read_payload(payload: str, keys: Sequence[bytes]) -> Order | None:
    """The order in a payload that one of these keys has signed; None for anything else."""
    found = _PAYLOAD.fullmatch(payload)
    if found is None or not any(hmac.compare_digest(found["mac"], _sign(found["signed"], key)) for key in keys):
        return None
    until = datetime.fromtimestamp(int(found["until"]), UTC)
    return Order(found["id"], int(found["user"]), int(found["stars"]), int(found["credits"]), until)


def _sign(text: str, key: bytes) -> str:
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:_MAC_BYTES]).rstrip(b"=").decode()
