"""The ledger's rules, checked from the outside: over all users, jobs and transfers, as they are stored."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from shared.domain.jobs import ENDS, Job, JobState
from shared.domain.ledger import ROUTES, Side, Transfer, TransferKind
from shared.domain.users import User

_EXPECTED_END: dict[JobState, TransferKind | None] = {
    JobState.QUEUED: None,
    JobState.WORKING: None,
    JobState.MADE: None,
    JobState.REFUSED: TransferKind.RELEASE,
    JobState.FAILED: TransferKind.RELEASE,
    JobState.CANCELED: TransferKind.RELEASE,
    JobState.DELIVERED: TransferKind.CAPTURE,
}


def audit(users: Iterable[User], jobs: Iterable[Job], transfers: Iterable[Transfer], *, at_rest: bool) -> list[str]:
    """Every violation, as a sentence; none when the books are right.

    `at_rest`: nothing is under way, so that no job may be open and no credit held.
    """
    users, jobs, transfers = list(users), list(jobs), list(transfers)
    by_job: dict[str, list[Transfer]] = defaultdict(list)
    for transfer in transfers:
        if transfer.job_id is not None:
            by_job[transfer.job_id].append(transfer)
    return [
        *_check_transfers(transfers),
        *_check_accounts(users, jobs, transfers),
        *(problem for job in jobs for problem in _check_job(job, by_job.pop(job.id, []), at_rest=at_rest)),
        *(f"hold without job or end: {job_id}" for job_id, found in by_job.items() if not _is_closed(found)),
        *(f"user {user.id}: {user.account.held} held at rest" for user in users if at_rest and user.account.held),
    ]


def _is_closed(transfers: list[Transfer]) -> bool:
    """Whether a job that is no longer kept was settled once; money is kept for ever, jobs are not."""
    kinds = sorted(transfer.kind for transfer in transfers)
    ends = (TransferKind.CAPTURE, TransferKind.RELEASE)
    return any(kinds == sorted((TransferKind.HOLD, end)) for end in ends) and len({t.credits for t in transfers}) == 1


def _check_transfers(transfers: list[Transfer]) -> Iterator[str]:
    for transfer in transfers:
        if transfer.credits <= 0 or (transfer.source, transfer.target) != ROUTES[transfer.kind]:
            yield f"{transfer.id}: not a {transfer.kind} of a positive amount"
        if transfer.job_id is not None and transfer.id != f"{transfer.kind}:{transfer.job_id}":
            yield f"{transfer.id}: its id does not say its fact"


def _check_accounts(users: list[User], jobs: list[Job], transfers: list[Transfer]) -> Iterator[str]:
    sums: dict[tuple[int, Side], int] = defaultdict(int)
    for transfer in transfers:
        sums[transfer.user_id, transfer.source] -= transfer.credits
        sums[transfer.user_id, transfer.target] += transfer.credits
    open_jobs: dict[int, int] = defaultdict(int)
    for job in jobs:
        open_jobs[job.user_id] += _EXPECTED_END[job.state] is None
    for user in users:
        account = user.account
        if (account.available, account.held) != (sums[user.id, Side.AVAILABLE], sums[user.id, Side.HELD]):
            yield f"user {user.id}: the balance is not what the transfers add up to"
        if account.available < 0 or account.held < 0:
            yield f"user {user.id}: negative balance"
        if account.active_jobs != open_jobs[user.id]:
            yield f"user {user.id}: {account.active_jobs} active jobs counted, {open_jobs[user.id]} there"


def _check_job(job: Job, transfers: list[Transfer], *, at_rest: bool) -> Iterator[str]:
    kinds = sorted(transfer.kind for transfer in transfers)
    end = _EXPECTED_END[job.state]
    wanted = sorted([TransferKind.HOLD] if end is None else [TransferKind.HOLD, end])
    never_held = job.state is JobState.CANCELED and not kinds
    if kinds != wanted and not never_held:
        yield f"job {job.id} is {job.state}, its transfers are {kinds}"
    if any(transfer.credits != job.request.price or transfer.user_id != job.user_id for transfer in transfers):
        yield f"job {job.id}: a transfer of another amount or user"
    if at_rest and job.state not in ENDS:
        yield f"job {job.id} is {job.state} at rest"
