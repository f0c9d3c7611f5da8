"""Counting the external calls of one request; adapters count, the endpoint wrappers log."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Usage:
    """Counts of calls that are billed or slow. Each call counts once, whatever its client library does."""

    store_reads: int = 0
    """Documents read; a query without a match counts as one, as in Firestore's billing."""
    store_writes: int = 0
    """Documents written."""
    tasks: int = 0
    blob_puts: int = 0
    blob_gets: int = 0
    blob_deletes: int = 0
    messenger_calls: int = 0
    model_calls: int = 0


_usage: ContextVar[Usage | None] = ContextVar("usage", default=None)


def start_usage() -> Usage:
    """A new count for the current context: this task and every task that it starts later."""
    usage = Usage()
    _usage.set(usage)
    return usage


def current_usage() -> Usage:
    """The current count; a throw-away one if none was started."""
    return _usage.get() or Usage()
