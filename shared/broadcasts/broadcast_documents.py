"""Documents of broadcasts: one each, one mark for each person and broadcast, and one for what is being sent now."""

from datetime import datetime, timedelta

from shared.broadcasts.broadcast import Broadcast
from shared.codec import decode
from shared.hash_ids import hash_id
from shared.jobs.shards import create_sharded, update_sharded
from shared.ports import Create, Key, Query, Record, Update

SENDING_NOW = Key("controls", "broadcasts")
"""Which broadcast is being sent: one at a time, because they share Telegram's rate."""
MARK_KEPT = timedelta(days=30)
"""Marks count only for people after the cursor; far longer than a pause may last."""
LISTED_MAX = 8
PAGE_MAX = 100
"""People in one query: five seconds of sending."""


def broadcast_key(broadcast_id: str) -> Key:
    return Key("broadcasts", broadcast_id)


def mark_key(broadcast_id: str, user_id: int) -> Key:
    """That this broadcast was, or is being, sent to this person."""
    return Key("broadcast_marks", hash_id("broadcast", broadcast_id, user_id))


def create_broadcast(broadcast: Broadcast) -> Create:
    return create_sharded(broadcast_key(broadcast.id), broadcast)


def update_broadcast(broadcast: Broadcast, record: Record) -> Update:
    """The update of a broadcast, with a precondition on the version that was read."""
    return update_sharded(record, broadcast)


def decode_broadcast(record: Record) -> Broadcast:
    return decode(Broadcast, record.fields)


def create_mark(broadcast_id: str, user_id: int, owner: str, now: datetime) -> Create:
    """The mark that is written before the message is sent; `owner`: the worker that sends it."""
    fields = {"state": "sending", "owner": owner, "expire_at": now + MARK_KEPT}
    return Create(mark_key(broadcast_id, user_id), fields)


def newest_broadcasts() -> Query:
    """The last broadcasts, the newest first."""
    return Query("broadcasts", (), LISTED_MAX, ("created_at", "DESCENDING"))


def broadcasts_before(record: Record | None = None) -> Query:
    """The page of broadcasts older than the one of this record; None: the newest."""
    after = None if record is None else (record.fields["created_at"], record.key.id)
    return Query("broadcasts", (), PAGE_MAX, ("created_at", "DESCENDING"), after)


def people_after(cursor: int) -> Query:
    """The page of people after the one with this id, in the order of their ids; after 0: the first."""
    after = (cursor, str(cursor)) if cursor else None
    return Query("users", (), PAGE_MAX, ("id", "ASCENDING"), after)
