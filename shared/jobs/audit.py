"""Checking the ledger's rules over all stored users, jobs and transfers.

No rule spans two users, so the audit checks one user at a time and keeps no state between them but the sums of groups'
wallets (`audit_wallets.py`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.credits.bonuses import PURCHASE, bonus_back_id, bonus_id, purchase_fact, received_id, sent_id, whole_fact
from shared.credits.ledger import ROUTES, Account, Side, Transfer, TransferKind, charge_of_return, refund_id
from shared.credits.wallet import Wallet
from shared.jobs.audit_wallets import add_up_wallets, audit_grants, audit_wallets
from shared.jobs.job import ENDS, FIRST_KIND, Attempt, Job, JobState
from shared.people.links import TELEGRAM, account_id_of, telegram_link
from shared.people.users import User
from shared.providers.outcomes import FailureReason

_EXPECTED_END: dict[JobState, TransferKind | None] = {
    JobState.QUEUED: None,
    JobState.WORKING: None,
    JobState.SUBMITTED: None,
    JobState.POLLING: None,
    JobState.MADE: None,
    JobState.REFUSED: TransferKind.RELEASE,
    JobState.FAILED: TransferKind.RELEASE,
    JobState.CANCELED: TransferKind.RELEASE,
    JobState.DELIVERED: TransferKind.CAPTURE,
}
"""The closing transfer of each state that this release knows; None while a job may still move credits."""
_OF_JOBS = {TransferKind.HOLD, TransferKind.CAPTURE, TransferKind.RELEASE}
_TAKING_BACK = {TransferKind.REFUND, TransferKind.CHARGEBACK}
_OF_OPERATORS = {TransferKind.GIFT, TransferKind.CORRECTION}
_BELOW_ZERO = {*_TAKING_BACK, TransferKind.BONUS_BACK}
"""What `Account.taken_back` counts."""


@dataclass(frozen=True, slots=True)
class BookedJob:
    """The fields of a job that the audit and the day's numbers need."""

    id: str
    user_id: int
    state: JobState
    price: int
    """0: the job was free and moved no credits."""
    payer: str = ""
    kind: str = FIRST_KIND
    model: str = ""
    """The offer, of a picture or a video."""
    created_at: datetime | None = None
    failure: FailureReason | None = None
    attempts: tuple[Attempt, ...] = ()
    is_incognito: bool = False


@dataclass(slots=True)
class PersonalBooks:
    """Everything that is stored about one person's credits."""

    user_id: int
    account: Account | None = None
    jobs: list[BookedJob] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)


def booked(job: Job) -> BookedJob:
    """The job reduced to the fields that the audit needs."""
    return BookedJob(job.id, job.user_id, job.state, job.request.price, job.payer)


def audit(
    users: Iterable[User],
    jobs: Iterable[Job],
    transfers: Iterable[Transfer],
    *,
    at_rest: bool,
    wallets: Iterable[Wallet] = (),
) -> list[str]:
    """Every violation, as a sentence; an empty list if the books are right.

    `at_rest`: nothing is running, so no job may be open and no credits held.
    """
    people: dict[int, PersonalBooks] = {}
    transfers = list(transfers)

    def open_books(user_id: int) -> PersonalBooks:
        return people.setdefault(user_id, PersonalBooks(user_id))

    for user in users:
        open_books(user.id).account = user.account
    for job in jobs:
        open_books(job.user_id).jobs.append(booked(job))
    for transfer in transfers:
        open_books(transfer.user_id).transfers.append(transfer)
    personal = [problem for books in people.values() for problem in audit_person(books, at_rest=at_rest)]
    return [*personal, *audit_wallets(wallets, add_up_wallets(transfers))]


def audit_person(books: PersonalBooks, *, at_rest: bool) -> list[str]:
    """Every violation in one person's books; none while they are being moved (`shared/privacy/erase_person.py`)."""
    if books.account is not None and books.account.is_moving:
        return []
    by_job: dict[str, list[Transfer]] = defaultdict(list)
    for transfer in books.transfers:
        if transfer.job_id is not None:
            by_job[transfer.job_id].append(transfer)
    return [
        *_check_transfers(books.transfers),
        *_check_purchases(books.transfers),
        *_check_bonuses(books.transfers),
        *audit_grants(books.transfers),
        *_check_names(books),
        *_check_account(books, by_job, at_rest=at_rest),
        *(problem for job in books.jobs for problem in _check_job(job, by_job.pop(job.id, []), at_rest=at_rest)),
        *(f"hold without job or end: {job_id}" for job_id, found in by_job.items() if not _is_closed(found)),
    ]


def _credits_by_kind(transfers: list[Transfer]) -> dict[TransferKind, int]:
    return {transfer.kind: transfer.credits for transfer in transfers}


def _is_captured(transfers: list[Transfer]) -> bool:
    """Whether the hold became revenue: all of it, or a part while the rest was released."""
    found = _credits_by_kind(transfers)
    rest = found.get(TransferKind.RELEASE, 0)
    ends_add_up = found.get(TransferKind.CAPTURE, 0) + rest == found.get(TransferKind.HOLD, 0)
    return len(found) == len(transfers) and {TransferKind.HOLD, TransferKind.CAPTURE} <= found.keys() and ends_add_up


def _is_closed(transfers: list[Transfer]) -> bool:
    """Whether an expired job was settled once; transfers are kept for ever, jobs are not."""
    found = _credits_by_kind(transfers)
    released = found.keys() == {TransferKind.HOLD, TransferKind.RELEASE} and len(set(found.values())) == 1
    return len(found) == len(transfers) and (released or _is_captured(transfers))


def _check_transfers(transfers: list[Transfer]) -> Iterator[str]:
    for transfer in transfers:
        route, way = ROUTES.get(transfer.kind, ()), (transfer.source, transfer.target)
        is_way = way == route or (transfer.kind is TransferKind.CORRECTION and way == route[::-1])
        if transfer.credits <= 0 or not is_way:
            yield f"{transfer.id}: not a {transfer.kind} of a positive amount"
        if not _names_its_fact(transfer):
            yield f"{transfer.id}: its id does not say its fact"


def _names_its_fact(transfer: Transfer) -> bool:
    if transfer.kind in _OF_JOBS:
        return transfer.job_id is not None and transfer.id == f"{transfer.kind}:{transfer.job_id}"
    if transfer.kind in _TAKING_BACK:
        return transfer.id.startswith(refund_id(""))
    if transfer.kind is TransferKind.RECALLED:
        return transfer.id.startswith(received_id(""))
    beginning = "operator:" if transfer.kind in _OF_OPERATORS else f"{transfer.kind}:"
    return transfer.job_id is None and transfer.id.startswith(beginning)


def _check_purchases(transfers: list[Transfer]) -> Iterator[str]:
    """Refunds and chargebacks, which may take a purchase back in parts, take no more than was bought."""
    bought, taken = _bought_credits(transfers), _taken_credits(transfers)
    for charge_id, credit_count in taken.items():
        if credit_count > bought.get(charge_id, 0):
            yield f"{refund_id(charge_id)}: takes back what was not bought"


def _bought_credits(transfers: list[Transfer]) -> dict[str, int]:
    return {t.id.partition(":")[2]: t.credits for t in transfers if t.kind is TransferKind.PURCHASE}


def _taken_credits(transfers: list[Transfer]) -> dict[str, int]:
    """What returns have taken back, by charge."""
    taken: dict[str, int] = defaultdict(int)
    for transfer in transfers:
        if transfer.kind in _TAKING_BACK:
            taken[charge_of_return(transfer)] += transfer.credits
    return taken


def _check_bonuses(transfers: list[Transfer]) -> Iterator[str]:
    """What is taken back was given, and a purchase that is returned as a whole leaves no bonus behind."""
    booked_credits = {each.id: each.credits for each in transfers}
    back: dict[str, int] = defaultdict(int)
    for transfer in transfers:
        fact = transfer.id.partition(":")[2]
        if transfer.kind is TransferKind.BONUS_BACK:
            back[whole_fact(fact)] += transfer.credits
        if transfer.kind is TransferKind.RECALLED and booked_credits.get(sent_id(fact)) != transfer.credits:
            yield f"{transfer.id}: returns a gift that was not sent"
    for fact, credit_count in back.items():
        given = booked_credits.get(bonus_id(fact), 0)
        if credit_count > given or (credit_count != given and not fact.startswith(PURCHASE)):
            yield f"{bonus_back_id(fact)}: takes back a bonus that was not given"
    bought = _bought_credits(transfers)
    for charge_id, credit_count in _taken_credits(transfers).items():
        brought = purchase_fact(charge_id)
        is_left = back.get(brought, 0) < booked_credits.get(bonus_id(brought), 0)
        if credit_count >= bought.get(charge_id, 0) and is_left:
            yield f"{refund_id(charge_id)}: the bonus of a returned purchase is still there"


def _check_names(books: PersonalBooks) -> Iterator[str]:
    """Every account id in these books is this person's; documents of older releases have none.

    The id is derived from the person's link, so no other account has the same link or id.
    """
    link = telegram_link(books.user_id)
    known, account = {"", account_id_of(link)}, books.account or Account()
    links = [each for each in account.links if each.startswith(TELEGRAM)]
    if account.id not in known or links != ([link] if account.id else []):
        yield f"user {books.user_id}: account {account.id!r} with the links {links}"
    yield from (f"{each.id}: of another account" for each in books.transfers if each.account_id not in known)
    yield from (f"job {each.id}: another account pays" for each in books.jobs if each.payer not in known)


def _check_account(books: PersonalBooks, by_job: Mapping[str, list[Transfer]], *, at_rest: bool) -> Iterator[str]:
    who, account = f"user {books.user_id}", books.account
    if account is None:
        yield f"{who}: books of somebody who is not there"
        return
    sums: dict[Side, int] = defaultdict(int)
    taken_back = 0
    for transfer in books.transfers:
        sums[transfer.source] -= transfer.credits
        sums[transfer.target] += transfer.credits
        taken_back += transfer.credits if transfer.kind in _BELOW_ZERO else 0
    if (account.available, account.held) != (sums[Side.AVAILABLE], sums[Side.HELD]):
        yield f"{who}: the balance is not what the transfers add up to"
    if account.available < -taken_back or account.held < 0:
        yield f"{who}: negative balance"
    if account.taken_back != taken_back:
        yield f"{who}: {account.taken_back} credits taken back counted, {taken_back} there"
    open_jobs = sum(_is_open(job, by_job.get(job.id, [])) for job in books.jobs)
    if account.active_jobs != open_jobs:
        yield f"{who}: {account.active_jobs} active jobs counted, {open_jobs} there"
    if at_rest and account.held:
        yield f"{who}: {account.held} held at rest"


def _is_open(job: BookedJob, transfers: list[Transfer]) -> bool:
    """Whether the job counts as active; for a state that only a newer release knows, the transfers decide."""
    if not job.price:
        return False
    return _is_held(transfers) if job.state not in _EXPECTED_END else _EXPECTED_END[job.state] is None


def _is_held(transfers: list[Transfer]) -> bool:
    return [transfer.kind for transfer in transfers] == [TransferKind.HOLD]


def _check_newer_job(job: BookedJob, transfers: list[Transfer]) -> Iterator[str]:
    """A job in a state that only a newer release knows must be either held or closed."""
    if transfers and not _is_held(transfers) and not _is_closed(transfers):
        yield f"job {job.id} is {job.state}, its transfers are {sorted(transfer.kind for transfer in transfers)}"


def _check_job(job: BookedJob, transfers: list[Transfer], *, at_rest: bool) -> Iterator[str]:
    kinds = sorted(transfer.kind for transfer in transfers)
    if job.state not in _EXPECTED_END:
        yield from _check_newer_job(job, transfers)
        return
    if at_rest and job.state not in ENDS:
        yield f"job {job.id} is {job.state} at rest"
    if not job.price:
        yield from (f"job {job.id} was free, its transfers are {kinds}" for _ in transfers[:1])
        return
    end = _EXPECTED_END[job.state]
    wanted = sorted([TransferKind.HOLD] if end is None else [TransferKind.HOLD, end])
    never_held = job.state is JobState.CANCELED and not kinds
    if job.state is JobState.DELIVERED and _is_captured(transfers):
        transfers = [transfer for transfer in transfers if transfer.kind is TransferKind.HOLD]
    elif kinds != wanted and not never_held:
        yield f"job {job.id} is {job.state}, its transfers are {kinds}"
    if any(transfer.credits != job.price for transfer in transfers):
        yield f"job {job.id}: a transfer of another amount"
