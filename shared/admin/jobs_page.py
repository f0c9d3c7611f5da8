"""GET /admin/jobs: the jobs that are open, the most overdue first, and those of today that failed. Two queries."""

from datetime import datetime, timedelta

from shared.admin.calls import AdminCall
from shared.admin.page import Frame, show_page
from shared.admin.person_page import line_of, read_job
from shared.jobs.day_numbers import day_of
from shared.jobs.job import ENDS, Job, JobState
from shared.jobs.shards import due_for_sweep, newest_in_state
from shared.miniapp.calls import Reply
from shared.ports import AppPorts, Query
from shared.texts import plain_text

SHOWN_MAX = 50
AHEAD = timedelta(days=400)
"""Every job that is open is due before that: by then `sweep` would look after it."""
OVERDUE = timedelta(minutes=5)
"""After so long without anybody who moves it a job is worth a look."""


async def show_jobs(ports: AppPorts, call: AdminCall) -> Reply:
    """The board. Raises UnavailableError."""
    now = ports.clock.now()
    due = await _read_jobs(ports, due_for_sweep("jobs", now + AHEAD, SHOWN_MAX))
    opened = [job for job in due if job.state not in ENDS]
    failed = await _read_jobs(ports, newest_in_state("jobs", JobState.FAILED.value, SHOWN_MAX))
    today = [job for job in failed if day_of(job.created_at) == day_of(now)]
    return show_page(
        call,
        "jobs.html",
        Frame("jobs", plain_text(call.by.language, "admin-tab-jobs"), "/admin"),
        open=[(line_of(call, job), _minutes_late(job, now)) for job in opened],
        oldest=min((job.created_at for job in opened), default=None),
        failed=[line_of(call, job) for job in today],
        shown_max=SHOWN_MAX,
    )


async def _read_jobs(ports: AppPorts, query: Query) -> list[Job]:
    return [job for record in await ports.store.find(query) if (job := read_job(ports, record)) is not None]


def _minutes_late(job: Job, now: datetime) -> int:
    """For how many minutes nobody has moved the job that should have been moved; 0: it is cared for."""
    late = timedelta() if job.sweep_at is None else now - job.sweep_at
    return int(late.total_seconds() // 60) if late >= OVERDUE else 0
