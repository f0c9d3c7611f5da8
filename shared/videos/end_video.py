"""Ends a job without a video: returns the credits, and deletes the operation at the provider.

The provider's data is deleted when the video is shown, or when its job ends without one. If the provider cannot be
reached, this is retried for a day; until then the ended job keeps its `sweep_at`.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from shared.jobs.attempts import end_attempt
from shared.jobs.job import Job, JobState
from shared.jobs.job_events import job_facts
from shared.jobs.open_jobs import StoredJob, change_job
from shared.jobs.publish_jobs import publish_job
from shared.jobs.refuse_job import refuse_job
from shared.logs import log_event
from shared.ports import Ports, VideoStudio
from shared.providers.outcomes import FailureReason, ModelOutcome, NoResult, name_outcome
from shared.videos.video import note_kept, video_artefacts

FORGET_PAUSE = timedelta(minutes=5)
FORGOTTEN_WITHIN = timedelta(days=1)


async def end_unmade(ports: Ports, held: StoredJob, reason: FailureReason, outcome: ModelOutcome) -> None:
    """End a held job without asking the provider again. Raises LeaseLostError, UnavailableError."""
    said = outcome.said if isinstance(outcome, NoResult) else ""
    log_event(
        "attempt_failed", outcome=name_outcome(outcome), reason=getattr(outcome, "reason", ""), **job_facts(held.job)
    )
    await refuse_job(ports, held, reason, ending(ports, name_outcome(outcome), said))
    if video_artefacts(held.job).kept_operation:
        await publish_job(ports, held.job)  # `mend` deletes the provider's data


def ending(ports: Ports, name: str, said: str = "") -> Callable[[Job], Job]:
    """A function that records the end of the job's attempt."""
    now = ports.clock.now()
    return lambda job: replace(end_attempt(job, now, name), model_said=said or job.model_said)


async def forget_operation(studio: VideoStudio, job: Job) -> bool:
    """Delete the provider's data; returns whether nothing is left there."""
    artefacts = video_artefacts(job)
    if not artefacts.kept_operation:
        return True
    provider = studio.providers[artefacts.provider]
    if job.state is not JobState.DELIVERED and artefacts.video is None:  # it may be at work still
        await provider.cancel(artefacts.kept_operation)
    return await provider.forget(artefacts.kept_operation)


async def mend_video(ports: Ports, studio: VideoStudio, ended: StoredJob) -> None:
    """Delete the data that an ended video may have left at the provider. Raises UnavailableError."""
    if not video_artefacts(ended.job).kept_operation:
        return
    now = ports.clock.now()
    if await forget_operation(studio, ended.job) or now >= ended.job.created_at + FORGOTTEN_WITHIN:
        await change_job(ports, ended, _forgotten)
    else:
        await publish_job(ports, ended.job, now + FORGET_PAUSE)


def _forgotten(job: Job) -> Job:
    """The job without further work at the provider; a pending deletion of its files remains."""
    return replace(note_kept(job, ""), sweep_at=job.sweep_at if job.deleted_at is not None else None)
