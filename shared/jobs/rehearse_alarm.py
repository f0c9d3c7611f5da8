"""Once a week an alarm rings that means nothing: whoever does not see it would not see a real one either.

The line goes the whole way of an alarm: log, metric, policy, mail, chat. The nightly workflow keeps an issue until a
person has said that it came (`watch-alarms`).
"""

from datetime import UTC, datetime

from shared.logs import log_event

MONDAY, HOUR, MINUTES = 0, 9, 5
"""When people are at work, in UTC; for so many minutes, in case one call of `sweep` is lost."""


def rehearse_alarm(now: datetime) -> None:
    """Write the line that rings, if it is time."""
    at = now.astimezone(UTC)
    if at.weekday() == MONDAY and at.hour == HOUR and at.minute < MINUTES:
        log_event("alarm_rehearsed")
