"""The session of a person in the Mini App: a text that we have signed, valid for an hour. Pure.

The browser keeps it in memory and sends it as a bearer token: a page of another site can make it send nothing, and it
works in Telegram's web apps too, whose frame gets no cookies of ours.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.people.users import LANGUAGES, Language

LIFETIME = timedelta(hours=1)
_MAC_BYTES = 24
_TOKEN = re.compile(
    rf"(?P<signed>s1\.(?P<user>[1-9][0-9]{{0,15}})\.(?P<language>{'|'.join(LANGUAGES)})\.(?P<until>[0-9]{{1,10}}))"
    r"\.(?P<mac>[A-Za-z0-9_-]{32})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Session:
    """Who calls, and until when that is believed."""

    user_id: int
    language: Language
    """By the person's client."""
    expires_at: datetime
    """In whole seconds, UTC."""


def open_session(user_id: int, language: Language, now: datetime) -> Session:
    """A session that begins now."""
    return Session(user_id, language, (now + LIFETIME).replace(microsecond=0))


def write_token(session: Session, key: bytes) -> str:
    """The session, signed with this key."""
    signed = f"s1.{session.user_id}.{session.language}.{int(session.expires_at.timestamp())}"
    return f"{signed}.{_sign(signed, key)}"


def read_token(token: str, keys: Sequence[bytes], now: datetime) -> Session | None:
    """The session that one of these keys has signed and that has not ended; None for anything else."""
    found = _TOKEN.fullmatch(token)
    if found is None or not any(hmac.compare_digest(found["mac"], _sign(found["signed"], key)) for key in keys):
        return None
    expires_at = datetime.fromtimestamp(int(found["until"]), UTC)
    language: Language = next(each for each in LANGUAGES if each == found["language"])
    return Session(int(found["user"]), language, expires_at) if now < expires_at else None


def _sign(text: str, key: bytes) -> str:
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:_MAC_BYTES]).decode()
