"""A provider says that a video has ended: the next poll is due now. Nothing else is believed.

At the first notice of a job its pause ends, and the provider is asked. A notice may also name the operation of a start
whose answer was lost: the next poll finds out whether the provider knows it, and a canceled one is deleted there. Every
other notice changes nothing: a second one, one while a worker holds the job, or one after a video's end. Without any
the polls go on as ever.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from shared.jobs.frame import Kind, is_known
from shared.jobs.job import SWEEP_AFTER_SECONDS, Job, JobState
from shared.jobs.job_events import job_facts
from shared.jobs.move_job import move_job
from shared.jobs.open_jobs import change_job, open_job
from shared.logs import log_event
from shared.ports import Ports, VideoStudio
from shared.providers.notices import NAMING_PROVIDER
from shared.videos.video import is_video, note_kept, video_artefacts


async def take_notice(
    ports: Ports, studio: VideoStudio, kinds: Mapping[str, Kind[VideoStudio]], job_id: str, operation: str
) -> None:
    """Ask the provider of this job now, if it is time to; `operation` may be empty. Raises UnavailableError."""
    opened = await open_job(ports, job_id)
    if opened is None or not is_known(ports, opened.job) or not is_video(opened.job):
        return
    hurried = await change_job(ports, opened, partial(_take, operation=operation, now=ports.clock.now()))
    if hurried.job is opened.job:
        return
    log_event("video_noticed", **job_facts(hurried.job))
    if hurried.job.lease_until is None:
        await move_job(ports, studio, kinds, job_id)


def _take(job: Job, operation: str, now: datetime) -> Job | None:
    """The job after a notice; None if that changes nothing."""
    artefacts = video_artefacts(job)
    is_unheard = bool(operation) and not artefacts.kept_operation and artefacts.provider == NAMING_PROVIDER
    if is_unheard and (job.state is JobState.SUBMITTED or artefacts.is_awaited):
        return _hurry(note_kept(job, operation))
    if is_unheard and job.state is JobState.CANCELED and not artefacts.is_noticed:
        known = note_kept(replace(job, artefacts=replace(artefacts, is_noticed=True)), operation)
        return replace(known, sweep_at=now + timedelta(seconds=SWEEP_AFTER_SECONDS))  # `mend` deletes it
    is_waiting = job.state is JobState.POLLING or artefacts.is_awaited
    if not is_waiting or job.lease_until is not None or artefacts.is_noticed:
        return None
    return _hurry(replace(job, artefacts=replace(artefacts, is_noticed=True)))


def _hurry(job: Job) -> Job:
    """The job whose pause is over, if no worker holds it."""
    return job if job.lease_until is not None else replace(job, not_before=None)
