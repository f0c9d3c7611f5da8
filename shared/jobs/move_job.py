"""Runs one step of a job: choose the step, claim the lease, execute. Any worker can do it."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from shared.codec import as_written
from shared.errors import DocumentUnreadableError, LeaseLostError, StoppedError, UnavailableError
from shared.jobs.attempts import start_attempt, stop_attempt
from shared.jobs.end_unreadable import end_unreadable
from shared.jobs.frame import Kind, S, is_known, surface_of
from shared.jobs.job import Job, claim, give_back, may_be_drawn_over
from shared.jobs.job_documents import update_job
from shared.jobs.job_events import job_facts
from shared.jobs.keep_lease import keep_lease
from shared.jobs.next_step import Move, NextStep, is_too_old_to_show, next_step
from shared.jobs.open_jobs import StoredJob, change_held_job, open_job, open_job_record
from shared.jobs.pause_job import pause_job
from shared.jobs.postpone_job import begin_waiting, brake, wait_again
from shared.jobs.publish_jobs import publish_job
from shared.jobs.refuse_job import refuse_job, tell_end
from shared.jobs.remove_job import remove_job
from shared.jobs.stop_work import run_unless_stopped
from shared.jobs.take_turn import may_begin, publish_first
from shared.logs import log_event
from shared.people.accounts import try_until_won
from shared.ports import Ports, Record
from shared.providers.outcomes import FailureReason
from shared.providers.price_day import set_price_day

OUTAGE_PAUSE_SECONDS = 5.0
REDRAW_PAUSE_SECONDS = 30.0
ENDING = frozenset({Move.WAIT, Move.PURGE, Move.REMOVE, Move.TELL, Move.GIVE_UP})
"""The only steps for a job whose model only another release has: its hold is released at the deadline."""


async def move_job(
    ports: Ports, studio: S, kinds: Mapping[str, Kind[S]], job_id: str, carried: Record | None = None
) -> Job | None:
    """Run one step of a job; returns the job as it was when claimed, or None if there was nothing to do.

    `carried` is its document from the task. Raises UnavailableError: the task should be retried.
    """
    set_price_day(ports.clock.now())
    brought = [carried]

    async def attempt() -> tuple[StoredJob | None, NextStep]:
        return await _take_up(ports, studio, kinds, job_id, brought.pop() if brought else None)

    held, step = await try_until_won(ports, attempt)
    if held is None:
        return None
    kind = kinds[held.job.kind]
    if step.move is Move.NOTHING:
        await _mend_end(ports, studio, kind, held)
        return None
    if step.move is Move.WAIT:
        await publish_job(ports, held.job, step.at)
        return None
    if step.move is Move.PURGE:  # idempotent and without side effects on others: needs no lease
        await kind.purge(ports, held)
        return held.job
    if step.move is Move.REMOVE:  # likewise
        await remove_job(ports, held)
        return None
    try:
        async with keep_lease(ports, held):
            await run_unless_stopped(
                studio, _take_step(ports, studio, kind, held, step), nearly_done=step.move is not Move.MAKE
            )
    except StoppedError:
        await _give_back(ports, held)
    except LeaseLostError:  # the worker or the cancel that raised the fence does the rest
        await _redraw(ports, held.job)
    except UnavailableError:
        await _let_go(ports, held)
        raise
    return held.job


async def _take_up(
    ports: Ports, studio: S, kinds: Mapping[str, Kind[S]], job_id: str, carried: Record | None
) -> tuple[StoredJob | None, NextStep]:
    """The job and its next step, claimed if the step needs an owner. Raises ConflictError, UnavailableError.

    A carried document is used only if a commit follows, whose precondition detects a stale version.
    """
    opened = await _open_known(ports, kinds, job_id, carried)
    if opened is None:
        return None, NextStep(Move.NOTHING)
    kind = kinds[opened.job.kind]
    step = next_step(opened.job, ports.clock.now())
    if carried is not None and step.move is not Move.MAKE:
        return await _take_up(ports, studio, kinds, job_id, None)
    if not opened.job.request.is_known() and step.move not in ENDING:
        return None, NextStep(Move.NOTHING)
    if step.move in {Move.NOTHING, Move.WAIT, Move.PURGE, Move.REMOVE}:
        return opened, step
    if step.move is Move.MAKE and not await may_begin(ports, opened.job):  # the end of the job ahead creates the task
        return None, NextStep(Move.NOTHING)
    if step.move is Move.MAKE and brake(ports, studio, kind, opened.job):
        if opened.job.busy_since is not None:
            return await wait_again(ports, studio, kind, opened)
        step = NextStep(Move.POSTPONE)
    return await _claim(ports, opened, step), step


async def _open_known(
    ports: Ports, kinds: Mapping[str, Kind[S]], job_id: str, carried: Record | None
) -> StoredJob | None:
    """The job; None if this release does not know its kind or surface, or cannot read it."""
    try:
        opened = await open_job(ports, job_id) if carried is None else open_job_record(ports, carried)
    except DocumentUnreadableError as error:  # a retry would not help; `sweep` publishes the job again later
        log_event("document_unreadable", severity="ERROR", error=error, key=f"jobs/{job_id}")
        await end_unreadable(ports, job_id)
        return None
    if opened is None or (opened.job.kind in kinds and is_known(ports, opened.job)):
        return opened
    await end_unreadable(ports, job_id)
    return None


async def _mend_end(ports: Ports, studio: S, kind: Kind[S], ended: StoredJob) -> None:
    """Repair a finished job: a killed worker may have drawn its clock over the end, or may not have created the task of
    the next job in the mailbox. Then the kind's own repair runs.
    """
    if may_be_drawn_over(ended.job):
        await _redraw(ports, ended.job)
    if ended.job.mailbox:
        await publish_first(ports, ended.job)
    await kind.mend(ports, studio, ended)


async def _redraw(ports: Ports, job: Job) -> None:
    """Draw the end on the card, now or a little later; give up after a day."""
    again_at = ports.clock.now() + timedelta(seconds=REDRAW_PAUSE_SECONDS)
    if not await surface_of(ports, job).redraw_end(ports, job.id) and not is_too_old_to_show(job, again_at):
        await publish_job(ports, job, again_at)


async def _let_go(ports: Ports, held: StoredJob) -> None:
    """Release the lease after an outage of ours, if that can be written, so that the retried task need not wait."""
    at = ports.clock.now() + timedelta(seconds=OUTAGE_PAUSE_SECONDS)
    with suppress(LeaseLostError, UnavailableError):
        await change_held_job(ports, held, lambda job: give_back(job, at))


async def _give_back(ports: Ports, held: StoredJob) -> None:
    """Release the lease so that another process can continue at once. Raises UnavailableError."""
    now = ports.clock.now()
    with suppress(LeaseLostError):
        await pause_job(ports, held, 0.0, lambda job: stop_attempt(job, now))


async def _claim(ports: Ports, opened: StoredJob, step: NextStep) -> StoredJob:
    now = ports.clock.now()
    claimed = claim(opened.job, now)
    if step.move is Move.MAKE:
        claimed = start_attempt(claimed, now)
    write = update_job(claimed, opened.record)
    [version] = await ports.store.commit([write])
    return StoredJob(claimed, as_written(write, version))


async def _take_step(ports: Ports, studio: S, kind: Kind[S], held: StoredJob, step: NextStep) -> None:
    match step.move:
        case Move.MAKE:
            await kind.make(ports, studio, held)
        case Move.POSTPONE:
            await begin_waiting(ports, studio, kind, held)
        case Move.LOOK if kind.look is not None:
            await kind.look(ports, studio, held)
        case Move.POLL if kind.poll is not None:
            await kind.poll(ports, studio, held)
        case Move.SHOW:
            await kind.deliver(ports, studio, held)
        case Move.TELL:
            await tell_end(ports, held)
        case _ if await kind.recover(ports, studio, held):
            return
        case _:
            reason = step.failure or FailureReason.OURS
            log_event("job_given_up", severity="WARNING", code=reason.value, **job_facts(held.job))
            await refuse_job(ports, held, reason)
