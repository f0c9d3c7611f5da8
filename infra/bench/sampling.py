"""How much memory processes use while something runs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress


@asynccontextmanager
async def sampling(measure: Callable[[int], int], pid: int, seconds: float) -> AsyncIterator[list[int]]:
    """What `measure` says of a process, in bytes, every so many seconds while the block runs."""
    samples = [measure(pid)]

    async def sample() -> None:
        while True:
            await asyncio.sleep(seconds)
            samples.append(await asyncio.to_thread(measure, pid))

    task = asyncio.create_task(sample())
    try:
        yield samples
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
