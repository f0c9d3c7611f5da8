"""Codes that sign an operator in to their pages: the bot sends one to a person, who uses it once and soon.

A code is known only by its hash, so the database lets nobody in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.codec import encode
from shared.hash_ids import hash_id
from shared.ports import Create, Key

VALID = timedelta(minutes=5)
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SignInCode:
    """Whom a code signs in."""

    user_id: int
    made_at: datetime
    expire_at: datetime
    """When its document is deleted, long after it has ended."""
    used_at: datetime | None = None


def code_key(code: str) -> Key:
    """One per code."""
    return Key("admin_codes", hash_id("admin code", code))


def create_code(code: str, user_id: int, now: datetime) -> Create:
    """The creation of a code for this person."""
    return Create(code_key(code), encode(SignInCode(user_id, now, now + KEPT)))


def is_usable(code: SignInCode, now: datetime) -> bool:
    """Whether it signs in now."""
    return code.used_at is None and now < code.made_at + VALID
