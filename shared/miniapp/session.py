"""The session of a person in the Mini App: two texts that we have signed. Pure.

    s1   the session itself: it opens pages for an hour
    r1   its renewal: for a day after signing in it gives another s1, and opens nothing by itself

The browser keeps both in memory and sends the session as a bearer token: a page of another site can make it send
nothing, and it works in Telegram's web apps too, whose frame gets no cookies of ours. Both end when the person signs
out: whatever began before `User.signed_out_at` is over.
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
RENEWED_FOR = timedelta(days=1)
"""How long after signing in an app that stays open goes on without being opened again."""
_MAC_BYTES = 24
_TOKEN = re.compile(
    rf"(?P<signed>(?P<form>s1|r1)\.(?P<user>[1-9][0-9]{{0,15}})\.(?P<language>{'|'.join(LANGUAGES)})\.(?P<until>[0-9]{{1,10}}))"
    r"\.(?P<mac>[A-Za-z0-9_-]{32})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Session:
    """Who calls, and from when until when that is believed."""

    user_id: int
    language: Language
    """By the person's client."""
    expires_at: datetime
    """In whole seconds, UTC."""
    is_renewal: bool = False

    @property
    def began_at(self) -> datetime:
        """In whole seconds, UTC."""
        return self.expires_at - (RENEWED_FOR if self.is_renewal else LIFETIME)


def open_session(user_id: int, language: Language, now: datetime) -> Session:
    """A session that begins now."""
    return Session(user_id, language, (now + LIFETIME).replace(microsecond=0))


def open_renewal(session: Session) -> Session:
    """The renewal of a session that has just been opened by signing in."""
    return Session(session.user_id, session.language, session.began_at + RENEWED_FOR, is_renewal=True)


def write_token(session: Session, key: bytes) -> str:
    """The session, or the renewal, signed with this key."""
    form = "r1" if session.is_renewal else "s1"
    signed = f"{form}.{session.user_id}.{session.language}.{int(session.expires_at.timestamp())}"
    return f"{signed}.{_sign(signed, key)}"


def read_token(token: str, keys: Sequence[bytes], now: datetime, *, is_renewal: bool = False) -> Session | None:
    """The session that one of these keys has signed and that has not ended; None for anything else.

    With `is_renewal` a renewal, and nothing else.
    """
    found = _TOKEN.fullmatch(token)
    if found is None or (found["form"] == "r1") is not is_renewal:
        return None
    if not any(hmac.compare_digest(found["mac"], _sign(found["signed"], key)) for key in keys):
        return None
    expires_at = datetime.fromtimestamp(int(found["until"]), UTC)
    language: Language = next(each for each in LANGUAGES if each == found["language"])
    return Session(int(found["user"]), language, expires_at, is_renewal) if now < expires_at else None


def _sign(text: str, key: bytes) -> str:
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:_MAC_BYTES]).decode()
