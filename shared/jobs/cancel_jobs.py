"""Canceling a job that has no result yet.

worker ── claim (fence 1) ── model ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ looks: fence 2 ── stops, draws the end again
cancel ──────────────────────── commit (fence 2, release) ── card: canceled
cancel ──────────────────────── commit ✗ the picture is stored ── too late
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from shared.errors import ConflictError, LeaseLostError
from shared.jobs.attempts import cancel, was_drawn
from shared.jobs.frame import is_known
from shared.jobs.job import CANCELABLE, Job, JobState
from shared.jobs.job_documents import update_job
from shared.jobs.job_events import end_facts
from shared.jobs.open_jobs import StoredJob, open_job, releasing, settle_job
from shared.jobs.publish_jobs import publish_job, publish_stop
from shared.jobs.refuse_job import tell_end
from shared.jobs.screens import screens_of
from shared.logs import log_event
from shared.people.accounts import open_user, try_until_won
from shared.ports import Ports

REDRAW_SECONDS = 12.0
"""By this time a working worker has noticed a cancel, or is dead."""


async def cancel_job(ports: Ports, job_id: str, *, is_joined: bool = False) -> Job | None:
    """Cancel a job without a result, release its hold and say so on its card; returns the changed job.

    If the kind keeps partial results, a running job is told to end instead.

    `is_joined`: its words became part of another request. Raises UnavailableError.
    """

    async def attempt() -> Job | None:
        opened = await open_job(ports, job_id)
        if opened is None or opened.job.state not in CANCELABLE or not is_known(ports, opened.job):
            return None if opened is None else opened.job
        stop = screens_of(ports, opened.job).stop
        if stop is not None and opened.job.state is JobState.WORKING:
            return await _ask_to_stop(ports, opened, stop)
        try:
            canceled = await _settle_canceled(ports, opened, is_joined=is_joined)
        except LeaseLostError as error:
            raise ConflictError("a worker was faster") from error
        log_event("job_canceled", outcome="refused", code="", **end_facts(canceled.job, ports.clock.now()))
        with suppress(LeaseLostError):  # if we are too slow, the sweep announces the end
            await tell_end(ports, canceled)
        if canceled.job.fence > 1:  # a worker may still edit the card: redraw the end when it no longer can
            await publish_job(ports, canceled.job, ports.clock.now() + timedelta(seconds=REDRAW_SECONDS))
        return canceled.job

    return await try_until_won(ports, attempt)


async def _ask_to_stop(ports: Ports, opened: StoredJob, stop: Callable[[Job, datetime], Job]) -> Job:
    """Tell the worker to end the job; the person keeps and pays the text so far. Raises ConflictError."""
    asked = stop(opened.job, ports.clock.now())
    await ports.store.commit([update_job(asked, opened.record)])
    await publish_stop(ports, asked)
    return asked


async def _settle_canceled(ports: Ports, opened: StoredJob, *, is_joined: bool) -> StoredJob:
    user, at = await open_user(ports, opened.job.user_id), ports.clock.now()

    def stop(job: Job) -> Job:
        if job.state not in CANCELABLE:  # the worker has stored the picture meanwhile, under the same fence
            raise LeaseLostError(f"the job is {job.state}")
        return replace(cancel(job, at), is_joined=is_joined)

    is_drawn = was_drawn(cancel(opened.job, at))  # counts as our loss: endless drawing and canceling must be bounded
    return await settle_job(ports, opened, user, stop, releasing(at, was_drawn=is_drawn))
