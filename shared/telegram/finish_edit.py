"""An edit that is on its way is waited for: abandoned, it might arrive after a newer one and undo it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

EDIT_SECONDS_MAX = 5.0


async def finish_edit(edit: Coroutine[Any, Any, None]) -> None:
    """Finish an edit even when cancelled. Raises what the edit raises."""
    running = asyncio.ensure_future(edit)
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running}, timeout=EDIT_SECONDS_MAX)
        running.cancel()
        raise
