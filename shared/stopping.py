"""Handling SIGTERM, which Cloud Run sends 10 s before it kills an instance.

The server (uvicorn under gunicorn) stops accepting and then waits for running calls without telling them; ASGI's own
"shutdown" comes after them. So the signal is handled here and passed on to the server.
"""

import asyncio
import signal
from types import FrameType

from shared.logs import log_event


def heed_sigterm(stopping: asyncio.Event) -> None:
    """Set `stopping` at SIGTERM, then call the previous handler. Call this in the main thread, in the event's loop."""
    loop, earlier = asyncio.get_running_loop(), signal.getsignal(signal.SIGTERM)

    def stop(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(_tell, stopping)
        if callable(earlier):
            earlier(number, frame)

    signal.signal(signal.SIGTERM, stop)


def _tell(stopping: asyncio.Event) -> None:
    log_event("process_stopping")
    stopping.set()
