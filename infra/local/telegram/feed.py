"""Who wants to hear of changes: tests that wait for one, and the pages that show them."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Any

_BACKLOG_MAX = 2_000


class Feed:
    """Tells every change in the world, at once and without polling."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()
        self._listeners: set[asyncio.Queue[dict[str, Any]]] = set()
        self.closing = asyncio.Event()

    def publish(self, event: dict[str, Any]) -> None:
        """Wake everyone who waits, hand `event` to every listener."""
        for queue in self._listeners:
            if queue.qsize() >= _BACKLOG_MAX:  # a page that stopped reading starts afresh
                while not queue.empty():
                    queue.get_nowait()
                event = {"kind": "reload"}
            queue.put_nowait(event)
        self.wake()

    def wake(self) -> None:
        """Have every waiting predicate looked at again."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def close(self) -> None:
        """The server stops: streams and long polls end."""
        self.closing.set()
        self.publish({"kind": "closing"})

    @contextlib.contextmanager
    def listen(self) -> Iterator[asyncio.Queue[dict[str, Any]]]:
        """A queue of all events from now on."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    async def wait_until(self, is_met: Callable[[], bool], timeout_seconds: float) -> bool:
        """Wait for a condition that changes may fulfil; False if the time is over first."""
        try:
            async with asyncio.timeout(timeout_seconds):
                while not is_met():
                    await self._changed.wait()
        except TimeoutError:
            return is_met()
        return True
