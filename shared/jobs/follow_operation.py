"""Long operations of a provider: they are begun once, and no worker waits for them.

make ── commit: SUBMITTED ── ask the provider ── commit: POLLING, its operation ── task ── poll ── task ── poll …
                          ╳ died: unknown ── look ── found ────────────────────────┘
                                                  └─ not found ── the job fails, its hold is released;
                                                                  the provider is not asked again
"""

from collections.abc import Callable
from datetime import timedelta

from shared.jobs.attempts import follow, submit
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob, change_held_job
from shared.jobs.pause_job import pause_job, unchanged
from shared.ports import Ports


async def begin_submission(ports: Ports, held: StoredJob, note: Callable[[Job], Job] = unchanged) -> StoredJob:
    """Record that the provider is about to be asked. Raises LeaseLostError, UnavailableError: then do not ask.

    `note`, here and below, adds what the kind records in the same commit.
    """
    return await change_held_job(ports, held, lambda job: submit(note(job)))


async def follow_operation(
    ports: Ports, held: StoredJob, operation: str, pause: timedelta, note: Callable[[Job], Job] = unchanged
) -> None:
    """Store the operation, release the lease, and schedule a poll after the pause; idempotent.

    The poll comes at the deadline at the latest, which ends the job. Raises LeaseLostError, UnavailableError.
    """
    left = max(held.job.deadline_at - ports.clock.now(), timedelta())
    await pause_job(ports, held, min(pause, left).total_seconds(), lambda job: follow(note(job), operation))
