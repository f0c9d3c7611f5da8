"""Requests to video models, and their outcomes.

A provider takes minutes for a video. It is started once, and its *operation* is polled until it ends:

    start ─▶ Begun(operation) ─▶ poll ─▶ Running ─▶ … poll ─▶ VideoMade ─▶ read the file ─▶ forget the operation
      └▶ TimedOut: unknown ─▶ find: a file under the job's own prefix is its result

No provider has an idempotency key or a list of operations, so a start is never retried automatically.
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
"""The largest accepted video of a provider (15 s in 4K take about 150 MB). A larger one is not read to its end."""


@dataclass(frozen=True, slots=True)
class Clip:
    """An earlier video that a new one starts from."""

    name: str
    """Its file in our bucket."""
    seconds: float
    mime_type: str = "video/mp4"
    operation: str = ""
    """The operation that made it, unless the provider has deleted it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoTask:
    """A request to a model. `VideoRung.can_make` says whether a model supports it."""

    work: VideoWork
    prompt: str
    seconds: int
    """For an extension, the added seconds; an edit is as long as its clip."""
    ratio: VideoRatio
    """Ignored with a clip, which keeps its own ratio."""
    resolution: VideoResolution
    label: str
    """The job's id: our mark on the operation, for people who look for it at the provider."""
    has_sound: bool = True
    """False: a model that always makes sound is asked in words, and the sound is removed when the video is stored."""
    first_frame: Image | None = None
    last_frame: Image | None = None
    references: tuple[Image, ...] = ()
    clip: Clip | None = None
    negative_prompt: str = ""
    seed: int | None = None
    notice_url: str = ""
    """Where the provider tells that it has ended, if it can; empty: nowhere."""


@dataclass(frozen=True, slots=True)
class Running:
    """The provider is at work."""

    is_queued: bool = False


@dataclass(frozen=True, slots=True)
class VideoMade:
    """The provider made a video; its file is read by the port's `read`."""

    address: str
    """The file's place in the adapter's own form; may be stored in a job."""
    mime_type: str
    seconds: float | None = None
    """The length, if the provider reports it."""
    tokens: Tokens | None = None
    """The provider's count; None if it reports none."""
    model_id: str = ""
    """The model that made it, if the provider reports it."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The provider does not know the operation (any more): only `find` can still find its result."""


Poll = Running | VideoMade | Refused | FileRefused | NoResult | Busy | TimedOut | Broken | Lost
"""The state of an operation. After `Busy`, `TimedOut` and `Broken` it is unknown: poll again later. `VideoMade`,
`Refused`, `FileRefused` and `NoResult` are final."""
