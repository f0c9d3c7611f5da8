"""Errors counted by what happened, for the operators' pages: in memory, and off the jobs' way into few documents.

    errors/2026-11-30.2     {"sweep books_checked UnavailableError": 3, "picture E-BUSY": 14}     one of SHARDS

Counted are lines of the log about an error, and jobs that ended without a result through our or a provider's fault.
Names are those of the code: a word of a person, an id or an address cannot be one. The counts are added after a
request, at most every SECONDS_MIN. They may be a little too high after an outage of the store, and what an instance
has not written when it is stopped is missing: the log has every error.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.ports import Clock, Ids, Increment, Key, Record, Store

SHARDS = 4
"""The documents that share a day's writes; two days are a page's eight reads."""
SECONDS_MIN = 30.0
"""Between two writes of a process."""
GROUPS_MAX = 100
"""Groups that wait in one process; further ones are counted together."""
OTHERS = "others"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class ErrorCounts:
    """One per process; it follows the log."""

    def __init__(self, store: Store, clock: Clock, ids: Ids) -> None:
        self._store, self._clock, self._ids = store, clock, ids
        self._waiting: Counter[str] = Counter()

    def take(self, event: str, severity: str, error: BaseException | None, fields: dict[str, Any]) -> None:  # noqa: ARG002 — a Report of the log
        """Count a line about an error (`report_errors_to` in shared/logs.py)."""
        self._add(fields.get("function"), event, type(error).__name__ if error else "")

    def follow(self, event: str, fields: dict[str, Any]) -> None:
        """Count a job that failed (`follow_events` in shared/logs.py)."""
        if event == "job_refused" and fields.get("outcome") == "failed":
            self._add(fields.get("medium"), fields.get("code"))

    async def export(self) -> None:
        """Add what was counted to the day. Raises UnavailableError; then the counts wait for the next time."""
        if not self._waiting:
            return
        counts, self._waiting = self._waiting, Counter()
        key = day_keys(self._clock.now())[int(self._ids.jitter() * SHARDS)]
        try:
            await self._store.commit([Increment(key, dict(counts))])
        except BaseException:  # also when the time for it is over
            self._waiting += counts
            raise

    def _add(self, *parts: object) -> None:
        named = " ".join(str(each) if _NAME.fullmatch(str(each)) else "?" for each in parts if each)
        is_known = named in self._waiting or len(self._waiting) < GROUPS_MAX
        self._waiting[named if is_known else OTHERS] += 1


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Errors of one name."""

    name: str
    today: int
    yesterday: int


def day_keys(now: datetime) -> list[Key]:
    """The documents of a day (UTC)."""
    return [Key("errors", f"{now.astimezone(UTC).date().isoformat()}.{n}") for n in range(SHARDS)]


async def read_errors(store: Store, now: datetime) -> list[ErrorGroup]:
    """The groups of today and yesterday, the most frequent of today first. Raises UnavailableError."""
    records = await store.read([*day_keys(now), *day_keys(now - timedelta(days=1))])
    today, yesterday = _sum(records[:SHARDS]), _sum(records[SHARDS:])
    groups = [ErrorGroup(name, today[name], yesterday[name]) for name in today.keys() | yesterday.keys()]
    return sorted(groups, key=lambda each: (-each.today, -each.yesterday, each.name))


def _sum(records: Sequence[Record | None]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for record in records:
        counts.update(record.fields if record is not None else {})
    return counts
