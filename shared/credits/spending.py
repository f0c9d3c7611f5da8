"""Counters of our spending on models, shared by all instances, and the stop: an operator's, or that of wrong books.

    spend/2026-11-28.3      {"day": 40300000, "hour_17": 1210000}     one of SHARDS; millionths of a US dollar
    controls/spending       {"until": 2026-11-28T20:00Z}              nothing is bought before that time
                            {"books_wrong_since": 2026-11-28T03:31Z}  nor while the books do not add up
    controls/models         what operators have switched off: `switches.py`

All are read at most every CACHE_SECONDS, so spending can exceed a cap by the calls that all instances start in that
time. A call is counted before the provider is asked: after a crash in between the sum is too high, never too low.

A process may count several calls at once, so that a picture costs one write less. What it did not use it gives back
when the hour or the process ends; a process that is killed does not, so the sum is too high by 1 % of the hour's cap.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from shared.credits.bounds import Caps, Spent, end_of_hour, find_rest, reached_percent
from shared.credits.switches import SWITCHES, Switches, read_switches
from shared.errors import ConflictError, UnavailableError
from shared.logs import log_event
from shared.ports import Clock, Create, Ids, Increment, Key, Record, Store, Update

SHARDS = 8
"""The number of documents that share a day's writes."""
CACHE_SECONDS = 10.0
CALLS_AHEAD, CAP_SHARE_AHEAD = 10, 100
"""So many calls are counted at once, but at most this part of the hour's cap: below 1 % a call is counted alone."""
STOP = Key("controls", "spending")
BOOKS = "books_wrong_since"


class SpendingBook:
    """Implements Spending; one per process."""

    def __init__(self, store: Store, clock: Clock, ids: Ids, caps: Caps, *, books_ahead: bool = False) -> None:
        """`books_ahead` is for a process that calls `give_back` at its end."""
        self._store, self._clock, self._ids, self._caps = store, clock, ids, caps
        self._ahead_max = caps.hour_usd_micros // CAP_SHARE_AHEAD if books_ahead else 0
        self._ahead, self._ahead_at = 0, datetime.min.replace(tzinfo=UTC)
        """What is counted for later calls of an hour, and a time in that hour."""
        self._read_at: datetime | None = None
        self._spent = Spent()
        self._stopped_until: datetime | None = None
        self._are_books_wrong = False
        self._switches = Switches()
        self._told: dict[str, int] = {}

    async def rest_until(self) -> datetime | None:
        now = self._clock.now()
        await self._refresh(now)
        if self._stopped_until is not None and now < self._stopped_until:
            return self._stopped_until
        if self._are_books_wrong:
            return end_of_hour(now)
        return find_rest(self._spent, self._caps, now)

    def rests_for_books(self) -> bool:
        return self._are_books_wrong

    async def switches(self) -> Switches:
        await self._refresh(self._clock.now())
        return self._switches

    async def book(self, usd_micros: int) -> None:
        now = self._clock.now()
        await self._refresh(now)
        if end_of_hour(self._ahead_at) != end_of_hour(now):
            await self.give_back()
        if self._ahead >= usd_micros:
            self._ahead -= usd_micros
            return
        counted = max(usd_micros, min(CALLS_AHEAD * usd_micros, self._ahead_max))
        await self._count(now, counted)
        kept = self._ahead if end_of_hour(self._ahead_at) == end_of_hour(now) else 0
        self._ahead, self._ahead_at = kept + counted - usd_micros, now
        self._tell_levels(now)

    async def give_back(self) -> None:
        left, self._ahead = self._ahead, 0  # first, so that nothing is given back twice
        if left:
            with suppress(UnavailableError):
                await self._count(self._ahead_at, -left)

    async def _count(self, at: datetime, usd_micros: int) -> None:
        key = shard_keys(at)[int(self._ids.jitter() * SHARDS)]
        await self._store.commit([Increment(key, {"day": usd_micros, hour_field(at): usd_micros})])
        spent = self._spent
        if self._read_at is not None and end_of_hour(at) == end_of_hour(self._read_at):
            self._spent = Spent(spent.hour_usd_micros + usd_micros, spent.day_usd_micros + usd_micros)

    async def _refresh(self, now: datetime) -> None:
        if self._is_fresh(now):
            return
        stop, switches, *shards = await self._store.read([STOP, SWITCHES, *shard_keys(now)])
        self._read_at = now
        self._spent = Spent(sum_spent(shards, hour_field(now)), sum_spent(shards, "day"))
        self._stopped_until = None if stop is None else _read_stop(stop, now)
        self._are_books_wrong = _stops_for_books(stop)
        self._switches = Switches() if switches is None else read_switches(switches.fields)
        self._tell_levels(now)

    def _is_fresh(self, now: datetime) -> bool:
        """Whether the cached numbers are still valid: recent, and of this hour."""
        at = self._read_at
        return at is not None and now - at < timedelta(seconds=CACHE_SECONDS) and end_of_hour(at) == end_of_hour(now)

    def _tell_levels(self, now: datetime) -> None:
        """Log, once in this process, that a level of a cap is reached."""
        hour, day = now.astimezone(UTC).strftime("%Y-%m-%dT%H"), now.astimezone(UTC).date().isoformat()
        reached = {
            hour: reached_percent(self._spent.hour_usd_micros, self._caps.hour_usd_micros),
            day: reached_percent(self._spent.day_usd_micros, self._caps.day_usd_micros),
        }
        for window, percent in reached.items():
            if percent > self._told.get(window, 0):
                kind = "hour" if window == hour else "day"
                log_event("spend_level_reached", severity="WARNING", window=kind, percent=percent)
        self._told = {window: max(percent, self._told.get(window, 0)) for window, percent in reached.items()}


async def stop_for_books(store: Store, now: datetime, *, is_wrong: bool) -> None:
    """Stop all buying because the books are wrong, or end this stop; an operator's own stop stays as it is.

    Raises UnavailableError, also if somebody else has just written the stop: then repeat it.
    """
    [stop] = await store.read([STOP])
    if _stops_for_books(stop) == is_wrong:
        return
    since = {BOOKS: now if is_wrong else None}
    write = Create(STOP, {"until": now} | since) if stop is None else Update(STOP, since, stop.version)
    try:
        await store.commit([write])
    except ConflictError as error:
        raise UnavailableError("another process has written the stop") from error
    log_event("buying_stopped" if is_wrong else "buying_resumed", severity="ERROR" if is_wrong else "INFO")


def shard_keys(now: datetime) -> list[Key]:
    """The keys of a day's spending documents."""
    return [Key("spend", f"{now.astimezone(UTC).date().isoformat()}.{n}") for n in range(SHARDS)]


def hour_field(now: datetime) -> str:
    """The field of these documents that counts this hour."""
    return f"hour_{now.astimezone(UTC):%H}"


def sum_spent(shards: Sequence[Record | None], name: str) -> int:
    """What these documents have counted in a field, in millionths of a US dollar."""
    return sum(shard.fields.get(name, 0) for shard in shards if shard is not None)


def _read_stop(stop: Record, now: datetime) -> datetime:
    """When an operator's stop ends. A stop without a readable end lasts as long as its document exists."""
    until = stop.fields.get("until")
    return until if isinstance(until, datetime) else end_of_hour(now)


def _stops_for_books(stop: Record | None) -> bool:
    return stop is not None and stop.fields.get(BOOKS) is not None
