"""Delivers a stored video: the card becomes the video, the price is captured, the person is notified."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from math import ceil

from shared.errors import BlobMissingError, MessengerError
from shared.jobs.deliver_job import deliver_job
from shared.jobs.frame import Receipt, Words, surface_of
from shared.jobs.job import Job
from shared.jobs.open_jobs import StoredJob
from shared.jobs.publish_jobs import publish_job
from shared.jobs.refuse_job import refuse_job
from shared.ports import Ports, StoredFile, Video, VideoStudio
from shared.providers.outcomes import FailureReason
from shared.videos.end_video import FORGET_PAUSE, forget_operation
from shared.videos.video import note_kept, stored_video, with_video
from shared.videos.video_screens import linked_screen

SHOWN_BYTES_MAX = 49_000_000
"""Telegram takes 50 MB from bots (core.telegram.org/bots/api#sendvideo), with the rest of the request."""
LINK_HOURS = 12
"""What the IAM API signs is good for no longer."""


async def show_video(ports: Ports, studio: VideoStudio, held: StoredJob) -> None:
    """Deliver a stored video. Raises LeaseLostError, UnavailableError."""
    is_forgotten = False

    async def forget(shown: StoredJob) -> None:
        nonlocal is_forgotten
        is_forgotten = await forget_operation(studio, shown.job)

    def note(job: Job, receipt: Receipt) -> Job:
        kept = stored_video(job)
        known = with_video(job, replace(kept, file_id=receipt.file_id or kept.file_id))
        return note_kept(known, "") if is_forgotten else known

    try:
        shown = await _open(ports, studio, held.job)
    except BlobMissingError:
        await refuse_job(ports, held, FailureReason.FILE_GONE)
        return
    delivered = await deliver_job(ports, held, shown, note, forget)
    if delivered is None:
        return
    if not is_forgotten:
        await publish_job(ports, delivered.job, ports.clock.now() + FORGET_PAUSE)
    with suppress(MessengerError):
        await surface_of(ports, delivered.job).ring(ports, delivered.job)


async def _open(ports: Ports, studio: VideoStudio, job: Job) -> Video | Words:
    """What to send: the file, its smaller copy, or a link. Raises BlobMissingError, UnavailableError."""
    video = stored_video(job)
    name, size_bytes = video.small_blob or video.blob, video.small_bytes or video.size_bytes
    if await studio.media.measure(name) is None:
        raise BlobMissingError(name)
    if size_bytes > SHOWN_BYTES_MAX:
        address = await studio.media.link(name, timedelta(hours=LINK_HOURS), f"{job.id}.mp4")
        return Words((linked_screen(job, address, LINK_HOURS),))
    file = StoredFile(name, size_bytes)
    thumbnail = await ports.blobs.get(video.thumbnail_blob) if video.thumbnail_blob else b""
    return Video(file, f"{job.id}.mp4", video.width, video.height, max(1, ceil(video.seconds)), thumbnail)
