"""Forgetting a picture because its owner says so."""

from dataclasses import replace

from shared.domain.jobs import Job
from shared.flows.open_jobs import OpenJob, change_job
from shared.ports import Ports


async def delete_result(ports: Ports, opened: OpenJob) -> None:
    """Delete a picture's files, then mark the job; may be repeated. Raises UnavailableError."""
    result = opened.job.result
    if result is None:
        return
    for name in (result.blob, result.signature_blob):
        if name is not None:
            await ports.blobs.delete(name)
    now = ports.clock.now()

    def mark(job: Job) -> Job | None:
        return None if job.deleted_at is not None else replace(job, deleted_at=now)

    await change_job(ports, opened, mark)
