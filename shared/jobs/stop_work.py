"""At SIGTERM a process finishes jobs that are nearly done, and releases jobs that wait for the model.

SIGTERM ── 2.5 s ── the model has not answered: stop waiting, release, a task for the next worker
                 └─ it has answered, or the result or the end is being shown: finish
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from shared.errors import StoppedError
from shared.jobs.time_limits import FINISH_SECONDS
from shared.ports import Studio

T = TypeVar("T")


async def run_unless_stopped(studio: Studio, work: Coroutine[Any, Any, None], *, nearly_done: bool) -> None:
    """Run this to its end; but at SIGTERM stop work that is not nearly done and raise StoppedError."""
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
    """Run this to its end even if its caller is cancelled."""
    working = asyncio.ensure_future(work)
    while not working.done():
        try:
            await asyncio.shield(working)
        except asyncio.CancelledError:
            continue
    return working.result()
