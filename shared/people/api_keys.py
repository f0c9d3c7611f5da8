"""Keys with which a person's programs use the REST API. Pure.

    nb_<user id>_<key id>_<secret>        what a program sends

The person's document has the hash of the secret only: the secret is shown once, when it is made. It is random, so a
plain hash protects it. A renewed key has a new secret under the same id, and its old secret is accepted for a day more,
so that a program can be changed without a pause. A revoked key is gone at once.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, get_args

Scope = Literal["read", "make", "conversations"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""Read: credits, statistics, own pictures and videos. Make: spend credits. Conversations: read them."""
KEYS_MAX = 5
SHOWN_CHARACTERS = 5
OLD_SECRET_KEPT = timedelta(days=1)
USE_NOTED_EVERY = timedelta(hours=1)
"""A use within this time of the last noted one is not written: writes of the person's document wait for each other."""
_TOKEN = re.compile(
    r"nb_(?P<user>[1-9][0-9]{0,15})_(?P<key>[A-Za-z0-9_-]{16})_(?P<secret>[A-Za-z0-9_-]{20,64})", re.ASCII
)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of one person."""

    id: str
    created_at: datetime
    scopes: tuple[str, ...] = ()
    """Of SCOPES; a newer release may know more."""
    secret_hash: str = ""
    renewals: int = 0
    """How often it got a new secret."""
    old_secret_hash: str = ""
    old_until: datetime | None = None
    """Until when the secret before is accepted."""
    used_at: datetime | None = None
    """When it was last used, to an hour; None: never."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """What a program sends, taken apart."""

    user_id: int
    key_id: str
    secret: str = field(repr=False)


def write_token(user_id: int, key_id: str, secret: str) -> str:
    """The whole text that a program sends."""
    return f"nb_{user_id}_{key_id}_{secret}"


def read_token(text: str) -> ApiToken | None:
    """The parts of a token; None for any other text."""
    found = _TOKEN.fullmatch(text)
    return None if found is None else ApiToken(int(found["user"]), found["key"], found["secret"])


def hash_secret(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def show_name(key_id: str) -> str:
    """What its person calls a key: enough of its id to tell five apart."""
    return key_id[:SHOWN_CHARACTERS]


def find_key(keys: tuple[ApiKey, ...], token: ApiToken, now: datetime) -> ApiKey | None:
    """The key that this token proves; None for a wrong secret, an old one after its day, and a key that is gone."""
    given = hash_secret(token.secret)
    for key in keys:
        is_current = hmac.compare_digest(given, key.secret_hash)
        is_old = hmac.compare_digest(given, key.old_secret_hash) and key.old_until is not None and now < key.old_until
        if key.id == token.key_id and (is_current or is_old):
            return key
    return None


def with_key(keys: tuple[ApiKey, ...], key: ApiKey) -> tuple[ApiKey, ...] | None:
    """The keys with a new one; None if it is there already, or there are too many."""
    is_there = any(each.id == key.id for each in keys)
    return None if is_there or len(keys) >= KEYS_MAX else (*keys, key)


def without_key(keys: tuple[ApiKey, ...], key_id: str) -> tuple[ApiKey, ...] | None:
    """The keys without this one; None if it is gone already."""
    kept = tuple(each for each in keys if each.id != key_id)
    return None if len(kept) == len(keys) else kept


def renew_key(
    keys: tuple[ApiKey, ...], key_id: str, renewals: int, secret_hash: str, now: datetime
) -> tuple[ApiKey, ...] | None:
    """The keys, one with a new secret; None if it is gone, or was renewed since somebody saw so many `renewals`."""
    old = next((each for each in keys if each.id == key_id and each.renewals == renewals), None)
    if old is None:
        return None
    new = replace(
        old,
        secret_hash=secret_hash,
        renewals=renewals + 1,
        old_secret_hash=old.secret_hash,
        old_until=now + OLD_SECRET_KEPT,
    )
    return tuple(new if each is old else each for each in keys)


def note_use(keys: tuple[ApiKey, ...], key_id: str, now: datetime) -> tuple[ApiKey, ...] | None:
    """The keys with this use of one; None if a use was noted lately, or the key is gone."""
    used = next((each for each in keys if each.id == key_id), None)
    if used is None or (used.used_at is not None and now - used.used_at < USE_NOTED_EVERY):
        return None
    return tuple(replace(each, used_at=now) if each is used else each for each in keys)
