"""Limits of our costs: for everybody together, and for one person whose pictures end unpaid.

All numbers are at the top. The caps for everybody are settings of an environment, and the documents `spend` count
Google's charges. The counters of a person are in `Conduct`, a field of the user's document, which is written in commits
that happen anyway.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

CREDIT_USD_MICROS = 10_000
"""The value of a credit: a US cent. The output of a wanted model never costs more than its price in credits; material,
or a more expensive fallback (`dearer_too`), may make a picture cost more."""
TRIES_PER_DAY_MAX = 300
"""Pictures that one person may start on a UTC day; refunded ones count too."""
FAILURES_PER_DAY_MAX = 60
"""Pictures of one person, on a UTC day, for which a model was asked and nobody paid."""
REQUESTS_AT_ONCE = 30
SECONDS_PER_REQUEST = 5.0
"""Pictures in one burst, and the time per further request after it."""
FAILURES_IN_A_ROW_FREE = 4
PAUSE_SECONDS_FIRST = 30.0
PAUSE_SECONDS_MAX = 3600.0
"""After FAILURES_IN_A_ROW_FREE unpaid pictures in a row each further one doubles the pause, up to this maximum."""
ROW_KEPT = timedelta(days=1)
LOSS_USD_MICROS_MIN = 100_000
"""Our loss on one person is limited to this, or to the value of their credits if that is more."""
LOSS_FORGIVEN_USD_MICROS_PER_DAY = 80_000
"""The counted loss decays by this much a day (twice the value of the daily credits), and by the price of each
delivered picture."""
LEVELS_PERCENT = (50, 80, 100)
"""Shares of a cap; each is logged once when it is reached."""

_DAY_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Caps:
    """The caps on spending for models per UTC hour and UTC day, in millionths of a US dollar."""

    hour_usd_micros: int
    day_usd_micros: int


@dataclass(frozen=True, slots=True)
class Spent:
    """The spending in the hour and the day of one moment."""

    hour_usd_micros: int = 0
    day_usd_micros: int = 0


@dataclass(frozen=True, slots=True)
class Level:
    """An amount that decays with time (leaky bucket), as it was at `at`."""

    amount: float = 0.0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Conduct:
    """The counters that bound our cost for one person."""

    day: str = ""
    """The UTC day of `tries` and `failures`, as YYYY-MM-DD."""
    tries: int = 0
    failures: int = 0
    failures_in_a_row: int = 0
    """Since the last delivered picture; only failures that the person caused."""
    failed_at: datetime | None = None
    requests: Level = field(default_factory=Level)
    lost_usd_micros: Level = field(default_factory=Level)


def find_rest(spent: Spent, caps: Caps, now: datetime) -> datetime | None:
    """Until when spending is stopped; None while both caps leave room."""
    if spent.day_usd_micros >= caps.day_usd_micros:
        return end_of_day(now)
    return end_of_hour(now) if spent.hour_usd_micros >= caps.hour_usd_micros else None


def reached_percent(spent_usd_micros: int, cap_usd_micros: int) -> int:
    """The highest level of a cap that is reached, in percent; 0 below the first."""
    return max((each for each in LEVELS_PERCENT if spent_usd_micros * 100 >= cap_usd_micros * each), default=0)


def end_of_hour(now: datetime) -> datetime:
    """When the next UTC hour begins."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def end_of_day(now: datetime) -> datetime:
    """When the next UTC day begins."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)


def find_personal_rest(conduct: Conduct, credit_count: int, now: datetime) -> datetime | None:
    """Until when a person with so many credits, held ones included, may not start a picture; None if they may."""
    today = _on_day(conduct, now)
    ends = [
        end_of_day(now) if today.tries >= TRIES_PER_DAY_MAX or today.failures >= FAILURES_PER_DAY_MAX else now,
        _end_of_pause(conduct) or now,
        _time_below(conduct.requests, REQUESTS_AT_ONCE, 1 / SECONDS_PER_REQUEST, now),
        _time_below(conduct.lost_usd_micros, _loss_max(credit_count), _FORGIVEN_PER_SECOND, now),
    ]
    return max(ends) if max(ends) > now else None


def count_tries(conduct: Conduct, count: int, now: datetime) -> Conduct:
    """The counters after a request for `count` pictures was accepted."""
    today = _on_day(conduct, now)
    requests = _add(today.requests, count, 1 / SECONDS_PER_REQUEST, now)
    return replace(today, tries=today.tries + count, requests=requests)


def count_delivery(conduct: Conduct, credit_count: int, now: datetime) -> Conduct:
    """The counters after a picture was delivered and paid."""
    lost = _add(conduct.lost_usd_micros, -credit_count * CREDIT_USD_MICROS, _FORGIVEN_PER_SECOND, now)
    return replace(conduct, failures_in_a_row=0, failed_at=None, lost_usd_micros=lost)


def count_failure(conduct: Conduct, usd_micros: int, now: datetime, *, is_theirs: bool) -> Conduct:
    """The counters after a picture for which a model was asked ended unpaid; `is_theirs`: the person caused it."""
    today = _on_day(conduct, now)
    today = replace(today, failures=today.failures + 1)
    if not is_theirs:
        return today
    is_fresh = today.failed_at is not None and now - today.failed_at < ROW_KEPT
    return replace(
        today,
        failures_in_a_row=today.failures_in_a_row * is_fresh + 1,
        failed_at=now,
        lost_usd_micros=_add(today.lost_usd_micros, usd_micros, _FORGIVEN_PER_SECOND, now),
    )


_FORGIVEN_PER_SECOND = LOSS_FORGIVEN_USD_MICROS_PER_DAY / _DAY_SECONDS


def _loss_max(credit_count: int) -> float:
    return max(LOSS_USD_MICROS_MIN, credit_count * CREDIT_USD_MICROS)


def _on_day(conduct: Conduct, now: datetime) -> Conduct:
    day = now.astimezone(UTC).date().isoformat()
    return conduct if conduct.day >= day else replace(conduct, day=day, tries=0, failures=0)


def _end_of_pause(conduct: Conduct) -> datetime | None:
    doublings = conduct.failures_in_a_row - FAILURES_IN_A_ROW_FREE - 1
    if doublings < 0 or conduct.failed_at is None:
        return None
    return conduct.failed_at + timedelta(
        seconds=min(PAUSE_SECONDS_MAX, PAUSE_SECONDS_FIRST * 2.0 ** min(doublings, 12))
    )


def _left(level: Level, per_second: float, now: datetime) -> float:
    seconds = 0.0 if level.at is None else max(0.0, (now - level.at).total_seconds())
    return max(0.0, level.amount - seconds * per_second)


def _add(level: Level, amount: float, per_second: float, now: datetime) -> Level:
    return Level(max(0.0, _left(level, per_second, now) + amount), now)


def _time_below(level: Level, maximum: float, per_second: float, now: datetime) -> datetime:
    """When the level will have decayed below the maximum; `now` if it already has."""
    over = _left(level, per_second, now) - maximum
    return now + timedelta(seconds=over / per_second + 1) if over >= 0 else now
