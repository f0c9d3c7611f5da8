"""A function imports this before anything else of ours, and calls `end` when it is loaded.

Until then no garbage is looked for: what libraries make while they are loaded stays, and looking through it again and
again is a sixth of a cold start of `bot` and `image`.
"""

import asyncio
import gc
from importlib import import_module

LATER_SECONDS = 1.0
"""After the first call has begun: its model's answer takes longer."""

gc.disable()


def end() -> None:
    """What is there stays, and is not looked through any more; from now on garbage is collected."""
    gc.freeze()
    gc.enable()


def later(*names: str) -> None:
    """Load modules that the first answer of a model will need, while it is waited for; in a thread, once."""
    loop = asyncio.get_running_loop()
    loop.call_later(LATER_SECONDS, lambda: [loop.run_in_executor(None, import_module, name) for name in names])
