"""A video as a job: its request, its artefacts, and the names of its files."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self

from shared.credits.catalogue import VIDEOS, VideoName, VideoOffer, video_offer
from shared.jobs.job import Artefacts, Job, Request
from shared.pictures.picture import Reference
from shared.providers.videos import VideoRatio, VideoResolution, VideoWork

MEDIUM = "video"
"""The name of this kind in logs and metrics."""
TRIED_FOR = timedelta(minutes=30)
"""A video usually takes one to six minutes; after this time it is given up, after one last poll."""
SHOWN_BYTES_MAX = 49_000_000
"""Telegram takes 50 MB from bots (core.telegram.org/bots/api#sendvideo), with the rest of the request."""


@dataclass(frozen=True, slots=True)
class Source:
    """A finished video that another one changes or continues: one link of a chain."""

    job_id: str
    seconds: float
    """Its length."""
    is_shared: bool = False
    """It is another person's, and may be used as long as they share it."""


@dataclass(frozen=True, slots=True)
class VideoRequest(Request):
    """The settings of the video to make."""

    prompt: str
    seconds: int
    """How much the model makes: of an extension, what is added; a changed video keeps its length, rounded up."""
    ratio: VideoRatio
    resolution: VideoResolution
    bound_usd_micros: int
    """Our highest cost of one call."""
    has_sound: bool = True
    picture: Reference | None = None
    """The first of the pictures that a person sent."""
    parent_id: str | None = None
    """The job whose picture comes before those."""
    more: tuple[Reference, ...] = ()
    """The further pictures that a person sent."""
    as_references: bool = False
    """The pictures are material for the scene; otherwise they are its first frame and its last one."""
    source: Source | None = None
    continues: bool = False
    """The source is continued; otherwise it is changed."""
    without: str = ""
    """What shall not be shown."""
    seed: int | None = None
    model: VideoName = "omni"
    late_of: str = ""
    """The id of the job whose credits were returned before its video came: this one shows it, free of charge."""

    @property
    def offer(self) -> VideoOffer:
        """What was chosen; the default for a model that only another release sells."""
        return video_offer(self.model)

    @property
    def pictures(self) -> tuple[Reference, ...]:
        """The pictures that a person sent, in their order."""
        return (*(() if self.picture is None else (self.picture,)), *self.more)

    @property
    def picture_count(self) -> int:
        """The number of pictures, the one of a job included."""
        return len(self.pictures) + (self.parent_id is not None)

    @property
    def work(self) -> VideoWork:
        """What is done with the material."""
        if self.source is not None:
            return "extend" if self.continues else "edit"
        if not self.picture_count:
            return "text"
        return "reference" if self.as_references else "image"

    def cost_of_call(self) -> int:
        """Our highest cost of one call, in millionths of a US dollar."""
        return self.bound_usd_micros

    def tried_for(self) -> timedelta:
        """How long to try for a result."""
        return TRIED_FOR

    def facts(self) -> dict[str, Any]:
        """What the log says of it."""
        return {"medium": MEDIUM, "size": self.resolution, "seconds": self.seconds}

    def without_words(self) -> Self:
        """The request without words and material."""
        return replace(self, prompt="", without="", picture=None, more=(), parent_id=None, source=None)

    def is_known(self) -> bool:
        """Whether this model, work, length, shape and resolution are sold here."""
        offer, rung = self.offer, self.offer.rungs[0]
        is_shaped = self.ratio in offer.ratios and self.resolution in offer.resolutions
        return self.model in VIDEOS and is_shaped and self.work in rung.works and self.seconds in rung.seconds


@dataclass(frozen=True, slots=True)
class SmallerCopy:
    """The smaller copy of a stored video, from the moment before it is asked for."""

    begun_at: datetime
    operation: str = ""
    """The transcoder's name of the work; empty before it is known, and after the copy is stored."""
    is_given_up: bool = False
    """There is none and there will be none."""


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
    """The smaller copy, for a file that is too large for Telegram."""
    small_bytes: int = 0
    smaller_copy: SmallerCopy | None = None
    """How far that is; None before it is asked for."""
    has_sound: bool = True
    model_id: str = ""
    file_id: str = ""
    """Telegram's id of the shown file."""

    @property
    def needs_copy(self) -> bool:
        """Whether it is too large to be shown, and a smaller copy may still be had."""
        is_given_up = self.smaller_copy is not None and self.smaller_copy.is_given_up
        return self.size_bytes > SHOWN_BYTES_MAX and not self.small_blob and not is_given_up


@dataclass(frozen=True, slots=True)
class VideoArtefacts(Artefacts):
    """The results so far."""

    video: StoredVideo | None = None
    provider: str = ""
    """The provider that was asked, by the name of its adapter."""
    model_id: str = ""
    begun_at: datetime | None = None
    """When the provider was asked to begin."""
    kept_operation: str = ""
    """The operation that the provider still stores, with prompt and picture; empty after its deletion."""
    is_noticed: bool = False
    """The provider has said that it is done, and was asked because of that."""
    is_awaited: bool = False
    """The credits were returned, and the provider may still make the video."""
    made_under: str = ""
    """The name prefix under which the provider writes, if an earlier job gave it; empty: this job's own."""

    def leaves_something(self) -> bool:
        """Whether its video may still come, or the provider still stores data of it."""
        return self.is_awaited or bool(self.kept_operation)

    def facts(self) -> dict[str, Any]:
        """What the log says of it."""
        return {"model_id": self.model_id}


def is_video(job: Job) -> bool:
    """Whether the job is a video; the functions below require this."""
    return isinstance(job.request, VideoRequest)


def is_late(job: Job) -> bool:
    """Whether it shows a video that came after its credits were returned."""
    return bool(video_request(job).late_of)


def video_request(job: Job) -> VideoRequest:
    """The request of a video job."""
    assert isinstance(job.request, VideoRequest)
    return job.request


def video_artefacts(job: Job) -> VideoArtefacts:
    """The artefacts of a video job."""
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
    """The job, with a note that the provider is asked to begin."""
    asked = replace(video_artefacts(job), provider=provider, model_id=model_id, begun_at=now, kept_operation="")
    return replace(job, artefacts=asked)


def note_kept(job: Job, operation: str) -> Job:
    """The job with the operation that the provider stores; empty: none."""
    return replace(job, artefacts=replace(video_artefacts(job), kept_operation=operation))


def files_prefix(job: Job) -> str:
    """The name prefix of all files of a job."""
    return f"jobs/{job.id}/"


def attempt_prefix(job: Job) -> str:
    """The name prefix of the last attempt's files: the next worker writes the same files."""
    return f"{files_prefix(job)}{job.attempts[-1].fence}/"


def copy_prefix(job: Job) -> str:
    """The name prefix of the file that only the transcoder writes."""
    return f"{attempt_prefix(job)}copy/"


def made_prefix(job: Job) -> str:
    """The name prefix of the files that only the provider writes for the last attempt."""
    return video_artefacts(job).made_under or f"{attempt_prefix(job)}made/"
