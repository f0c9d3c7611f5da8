"""A service for analytics that keeps what it is sent."""

from collections.abc import Sequence

from shared.errors import UnavailableError
from shared.telemetry.business_events import BusinessEvent


class FakeAnalytics:
    """An `AnalyticsService`."""

    def __init__(self, events_max: int = 10) -> None:
        self.events_max = events_max
        self.calls: list[Sequence[BusinessEvent]] = []
        self.is_away = False

    @property
    def events(self) -> list[BusinessEvent]:
        """Everything that arrived."""
        return [event for call in self.calls for event in call]

    async def send(self, events: Sequence[BusinessEvent]) -> None:
        if self.is_away:
            raise UnavailableError("away")
        self.calls.append(events)
