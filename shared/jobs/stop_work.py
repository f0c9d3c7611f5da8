"""A process that is told to stop finishes what is nearly done, and gives back what waits for the model.

SIGTERM ── 2.5 s ── the model has not answered: stop waiting, give back, a task for the next worker
                 └─ it has answered, or the job is shown or told: finished
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from shared.errors import StoppedError
from shared.jobs.time_limits import FINISH_SECONDS
from shared.ports import Studio

T = TypeVar("T")


async def run_unless_stopped(studio: Studio, work: Coroutine[Any, Any, None], *, nearly_done: bool) -> None:
    """Run this to its end; where it is not nearly done and the process is to end, stop it. Raises StoppedError then."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(studio.stopping.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done() and not nearly_done:
            await asyncio.wait({working}, timeout=FINISH_SECONDS)
            working.cancel()
        await asyncio.wait({working})
        if working.cancelled():
            raise StoppedError
        working.result()
    finally:
        stopping.cancel()
        working.cancel()
        await asyncio.wait({working, stopping})


async def see_through(work: Coroutine[Any, Any, T]) -> T:
    """Run this to its end even when the one who waits for it is stopped."""
    working = asyncio.ensure_future(work)
    while not working.done():
        try:
            await asyncio.shield(working)
        except asyncio.CancelledError:
            continue
    return working.result()
