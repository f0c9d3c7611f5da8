"""A video that comes after its credits were returned: it is free, and a job of its own delivers it.

FAILED, awaited ── task ── not yet ── a later task, until a day after the deadline
                        ├─ there ── one commit: no longer awaited, a new job at no price: POLLING ── shown on the card
                        └─ it will not come ── no longer awaited: the provider's data is deleted (`mend_video.py`)

The returned credits stay returned: the new job holds and captures nothing. Its id follows from the id of the first job,
so however many workers find the video, one job delivers it. No lease is needed: polling changes nothing.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.jobs.identity import job_id_of, late_intent
from shared.jobs.job import SWEEP_AFTER_SECONDS, Attempt, Job, JobState
from shared.jobs.job_documents import create_job, update_job
from shared.jobs.job_events import job_facts
from shared.jobs.open_jobs import StoredJob, change_job, open_job
from shared.jobs.publish_jobs import publish_job
from shared.jobs.storage_term import keep_as_long
from shared.logs import log_event
from shared.people.accounts import try_until_won
from shared.ports import Ports, VideoStudio
from shared.providers.outcomes import Broken, Busy, TimedOut
from shared.providers.videos import Lost, Running, VideoMade
from shared.telegram.address import chat_of, forget_card
from shared.videos.ask_provider import ask_provider, operation_of
from shared.videos.pace import AWAITED, late_pause_after
from shared.videos.video import TRIED_FOR, VideoArtefacts, made_prefix, video_artefacts, video_request


def awaited_until(job: Job) -> datetime:
    """Until when a video may still come that is awaited."""
    return job.deadline_at + AWAITED


async def look_late(ports: Ports, studio: VideoStudio, ended: StoredJob) -> None:
    """Poll once for the video of an ended job that is awaited. Raises UnavailableError."""
    now = ports.clock.now()
    if ended.job.not_before is not None and now < ended.job.not_before:
        return  # another task has just polled; the one that it created polls next
    told = await ask_provider(studio, ended.job)
    if isinstance(told, VideoMade):
        await _hand_over(ports, ended.job)
    elif isinstance(told, Running | Busy | TimedOut | Broken) or _may_be_found(ended.job, told):
        await _look_later(ports, ended, now + late_pause_after(ended.job, now))
    else:
        await _stop_waiting(ports, ended)


def _may_be_found(job: Job, told: object) -> bool:
    """Whether the start was never answered: a file, or a notice that names the operation, may still come."""
    return isinstance(told, Lost) and not operation_of(job)


async def _look_later(ports: Ports, ended: StoredJob, at: datetime) -> None:
    def plan(job: Job) -> Job | None:
        if not video_artefacts(job).is_awaited:
            return None
        return replace(job, not_before=at, sweep_at=at + timedelta(seconds=SWEEP_AFTER_SECONDS), sweeps=0)

    await change_job(ports, ended, plan)
    await publish_job(ports, ended.job, at)


async def _stop_waiting(ports: Ports, ended: StoredJob) -> None:
    stopped = await change_job(ports, ended, _no_longer_awaited)
    await publish_job(ports, stopped.job)  # `mend` deletes the provider's data


async def _hand_over(ports: Ports, job: Job) -> None:
    """Create the job that delivers the video, once."""

    async def attempt() -> Job | None:
        opened = await open_job(ports, job.id)
        if opened is None or not video_artefacts(opened.job).is_awaited:
            return None
        late = plan_late_job(opened.job, ports.clock.now())
        await ports.store.commit([update_job(_given_over(opened.job), opened.record), create_job(late)])
        return late

    late = await try_until_won(ports, attempt)
    if late is not None:
        usd_micros = job.request.cost_of_call()  # booked when it was started, and never returned
        log_event("video_came_late", late_job_id=late.id, usd_micros=usd_micros, **job_facts(job))
        await publish_job(ports, late)


def plan_late_job(job: Job, now: datetime) -> Job:
    """The free job that stores and shows the video of a job whose credits were returned, on the same card."""
    intent, artefacts = late_intent(job.id), video_artefacts(job)
    late = Job(
        id=job_id_of(intent, 1),
        intent=intent,
        user_id=job.user_id,
        payer=job.payer,
        language=job.language,
        surface=job.surface,
        address=job.address,
        kind=job.kind,
        request=replace(video_request(job), price=0, bound_usd_micros=0, late_of=job.id),  # its call is booked
        index=1,
        count=1,
        created_at=now,
        deadline_at=now + TRIED_FOR,
        expire_at=now + job.request.kept(),
        state=JobState.POLLING,
        fence=1,
        sweep_at=now + timedelta(seconds=SWEEP_AFTER_SECONDS),
        attempts=(Attempt(1, now),),
        operation=artefacts.kept_operation,
        artefacts=VideoArtefacts(
            provider=artefacts.provider,
            model_id=artefacts.model_id,
            begun_at=artefacts.begun_at,
            kept_operation=artefacts.kept_operation,
            made_under=made_prefix(job),
        ),
    )
    return keep_as_long(late, job)


def _given_over(job: Job) -> Job:
    """The ended job without its card, its operation and further work: the late job has them now."""
    job = forget_card(job)
    job = replace(job, address=replace(chat_of(job), messages=()), sweep_at=job.leaves_at, not_before=None)
    return replace(job, artefacts=replace(video_artefacts(job), is_awaited=False, kept_operation=""))


def _no_longer_awaited(job: Job) -> Job:
    return replace(job, artefacts=replace(video_artefacts(job), is_awaited=False))
