"""Repair: what is overdue, jobs and drafts above all, gets a new task. The sweep decides nothing; its worker does.

page by page, the oldest of all shards first ── each document of a page: later `sweep_at` ── new task
                                             └─ cannot be read: reported, and put aside for an hour, out of the way
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from shared.errors import ConflictError, UnavailableError
from shared.jobs.job import SWEEP_AFTER_SECONDS, swept
from shared.jobs.job_documents import update_job
from shared.jobs.next_step import is_forsaken
from shared.jobs.open_jobs import decode_job
from shared.jobs.publish_jobs import publish_draft, publish_due, publish_job
from shared.jobs.queues import QUEUES
from shared.jobs.shards import due_for_sweep, due_without_shard, shard_fields, update_sharded
from shared.logs import log_event
from shared.pictures.draft_documents import decode_draft, draft_lane
from shared.ports import Key, Record, RepairPorts, Update

T = TypeVar("T")

SWEEP_DOUBLINGS_MAX = 10
"""A draft that cannot be closed is retried with growing pauses, in the end every eight hours."""
REPEATED_MIN = 6
"""After so many sweeps, whose pauses add up to a quarter of an hour, an operator is alerted."""
UNREADABLE_PAUSE = timedelta(hours=1)
"""The pause before an unreadable document is tried again: another release may be able to read it."""
PAGE_MAX = 200
"""Documents per query."""
PAGES_MAX = 25
"""Pages of each collection in one call."""
ALWAYS_SHARDED = frozenset(
    {"broadcasts", "card_orders", "erasures", "gifts", "settlements", "wallets", "webhook_events"}
)
"""Collections without documents of a release that knew no shards."""
IN_PARALLEL_MAX = 25
SECONDS_MAX = 40.0
"""After this time no further page is begun; the next call handles the rest."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many tasks a sweep created, and how many documents it could not read."""

    jobs: int
    drafts: int
    unreadable: int = 0
    dues: int = 0
    """Tasks for gifts, purchases, people who are to be erased, and wallets that were given up."""


@dataclass(frozen=True, slots=True)
class Pages:
    """How many tasks the sweep of one collection created, and how many documents it could not read."""

    moved: int
    unreadable: int


_Sweep = Callable[[RepairPorts, Record], Awaitable[int]]
_Publish = Callable[[RepairPorts, Key], Awaitable[None]]


async def sweep_work(ports: RepairPorts) -> Swept:
    """Publish every overdue job and draft again. Raises UnavailableError after all documents were tried."""
    now = ports.clock.now()
    jobs, drafts, *dues = _check(
        await asyncio.gather(
            sweep_pages(ports, "jobs", now, _sweep_job),
            sweep_pages(ports, "drafts", now, _sweep_draft),
            sweep_pages(ports, "gifts", now, sweep_due),
            sweep_pages(ports, "settlements", now, sweep_due),
            sweep_pages(ports, "erasures", now, sweep_due),
            sweep_pages(ports, "wallets", now, sweep_due),
            return_exceptions=True,
        )
    )
    unreadable = sum(each.unreadable for each in (jobs, drafts, *dues))
    return Swept(jobs.moved, drafts.moved, unreadable, sum(each.moved for each in dues))


async def sweep_pages(ports: RepairPorts, collection: str, now: datetime, sweep: _Sweep) -> Pages:
    """Sweep a collection's documents that were overdue at `now`; swept ones are no longer overdue, so pages advance.

    Documents without a shard, which an older release wrote, come last.
    """
    moved = unreadable = 0
    search = due_for_sweep
    for _ in range(PAGES_MAX):
        page = await ports.store.find(search(collection, now, PAGE_MAX))
        room = asyncio.Semaphore(IN_PARALLEL_MAX)
        tries = (_try(sweep, ports, record, room) for record in page)
        results = _check(await asyncio.gather(*tries, return_exceptions=True))
        moved += sum(each or 0 for each in results)
        unreadable += sum(each is None for each in results)
        late = (ports.clock.now() - now).total_seconds() > SECONDS_MAX
        done = len(page) < PAGE_MAX
        if late or (done and (search is due_without_shard or collection in ALWAYS_SHARDED)):
            break
        search = due_without_shard if done else search
    return Pages(moved, unreadable)


def _check(results: Iterable[T | BaseException]) -> list[T]:
    """The results. Raises the first error among them."""
    checked = []
    for result in results:
        if isinstance(result, BaseException):
            raise result
        checked.append(result)
    return checked


async def _try(sweep: _Sweep, ports: RepairPorts, record: Record, room: asyncio.Semaphore) -> int | None:
    """Sweep one document; returns the number of tasks created, or None if it cannot be read."""
    async with room:
        try:
            return await sweep(ports, record)
        except UnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 — one broken document must not stop the sweep
            key = f"{record.key.collection}/{record.key.id}"
            log_event("document_unreadable", severity="ERROR", error=error, key=key)
            await _put_aside(ports, record)
            return None


async def _put_aside(ports: RepairPorts, record: Record) -> None:
    """Report an unreadable document, and postpone it so that it does not block the others."""
    later = {"sweep_at": ports.clock.now() + UNREADABLE_PAUSE, **shard_fields(record.key)}
    with suppress(ConflictError):
        await ports.store.commit([Update(record.key, later, record.version)])


async def _sweep_job(ports: RepairPorts, record: Record) -> int:
    job = decode_job(record.fields, {}, {})  # the engine's fields are enough here
    if job.kind not in QUEUES:  # of a newer release, whose own sweep publishes it
        await _put_aside(ports, record)
        if is_forsaken(job, ports.clock.now()):
            await publish_due(ports, record.key)
        return 0
    job = swept(job, ports.clock.now())
    try:
        await ports.store.commit([update_job(job, record)])
    except ConflictError:  # a worker is moving it after all
        return 0
    await publish_job(ports, job)
    _log_repeated(record, job.sweeps)
    return 1


async def _sweep_draft(ports: RepairPorts, record: Record) -> int:
    draft = decode_draft(record)
    pause_seconds = SWEEP_AFTER_SECONDS * 2 ** min(draft.sweeps, SWEEP_DOUBLINGS_MAX)
    sweep_at = ports.clock.now() + timedelta(seconds=pause_seconds)
    later = replace(draft, sweeps=draft.sweeps + 1, sweep_at=sweep_at)
    try:
        await ports.store.commit([update_sharded(record, later)])
    except ConflictError:
        return 0
    await publish_draft(ports, draft.id, draft_lane(draft))
    _log_repeated(record, later.sweeps)
    return 1


async def sweep_due(ports: RepairPorts, record: Record, publish: _Publish = publish_due) -> int:
    """A gift, a purchase, an erasure, a wallet or an event; their workers decide what is due with them."""
    sweeps = int(record.fields["sweeps"])
    pause_seconds = SWEEP_AFTER_SECONDS * 2 ** min(sweeps, SWEEP_DOUBLINGS_MAX)
    sweep_at = ports.clock.now() + timedelta(seconds=pause_seconds)
    later = {"sweeps": sweeps + 1, "sweep_at": sweep_at, **shard_fields(record.key)}
    try:
        await ports.store.commit([Update(record.key, later, record.version)])
    except ConflictError:
        return 0
    await publish(ports, record.key)
    _log_repeated(record, sweeps + 1)
    return 1


def _log_repeated(record: Record, sweeps: int) -> None:
    if sweeps >= REPEATED_MIN:
        log_event("work_repeated", severity="WARNING", key=f"{record.key.collection}/{record.key.id}", sweeps=sweeps)
