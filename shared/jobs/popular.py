"""Which kinds of work most results of a day were of: an order, without numbers or people."""

from shared.codec import decode
from shared.jobs.day_numbers import DELIVERED, DayNumbers, select
from shared.ports import Key, Store

BOOKS = Key("controls", "books")
"""The night's check of the books keeps it."""
PEOPLE_MIN = 20
"""Where fewer people worked, the order could tell what one of them did."""


def order_kinds(numbers: DayNumbers) -> tuple[str, ...]:
    """The kinds, the most frequent first; nothing of a day with too few people."""
    return tuple(select(numbers.ends, DELIVERED)) if numbers.people >= PEOPLE_MIN else ()


async def find_popular(store: Store) -> tuple[str, ...]:
    """The order of the last day that was added up. Raises UnavailableError."""
    [record] = await store.read([BOOKS])
    days = () if record is None else record.fields.get("recent", ())
    return order_kinds(decode(DayNumbers, days[-1])) if days else ()
