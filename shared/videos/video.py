"""A video as a job: what is asked for, what is kept of it, and the names of its files."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared.credits.catalogue import VIDEO
from shared.jobs.job import Artefacts, Job, Request
from shared.pictures.picture import Reference
from shared.providers.videos import VideoRatio, VideoResolution

MEDIUM = "video"
"""What logs and metrics call this kind of work."""
TRIED_FOR = timedelta(minutes=30)
"""A video usually takes one to six minutes; what is later is given up, after one more look."""


@dataclass(frozen=True, slots=True)
class VideoRequest(Request):
    """What to make."""

    prompt: str
    seconds: int
    ratio: VideoRatio
    resolution: VideoResolution
    bound_usd_micros: int
    """What asking once costs us at most."""
    has_sound: bool = True
    picture: Reference | None = None
    """The first frame, as somebody sent it."""
    parent_id: str | None = None
    """The job whose picture is the first frame."""

    @property
    def has_picture(self) -> bool:
        """Whether it begins with a picture."""
        return self.picture is not None or self.parent_id is not None

    def cost_of_call(self) -> int:
        """What asking once costs at most, in millionths of a US dollar."""
        return self.bound_usd_micros

    def tried_for(self) -> timedelta:
        """How long it is tried to get a result."""
        return TRIED_FOR

    def facts(self) -> dict[str, Any]:
        """What the log says of it."""
        return {"medium": MEDIUM, "size": self.resolution, "seconds": self.seconds}

    def is_known(self) -> bool:
        """Whether this length, shape and resolution are sold here."""
        is_shaped = self.ratio in VIDEO.ratios and self.resolution in VIDEO.resolutions
        return is_shaped and self.seconds in VIDEO.rungs[0].seconds


@dataclass(frozen=True, slots=True)
class StoredVideo:
    """The video as it is stored."""

    blob: str
    size_bytes: int
    width: int
    height: int
    seconds: float
    thumbnail_blob: str = ""
    small_blob: str = ""
    """The smaller copy that is shown where Telegram does not take the file itself."""
    small_bytes: int = 0
    has_sound: bool = True
    model_id: str = ""
    file_id: str = ""
    """What Telegram calls the file that it shows."""


@dataclass(frozen=True, slots=True)
class VideoArtefacts(Artefacts):
    """What has come of it so far."""

    video: StoredVideo | None = None
    provider: str = ""
    """Who was asked, by the name of the adapter."""
    model_id: str = ""
    begun_at: datetime | None = None
    """When the provider was asked to begin."""
    kept_operation: str = ""
    """The operation that the provider still keeps, with the prompt and the picture; empty once it is deleted there."""

    def leaves_something(self) -> bool:
        """Whether the provider still keeps something of it."""
        return bool(self.kept_operation)

    def facts(self) -> dict[str, Any]:
        """What the log says of it."""
        return {"model_id": self.model_id}


def is_video(job: Job) -> bool:
    """Whether the job is a video, so that the functions below work."""
    return isinstance(job.request, VideoRequest)


def video_request(job: Job) -> VideoRequest:
    """What is asked for, of a job that is a video."""
    assert isinstance(job.request, VideoRequest)
    return job.request


def video_artefacts(job: Job) -> VideoArtefacts:
    """What has come of a job that is a video."""
    assert isinstance(job.artefacts, VideoArtefacts)
    return job.artefacts


def stored_video(job: Job) -> StoredVideo:
    """The stored video of a job that has one."""
    video = video_artefacts(job).video
    assert video is not None
    return video


def with_video(job: Job, video: StoredVideo) -> Job:
    """The job with this video."""
    return replace(job, artefacts=replace(video_artefacts(job), video=video))


def note_asked(job: Job, provider: str, model_id: str, now: datetime) -> Job:
    """The job whose provider is asked to begin."""
    asked = replace(video_artefacts(job), provider=provider, model_id=model_id, begun_at=now, kept_operation="")
    return replace(job, artefacts=asked)


def note_kept(job: Job, operation: str) -> Job:
    """The job with the operation that the provider keeps; empty: nothing any more."""
    return replace(job, artefacts=replace(video_artefacts(job), kept_operation=operation))


def files_prefix(job: Job) -> str:
    """How the names of all files of a job begin."""
    return f"jobs/{job.id}/"


def attempt_prefix(job: Job) -> str:
    """How the names of the files of the last attempt begin: whoever goes on with it writes the same files."""
    return f"{files_prefix(job)}{job.attempts[-1].fence}/"


def made_prefix(job: Job) -> str:
    """How the names of the files begin that a provider writes itself for the last attempt, and nobody else."""
    return f"{attempt_prefix(job)}made/"
