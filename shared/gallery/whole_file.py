"""The file of a result, as it goes into a ZIP. Pure."""

from dataclasses import dataclass

from shared.jobs.job import Job
from shared.pictures.picture import EXTENSIONS, artefacts_of, is_picture, request_of
from shared.videos.video import is_video, video_artefacts, video_request
from shared.voices.speech import SpeechArtefacts


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A file of a job in the bucket."""

    job: Job
    blob: str
    size_bytes: int
    extension: str
    words: str
    """What was asked for, or is spoken."""


def whole_file(job: Job) -> WholeFile | None:
    """The picture, the video or the sound of a job, if it has one."""
    if is_picture(job):
        made = artefacts_of(job).result
        if made is None:
            return None
        extension = EXTENSIONS.get(made.mime_type, "img")
        return WholeFile(job, made.blob, made.size_bytes, extension, request_of(job).prompt)
    if is_video(job):
        video = video_artefacts(job).video
        return None if video is None else WholeFile(job, video.blob, video.size_bytes, "mp4", video_request(job).prompt)
    sound = job.artefacts.sound if isinstance(job.artefacts, SpeechArtefacts) else None
    return None if sound is None else WholeFile(job, sound.blob, sound.size_bytes, "ogg", sound.words)
