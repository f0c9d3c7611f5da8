"""Memory for responses: a large one stays in its socket until this process has memory to read it.

The caller of a provider sets how memory is reserved; the adapter reserves it when a response begins.
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar

_take: ContextVar[Callable[[], Awaitable[None]] | None] = ContextVar("take_room", default=None)


def set_admission(take: Callable[[], Awaitable[None]]) -> None:
    """Set the reservation for responses in the current context: this task and every task that it starts later."""
    _take.set(take)


async def admit_answer() -> None:
    """Return when the response may be read; at once if no reservation was set."""
    take = _take.get()
    if take is not None:
        await take()
