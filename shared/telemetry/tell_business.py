"""The business's events on their way out: a line of their own for the log's sink, and a service for analytics.

The line has nothing of the request that wrote it, so nobody can be found by it. A service gets an event at most once:
one that is lost is missing in a chart, and one that came twice would be wrong there.
"""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from shared.logs import write_line
from shared.telemetry.business_events import BusinessEvent, choose_event

LINE = "business_event"
"""The field `event` of the line; the sink's filter asks for it."""
WAITING_MAX = 500
"""Events that wait for the next export; of more, the oldest are dropped."""
SECONDS_MIN = 10.0
"""Between two exports."""
Now = Callable[[], datetime]


class AnalyticsService(Protocol):
    """A service that counts events, such as Google Analytics."""

    events_max: int
    """The most that one call takes."""

    async def send(self, events: Sequence[BusinessEvent]) -> None:
        """Send them in one call. Raises UnavailableError if they may not have arrived."""
        ...


class BusinessTeller:
    """One per process. It follows the log (`follow_events` in shared/logs.py)."""

    def __init__(self, service: AnalyticsService | None, now: Now = lambda: datetime.now(UTC)) -> None:
        """Without a service only the lines are written."""
        self._service, self._now = service, now
        self._waiting = deque[BusinessEvent](maxlen=WAITING_MAX)

    def take(self, event: str, fields: dict[str, Any]) -> None:
        """Write the line of an event that the business counts, and keep the event for the service."""
        chosen = choose_event(event, fields, self._now())
        if chosen is None:
            return
        write_line({"severity": "INFO", "event": LINE, "name": chosen.name, **chosen.fields})
        if self._service is not None:
            self._waiting.append(chosen)

    async def export(self) -> None:
        """Send what waits. What is not sent now, by an UnavailableError, is lost; the rest waits on."""
        while self._service is not None and self._waiting:
            count = min(len(self._waiting), self._service.events_max)
            await self._service.send([self._waiting.popleft() for _ in range(count)])
