"""GET /admin/payments?day=…&after=…: the payments of a day (UTC), the oldest first, in pages of one query.

Above them stands what the checks of the night have found: three reads.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from shared.admin.calls import AdminCall
from shared.admin.nightly_checks import KEYS, read_checks
from shared.admin.page import Frame, show_page
from shared.codec import decode
from shared.hash_ids import is_id
from shared.miniapp.calls import Reply
from shared.payments.payment_documents import PaymentRecord, paid_after
from shared.people.nobody import is_nobody
from shared.ports import AppPorts
from shared.statement.entries import MICROSECOND
from shared.statement.receipt_screens import write_amount
from shared.statement.section import read_place, write_place
from shared.texts import plain_text, write_day

PAGE = 40
FIRST_DAY = date(2024, 1, 1)
"""Nothing was sold before."""


@dataclass(frozen=True, slots=True)
class ListedPayment:
    """A line of the list."""

    user_id: int
    is_nobody: bool
    provider: str
    amount: str
    credits: int
    at: datetime
    returned: str
    is_confirmed: bool
    """The provider's own list has it too."""


async def show_payments(ports: AppPorts, call: AdminCall) -> Reply:
    """A page of a day. Raises UnavailableError."""
    today = ports.clock.now().astimezone(UTC).date()
    day = _read_day(call.query.get("day", ""), today)
    begins_at = datetime.combine(day, datetime.min.time(), UTC)
    after = _read_after(call.query.get("after", "")) or (begins_at - MICROSECOND, "~")
    found = [decode(PaymentRecord, each.fields) for each in await ports.store.find(paid_after(*after, PAGE + 1))]
    of_day = [each for each in found if begins_at <= each.paid_at < begins_at + timedelta(days=1)]
    shown, path = of_day[:PAGE], f"/admin/payments?day={day.isoformat()}"
    later = f"{path}&after={write_place(shown[-1].paid_at)}.{shown[-1].id}" if len(of_day) > PAGE else ""
    checks = read_checks(await ports.store.read(KEYS), call.by.language)
    before, following = day - timedelta(days=1), day + timedelta(days=1)
    return show_page(
        call,
        "payments.html",
        Frame("payments", plain_text(call.by.language, "admin-tab-payments"), "/admin"),
        day=write_day(call.by.language, day),
        payments=[_list(each) for each in shown],
        later=later,
        checks=checks,
        day_before=before.isoformat() if day > FIRST_DAY else "",
        day_after=following.isoformat() if following <= today else "",
    )


def _list(payment: PaymentRecord) -> ListedPayment:
    returned = write_amount(payment.returned_amount, payment.currency) if payment.returned_amount else ""
    return ListedPayment(
        payment.user_id,
        is_nobody(payment.user_id),
        payment.provider,
        write_amount(payment.amount, payment.currency),
        payment.credits,
        payment.paid_at,
        returned,
        payment.confirmed_at is not None,
    )


def _read_day(text: str, today: date) -> date:
    """The day in an address; today for nonsense, and for a day that has not come."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if FIRST_DAY <= day <= today else today


def _read_after(text: str) -> tuple[datetime, str] | None:
    place, _, payment = text.partition(".")
    at = read_place(place)
    return (at, payment) if at is not None and is_id(payment) else None
