"""The time of the servers and of the verbs under test: nothing waits, a sleep moves it."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class FakeClock:
    """An `infra.deploy.context.Clock` that servers in other threads may read.

    What a test schedules happens in the sleeping thread, at its time, in the middle of a long sleep too.
    """

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._lock = threading.RLock()
        self._scheduled: list[tuple[datetime, int, Callable[[], object]]] = []
        self._count = 0
        self.slept_seconds: list[float] = []

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def sleep(self, seconds: float) -> None:
        """Move the time, and do what is due on the way."""
        with self._lock:
            self.slept_seconds.append(seconds)
        self.advance(max(seconds, 0.0))

    def advance(self, seconds: float) -> None:
        """As a sleep, but a test's own."""
        end = self.now() + timedelta(seconds=seconds)
        while (action := self._take_due(end)) is not None:
            action()
        with self._lock:
            self._now = max(self._now, end)

    def schedule(self, seconds: float, action: Callable[[], object]) -> None:
        """Do something that many seconds from now."""
        with self._lock:
            self._count += 1
            self._scheduled.append((self._now + timedelta(seconds=seconds), self._count, action))

    def repeat(self, seconds: float, action: Callable[[], object]) -> None:
        """Do something every so many seconds from now on, for as long as the time moves."""

        def act() -> None:
            self.schedule(seconds, act)
            action()

        self.schedule(seconds, act)

    def _take_due(self, end: datetime) -> Callable[[], object] | None:
        """The first action due by then, with the time set to its own."""
        with self._lock:
            due = min((each for each in self._scheduled if each[0] <= end), default=None, key=lambda each: each[:2])
            if due is None:
                return None
            self._scheduled.remove(due)
            self._now = max(self._now, due[0])
            return due[2]
