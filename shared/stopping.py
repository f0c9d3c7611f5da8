"""SIGTERM: Cloud Run takes an instance away, and kills it 10 s later.

The server (uvicorn under gunicorn) stops to accept and then waits for the calls under way without telling them; ASGI's
own "shutdown" comes after them. So the signal is heard here, and handed on to the server.
"""

import asyncio
import signal
from types import FrameType

from shared.logs import log_event


def heed_sigterm(stopping: asyncio.Event) -> None:
    """Set `stopping` at SIGTERM, then do what was done before. In the main thread, in the loop that uses the event."""
    loop, earlier = asyncio.get_running_loop(), signal.getsignal(signal.SIGTERM)

    def stop(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(_tell, stopping)
        if callable(earlier):
            earlier(number, frame)

    signal.signal(signal.SIGTERM, stop)


def _tell(stopping: asyncio.Event) -> None:
    log_event("process_stopping")
    stopping.set()
