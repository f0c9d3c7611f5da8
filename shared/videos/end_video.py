"""Ends a job without a video: returns the credits. Deletes the operation at the provider.

The provider's data is deleted when the video is shown, or when its job ends and no video can come any more
(`mend_video.py`).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from shared.jobs.attempts import end_attempt
from shared.jobs.job import Job, JobState
from shared.jobs.job_events import job_facts
from shared.jobs.open_jobs import StoredJob
from shared.jobs.publish_jobs import publish_job
from shared.jobs.refuse_job import refuse_job
from shared.logs import log_event
from shared.ports import Ports, VideoStudio
from shared.providers.outcomes import FailureReason, ModelOutcome, NoResult, name_outcome
from shared.videos.pace import late_pause_after
from shared.videos.video import is_late, video_artefacts

FORGET_PAUSE = timedelta(minutes=5)


async def end_unmade(ports: Ports, held: StoredJob, reason: FailureReason, outcome: ModelOutcome) -> None:
    """End a held job without asking the provider again. Raises LeaseLostError, UnavailableError."""
    said = outcome.said if isinstance(outcome, NoResult) else ""
    _log_failed(held.job, name_outcome(outcome), getattr(outcome, "reason", ""))
    await refuse_job(ports, held, reason, ending(ports, name_outcome(outcome), said))
    if video_artefacts(held.job).kept_operation:
        await publish_job(ports, held.job)  # `mend` deletes the provider's data


async def end_awaited(ports: Ports, held: StoredJob, reason: FailureReason, outcome: str, said: str = "") -> None:
    """End a held job whose video may still come: then it is free (`late_video.py`).

    `outcome` is the attempt's, `said` the provider's word for the log. Raises LeaseLostError, UnavailableError.
    """
    _log_failed(held.job, outcome, said)
    end, now = ending(ports, outcome), ports.clock.now()
    await refuse_job(ports, held, reason, lambda job: _await_late(end(job)))
    await publish_job(ports, held.job, now + late_pause_after(held.job, now))


def _await_late(job: Job) -> Job:
    """The job whose video is still awaited; a late video itself is not awaited twice."""
    return job if is_late(job) else replace(job, artefacts=replace(video_artefacts(job), is_awaited=True))


def _log_failed(job: Job, outcome: str, reason: str) -> None:
    log_event("attempt_failed", outcome=outcome, reason=reason, **job_facts(job))


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
