"""Every night `sweep` adds the books up again, person by person; what does not add up stops all buying.

    pages of users, jobs, transfers in the order of people ── each person's books ── right: on to the next
                                                            └─ wrong: read again, until the account stands still
                                                                 └─ still wrong: named, buying stops ── checked hourly
    the end of the list ── groups' wallets (`check_wallets.py`) ── nothing wrong: buying goes on

On the way the numbers of the day before are added up, which `tell_day.py` tells. Meanwhile no transfers go over to a
nobody (`shared/privacy/erase_person.py`): they would be counted twice.

No rule spans two people, so a check may take many calls of `sweep`, and needs no snapshot. Every commit that moves
credits changes the person's document: what was read between two equal versions of it belongs together.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar

from shared.codec import decode, encode, update
from shared.credits.ledger import Account, Transfer
from shared.credits.spending import stop_for_books
from shared.errors import ConflictError, DocumentUnreadableError
from shared.jobs.audit import BookedJob, PersonalBooks, audit_person
from shared.jobs.check_wallets import check_wallets
from shared.jobs.day_numbers import DayNumbers, add_person, day_of
from shared.jobs.gather_people import gather_people
from shared.jobs.popular import BOOKS
from shared.logs import log_event
from shared.people.user_documents import user_key
from shared.ports import Create, Fields, Query, RepairPorts, Store

T = TypeVar("T")

CONTROL = BOOKS
HOUR = time(3, 30, tzinfo=UTC)
"""When a night's check begins."""
WRONG_PAUSE = timedelta(hours=1)
"""How soon wrong books are checked again: buying waits for it."""
PAGE = 200
"""Documents per query: a job has some KB."""
SECONDS_MAX = 25.0
"""After so much of a call of `sweep` no further person is begun; the next call goes on."""
READ_AGAIN_MAX = 5
"""A person whose account changes during each of so many readings is left to the next night."""
DAYS_KEPT = 14
"""How many days the operators' pages show."""
LAST_ID = "~"
"""Comes after the id of every user, job and transfer."""
PERSON = {"users": "id", "jobs": "user_id", "transfers": "user_id"}
"""The field by which each collection is in the order of people."""


@dataclass(frozen=True, slots=True)
class Check:
    """The state of the check, in `controls/books`."""

    due_at: datetime
    passed: int = -1
    """The last person whose books were checked; people's ids are positive."""
    passed_wallet: int = 0
    """The chat id of the last wallet that was checked; wallets come after people."""
    wrong: int = 0
    """How many problems were found since the first person."""
    numbers: DayNumbers | None = None
    """Of the last day, as far as they are added up; None while that day's are known already."""
    known_day: str = ""
    """The last day that was added up."""
    untold: DayNumbers | None = None
    """What the operators have not been told yet."""
    recent: tuple[DayNumbers, ...] = ()
    """The last days that were added up, the newest last."""


@dataclass(frozen=True, slots=True)
class _StoredUser:
    id: int
    account: Account = field(default_factory=Account)


@dataclass(slots=True)
class Reading:
    """Books as they are read, beginning after one person."""

    ports: RepairPorts
    passed: int
    unreadable: set[int] = field(default_factory=set)
    """People with a document that this release cannot read: their books are not judged."""

    def people(self) -> AsyncIterator[PersonalBooks]:
        """The books of one person after another."""
        return gather_people(
            self._read("users", _read_account),
            self._read("jobs", _read_job),
            self._read("transfers", lambda fields: decode(Transfer, fields)),
        )

    async def _read(self, collection: str, read: Callable[[Fields], T]) -> AsyncIterator[T]:
        name = PERSON[collection]
        after = (self.passed, LAST_ID)
        while True:
            query = Query(collection, (), PAGE, (name, "ASCENDING"), after)
            page = await self.ports.store.find(query)
            for record in page:
                try:
                    yield read(record.fields)
                except DocumentUnreadableError as error:
                    key = f"{collection}/{record.key.id}"
                    log_event("document_unreadable", severity="ERROR", error=error, key=key)
                    self.unreadable.add(record.fields[name])
            if len(page) < PAGE:
                return
            after = (page[-1].fields[name], page[-1].key.id)


async def check_books(ports: RepairPorts, begun_at: datetime) -> None:
    """If it is time, check the next people's books, in a call that began then. Raises UnavailableError."""
    now, ends_at = ports.clock.now(), begun_at + timedelta(seconds=SECONDS_MAX)
    if now >= ends_at:
        return
    [record] = await ports.store.read([CONTROL])
    before = Check(now) if record is None else decode(Check, record.fields)
    if now < before.due_at:
        return
    check, is_over = await _check_people(ports, _begin_day(before, now), ends_at)
    if is_over:
        check, is_over = await _check_wallets(ports, check, ends_at)
    if is_over:
        await stop_for_books(ports.store, now, is_wrong=bool(check.wrong))
        log_event("books_checked", problems=check.wrong)
        check = _begin_anew(check, now)
    try:
        await ports.store.commit([Create(CONTROL, encode(check)) if record is None else update(record, check)])
    except ConflictError:  # two calls of `sweep` at once have checked the same people
        return


async def is_checking(store: Store) -> bool:
    """Whether some people's books were checked tonight and others' were not. Raises UnavailableError."""
    [record] = await store.read([CONTROL])
    return record is not None and decode(Check, record.fields).passed >= 0


def next_night(now: datetime) -> datetime:
    """When the next check is due."""
    today = datetime.combine(now.astimezone(UTC).date(), HOUR)
    return today if now < today else today + timedelta(days=1)


def _begin_day(check: Check, now: datetime) -> Check:
    """The check, which adds up the day before unless that is known."""
    yesterday = day_of(now - timedelta(days=1))
    if check.passed >= 0 or check.known_day == yesterday:
        return check
    return replace(check, numbers=DayNumbers(yesterday))


def _begin_anew(check: Check, now: datetime) -> Check:
    """The next check, after the last person of this one."""
    due_at = now + WRONG_PAUSE if check.wrong else next_night(now)
    after = Check(due_at, known_day=check.known_day, untold=check.untold, recent=check.recent)
    if check.numbers is None:
        return after
    log_event("day_summed", **encode(check.numbers))
    recent = (*check.recent, check.numbers)[-DAYS_KEPT:]
    return replace(after, known_day=check.numbers.day, untold=check.numbers, recent=recent)


async def _check_people(ports: RepairPorts, check: Check, ends_at: datetime) -> tuple[Check, bool]:
    """Check people until the time is over; whether these were the last ones."""
    reading = Reading(ports, check.passed)
    async for books in reading.people():
        if books.user_id not in reading.unreadable and audit_person(books, at_rest=False):
            check = replace(check, wrong=check.wrong + await _report(ports, books.user_id))
        numbers = None if check.numbers is None else add_person(check.numbers, books)
        check = replace(check, passed=books.user_id, numbers=numbers)
        reading.unreadable.discard(books.user_id)
        if ports.clock.now() >= ends_at:
            return check, False
    return check, True


async def _check_wallets(ports: RepairPorts, check: Check, ends_at: datetime) -> tuple[Check, bool]:
    """Check groups' wallets until the time is over; whether these were the last ones."""
    problems, passed, is_over = await check_wallets(ports, check.passed_wallet, ends_at)
    if problems:
        await _name(ports, problems)
    return replace(check, passed_wallet=passed, wrong=check.wrong + len(problems)), is_over


async def _name(ports: RepairPorts, problems: list[str]) -> None:
    """Stop all buying, and name what is wrong."""
    await stop_for_books(ports.store, ports.clock.now(), is_wrong=True)
    for problem in problems:
        log_event("ledger_mismatched", severity="ERROR", problem=problem)


async def _report(ports: RepairPorts, user_id: int) -> int:
    """Read a person again, and name what is wrong all the same; the number of problems."""
    problems = await find_problems(ports, user_id)
    if problems:
        await _name(ports, problems)
    return len(problems)


async def find_problems(ports: RepairPorts, user_id: int) -> list[str]:
    """What is wrong in one person's books at one moment; nothing if they never stand still. Raises UnavailableError."""
    for _ in range(READ_AGAIN_MAX):
        [before] = await ports.store.read([user_key(user_id)])
        reading = Reading(ports, user_id - 1)
        books = await anext(reading.people(), None)
        [after] = await ports.store.read([user_key(user_id)])
        if (before and before.version) == (after and after.version):
            if books is None or books.user_id != user_id or user_id in reading.unreadable:
                return []
            return audit_person(books, at_rest=False)
    log_event("books_unsettled", severity="WARNING", user_id=user_id)
    return []


def _read_account(fields: Fields) -> tuple[int, Account]:
    stored = decode(_StoredUser, fields)
    return stored.id, stored.account


def _read_job(fields: Fields) -> BookedJob:
    request = fields.get("request")
    return decode(BookedJob, fields | request if isinstance(request, dict) else fields)
