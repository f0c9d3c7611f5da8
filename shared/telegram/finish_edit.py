"""Waiting for a started edit: an abandoned one might arrive after a newer edit and overwrite it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

EDIT_SECONDS_MAX = 5.0


async def finish_edit(edit: Coroutine[Any, Any, None]) -> None:
    """Finish an edit even if cancelled. Raises what the edit raises."""
    running = asyncio.ensure_future(edit)
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running}, timeout=EDIT_SECONDS_MAX)
        running.cancel()
        raise
