"""What a model is asked that makes videos, and what comes of it.

A video takes a provider minutes. It is started once, and its *operation* is asked about until it has ended:

    start ─▶ Begun(operation) ─▶ poll ─▶ Running ─▶ … poll ─▶ VideoMade ─▶ read the file ─▶ forget the operation
      └▶ TimedOut: nobody knows ─▶ find: what stands under the job's own prefix was made by it

No provider has an idempotency key or a list of operations, so a start is never repeated by itself.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from shared.providers.images import Image
from shared.providers.outcomes import Broken, Busy, FileRefused, NoResult, Refused, TimedOut
from shared.providers.talk import Tokens

VideoWork = Literal["text", "image", "reference", "edit", "extend"]
"""From words alone; from a first frame, and perhaps a last one; with pictures as material; a clip changed by words; a
clip continued."""
VIDEO_WORKS: tuple[VideoWork, ...] = get_args(VideoWork)
VideoRatio = Literal["16:9", "9:16"]
VideoResolution = Literal["360p", "720p", "1080p", "4k"]
VIDEO_BYTES_MAX = 500_000_000
"""Of a video that a provider made: 15 s in 4K take about 150 MB. What is larger is not read to its end."""


@dataclass(frozen=True, slots=True)
class Clip:
    """An earlier video that a new one starts from."""

    name: str
    """Its file in our bucket."""
    seconds: float
    mime_type: str = "video/mp4"
    operation: str = ""
    """The provider's name for the operation that made it, where it is not forgotten yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoTask:
    """What a model is asked for. `VideoRung.can_make` says whether a model can do it."""

    work: VideoWork
    prompt: str
    seconds: int
    """Of an extension, those that are added; an edit is as long as its clip."""
    ratio: VideoRatio
    """Ignored for what has a clip, which keeps its own."""
    resolution: VideoResolution
    label: str
    """The job's id: our mark on the operation, for people who look for it at the provider."""
    has_sound: bool = True
    """A model that always makes sound is told in words; whoever stores the video leaves its sound out."""
    first_frame: Image | None = None
    last_frame: Image | None = None
    references: tuple[Image, ...] = ()
    clip: Clip | None = None
    negative_prompt: str = ""
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """The provider is at work."""

    is_queued: bool = False


@dataclass(frozen=True, slots=True)
class VideoMade:
    """The provider made a video; its file is read by the port's `read`."""

    address: str
    """Where the file is, in words of the adapter: only that reads it. It may be kept in a job."""
    mime_type: str
    seconds: float | None = None
    """How long it lasts, where the provider says so."""
    tokens: Tokens | None = None
    """As the provider counted them; None where it did not say."""
    model_id: str = ""
    """The provider's model that made it, where it says so."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The provider knows no such operation (any more): only `find` can still tell what became of it."""


Poll = Running | VideoMade | Refused | FileRefused | NoResult | Busy | TimedOut | Broken | Lost
"""How far an operation is. `Busy`, `TimedOut` and `Broken` say nothing of it: ask again later. `VideoMade`, `Refused`,
`FileRefused` and `NoResult` are its end."""
