"""How `sweep` finds overdue documents: by `shard` and `sweep_at`, so that index writes spread over ranges.

`sweep_at` grows with time, and Firestore accepts about 500 writes a second in an index of a growing value. An index
that begins with the shard has a separate range for each shard (docs/decisions/0052-shards-and-lanes.md).
"""

from datetime import datetime

from shared.codec import encode, update
from shared.jobs.lanes import SHARDS, shard_of
from shared.ports import Create, Fields, Key, Query, Record, Update


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


def newest_in_state(collection: str, state: str, limit: int) -> Query:
    """The newest documents in a state, over all shards: an index by time alone would take 500 writes a second."""
    shards = tuple(range(SHARDS))
    return Query(collection, (("shard", "in", shards), ("state", "==", state)), limit, ("created_at", "DESCENDING"))


def due_without_shard(collection: str, now: datetime, limit: int) -> Query:
    """`due_for_sweep` in the index of `sweep_at` alone, for documents last written by 0.3 or older.

    The next release drops this query; the one after that drops the index (docs/decisions/0052-shards-and-lanes.md).
    """
    return Query(collection, (("sweep_at", "<=", now),), limit, ("sweep_at", "ASCENDING"))
