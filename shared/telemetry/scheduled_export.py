"""When telemetry is sent: at the end of a request, at most so often, and rarer while nobody takes it.

Cloud Run gives an instance no CPU between requests, so no timer could do it. The request that finds an export due waits
for it, EXPORT_SECONDS_MAX at most; the others do not.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from shared.logs import log_event

SPANS_SECONDS_MIN = 0.2
ERRORS_SECONDS_MIN = 0.5
METRICS_SECONDS_MIN = 10.0
"""Between two exports. Cloud Monitoring takes a series once in 5 s: https://cloud.google.com/monitoring/quotas"""
EXPORT_SECONDS_MAX = 1.0
"""How long an export may keep a request."""
PAUSE_SECONDS_MAX = 300.0
"""The longest pause after failures; it doubles with each."""
Export = Callable[[], Awaitable[None]]
"""Sends what waits. Raises UnavailableError."""


class ScheduledExport:
    """One kind of export of one process."""

    def __init__(self, export: Export, seconds_min: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._export, self._seconds_min, self._monotonic = export, seconds_min, monotonic
        self._next, self._failures, self._is_running = 0.0, 0, False

    async def run_if_due(self) -> None:
        """Raises nothing but a cancellation."""
        if self._is_running or self._monotonic() < self._next:
            return
        self._is_running = True
        try:
            async with asyncio.timeout(EXPORT_SECONDS_MAX):
                await self._export()
            self._failures = 0
        except Exception as error:  # noqa: BLE001 — the request that exports has done its own work already
            self._failures += 1
            if self._failures == 1:  # the others say the same
                log_event("telemetry_unsent", severity="WARNING", error=error)
        finally:
            self._is_running = False
            pause = min(self._seconds_min * 2**self._failures, PAUSE_SECONDS_MAX)
            self._next = self._monotonic() + pause
