"""The file of a result in a message: by its `file_id`, or from our bucket where Telegram does not know it any more."""

from dataclasses import replace
from math import ceil

from shared.errors import BlobMissingError, MessageRejectedError
from shared.gallery.result import Result
from shared.jobs.job import Job
from shared.jobs.open_jobs import change_job, open_job
from shared.pictures.picture import artefacts_of, result_of, with_result
from shared.pictures.signed_file import read_picture
from shared.ports import Media, Place, Ports, Screen, Video
from shared.videos.video import stored_video, video_artefacts

PHOTO_BYTES_MAX = 10_000_000
"""Telegram takes larger photos as files only (core.telegram.org/bots/api#sendphoto)."""


async def show_file(ports: Ports, place: Place, message_id: int, result: Result, screen: Screen) -> None:
    """Edit a message into a result, under this caption.

    Raises BlobMissingError if nothing can be shown, MessengerErrors, UnavailableError.
    """
    if result.medium == "video":
        await _show_video(ports, place, message_id, result.job, screen)
    else:
        await _show_picture(ports, place, message_id, result.job, screen)


async def _show_picture(ports: Ports, place: Place, message_id: int, job: Job, screen: Screen) -> None:
    made, name = artefacts_of(job).result, f"{job.id}.jpg"
    if made is None:
        raise BlobMissingError(job.id)
    if made.photo_file_id:
        try:
            await ports.messenger.edit_photo(place, message_id, Media(made.photo_file_id, name), screen)
        except MessageRejectedError:  # Telegram does not know the id: another bot's, or too old
            pass
        else:
            return
    if made.size_bytes > PHOTO_BYTES_MAX:
        raise BlobMissingError(made.blob)
    photo = Media(await read_picture(ports.blobs, made), name)
    sent = await ports.messenger.edit_photo(place, message_id, photo, screen)
    await _keep_file_id(ports, job.id, sent.file_id)


async def _keep_file_id(ports: Ports, job_id: str, file_id: str) -> None:
    """Store the new `file_id` of a picture, so that its bytes are sent once."""
    opened = await open_job(ports, job_id)
    if opened is None or not file_id:
        return
    await change_job(ports, opened, lambda job: with_result(job, replace(result_of(job), photo_file_id=file_id)))


async def _show_video(ports: Ports, place: Place, message_id: int, job: Job, screen: Screen) -> None:
    video = video_artefacts(job).video
    if video is None:
        raise BlobMissingError(job.id)
    if video.file_id:
        await ports.messenger.edit_video(place, message_id, video_by_id(job), screen)
    elif video.thumbnail_blob:
        photo = Media(await ports.blobs.get(video.thumbnail_blob), f"{job.id}.jpg")
        await ports.messenger.edit_photo(place, message_id, photo, screen)
    else:
        raise BlobMissingError(video.blob)


def video_by_id(job: Job) -> Video:
    """A video that Telegram has."""
    video = stored_video(job)
    return Video(video.file_id, f"{job.id}.mp4", video.width, video.height, max(1, ceil(video.seconds)))
