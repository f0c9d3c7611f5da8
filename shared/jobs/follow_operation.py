"""Work that takes a provider minutes: it is asked once, and nobody waits for it.

make ── commit: SUBMITTED ── the provider is asked ── commit: POLLING, its operation ── task ── poll ── task ── poll …
                          ╳ died: nobody knows ── look: found ──────────────────────────┘
                                               └─ lookup finds nothing ── job fails, hold released;
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
    """Write down that the provider is about to be asked. Raises LeaseLostError, UnavailableError: then do not ask.

    `note`, here and below, is what the kind keeps beside it.
    """
    return await change_held_job(ports, held, lambda job: submit(note(job)))


async def follow_operation(
    ports: Ports, held: StoredJob, operation: str, pause: timedelta, note: Callable[[Job], Job] = unchanged
) -> None:
    """Write the operation down, let go of the job, and have it looked at after the pause; may be repeated.

    At the deadline at the latest, which ends it. Raises LeaseLostError, UnavailableError.
    """
    left = max(held.job.deadline_at - ports.clock.now(), timedelta())
    await pause_job(ports, held, min(pause, left).total_seconds(), lambda job: follow(note(job), operation))
