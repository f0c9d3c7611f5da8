"""Turning garbage collection off while a function is loaded: import this before other modules, then call `end`.

The objects that libraries create while they are loaded are never garbage, and checking them again and again takes a
sixth of a cold start of `bot` and `image`.
"""

import asyncio
import gc
from importlib import import_module

LATER_SECONDS = 1.0
"""Seconds after the first model call began; its answer takes longer."""

gc.disable()


def end() -> None:
    """Exclude all existing objects from garbage collection, and turn it on."""
    gc.freeze()
    gc.enable()


def later(*names: str) -> None:
    """Import modules that are needed after the first model call, in a thread while the call is pending; once."""
    loop = asyncio.get_running_loop()
    loop.call_later(LATER_SECONDS, lambda: [loop.run_in_executor(None, import_module, name) for name in names])
