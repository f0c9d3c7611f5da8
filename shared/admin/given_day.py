"""How many credits an operator has given alone on a day (UTC), in a document that the same commit writes. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.codec import decode, encode, update
from shared.hash_ids import hash_id
from shared.ports import Create, Key, Record, Write

KEPT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class GivenDay:
    """One operator's day."""

    credits: int
    expire_at: datetime


def day_key(operator_id: int, now: datetime) -> Key:
    """One per operator and day."""
    return Key("admin_days", hash_id("admin day", operator_id, now.astimezone(UTC).date().isoformat()))


def read_day(record: Record | None, now: datetime) -> GivenDay:
    """The day so far."""
    return GivenDay(0, now + KEPT) if record is None else decode(GivenDay, record.fields)


def write_day(key: Key, record: Record | None, day: GivenDay) -> Write:
    """The write that stores the day as it is now."""
    return Create(key, encode(day)) if record is None else update(record, day)
