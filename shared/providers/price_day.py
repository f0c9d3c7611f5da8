"""The day whose prices apply: that of the update or task that is being handled, in UTC.

An update or a task keeps its day until it ends, so that no price changes between two of its lines.
"""

from contextvars import ContextVar
from datetime import UTC, date, datetime

_day: ContextVar[date | None] = ContextVar("price_day", default=None)


def set_price_day(now: datetime) -> None:
    """Set the day in the current context: this task and every task that it starts later."""
    _day.set(now.astimezone(UTC).date())


def price_day() -> date:
    """The day of the current context; today, where none was set."""
    return _day.get() or datetime.now(UTC).date()
