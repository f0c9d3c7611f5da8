"""The kind `video`: the functions that the engine calls for it."""

from dataclasses import replace

from shared.jobs.frame import Kind
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob, change_job
from shared.ports import Ports, VideoStudio
from shared.providers.ladder import VideoRung
from shared.videos.follow_video import look_for_video, poll_video, recover_video
from shared.videos.make_video import make_video
from shared.videos.mend_video import mend_video
from shared.videos.show_video import show_video
from shared.videos.video import files_prefix, video_artefacts, video_request


async def purge_video(ports: Ports, deleted: StoredJob) -> None:
    """Remove the files of a deleted video, of all attempts. Idempotent. Raises UnavailableError."""
    now = ports.clock.now()
    await ports.blobs.delete_all(files_prefix(deleted.job))
    if made_under := video_artefacts(deleted.job).made_under:
        await ports.blobs.delete_all(made_under)
    await change_job(ports, deleted, lambda job: replace(job, purged_at=job.purged_at or now, sweep_at=None))


def _rungs(studio: VideoStudio, job: Job) -> tuple[VideoRung, ...]:
    return video_request(job).offer.rungs


VIDEO_KIND: Kind[VideoStudio] = Kind(
    rungs=_rungs,
    make=make_video,
    recover=recover_video,
    deliver=show_video,
    mend=mend_video,
    purge=purge_video,
    poll=poll_video,
    look=look_for_video,
)
