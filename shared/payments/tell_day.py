"""Every morning the operators' chat gets the numbers of the day before: people, work, money.

Work and credits come from the check of the books (`check_books.py`), cost from the counters of our spending, income
from the payments of the day, less what was returned of them by then. A message that may have arrived is not repeated;
one that Telegram did not take is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from shared.codec import decode, update
from shared.credits.catalogue import SOLD
from shared.credits.ledger import TransferKind
from shared.credits.spending import shard_keys
from shared.errors import ConflictError, DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.jobs.check_books import CONTROL, Check
from shared.jobs.day_numbers import DELIVERED, FAILED, NOT_ENDED, DayNumbers, count_credits, select
from shared.jobs.job import JobState
from shared.jobs.rating import day_key
from shared.logs import log_event
from shared.payments.payment_documents import PaymentRecord, paid_after
from shared.payments.prices import show_money
from shared.people.users import Language
from shared.ports import Messenger, Place, RepairPorts, Screen, Store
from shared.texts import html_text, write_day

OPERATORS_LANGUAGE: Language = "en"
"""As that of the alarms in the same chat."""
PAGE = 200
STARS = "XTR"


@dataclass(frozen=True, slots=True)
class DayMoney:
    """What a day brought and cost."""

    cost_usd_micros: int = 0
    """Of all calls of models, also of those that nobody paid for; estimated, never too low."""
    paid: dict[str, int] = field(default_factory=dict)
    """By currency, in its smallest unit, less what went back of it by now."""
    payments: int = 0
    """Those of which something is left."""

    @property
    def income_usd_micros(self) -> int:
        """After the providers' fees, at the catalogue's rates."""
        rates: Mapping[str, int] = {name: currency.unit_usd_micros for name, currency in SOLD.currencies.items()}
        return sum(amount * rates.get(currency, 0) for currency, amount in self.paid.items())


async def tell_day(ports: RepairPorts, open_chat: Callable[[], tuple[Messenger, int]]) -> None:
    """Tell the day that is untold, if there is one. Raises UnavailableError."""
    [record] = await ports.store.read([CONTROL])
    check = None if record is None else decode(Check, record.fields)
    if record is None or check is None or check.untold is None:
        return
    money = await read_money(ports.store, date.fromisoformat(check.untold.day))
    [counted] = await ports.store.read([day_key(check.untold.day)])
    ratings = {} if counted is None else counted.fields
    messenger, chat_id = open_chat()
    try:
        await messenger.send_text(Place(chat_id), show_day(check.untold, money, ratings))
    except TooManyRequestsError:  # `sweep` comes again in a minute
        return
    except DeliveryUnknownError as error:
        log_event("day_maybe_untold", severity="WARNING", error=error)
    except MessengerError as error:
        log_event("day_untold", severity="ERROR", error=error)
    try:
        await ports.store.commit([update(record, replace(check, untold=None))])
    except ConflictError:  # the check of the books has written in between: the message comes twice
        return


async def read_money(store: Store, day: date) -> DayMoney:
    """Read what was paid and spent on a day (UTC). Raises UnavailableError."""
    begins_at = datetime.combine(day, datetime.min.time(), UTC)
    shards = await store.read(shard_keys(begins_at))
    money = DayMoney(sum(shard.fields.get("day", 0) for shard in shards if shard is not None))
    after = (begins_at, "")
    while True:
        page = [decode(PaymentRecord, each.fields) for each in await store.find(paid_after(*after, PAGE))]
        for payment in page:
            if payment.paid_at >= begins_at + timedelta(days=1):
                return money
            left = payment.amount - payment.returned_amount
            if left > 0:
                paid = money.paid | {payment.currency: money.paid.get(payment.currency, 0) + left}
                money = replace(money, paid=paid, payments=money.payments + 1)
        if len(page) < PAGE:
            return money
        after = (page[-1].paid_at, page[-1].id)


def show_day(numbers: DayNumbers, money: DayMoney, ratings: Mapping[str, int]) -> Screen:
    """The message; `ratings` are the day's counters `up` and `down`."""
    delivered, failed = select(numbers.ends, DELIVERED), select(numbers.ends, FAILED)
    margin = money.income_usd_micros - money.cost_usd_micros
    lines = [
        html_text(OPERATORS_LANGUAGE, "day-head", day=write_day(OPERATORS_LANGUAGE, date.fromisoformat(numbers.day))),
        _say("people", count=numbers.people),
        _say("delivered", count=sum(delivered.values()), parts=_list(delivered)),
        _say("failed", count=sum(failed.values()), parts=_list(failed)),
        _say("others", canceled=numbers.ends.get(JobState.CANCELED, 0), open=numbers.ends.get(NOT_ENDED, 0)),
        _say("ratings", up=ratings.get("up", 0), down=ratings.get("down", 0)),
        _say("slowest", seconds=numbers.slowest_seconds, kind=numbers.slowest_kind or "-"),
        _say(
            "credits",
            spent=count_credits(numbers, TransferKind.CAPTURE),
            released=count_credits(numbers, TransferKind.RELEASE),
            given=count_credits(numbers, TransferKind.CREDIT, TransferKind.BONUS, TransferKind.GIFT),
            back=count_credits(numbers, TransferKind.REFUND, TransferKind.CHARGEBACK),
        ),
        _say("income", money=_dollars(money.income_usd_micros), count=money.payments, parts=_list_money(money.paid)),
        _say("cost", money=_dollars(money.cost_usd_micros), margin=_dollars(margin)),
    ]
    return Screen("\n".join(lines))


def _say(name: str, **values: str | int) -> str:
    return html_text(OPERATORS_LANGUAGE, f"day-{name}", **values)


def _list(counts: Mapping[str, int]) -> str:
    """As " (picture 300, chat 12)"; nothing if there are none."""
    return f" ({', '.join(f'{name} {count}' for name, count in counts.items())})" if counts else ""


def _list_money(paid: Mapping[str, int]) -> str:
    shown = [
        f"{amount} ⭐" if currency == STARS else show_money(amount, currency, OPERATORS_LANGUAGE)
        for currency, amount in paid.items()
    ]
    return f" ({', '.join(shown)})" if shown else ""


def _dollars(usd_micros: int) -> str:
    sign = "-" if usd_micros < 0 else ""
    return sign + show_money(abs(usd_micros) // 10_000, "USD", OPERATORS_LANGUAGE)
