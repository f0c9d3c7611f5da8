"""The shard of a document, which is also the lane of its tasks; in a module of its own: `payments` starts quickly."""

from zlib import crc32

SHARDS = 16
"""1,000 jobs a second write four values of `sweep_at` each, and a shard accepts 500 writes a second: that makes 8
shards, doubled because load is uneven. The number may grow to 30, the maximum for one query; documents written with
fewer shards are still found. It must never shrink."""


def shard_of(document_id: str) -> int:
    """The shard of a job or draft; it never changes and is equal in every process and release."""
    return crc32(document_id.encode()) % SHARDS
