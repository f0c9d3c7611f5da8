"""What one piece of work used of the outside world; adapters count, the endpoint wrappers log it."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Usage:
    """Counts of what is billed or slow. Each call counts once, whatever its client library does below."""

    store_reads: int = 0
    """Documents read; a query without a match counts as one, as Firestore bills it."""
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
    """A fresh count for the current context: this task, and every one it starts from now on."""
    usage = Usage()
    _usage.set(usage)
    return usage


def current_usage() -> Usage:
    """The count that is running; where none was started, one that nobody will read."""
    return _usage.get() or Usage()
