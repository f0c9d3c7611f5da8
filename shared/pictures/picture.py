"""A picture as a job: what is asked for, what is kept of it, and the names of its files."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.credits.catalogue import MATERIAL_USD_MICROS, OFFERS, RATIOS, SIZES, ModelName, Ratio, Size
from shared.jobs.job import Artefacts, Job, Request
from shared.people.users import PictureSettings
from shared.providers.ladder import PictureRung

MEDIUM = "image"
"""What logs and metrics call this kind of work."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture that somebody sent as material; in a draft, any file that somebody sent."""

    file_id: str
    size_bytes: int
    ratio: Ratio | None = None
    """What its shape is most like, where that is known."""
    mime_type: str = ""
    """Of a file that is no picture, as its sender's app calls it."""
    name: str = ""
    seconds: int = 0
    """Of a video, as its sender's app says."""

    @property
    def is_picture(self) -> bool:
        """Whether a new picture may start from it."""
        return not (self.mime_type or self.name)


@dataclass(frozen=True, slots=True)
class PictureRequest(Request):
    """What to make; the same for all pictures of one request."""

    prompt: str
    model: ModelName
    ratio: Ratio
    size: Size
    references: tuple[Reference, ...] = ()
    parent_id: str | None = None
    """The job whose picture this is a new version of."""
    original: bool = False
    words: str = ""
    """What the person wrote, where that is more than the prompt: with its parameters."""
    unused: str = ""
    """Parameters of other bots that were left out of the prompt."""
    show_words: bool = False
    """The card and the caption show the prompt, to be copied."""
    keeps_shape: bool = False
    """The picture takes the shape of its first reference. `ratio` is what is known of it until the file is opened."""
    settings: PictureSettings | None = None
    """The person's settings when this was asked for; None in old documents."""
    is_understood: bool = False
    """A model has read it out of the person's words: the card says so, and offers to answer them instead."""
    is_repeat: bool = False
    """A button asked for it, or a reply that changes only the format, size or number of a picture."""

    @property
    def material_count(self) -> int:
        """Pictures that go to the model with it, the earlier version included."""
        return len(self.references) + (self.parent_id is not None)

    def cost_of_call(self, rungs: tuple[PictureRung, ...] = ()) -> int:
        """What asking once is estimated to cost, in millionths of a US dollar: the dearest of these rungs, or the
        wanted one; 0 for what only another release sells: nobody here knows its cost.
        """
        if not self.is_known():
            return 0
        asked = rungs or OFFERS[self.model].rungs[:1]
        return max(each.cost_of(self.size) for each in asked) + self.material_count * MATERIAL_USD_MICROS

    def facts(self) -> dict[str, Any]:
        """What the log says of it."""
        return {"medium": MEDIUM, "model": self.model, "size": self.size}

    def is_known(self) -> bool:
        """Whether its model, size and ratio are sold here."""
        return self.model in OFFERS and self.size in SIZES and self.ratio in RATIOS


@dataclass(frozen=True, slots=True)
class Result:
    """The picture as it is stored."""

    blob: str
    mime_type: str
    width: int
    height: int
    size_bytes: int
    """Of the picture. What follows in its file is the model's thought signature."""
    signature_blob: str | None = None
    """A file of its own with the signature: how pictures were stored before they carried it."""
    model_id: str = ""
    photo_file_id: str = ""
    document_file_id: str = ""


@dataclass(frozen=True, slots=True)
class PictureArtefacts(Artefacts):
    """What has come of a picture so far."""

    result: Result | None = None
    too_many_pixels: bool = False
    """Why a file is too large: its pixels are too many, not its bytes."""
    late_parts: int = 0
    """Album parts that came after the set was closed."""
    original_sent_at: datetime | None = None
    """When the uncompressed file was sent last, or is being sent."""


def is_picture(job: Job) -> bool:
    """Whether the job is a picture, so that `request_of` and `artefacts_of` work. `is_known`: whether we sell it."""
    return isinstance(job.request, PictureRequest)


def request_of(job: Job) -> PictureRequest:
    """What is asked for, of a job that is a picture."""
    assert isinstance(job.request, PictureRequest)
    return job.request


def artefacts_of(job: Job) -> PictureArtefacts:
    """What has come of a job that is a picture."""
    assert isinstance(job.artefacts, PictureArtefacts)
    return job.artefacts


def result_of(job: Job) -> Result:
    """The stored picture of a job that has one."""
    result = artefacts_of(job).result
    assert result is not None
    return result


def with_result(job: Job, result: Result) -> Job:
    """The job with this picture."""
    return replace(job, artefacts=replace(artefacts_of(job), result=result))


def note_original(job: Job, at: datetime | None) -> Job:
    """The job whose uncompressed file is sent now; None: it was not sent."""
    return replace(job, artefacts=replace(artefacts_of(job), original_sent_at=at))


def blob_prefix(job: Job) -> str:
    """How the names of all files of a job begin; behind it stands the attempt's fence."""
    return f"jobs/{job.id}/"


def picture_name(job: Job, fence: int) -> str:
    """The file that the attempt with this fence stores, and no other."""
    return f"{blob_prefix(job)}{fence}"
