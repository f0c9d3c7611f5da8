"""The audit log: every act of an operator, written in the same commit as the act and never changed.

It is kept for ever. Of somebody who is erased an entry keeps what was done and by whom, but neither their number nor
the reason (`shared/privacy/traces.py`).
"""

from dataclasses import dataclass
from datetime import datetime

from shared.admin.calls import Operator
from shared.codec import encode
from shared.hash_ids import hash_id
from shared.ports import Create, Key, Query

REASON_CHARACTERS_MAX = 100
"""That of a change of credits (`shared/people/change_credits.py`)."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act."""

    id: str
    at: datetime
    by: int
    """The operator, by Telegram's id."""
    role: str
    act: str
    """Such as "sign_in", "give", "refund", "read_talks"."""
    user_id: int = 0
    """Whom it is about; 0: nobody."""
    subject: str = ""
    """The id of what it is about: a job, a request."""
    credits: int = 0
    before: str = ""
    after: str = ""
    """What was changed, from and to: of credits what was available."""
    reason: str = ""


def new_entry(operator: Operator, act: str, intent: str, at: datetime) -> AuditEntry:
    """An act's entry; `intent`: what it was about, so that two acts of one moment have two entries."""
    entry_id = hash_id("audit", act, operator.user_id, intent, at.isoformat())
    return AuditEntry(entry_id, at, operator.user_id, operator.role.value, act)


def entry_key(entry_id: str) -> Key:
    """One per act."""
    return Key("audit_log", entry_id)


def create_entry(entry: AuditEntry) -> Create:
    """The creation, which is the only write of an entry."""
    return Create(entry_key(entry.id), encode(entry))


def newest_entries(limit: int, after: tuple[datetime, str] | None) -> Query:
    """A page of all acts, the newest first, after one with this time and id."""
    return Query("audit_log", (), limit, ("at", "DESCENDING"), after)


def newest_entries_about(user_id: int, limit: int, after: tuple[datetime, str] | None) -> Query:
    """Likewise those about one person."""
    return Query("audit_log", (("user_id", "==", user_id),), limit, ("at", "DESCENDING"), after)


def is_reason(words: str) -> bool:
    """Whether these words can stand as a reason: one line."""
    return 0 < len(words) <= REASON_CHARACTERS_MAX and words.isprintable()
