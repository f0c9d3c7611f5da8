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
_ONCE, _EVERY_PERIOD = "o1", "s1"
_PAYLOAD = re.compile(
    r"(?P<signed>(?P<form>o1|s1)\.(?P<id>[A-Za-z0-9_-]{16})\.(?P<user>[0-9]{1,16})\.(?P<stars>[0-9]{1,5})"
    r"\.(?P<credits>[0-9]{1,7})\.(?P<last>[0-9]{1,10}))\.(?P<mac>[A-Za-z0-9_-]{22})",
    re.ASCII,
)
"""The last number is the end of the offer in Unix time (o1), or the days of a period (s1)."""


@dataclass(frozen=True, slots=True)
class Order:
    """A person's wish to buy credits: the price that was shown, and until when it holds."""

    id: str
    user_id: int
    """The only person who may pay it."""
    stars: int
    """The price in Telegram Stars."""
    credits: int
    expires_at: datetime | None
    """In whole seconds, UTC. After it nobody can begin to pay; a payment that was made is honoured all the same.

    None for a subscription: Telegram hands its payload back with each renewal, for years.
    """
    days: int = 0
    """The period of a subscription; 0 for what is paid once."""


def write_payload(order: Order, key: bytes) -> str:
    """The order as an invoice's payload, signed with this key; at most PAYLOAD_BYTES_MAX bytes."""
    form, last = (_EVERY_PERIOD, order.days) if order.expires_at is None else (_ONCE, int(order.expires_at.timestamp()))
    signed = f"{form}.{order.id}.{order.user_id}.{order.stars}.{order.credits}.{last}"
    return f"{signed}.{_sign(signed, key)}"


def read_payload(payload: str, keys: Sequence[bytes]) -> Order | None:
    """The order in a payload that one of these keys has signed; None for anything else."""
    found = _PAYLOAD.fullmatch(payload)
    if found is None or not any(hmac.compare_digest(found["mac"], _sign(found["signed"], key)) for key in keys):
        return None
    terms = found["id"], int(found["user"]), int(found["stars"]), int(found["credits"])
    if found["form"] == _EVERY_PERIOD:
        return Order(*terms, expires_at=None, days=int(found["last"]))
    return Order(*terms, expires_at=datetime.fromtimestamp(int(found["last"]), UTC))


def _sign(text: str, key: bytes) -> str:
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:_MAC_BYTES]).rstrip(b"=").decode()
