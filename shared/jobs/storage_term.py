"""How long a job and its files stay, where their person chose a shorter term. Pure.

    created ─────────────── leaves_at: files and document are removed ─── expire_at: Firestore deletes what is left

A bucket's rules know no people, and Firestore deletes a document without its files. So `sweep` comes at `leaves_at`,
and a worker removes the files first.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.jobs.job import ENDS, Job
from shared.people.storage import DEFAULT_RESULTS_DAYS, REPEATED_FOR, Storage

MARGIN = timedelta(days=1)
"""How long a removal may be late before Firestore deletes the document that names the files."""


def keep_as_chosen(job: Job, storage: Storage, *, is_hidden: bool = False) -> Job:
    """A new job with the term that its person chose; `is_hidden`: it is asked for incognito."""
    if is_hidden:
        return _hide(job)
    return job if storage.results_days >= DEFAULT_RESULTS_DAYS else _leave(job, timedelta(days=storage.results_days))


def keep_as_long(job: Job, earlier: Job) -> Job:
    """A job that goes on with another one's work, with the same term."""
    if earlier.is_incognito:
        return _hide(job)
    return job if earlier.leaves_at is None else _leave(job, earlier.leaves_at - earlier.created_at)


def keep_shorter(job: Job, days: int, sweep_at: datetime) -> Job | None:
    """A stored job with a shorter term, which `sweep` finds at `sweep_at` or when the term ends, whichever is later.

    None if its term is not shortened.
    """
    shorter = _leave(job, timedelta(days=days))
    if shorter.leaves_at is None or shorter.leaves_at == job.leaves_at:
        return None
    if job.state not in ENDS or (job.sweep_at is not None and job.leaves_at is None):
        return shorter  # whoever ends its work has it swept at `leaves_at`
    return replace(shorter, sweep_at=max(shorter.leaves_at, sweep_at))


def _hide(job: Job) -> Job:
    """The job that leaves once it cannot be under way any more."""
    expire_at = job.deadline_at + REPEATED_FOR
    return replace(job, is_incognito=True, leaves_at=job.deadline_at, expire_at=min(job.expire_at, expire_at))


def _leave(job: Job, term: timedelta) -> Job:
    """The job with at most this term; one that leaves earlier, or is gone within a day anyway, stays as it is."""
    leaves_at = min(job.created_at + term, job.expire_at - MARGIN)
    if leaves_at <= job.created_at or (job.leaves_at is not None and job.leaves_at <= leaves_at):
        return job
    return replace(job, leaves_at=leaves_at, expire_at=leaves_at + MARGIN)
