"""How `sweep` finds overdue documents: by `shard` and `sweep_at`, so that index writes spread over ranges.

`sweep_at` grows with time, and Firestore accepts about 500 writes a second in an index of a growing value. An index
that begins with the shard has a separate range for each shard (docs/decisions/0052-shards-and-lanes.md).
"""

from datetime import datetime
from zlib import crc32

from shared.codec import encode, update
from shared.ports import Create, Fields, Key, Query, Record, Update

SHARDS = 16
"""1,000 jobs a second write four values of `sweep_at` each, and a shard accepts 500 writes a second: that makes 8
shards, doubled because load is uneven. The number may grow to 30, the maximum for one query; documents written with
fewer shards are still found. It must never shrink."""


def shard_of(document_id: str) -> int:
    """The shard of a job or draft; it never changes and is equal in every process and release."""
    return crc32(document_id.encode()) % SHARDS


def shard_fields(key: Key) -> Fields:
    """The fields that each commit of a job or draft adds, so that documents of older releases get a shard too."""
    return {"shard": shard_of(key.id)}


def create_sharded(key: Key, value: object) -> Create:
    """The creation of a job or draft."""
    return Create(key, encode(value) | shard_fields(key))


def update_sharded(record: Record, value: object) -> Update:
    """The update of a job or draft, with a precondition on the version that was read."""
    write = update(record, value)
    return Update(write.key, write.fields | shard_fields(write.key), write.version)


def due_for_sweep(collection: str, now: datetime, limit: int) -> Query:
    """The overdue documents, the oldest first: one query over all shards."""
    shards = tuple(range(SHARDS))
    return Query(collection, (("shard", "in", shards), ("sweep_at", "<=", now)), limit, ("sweep_at", "ASCENDING"))


def due_without_shard(collection: str, now: datetime, limit: int) -> Query:
    """`due_for_sweep` in the index of `sweep_at` alone, for documents last written by 0.3 or older.

    The next release drops this query; the one after that drops the index (docs/decisions/0052-shards-and-lanes.md).
    """
    return Query(collection, (("sweep_at", "<=", now),), limit, ("sweep_at", "ASCENDING"))
