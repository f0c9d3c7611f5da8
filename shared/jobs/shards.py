"""How `sweep` finds what is overdue: by `shard` and `sweep_at`, so that no index range is written by everybody.

`sweep_at` grows with time, and Firestore takes about 500 writes a second into an index of a growing value. An index
that begins with the shard has a range of its own for each of them (docs/decisions/0052-shards-and-lanes.md).
"""

from datetime import datetime
from zlib import crc32

from shared.codec import encode, update
from shared.ports import Create, Fields, Key, Query, Record, Update

SHARDS = 16
"""1,000 jobs a second write four values of `sweep_at` each, and a shard takes 500 a second: 8, and as many again
because load is never even. It may grow, to the 30 values that one search takes: what was written with fewer is still
found. It must never shrink."""


def shard_of(document_id: str) -> int:
    """The shard of a job or draft, for ever: equal in every process and release."""
    return crc32(document_id.encode()) % SHARDS


def shard_fields(key: Key) -> Fields:
    """What each commit of a job or draft writes beside it: an older release's document gets its shard so."""
    return {"shard": shard_of(key.id)}


def create_sharded(key: Key, value: object) -> Create:
    """A new job or draft."""
    return Create(key, encode(value) | shard_fields(key))


def update_sharded(record: Record, value: object) -> Update:
    """A job or draft as somebody read it, changed."""
    write = update(record, value)
    return Update(write.key, write.fields | shard_fields(write.key), write.version)


def due_for_sweep(collection: str, now: datetime, limit: int) -> Query:
    """What nobody moved in time, the oldest first: one search over all shards."""
    shards = tuple(range(SHARDS))
    return Query(collection, (("shard", "in", shards), ("sweep_at", "<=", now)), limit, ("sweep_at", "ASCENDING"))


def due_without_shard(collection: str, now: datetime, limit: int) -> Query:
    """The same in the index of `sweep_at` alone, for documents that 0.3 or older wrote last.

    The release after this one drops it; the one after that drops the index (docs/decisions/0052-shards-and-lanes.md).
    """
    return Query(collection, (("sweep_at", "<=", now),), limit, ("sweep_at", "ASCENDING"))
