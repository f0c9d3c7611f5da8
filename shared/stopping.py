"""Handling SIGTERM, which Cloud Run sends 10 s before it kills an instance.

The server (uvicorn under gunicorn) stops accepting and then waits for running calls without telling them; ASGI's own
"shutdown" comes after them. So the signal is handled here and passed on to the server.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any

from shared.logs import log_event

_waiting = set[asyncio.Task[None]]()


def heed_sigterm(stopping: asyncio.Event) -> None:
    """Set `stopping` at SIGTERM, then call the previous handler. Call this in the main thread, in the event's loop."""
    loop, earlier = asyncio.get_running_loop(), signal.getsignal(signal.SIGTERM)

    def stop(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(_tell, stopping)
        if callable(earlier):
            earlier(number, frame)

    signal.signal(signal.SIGTERM, stop)


def act_at_stop(stopping: asyncio.Event, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do this once when `stopping` is set; a process that is killed does not. Call this in the event's loop."""

    async def wait() -> None:
        await stopping.wait()
        await act()

    waiting = asyncio.create_task(wait())
    _waiting.add(waiting)  # the loop alone would let it go
    waiting.add_done_callback(_waiting.discard)


def _tell(stopping: asyncio.Event) -> None:
    log_event("process_stopping")
    stopping.set()
