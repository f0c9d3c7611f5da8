"""What people think of results, and how many thought so on each day. Pure."""

from dataclasses import dataclass
from datetime import datetime

from shared.ports import Increment, Key

UP, DOWN = 1, -1
_COUNTERS = {UP: "up", DOWN: "down"}


@dataclass(frozen=True, slots=True)
class Rating:
    """What a person thinks of a result."""

    user_id: int
    kind: str
    """What was made."""
    value: int
    """UP, DOWN, or 0: the reaction was taken back."""
    at: datetime
    """Telegram's time of the reaction, in whole seconds."""
    day: str
    """The UTC day of the person's first rating of this result, which counts it, as YYYY-MM-DD."""
    expire_at: datetime
    """With the job."""


def rating_key(job_id: str) -> Key:
    """One per result: it belongs to one person."""
    return Key("ratings", job_id)


def day_key(day: str) -> Key:
    """The counters `up` and `down` of a day."""
    return Key("rating_days", day)


def count_change(before: int, rating: Rating) -> Increment:
    """What a changed rating adds to its day, to be committed together with it."""
    change = {_COUNTERS[each]: (rating.value == each) - (before == each) for each in (UP, DOWN)}
    return Increment(day_key(rating.day), change)
