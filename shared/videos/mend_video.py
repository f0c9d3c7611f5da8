"""What is left to do after a video's job has ended: a video may still come, and the provider's data is deleted.

If the provider cannot be reached, this is retried for a day; until then the ended job keeps its `sweep_at`.
"""

from dataclasses import replace
from datetime import timedelta

from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob, change_job
from shared.jobs.publish_jobs import publish_job
from shared.ports import Ports, VideoStudio
from shared.videos.end_video import FORGET_PAUSE, forget_operation
from shared.videos.late_video import awaited_until, look_late
from shared.videos.video import note_kept, video_artefacts

FORGOTTEN_WITHIN = timedelta(days=1)


async def mend_video(ports: Ports, studio: VideoStudio, ended: StoredJob) -> None:
    """Look once more for a video that may still come, or delete what the provider keeps. Raises UnavailableError."""
    artefacts, now = video_artefacts(ended.job), ports.clock.now()
    if not artefacts.leaves_something():
        return
    if artefacts.is_awaited and now < awaited_until(ended.job):
        await look_late(ports, studio, ended)
        return
    since = awaited_until(ended.job) if artefacts.is_awaited else ended.job.created_at
    if await forget_operation(studio, ended.job) or now >= since + FORGOTTEN_WITHIN:
        await change_job(ports, ended, _forgotten)
    else:
        await publish_job(ports, ended.job, now + FORGET_PAUSE)


def _forgotten(job: Job) -> Job:
    """The job without further work at the provider; a pending deletion of its files remains."""
    known = note_kept(job, "")
    known = replace(known, artefacts=replace(video_artefacts(known), is_awaited=False))
    return replace(known, sweep_at=job.sweep_at if job.deleted_at is not None else job.leaves_at)
