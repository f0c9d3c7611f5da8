"""GET /admin: today's spending against the caps, what waits, and the days that were added up.

Ten reads and one count, whatever there is.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.admin.bars import Bar, draw_bars
from shared.admin.calls import AdminCall
from shared.admin.page import Frame, show_page
from shared.codec import decode
from shared.credits.ledger import TransferKind
from shared.credits.spending import BOOKS, STOP, hour_field, shard_keys, sum_spent
from shared.jobs.check_books import CONTROL, Check
from shared.jobs.day_numbers import DELIVERED, FAILED, DayNumbers, count_credits, select
from shared.jobs.job import JobState
from shared.jobs.shards import newest_in_state
from shared.miniapp.calls import Reply
from shared.payments.prices import show_money
from shared.people.users import Language
from shared.ports import AppPorts, Record
from shared.texts import plain_text, write_moment

CENT_USD_MICROS = 10_000
COUNTED_MAX = 1_000
"""A thousand index entries cost one read."""


@dataclass(frozen=True, slots=True)
class Spending:
    """What models have cost in a time, and may cost."""

    words: str
    percent: int


async def show_overview(ports: AppPorts, call: AdminCall) -> Reply:
    """The first page. Raises UnavailableError."""
    now, language = ports.clock.now(), call.by.language
    stop, control, *shards = await ports.store.read([STOP, CONTROL, *shard_keys(now)])
    check = Check(now) if control is None else decode(Check, control.fields)
    waiting = await ports.store.count(newest_in_state("jobs", JobState.QUEUED.value, COUNTED_MAX))
    hour_max, day_max = ports.spend_usd_micros_max
    return show_page(
        call,
        "overview.html",
        Frame("overview", plain_text(language, "admin-tab-overview")),
        spendings=[
            _compare("hour", sum_spent(shards, hour_field(now)), hour_max, language),
            _compare("day", sum_spent(shards, "day"), day_max, language),
        ],
        stopped=_tell_stop(stop, now, language),
        waiting=waiting,
        counted_max=COUNTED_MAX,
        days=[_tell_day(each) for each in reversed(check.recent)],
        bars=_draw(check.recent),
        dashboard=ports.admin_url,
    )


def _compare(name: str, spent: int, cap: int, language: Language) -> Spending:
    percent = spent * 100 // cap if cap else 0
    told: dict[str, str | int] = {
        "spent": _dollars(spent, language),
        "cap": _dollars(cap, language),
        "percent": percent,
    }
    return Spending(plain_text(language, f"admin-spent-{name}", **told), percent)


def _dollars(usd_micros: int, language: Language) -> str:
    return show_money(usd_micros // CENT_USD_MICROS, "USD", language)


def _tell_stop(stop: Record | None, now: datetime, language: Language) -> str:
    """Why nothing is bought now; empty: it is."""
    if stop is not None and stop.fields.get(BOOKS) is not None:
        return plain_text(language, "admin-stopped-books")
    until = None if stop is None else stop.fields.get("until")
    if isinstance(until, datetime) and now < until:
        return plain_text(language, "admin-stopped", moment=write_moment(language, until))
    return ""


@dataclass(frozen=True, slots=True)
class ToldDay:
    """A day in the table."""

    day: str
    people: int
    delivered: int
    failed: int
    spent: int


def _tell_day(numbers: DayNumbers) -> ToldDay:
    delivered, failed = (sum(select(numbers.ends, name).values()) for name in (DELIVERED, FAILED))
    spent = count_credits(numbers, TransferKind.CAPTURE)
    return ToldDay(numbers.day, numbers.people, delivered, failed, spent)


def _draw(days: tuple[DayNumbers, ...]) -> list[Bar]:
    told = [_tell_day(each) for each in days]
    return draw_bars([(each.day, each.delivered, each.failed) for each in told])
