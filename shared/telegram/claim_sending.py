"""Sends that are not idempotent, at most once in a while: the time is stored in a job before anything is sent."""

from collections.abc import Callable
from datetime import datetime, timedelta

from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob, change_job
from shared.ports import Ports

SENT_ALREADY = timedelta(seconds=60)
"""A second press within this time is taken as impatience; later the message may have scrolled away."""


async def claim_sending(
    ports: Ports,
    opened: StoredJob,
    pressed_at: datetime,
    sent_at: Callable[[Job], datetime | None],
    note: Callable[[Job, datetime], Job],
    within: timedelta = SENT_ALREADY,
) -> StoredJob | None:
    """Store the time of sending; returns the job for the one press that sends, None if it was just sent.

    `sent_at` reads that time from the job, `note` writes it. Raises UnavailableError.
    """
    now, is_ours = ports.clock.now(), False

    def claim(job: Job) -> Job | None:
        nonlocal is_ours
        last = sent_at(job)
        is_ours = last is None or pressed_at >= last + within
        return note(job, now) if is_ours else None

    claimed = await change_job(ports, opened, claim)
    return claimed if is_ours else None
