"""The repair: whatever nobody moved in time gets a new task. It decides nothing itself; the tasks do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.domain.jobs import SWEEP_AFTER_SECONDS, swept
from shared.errors import ConflictError, UnavailableError
from shared.flows.documents import decode_draft, draft_key, due_for_sweep, encode, update_job
from shared.flows.open_jobs import open_job_record
from shared.flows.publish_jobs import publish_draft, publish_job
from shared.logs import log_event
from shared.ports import Record, RepairPorts, Update

SWEEP_DOUBLINGS_MAX = 10
"""A draft that cannot be closed is tried less and less, at last every eight hours."""
REPEATED_MIN = 6
"""After so many sweeps, whose pauses add up to a quarter of an hour, what is still not moved is somebody's work."""
BATCH_MAX = 200
"""Documents of a kind in one call; the next call takes the rest."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many tasks a sweep created."""

    jobs: int
    drafts: int


async def sweep_work(ports: RepairPorts) -> Swept:
    """Publish every overdue job and draft again. Raises UnavailableError."""
    now = ports.clock.now()
    jobs = await ports.store.find(due_for_sweep("jobs", now, BATCH_MAX))
    drafts = await ports.store.find(due_for_sweep("drafts", now, BATCH_MAX))
    return Swept(
        jobs=sum([await _try(_sweep_job, ports, record) for record in jobs]),
        drafts=sum([await _try(_sweep_draft, ports, record) for record in drafts]),
    )


async def _try(sweep: Callable[[RepairPorts, Record], Awaitable[int]], ports: RepairPorts, record: Record) -> int:
    """One unreadable document must not keep the others from being repaired."""
    try:
        return await sweep(ports, record)
    except UnavailableError:
        raise
    except Exception as error:  # noqa: BLE001 — whatever is wrong with it
        log_event("document_unreadable", severity="ERROR", error=error, key=f"{record.key.collection}/{record.key.id}")
        return 0


async def _sweep_job(ports: RepairPorts, record: Record) -> int:
    opened = open_job_record(record)
    job = swept(opened.job, ports.clock.now())
    try:
        await ports.store.commit([update_job(job, opened.version)])
    except ConflictError:  # somebody moves it after all
        return 0
    await publish_job(ports, job.id)
    _log_repeated(record, job.sweeps)
    return 1


async def _sweep_draft(ports: RepairPorts, record: Record) -> int:
    draft = decode_draft(record)
    pause_seconds = SWEEP_AFTER_SECONDS * 2 ** min(draft.sweeps, SWEEP_DOUBLINGS_MAX)
    sweep_at = ports.clock.now() + timedelta(seconds=pause_seconds)
    later = replace(draft, sweeps=draft.sweeps + 1, sweep_at=sweep_at)
    try:
        await ports.store.commit([Update(draft_key(draft.id), encode(later), record.version)])
    except ConflictError:
        return 0
    await publish_draft(ports, draft.id)
    _log_repeated(record, later.sweeps)
    return 1


def _log_repeated(record: Record, sweeps: int) -> None:
    if sweeps >= REPEATED_MIN:
        log_event("work_repeated", severity="WARNING", key=f"{record.key.collection}/{record.key.id}", sweeps=sweeps)
