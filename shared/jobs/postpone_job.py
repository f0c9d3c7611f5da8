"""Postponing a job whose provider is unavailable; its card says so once.

The first wait claims the lease, so that a stale edit does not overwrite a cancel. Later waits, while the breaker is
still open, only write one document.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from shared.codec import as_written
from shared.errors import MessengerError
from shared.jobs.attempts import postpone_seconds, wait_for_provider
from shared.jobs.frame import Kind, S, surface_of
from shared.jobs.job import Job, give_back
from shared.jobs.job_documents import update_job
from shared.jobs.next_step import Move, NextStep
from shared.jobs.open_jobs import StoredJob
from shared.jobs.pause_job import pause_job
from shared.ports import Ports


def brake(ports: Ports, studio: S, kind: Kind[S], job: Job) -> bool:
    """Whether the breaker stops this job: its model is unavailable, and another job probes it."""
    return not studio.breaker.admits(_rung_name(ports, studio, kind, job), job.id, ports.clock.now())


async def wait_again(ports: Ports, studio: S, kind: Kind[S], opened: StoredJob) -> tuple[StoredJob, NextStep]:
    """Release a job whose card already says that it waits. Raises ConflictError, UnavailableError."""
    now = ports.clock.now()
    at = now + timedelta(seconds=postpone_seconds(opened.job, now, ports.ids.jitter()))
    waiting = give_back(_waiting(ports, studio, kind, opened.job), at)
    write = update_job(waiting, opened.record)
    [version] = await ports.store.commit([write])
    return StoredJob(waiting, as_written(write, version)), NextStep(Move.WAIT, at)


async def begin_waiting(ports: Ports, studio: S, kind: Kind[S], held: StoredJob) -> None:
    """Release a claimed job that may not ask now. Raises LeaseLostError, UnavailableError."""
    seconds = postpone_seconds(held.job, ports.clock.now(), ports.ids.jitter())
    await wait_aloud(ports, held, seconds, lambda job: _waiting(ports, studio, kind, job))


async def wait_aloud(ports: Ports, held: StoredJob, seconds: float, change: Callable[[Job], Job]) -> None:
    """Show that the job waits, then release it: after the release it may be canceled at any moment."""
    now, surface = ports.clock.now(), surface_of(ports, held.job)
    with suppress(MessengerError):
        held, _ = await surface.prepare(ports, held)
        await surface.show(ports, give_back(change(held.job), now))
    await pause_job(ports, held, seconds, change)


def _waiting(ports: Ports, studio: S, kind: Kind[S], job: Job) -> Job:
    is_faulty = studio.breaker.is_faulty(_rung_name(ports, studio, kind, job))
    return wait_for_provider(job, ports.clock.now(), is_faulty=is_faulty)


def _rung_name(ports: Ports, studio: S, kind: Kind[S], job: Job) -> str:
    """The name of the rung that this job would ask now."""
    return studio.gone.next_of(kind.rungs(studio, job), ports.clock.now()).name
