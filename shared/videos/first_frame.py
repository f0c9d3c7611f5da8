"""Fetches the first frame of a video: a picture that a person sent, or one of ours."""

from shared.errors import BlobMissingError
from shared.jobs.open_jobs import open_job
from shared.pictures.keep_shares import read_reference
from shared.pictures.picture import artefacts_of, is_picture, result_of
from shared.pictures.signed_file import read_picture
from shared.ports import Ports, VideoStudio
from shared.providers.images import Image
from shared.videos.video import VideoRequest


async def fetch_first_frame(ports: Ports, studio: VideoStudio, request: VideoRequest) -> Image | None:
    """The picture, in a size that the model accepts; None for a video from words only.

    Raises BlobMissingError, FileUnreadableError, FileTooManyPixelsError, FileTooLargeError, FileAwayError,
    UnavailableError, and what a download raises.
    """
    if request.picture is not None:
        return await studio.pictures.check(await read_reference(ports, request.picture))
    if request.parent_id is None:
        return None
    parent = await open_job(ports, request.parent_id)
    is_there = parent is not None and is_picture(parent.job) and parent.job.deleted_at is None
    if parent is None or not is_there or artefacts_of(parent.job).result is None:
        raise BlobMissingError(request.parent_id)
    return await studio.pictures.check(await read_picture(ports.blobs, result_of(parent.job)))
