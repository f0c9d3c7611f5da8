"""Renewing the lease while a worker is busy, so that leases can be short and a dead worker is noticed soon.

The same event loop does the work and the renewal, so a process that hangs renews nothing.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from shared.errors import UnavailableError
from shared.jobs.job import is_held, renew_lease
from shared.jobs.open_jobs import StoredJob, change_job, open_job
from shared.jobs.time_limits import RENEW_SECONDS, VISIT_SECONDS_MAX
from shared.logs import log_event
from shared.ports import Ports


@asynccontextmanager
async def keep_lease(ports: Ports, held: StoredJob) -> AsyncIterator[None]:
    """Renew the lease of a claimed job while the body runs, for as long as a visit may take."""
    keeping = asyncio.create_task(_keep(ports, held))
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.wait({keeping})
        if not keeping.cancelled() and (error := keeping.exception()) is not None:
            log_event("renewal_failed", severity="WARNING", error=error)  # the next commit checks the fence anyway


async def _keep(ports: Ports, held: StoredJob) -> None:
    for _ in range(int(VISIT_SECONDS_MAX / RENEW_SECONDS)):
        await asyncio.sleep(RENEW_SECONDS)
        with suppress(UnavailableError):
            if not await _renew(ports, held):
                return


async def _renew(ports: Ports, held: StoredJob) -> bool:
    """Whether the job is still this worker's."""
    opened, fence = await open_job(ports, held.job.id), held.job.fence
    if opened is None:
        return False
    now = ports.clock.now()
    return is_held((await change_job(ports, opened, lambda job: renew_lease(job, fence, now))).job, fence)
