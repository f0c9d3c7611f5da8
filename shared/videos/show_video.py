"""Delivers a stored video: the card becomes the video, the price is captured, the person is notified.

A video that is too large for Telegram is shown as its smaller copy (`shrink_video.py`), with a link to the original;
without a copy, as a link.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from math import ceil

from shared.errors import BlobMissingError, MessengerError, UnavailableError
from shared.jobs.deliver_job import deliver_job
from shared.jobs.frame import Receipt, ShownCopy, Words, surface_of
from shared.jobs.job import Job
from shared.jobs.job_events import job_facts
from shared.jobs.open_jobs import StoredJob
from shared.jobs.publish_jobs import publish_job
from shared.jobs.refuse_job import refuse_job
from shared.logs import log_event
from shared.ports import Ports, StoredFile, Video, VideoStudio
from shared.providers.outcomes import FailureReason
from shared.videos.end_video import FORGET_PAUSE, forget_operation
from shared.videos.shrink_video import shrink_video
from shared.videos.video import SHOWN_BYTES_MAX, StoredVideo, note_kept, stored_video, with_video
from shared.videos.video_screens import linked_screen, original_screen

LINK_HOURS = 12
"""What the IAM API signs is good for no longer."""


async def show_video(ports: Ports, studio: VideoStudio, held: StoredJob) -> None:
    """Deliver a stored video, or have its smaller copy made first. Raises LeaseLostError, UnavailableError."""
    if stored_video(held.job).needs_copy:
        shrunk = await shrink_video(ports, studio, held)
        if shrunk is None:
            return
        held = shrunk
    await _deliver(ports, studio, held)


async def _deliver(ports: Ports, studio: VideoStudio, held: StoredJob) -> None:
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


async def _open(ports: Ports, studio: VideoStudio, job: Job) -> Video | ShownCopy | Words:
    """What to send: the file, its smaller copy, or a link. Raises BlobMissingError, UnavailableError."""
    stored = stored_video(job)
    name, size_bytes = stored.small_blob or stored.blob, stored.small_bytes or stored.size_bytes
    if await studio.media.measure(name) is None:
        raise BlobMissingError(name)
    if size_bytes > SHOWN_BYTES_MAX:
        return Words((linked_screen(job, await _link(studio, job, name), LINK_HOURS),))
    file = StoredFile(name, size_bytes)
    thumbnail = await ports.blobs.get(stored.thumbnail_blob) if stored.thumbnail_blob else b""
    shown = Video(file, f"{job.id}.mp4", stored.width, stored.height, max(1, ceil(stored.seconds)), thumbnail)
    return await _add_original(studio, job, shown) if stored.small_blob else shown


async def _add_original(studio: VideoStudio, job: Job, shown: Video) -> Video | ShownCopy:
    """The copy with a link to the original; without one if it cannot be signed now: the app has the original too."""
    stored: StoredVideo = stored_video(job)
    try:
        address = await _link(studio, job, stored.blob)
    except UnavailableError as error:
        log_event("video_not_linked", severity="WARNING", error=error, **job_facts(job))
        return shown
    return ShownCopy(shown, original_screen(job, address, LINK_HOURS))


async def _link(studio: VideoStudio, job: Job, name: str) -> str:
    return await studio.media.link(name, timedelta(hours=LINK_HOURS), f"{job.id}.mp4")
