"""Stopping what still waits: by its button, or everything of one person by /cancel."""

from contextlib import suppress
from dataclasses import replace

from shared.domain.jobs import Job, JobState, asked_of, claim, is_canceled, refuse
from shared.domain.ledger import release_hold
from shared.domain.users import CancelMark, covers, mark_canceled
from shared.errors import ConflictError, LeaseLostError
from shared.flows.accounts import log_gift, open_user, try_until_won
from shared.flows.documents import queued_jobs_of
from shared.flows.job_events import end_facts
from shared.flows.open_jobs import OpenJob, open_job, open_job_record, settle_job
from shared.flows.refuse_job import tell_end
from shared.logs import log_event
from shared.ports import Ports


async def cancel_job(ports: Ports, job_id: str, *, is_joined: bool = False) -> Job | None:
    """Cancel a queued job, return its credits and say so on its card; the job as it now is, canceled or not.

    `is_joined`: its words become part of another request. Raises UnavailableError.
    """

    async def attempt() -> Job | None:
        opened = await open_job(ports, job_id)
        if opened is None or opened.job.state is not JobState.QUEUED:
            return None if opened is None else opened.job
        try:
            canceled = await _settle_canceled(ports, opened, is_joined=is_joined)
        except LeaseLostError as error:
            raise ConflictError("a worker was faster") from error
        log_event("job_canceled", outcome="refused", code="", **end_facts(canceled.job, ports.clock.now()))
        with suppress(LeaseLostError):  # the sweep tells it when we are too slow
            await tell_end(ports, canceled)
        return canceled.job

    return await try_until_won(ports, attempt)


async def cancel_all_jobs(ports: Ports, user_id: int, mark: CancelMark) -> list[Job]:
    """Cancel what the person asked for before this /cancel, also what has not arrived yet.

    Returns the jobs that this call canceled. Raises UnavailableError.
    """
    await try_until_won(ports, lambda: _leave_mark(ports, user_id, mark))
    found = await ports.store.find(queued_jobs_of(user_id))
    earlier = [record.key.id for record in found if covers(mark, asked_of(open_job_record(record).job))]
    canceled = [await cancel_job(ports, job_id) for job_id in earlier]
    return [job for job in canceled if job is not None and is_canceled(job)]


async def _settle_canceled(ports: Ports, opened: OpenJob, *, is_joined: bool) -> OpenJob:
    user, at = await open_user(ports, opened.job.user_id), ports.clock.now()
    return await settle_job(  # nobody takes a queued job without raising its fence: who was faster makes us lose it
        ports,
        opened,
        user,
        lambda job: replace(refuse(claim(job, at), None), is_joined=is_joined),
        lambda account, hold: release_hold(account, hold, at),
    )


async def _leave_mark(ports: Ports, user_id: int, mark: CancelMark) -> None:
    opened = await open_user(ports, user_id)
    marked = mark_canceled(opened.user, ports.bot_id, mark)
    if marked is not None:
        await ports.store.commit(opened.writes(replace(marked, waiting=None)))
        log_gift(opened)
