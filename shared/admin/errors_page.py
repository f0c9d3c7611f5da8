"""GET /admin/errors: the errors of today and yesterday by what happened, and how jobs failed on the days before.

Nine reads.
"""

from shared.admin.bars import draw_bars
from shared.admin.calls import AdminCall
from shared.admin.page import Frame, show_page
from shared.codec import decode
from shared.jobs.check_books import CONTROL, Check
from shared.jobs.count_errors import read_errors
from shared.jobs.day_numbers import FAILED, DayNumbers, select
from shared.miniapp.calls import Reply
from shared.ports import AppPorts
from shared.texts import plain_text


async def show_errors(ports: AppPorts, call: AdminCall) -> Reply:
    """The page. Raises UnavailableError."""
    groups = await read_errors(ports.store, ports.clock.now())
    [control] = await ports.store.read([CONTROL])
    recent = () if control is None else decode(Check, control.fields).recent
    return show_page(
        call,
        "errors.html",
        Frame("errors", plain_text(call.by.language, "admin-tab-errors"), "/admin"),
        groups=groups,
        days=[(each.day, _count(each), _tell(each)) for each in reversed(recent)],
        bars=draw_bars([(each.day, 0, _count(each)) for each in recent]),
    )


def _count(day: DayNumbers) -> int:
    return sum(select(day.ends, FAILED).values())


def _tell(day: DayNumbers) -> str:
    """Why jobs failed on a day, the most frequent reason first."""
    return ", ".join(f"{code}: {count}" for code, count in select(day.ends, FAILED).items())
