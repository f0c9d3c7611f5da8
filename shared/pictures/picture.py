"""The request and the artefacts of a job that makes a picture, and the names of its files."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from shared.credits.catalogue import MATERIAL_USD_MICROS, OFFERS, RATIOS, SIZES, ModelName, Ratio, Size, price_by
from shared.jobs.job import Artefacts, Job, Request, note_spent
from shared.people.users import PictureSettings
from shared.providers.ladder import PictureRung
from shared.providers.outcomes import SEED_MAX

MEDIUM = "image"
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
"""How a file of this media type ends."""
"""The name of this kind of work in logs and metrics."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture that somebody sent as material; in a draft, any file that somebody sent."""

    file_id: str
    size_bytes: int
    ratio: Ratio | None = None
    """The ratio most similar to its shape, if known."""
    mime_type: str = ""
    """The MIME type of a file other than a picture, from the sender's app."""
    name: str = ""
    seconds: int = 0
    """Length of a video by its sender's app."""
    shared_id: str = ""
    """The job whose shared picture this is: the file comes from our bucket, as long as the picture is shared."""
    blob: str = ""
    """The file in our bucket that the person uploaded in the Mini App; then Telegram knows no file of it."""

    @property
    def is_picture(self) -> bool:
        """Whether a new picture may start from it."""
        return not (self.mime_type or self.name)


@dataclass(frozen=True, slots=True)
class PictureRequest(Request):
    """The parameters; the same for all pictures of one request."""

    prompt: str
    model: ModelName
    ratio: Ratio
    size: Size
    references: tuple[Reference, ...] = ()
    parent_id: str | None = None
    """The job whose picture this is a new version of."""
    original: bool = False
    words: str = ""
    """The person's words with parameters, if they differ from the prompt."""
    unused: str = ""
    """Parameters of other bots, which were removed from the prompt."""
    without: str = ""
    """What shall not be shown."""
    seed: int | None = None
    """Where the model begins, as far as it cares: the same words with the same seed give a similar picture."""
    show_words: bool = False
    """The card and the caption show the prompt for copying."""
    keeps_shape: bool = False
    """The picture gets the shape of its first reference; until that file is opened, `ratio` is an estimate."""
    settings: PictureSettings | None = None
    """The person's settings at the time of the request; None in old documents."""
    is_understood: bool = False
    """*Auto* understood the words as a picture: the card says so, and offers an answer instead."""
    tool: str = ""
    """The ready-made change that it is, and what was chosen: "cutout", "portrait.cinema"; then `words` are what the
    person added to it."""
    is_repeat: bool = False
    """It comes from a button, or from a reply that changes only the format, size or number of a picture."""

    @property
    def material_count(self) -> int:
        """The number of input pictures, the earlier version included."""
        return len(self.references) + (self.parent_id is not None)

    def cost_of_call(self, rungs: tuple[PictureRung, ...] = ()) -> int:
        """The estimated cost of one call, in millionths of a US dollar: of the most expensive of these rungs, or of the
        wanted one; 0 for a model that only another release knows.
        """
        if not self.is_known():
            return 0
        asked = rungs or OFFERS[self.model].rungs[:1]
        return max(each.cost_of(self.size) for each in asked) + self.material_count * MATERIAL_USD_MICROS

    def facts(self) -> dict[str, Any]:
        """The fields for the log."""
        return {"medium": MEDIUM, "model": self.model, "size": self.size}

    def without_words(self) -> Self:
        """The request without words and material."""
        return replace(self, prompt="", words="", without="", unused="", tool="", references=(), parent_id=None)

    def is_known(self) -> bool:
        """Whether this release sells its model, size and ratio."""
        return self.model in OFFERS and self.size in SIZES and self.ratio in RATIOS


@dataclass(frozen=True, slots=True)
class Result:
    """The stored picture."""

    blob: str
    mime_type: str
    width: int
    height: int
    size_bytes: int
    """The size of the picture; the rest of its file is the model's thought signature."""
    signature_blob: str | None = None
    """The separate file with the signature, as earlier releases stored it."""
    model_id: str = ""
    photo_file_id: str = ""
    document_file_id: str = ""


@dataclass(frozen=True, slots=True)
class PictureArtefacts(Artefacts):
    """The results so far."""

    result: Result | None = None
    too_many_pixels: bool = False
    """A file was too large in pixels, not in bytes."""
    late_parts: int = 0
    """Album parts that arrived after the draft was closed."""
    original_sent_at: datetime | None = None
    """When the uncompressed file was last sent; written before each send."""
    compared_at: datetime | None = None
    """When it was last shown beside what it was made from; written before each send."""


def is_picture(job: Job) -> bool:
    """Whether the job is a picture, so that `request_of` and `artefacts_of` work."""
    return isinstance(job.request, PictureRequest)


def request_of(job: Job) -> PictureRequest:
    """The request of a job that is a picture."""
    assert isinstance(job.request, PictureRequest)
    return job.request


def artefacts_of(job: Job) -> PictureArtefacts:
    """The artefacts of a job that is a picture."""
    assert isinstance(job.artefacts, PictureArtefacts)
    return job.artefacts


def result_of(job: Job) -> Result:
    """The stored picture of a job that has one."""
    result = artefacts_of(job).result
    assert result is not None
    return result


def seed_of(job: Job) -> int | None:
    """Each picture of several has a seed of its own: the same one would give the same picture."""
    seed = request_of(job).seed
    return None if seed is None else (seed + job.index - 1) % (SEED_MAX + 1)


def with_result(job: Job, result: Result) -> Job:
    """The job with this picture."""
    return replace(job, artefacts=replace(artefacts_of(job), result=result))


def with_made(job: Job, result: Result) -> Job:
    """The job with the picture that was just made, at a lower price if a cheaper model made it."""
    request = request_of(job)
    price = price_by(request.model, result.model_id, request.size, request.price)
    made = with_result(job, result)
    return note_spent(made, price) if price < request.price else made


def note_original(job: Job, at: datetime | None) -> Job:
    """The job with the time at which its uncompressed file is sent; None: it was not sent."""
    return replace(job, artefacts=replace(artefacts_of(job), original_sent_at=at))


def note_comparison(job: Job, at: datetime | None) -> Job:
    """The job with the time at which it is shown beside what it was made from; None: it was not shown."""
    return replace(job, artefacts=replace(artefacts_of(job), compared_at=at))


def blob_prefix(job: Job) -> str:
    """The prefix of the names of a job's files; the attempt's fence follows."""
    return f"jobs/{job.id}/"


def picture_name(job: Job, fence: int) -> str:
    """The name of the file that the attempt with this fence stores."""
    return f"{blob_prefix(job)}{fence}"
