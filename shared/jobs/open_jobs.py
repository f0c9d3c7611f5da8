"""Reading and writing jobs.

`change_job` is for any caller (optimistic retry), `change_held_job` only for the holder of the current fence, and
`settle_job` changes the job and its credits in one commit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from shared.codec import Parts, as_written, decode
from shared.credits.ledger import Account, Hold, Transfer, find_imbalance, release_hold
from shared.credits.transfer_documents import create_transfer
from shared.errors import ConflictError, LeaseLostError
from shared.jobs.job import ENDS, FIRST_KIND, FIRST_SURFACE, Job, hold_of
from shared.jobs.job_documents import job_key, update_job
from shared.jobs.losses import count_end
from shared.jobs.mailbox import take_out
from shared.jobs.pay_by_wallet import return_to_wallet
from shared.jobs.publish_jobs import publish_id
from shared.jobs.queues import queue_of
from shared.logs import log_event
from shared.people.accounts import OpenUser, open_user, try_until_won
from shared.people.cashback import give_cashback
from shared.people.low_balance import note_told
from shared.ports import Fields, Ports, Record, Write

if TYPE_CHECKING:
    from shared.jobs.frame import Surface
    from shared.jobs.screens import Screens

Change = Callable[[Job], Job | None]
"""Returns the changed job, or None if the current one needs no change."""


@dataclass(frozen=True, slots=True)
class StoredJob:
    """A job and the record it was read from."""

    job: Job
    record: Record


def decode_job(fields: Fields, screens: "Mapping[str, Screens]", surfaces: "Mapping[str, Surface]") -> Job:
    """Decode a job document. If its kind or surface is in no table, only the engine's fields are read.

    Raises DocumentUnreadableError.
    """
    parts: Parts = ()
    if (form := screens.get(fields.get("kind", FIRST_KIND))) is not None:
        parts = (("request", form.request), ("artefacts", form.artefacts))
    if (surface := surfaces.get(fields.get("surface", FIRST_SURFACE))) is not None:
        parts = (*parts, ("address", surface.address))
    return decode(Job, fields, parts)


def open_job_record(ports: Ports, record: Record) -> StoredJob:
    """Decode a record of the collection `jobs`."""
    return StoredJob(decode_job(record.fields, ports.screens, ports.surfaces), record)


async def open_jobs(ports: Ports, job_ids: Sequence[str]) -> list[StoredJob]:
    """Those of the jobs that exist."""
    records = await ports.store.read([job_key(job_id) for job_id in job_ids]) if job_ids else []
    return [open_job_record(ports, record) for record in records if record is not None]


async def open_job(ports: Ports, job_id: str) -> StoredJob | None:
    """One job, if it exists."""
    return next(iter(await open_jobs(ports, [job_id])), None)


async def change_job(ports: Ports, opened: StoredJob, change: Change) -> StoredJob:
    """Commit a change to a job; after a conflict read the job and decide again.

    Returns the current job. Raises UnavailableError.
    """
    current = opened

    async def attempt() -> StoredJob:
        nonlocal current
        changed = change(current.job)
        if changed is None:
            return current
        try:
            write = update_job(changed, current.record)
            [version] = await ports.store.commit([write])
        except ConflictError:
            current = await _reread(ports, current)
            raise
        return StoredJob(changed, as_written(write, version))

    return await try_until_won(ports, attempt)


async def change_held_job(ports: Ports, opened: StoredJob, change: Callable[[Job], Job]) -> StoredJob:
    """`change_job` for the worker that claimed the job. Raises LeaseLostError if it no longer holds the job."""
    return await change_job(ports, opened, lambda job: change(_fenced(job, opened.job.fence)))


Settlement = Callable[[Account, Hold], tuple[Account, tuple[Transfer, ...]]]
"""Settles a hold: returns the account and the transfers."""


def releasing(at: datetime, *, was_drawn: bool = False) -> Settlement:
    """The settlement that releases the hold, as `release_hold` does."""

    def settle(account: Account, hold: Hold) -> tuple[Account, tuple[Transfer, ...]]:
        account, transfer = release_hold(account, hold, at, was_drawn=was_drawn)
        return account, (transfer,)

    return settle


async def settle_job(
    ports: Ports,
    opened: StoredJob,
    user: OpenUser,
    change: Callable[[Job], Job],
    settlement: Settlement,
    *,
    is_told_low: bool = False,
) -> StoredJob:
    """Change a held job and settle its hold in one commit; the next job of its mailbox may begin.

    `is_told_low`: the result has said that few credits are left.
    Raises LeaseLostError if this worker no longer holds the job; then it must not move the credits.
    """
    current, payer = opened, user

    async def attempt() -> StoredJob:
        nonlocal current, payer
        changed = change(_fenced(current.job, opened.job.fence))
        account, transfers = _settle(payer.user.account, current.job, settlement)
        back = await return_to_wallet(ports, current.job, account, transfers, ports.clock.now())
        account = back.account
        writes: list[Write] = [update_job(changed, current.record), *map(create_transfer, transfers), *back.writes]
        person = count_end(replace(payer.user, account=account), changed, ports.clock.now())
        person = note_told(person, payer.user.account, is_told=is_told_low)
        spent = () if changed.wallet_id else transfers
        person, cashback = give_cashback(person, changed.id, spent, ports.clock.now())
        writes += map(create_transfer, cashback)
        person, follower = take_out(person, changed)
        writes += payer.writes(person)
        if surface := ports.surfaces.get(changed.surface):  # no release may know it any more: end_unreadable.py
            writes += surface.note_end(changed, person, ports.clock.now())
        try:
            version, *_ = await ports.store.commit(writes)
        except ConflictError:
            current = await _reread(ports, current)
            payer = await open_user(ports, current.job.user_id)
            raise
        _check_account(account, current.job.id)
        if follower:
            await publish_id(ports, queue_of(changed), follower)
        return StoredJob(changed, as_written(writes[0], version))

    return await try_until_won(ports, attempt)


def _settle(account: Account, job: Job, settlement: Settlement) -> tuple[Account, tuple[Transfer, ...]]:
    """Settle the hold; a free job moves no credits."""
    return settlement(account, hold_of(job)) if job.request.price else (account, ())


def _check_account(account: Account, job_id: str) -> None:
    """Check the ledger's rules that need no further reads; the nightly audit checks the rest."""
    problem = find_imbalance(account)
    if problem is not None:
        log_event("ledger_mismatched", severity="ERROR", problem=problem, job_id=job_id)


async def _reread(ports: Ports, opened: StoredJob) -> StoredJob:
    fresh = await open_job(ports, opened.job.id)
    if fresh is None:
        raise LeaseLostError("the job is gone")
    return fresh


def _fenced(job: Job, fence: int) -> Job:
    if job.fence != fence or job.state in ENDS:
        raise LeaseLostError(f"fence {job.fence}, not {fence}")
    return job
