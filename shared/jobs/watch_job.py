"""Watching a job while the model works: the worker rereads it every 4.5 s and stops if the fence was raised (a cancel).

After each read it shows progress, as long as the surface wants it. One read and one sign of progress are a beat.
"""

from contextlib import suppress
from datetime import datetime

from shared.errors import UnavailableError
from shared.jobs.frame import surface_of
from shared.jobs.job import Job, is_held
from shared.jobs.open_jobs import open_job
from shared.ports import Ports

FIRST_BEAT_SECONDS = 1.0
"""After the claim: the card was posted a moment ago."""
BEAT_SECONDS = 4.5
"""Telegram shows a chat action for 5 s."""
QUICK_SECONDS = 30.0
"""For this time the clock moves with every beat, afterwards with every second one."""


async def watch_job(ports: Ports, job: Job, *, moves_card: bool = True) -> bool:
    """Show progress until the lease ends; returns True as soon as the job is no longer this worker's."""
    assert job.lease_until is not None
    is_shown, beat, lease_until = True, 0, job.lease_until
    await ports.clock.sleep(FIRST_BEAT_SECONDS)
    while ports.clock.now() < lease_until:
        with suppress(UnavailableError):  # the next commit checks the fence anyway
            opened = await open_job(ports, job.id)
            if opened is None or not is_held(opened.job, job.fence):
                return True
            lease_until = opened.job.lease_until or lease_until
        if is_shown:
            is_due = moves_card and _moves_clock(job, ports.clock.now(), beat)
            is_shown = await surface_of(ports, job).show_life(ports, job, is_due=is_due)
        beat += 1
        await ports.clock.sleep(BEAT_SECONDS)
    return False


def _moves_clock(job: Job, now: datetime, beat: int) -> bool:
    return (now - job.created_at).total_seconds() < QUICK_SECONDS or beat % 2 == 0
