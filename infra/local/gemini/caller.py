"""Notices when the caller closes the connection while an answer is delayed."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

# Returns when the caller has closed its connection.
HungUp = Callable[[], Coroutine[Any, Any, None]]


class LostAnswerError(Exception):
    """The connection is to be closed without an answer, or without the rest of it."""


class AbandonedError(Exception):
    """The caller closed the connection before the answer was ready, at `at` (Unix seconds)."""

    def __init__(self, at: float) -> None:
        super().__init__()
        self.at = at


class Caller:
    """One connection; made by `watch`."""

    def __init__(self, hung_up: HungUp, stopping: asyncio.Event) -> None:
        self.gone = asyncio.create_task(_note_end(hung_up))
        self.stopping = asyncio.create_task(stopping.wait())

    async def rest(self, seconds: float | None) -> None:
        """Wait (None: forever). Raises AbandonedError or, when the server stops, LostAnswerError at once."""
        await asyncio.wait((self.gone, self.stopping), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if self.stopping.done():
            raise LostAnswerError
        if self.gone.done():
            raise AbandonedError(self.gone.result())


async def _note_end(hung_up: HungUp) -> float:
    await hung_up()
    return time.time()


@contextlib.asynccontextmanager
async def watch(hung_up: HungUp, stopping: asyncio.Event) -> AsyncIterator[Caller]:
    """Watch a connection during the block."""
    caller = Caller(hung_up, stopping)
    try:
        yield caller
    finally:
        caller.gone.cancel()
        caller.stopping.cancel()
