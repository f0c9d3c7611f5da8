"""A Clock that tests set."""

import asyncio
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class FakeClock:
    """Time stands still until a test moves it.

    By default a sleep moves it too, and returns at once. With `sleepers_wait=True` a sleep lasts until
    `advance` or `set` has moved the time far enough.
    """

    def __init__(self, now: datetime = START, *, sleepers_wait: bool = False) -> None:
        self._now = now
        self._sleepers_wait = sleepers_wait
        self._waiting: list[tuple[datetime, asyncio.Event]] = []
        self.slept_seconds: list[float] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.slept_seconds.append(seconds)
        if self._sleepers_wait and seconds > 0:
            wake = asyncio.Event()
            self._waiting.append((self._now + timedelta(seconds=seconds), wake))
            await wake.wait()
            return
        self.advance(max(seconds, 0.0))
        await asyncio.sleep(0)  # others get their turn, as in any sleep

    def advance(self, seconds: float) -> None:
        self.set(self._now + timedelta(seconds=seconds))

    def set(self, now: datetime) -> None:
        self._now = now
        for due, wake in self._waiting:
            if due <= now:
                wake.set()
        self._waiting = [(due, wake) for due, wake in self._waiting if due > now]
