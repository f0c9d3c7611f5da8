"""Sessions: texts that we have signed, each for one audience. Pure.

    s1   the Mini App: it opens its pages for an hour
    r1   its renewal: for a day after signing in it gives another s1, and opens nothing by itself
    a1   the operators' pages (`shared/admin_site.py`): for an hour, in a cookie, and never renewed

The Mini App keeps its two in memory and sends the session as a bearer token: a page of another site can make it send
nothing, and it works in Telegram's web apps too, whose frame gets no cookies of ours. All end when the person signs
out: whatever began before `User.signed_out_at` is over.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from shared.people.users import LANGUAGES, Language

LIFETIME = timedelta(hours=1)
RENEWED_FOR = timedelta(days=1)
"""How long after signing in an app that stays open goes on without being opened again."""


class Audience(StrEnum):
    """What a session is for; the value begins its text."""

    PAGES = "s1"
    RENEWAL = "r1"
    ADMIN = "a1"


_LIFETIMES = {Audience.PAGES: LIFETIME, Audience.RENEWAL: RENEWED_FOR, Audience.ADMIN: LIFETIME}
_MAC_BYTES = 24
_TOKEN = re.compile(
    rf"(?P<signed>(?P<form>{'|'.join(Audience)})\.(?P<user>[1-9][0-9]{{0,15}})\.(?P<language>{'|'.join(LANGUAGES)})\.(?P<until>[0-9]{{1,10}}))"
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
    audience: Audience = Audience.PAGES

    @property
    def began_at(self) -> datetime:
        """In whole seconds, UTC."""
        return self.expires_at - _LIFETIMES[self.audience]


def open_session(user_id: int, language: Language, now: datetime, audience: Audience = Audience.PAGES) -> Session:
    """A session that begins now."""
    return Session(user_id, language, (now + _LIFETIMES[audience]).replace(microsecond=0), audience)


def open_renewal(session: Session) -> Session:
    """The renewal of a session that has just been opened by signing in."""
    return Session(session.user_id, session.language, session.began_at + RENEWED_FOR, Audience.RENEWAL)


def write_token(session: Session, key: bytes) -> str:
    """The session, or the renewal, signed with this key."""
    signed = f"{session.audience}.{session.user_id}.{session.language}.{int(session.expires_at.timestamp())}"
    return f"{signed}.{_sign(signed, key)}"


def read_token(token: str, keys: Sequence[bytes], now: datetime, audience: Audience = Audience.PAGES) -> Session | None:
    """The session for this audience that one of these keys has signed and that has not ended; None otherwise."""
    found = _TOKEN.fullmatch(token)
    if found is None or found["form"] != audience:
        return None
    if not any(hmac.compare_digest(found["mac"], _sign(found["signed"], key)) for key in keys):
        return None
    expires_at = datetime.fromtimestamp(int(found["until"]), UTC)
    language: Language = next(each for each in LANGUAGES if each == found["language"])
    return Session(int(found["user"]), language, expires_at, audience) if now < expires_at else None


def write_form_token(token: str, key: bytes) -> str:
    """What a form of this session carries: another site that makes a browser send the form does not know it."""
    return _sign(f"form.{token}", key)


def is_form_token(given: str, token: str, keys: Sequence[bytes]) -> bool:
    """Whether a form carries what this session's forms carry."""
    return any(hmac.compare_digest(given.encode(), write_form_token(token, key).encode()) for key in keys)


def _sign(text: str, key: bytes) -> str:
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:_MAC_BYTES]).decode()
