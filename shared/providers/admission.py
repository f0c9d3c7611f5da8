"""Room for answers: a large one waits in its socket until this process has the bytes to read it.

Who asks a provider says how room is taken; the adapter takes it once an answer has begun.
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar

_take: ContextVar[Callable[[], Awaitable[None]] | None] = ContextVar("take_room", default=None)


def set_admission(take: Callable[[], Awaitable[None]]) -> None:
    """For the answers of the current context: of this task, and of every one it starts from now on."""
    _take.set(take)


async def admit_answer() -> None:
    """Return when the answer may be read; at once where nobody set a limit."""
    take = _take.get()
    if take is not None:
        await take()
