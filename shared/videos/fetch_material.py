"""Fetches what a video is made from: pictures that a person sent, a picture of ours, a finished video of ours."""

from dataclasses import dataclass

from shared.errors import BlobMissingError
from shared.jobs.job import JobState
from shared.jobs.limits import FILE_BYTES_MAX
from shared.jobs.open_jobs import open_job
from shared.pictures.keep_shares import is_shared_now, read_reference
from shared.pictures.picture import artefacts_of, is_picture, result_of
from shared.pictures.signed_file import read_picture
from shared.ports import Ports, VideoStudio
from shared.providers.images import Image
from shared.providers.videos import Clip
from shared.videos.video import Source, VideoRequest, is_video, stored_video, video_artefacts

PICTURE_FACTOR = 4
"""Memory for sending a picture, as a multiple of its size: the picture, its base64 and the request."""


@dataclass(frozen=True, slots=True)
class Material:
    """The pictures in their order, in a size that the model accepts, and the clip, which stays in the bucket."""

    pictures: tuple[Image, ...] = ()
    clip: Clip | None = None


def weigh_material(request: VideoRequest) -> int:
    """An upper bound of the memory for the pictures, in bytes; a clip takes none."""
    sizes = [min(each.size_bytes or FILE_BYTES_MAX, FILE_BYTES_MAX) for each in request.pictures]
    return PICTURE_FACTOR * sum(sizes) + (FILE_BYTES_MAX if request.parent_id is not None else 0)


async def fetch_material(ports: Ports, studio: VideoStudio, request: VideoRequest) -> Material:
    """The material of a video; empty for one from words only.

    Raises BlobMissingError, FileUnreadableError, FileTooManyPixelsError, FileTooLargeError, FileAwayError,
    UnavailableError, and what a download raises.
    """
    clip = None if request.source is None else await _find_clip(ports, request.source)
    own = [] if request.parent_id is None else [await _read_own(ports, request.parent_id)]
    sent = [await read_reference(ports, each) for each in request.pictures]
    return Material(tuple([await studio.pictures.check(each) for each in (*own, *sent)]), clip)


async def _read_own(ports: Ports, job_id: str) -> bytes:
    """Our own picture. Raises BlobMissingError if it was deleted, UnavailableError."""
    parent = await open_job(ports, job_id)
    is_there = parent is not None and is_picture(parent.job) and parent.job.deleted_at is None
    if parent is None or not is_there or artefacts_of(parent.job).result is None:
        raise BlobMissingError(job_id)
    return await read_picture(ports.blobs, result_of(parent.job))


async def _find_clip(ports: Ports, source: Source) -> Clip:
    """Our own video, as it is stored. Raises BlobMissingError if it was deleted, or is no longer shared with this
    person, UnavailableError.
    """
    if source.is_shared and not await is_shared_now(ports, source.job_id):
        raise BlobMissingError(source.job_id)
    opened = await open_job(ports, source.job_id)
    if opened is None or not is_video(opened.job) or opened.job.state is not JobState.DELIVERED:
        raise BlobMissingError(source.job_id)
    if opened.job.deleted_at is not None or video_artefacts(opened.job).video is None:
        raise BlobMissingError(source.job_id)
    video = stored_video(opened.job)
    return Clip(video.blob, video.seconds)
