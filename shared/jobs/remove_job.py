"""Removing a job whose term is over: its files, then its document.

files ── document                       each may be repeated; what dies in between is found by `sweep` again
     └─ younger than two days: its words only, so that a press that comes again finds it and buys nothing
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from shared.errors import ConflictError
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob, change_job
from shared.logs import log_event
from shared.people.storage import REPEATED_FOR
from shared.ports import Delete, Ports


async def remove_job(ports: Ports, ended: StoredJob) -> None:
    """Remove what is stored of an ended job. Raises UnavailableError."""
    now = ports.clock.now()
    await ports.blobs.delete_all(f"jobs/{ended.job.id}/")
    if now < ended.job.created_at + REPEATED_FOR:
        await change_job(ports, ended, lambda job: _emptied(job, now))
    else:
        with suppress(ConflictError):  # somebody changes it: the next sweep comes
            await ports.store.commit([Delete(ended.record.key, ended.record.version)])
    log_event("job_removed", job_id=ended.job.id)


def _emptied(job: Job, now: datetime) -> Job:
    """The job without words, results and further work: for everybody a deleted one."""
    request, artefacts = job.request.without_words(), type(job.artefacts)()
    gone = replace(job, request=request, artefacts=artefacts, model_said="", sweep_at=None, shelves=())
    return replace(gone, deleted_at=job.deleted_at or now, purged_at=job.purged_at or now)
