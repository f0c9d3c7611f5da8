"""Which documents exist, how they are addressed, and how they become dataclasses and back.

Reading ignores fields it does not know and fills in defaults for those that are missing, so that two neighbouring
versions of the code read each other's documents.
"""

import dataclasses
import types
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from shared.domain.drafts import Draft
from shared.domain.jobs import Job, JobState, message_ref
from shared.domain.ledger import Transfer, TransferKind
from shared.domain.users import User
from shared.ports import Create, Fields, Key, Query, Record, Update, Version

T = TypeVar("T")

INBOX_KEPT = timedelta(days=35)


def user_key(user_id: int) -> Key:
    """One per person."""
    return Key("users", str(user_id))


def job_key(job_id: str) -> Key:
    """One per picture."""
    return Key("jobs", job_id)


def draft_key(draft_id: str) -> Key:
    """One per album, or per photo without words."""
    return Key("drafts", draft_id)


def inbox_key(inbox_id: str) -> Key:
    """One per update that was handled."""
    return Key("inbox", inbox_id)


def quarantine_key(content_hash: str) -> Key:
    """One per distinct thing we could not use."""
    return Key("quarantine", content_hash)


def release_key(job_id: str) -> Key:
    """The transfer that gave a job's credits back."""
    return Key("transfers", f"{TransferKind.RELEASE}:{job_id}")


def create_transfer(transfer: Transfer) -> Create:
    """A transfer is written once; its id makes a second time fail."""
    return Create(Key("transfers", transfer.id), encode(transfer))


def create_job(job: Job) -> Create:
    """A new job; fails when its intent was already taken."""
    return Create(job_key(job.id), encode(job))


def update_job(job: Job, version: Version) -> Update:
    """A job as somebody read it, changed."""
    return Update(job_key(job.id), encode(job), version)


def create_inbox(inbox_id: str, job_ids: tuple[str, ...], now: datetime) -> Create:
    """The mark that an update was handled, and which jobs came of it."""
    fields: Fields = {"jobs": list(job_ids), "received_at": now, "expire_at": now + INBOX_KEPT}
    return Create(inbox_key(inbox_id), fields)


def job_by_message(chat_id: int, message_id: int) -> Query:
    """The job that a message stands for."""
    return Query("jobs", (("messages", "array_contains", message_ref(chat_id, message_id)),), limit=1)


def draft_by_card(chat_id: int, message_id: int) -> Query:
    """The draft whose question a message is."""
    return Query("drafts", (("card", "==", message_ref(chat_id, message_id)),), limit=1)


def jobs_in_state(user_id: int, state: JobState) -> Query:
    """A person's jobs in one state."""
    return Query("jobs", (("user_id", "==", user_id), ("state", "==", state.value)), limit=50)


def due_for_sweep(collection: str, now: datetime, limit: int) -> Query:
    """What nobody moved in time, the oldest first."""
    return Query(collection, (("sweep_at", "<=", now),), limit, ("sweep_at", "ASCENDING"))


def last_transfers_of(user_id: int, limit: int) -> Query:
    """A person's newest transfers; needs the composite index in infra/firestore.indexes.json."""
    return Query("transfers", (("user_id", "==", user_id),), limit, ("at", "DESCENDING"))


def decode_job(record: Record) -> Job:
    """A job document."""
    return decode(Job, record.fields)


def decode_user(record: Record) -> User:
    """A user document."""
    return decode(User, record.fields)


def decode_draft(record: Record) -> Draft:
    """A draft document."""
    return decode(Draft, record.fields)


def encode(value: Any) -> Any:
    """A dataclass as what a document holds: dicts, lists, plain values."""
    if dataclasses.is_dataclass(value):
        return {f.name: encode(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {name: encode(item) for name, item in value.items()}
    return value


def decode(kind: type[T], fields: Mapping[str, Any]) -> T:
    """A dataclass from a document's fields."""
    hints = _hints(kind)  # type: ignore[arg-type]  # a class is hashable
    return kind(**{name: _decode_value(hints[name], value) for name, value in fields.items() if name in hints})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _decode_value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {types.UnionType, Union}:
        return _decode_value(next(a for a in arguments if a is not types.NoneType), value)
    if origin is tuple:
        return tuple(_decode_value(arguments[0], item) for item in value)
    if origin is dict:
        return {name: _decode_value(arguments[1], item) for name, item in value.items()}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return decode(hint, value)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    return value
