"""Deleting a video: its files are removed a minute later."""

from dataclasses import replace
from datetime import timedelta

from shared.jobs.job import SWEEP_AFTER_SECONDS, Job, JobState
from shared.jobs.next_step import UNDO_SECONDS
from shared.jobs.open_jobs import StoredJob, change_job
from shared.jobs.publish_jobs import publish_job
from shared.ports import Ports


async def delete_video(ports: Ports, opened: StoredJob) -> Job:
    """Mark a delivered video as deleted, and have its files removed; its messages are the caller's. Idempotent.

    Returns the job, unchanged if it has no video to delete. Raises UnavailableError.
    """
    now = ports.clock.now()

    def mark(job: Job) -> Job | None:
        if job.state is not JobState.DELIVERED or job.deleted_at is not None:
            return None
        sweep_at = now + timedelta(seconds=UNDO_SECONDS + SWEEP_AFTER_SECONDS)
        return replace(job, deleted_at=now, sweep_at=sweep_at)

    deleted = (await change_job(ports, opened, mark)).job
    if deleted.deleted_at is not None:
        await publish_job(ports, deleted, deleted.deleted_at + timedelta(seconds=UNDO_SECONDS))
    return deleted
