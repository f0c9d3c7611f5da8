"""A provider says that a video has ended: the next poll is due now. Nothing else is believed.

At the first notice of a job its pause ends, and the provider is asked. Every other notice changes nothing: one that
comes before the operation is known, while a worker holds the job, a second time, or after the end. Without any the
polls go on as ever.
"""

from collections.abc import Mapping
from dataclasses import replace

from shared.jobs.frame import Kind, is_known
from shared.jobs.job import Job, JobState
from shared.jobs.job_events import job_facts
from shared.jobs.move_job import move_job
from shared.jobs.open_jobs import change_job, open_job
from shared.logs import log_event
from shared.ports import Ports, VideoStudio
from shared.videos.video import is_video, video_artefacts


async def take_notice(ports: Ports, studio: VideoStudio, kinds: Mapping[str, Kind[VideoStudio]], job_id: str) -> None:
    """Ask the provider of this job now, if it is time to. Raises UnavailableError."""
    opened = await open_job(ports, job_id)
    if opened is None or not is_known(ports, opened.job) or not is_video(opened.job):
        return
    hurried = await change_job(ports, opened, _hurry)
    if hurried.job is opened.job or not video_artefacts(hurried.job).is_noticed:
        return
    log_event("video_noticed", **job_facts(hurried.job))
    await move_job(ports, studio, kinds, job_id)


def _hurry(job: Job) -> Job | None:
    """The job whose pause is over; None if the notice changes nothing."""
    artefacts = video_artefacts(job)
    is_waiting = job.state is JobState.POLLING and job.lease_until is None
    if not is_waiting or artefacts.is_noticed:
        return None
    return replace(job, not_before=None, artefacts=replace(artefacts, is_noticed=True))
