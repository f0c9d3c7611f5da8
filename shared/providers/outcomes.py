"""What comes of asking the model, and why a job can fail."""

from dataclasses import dataclass
from enum import StrEnum

from shared.providers.images import Image
from shared.providers.talk import Tokens, Told


@dataclass(frozen=True, slots=True)
class Turn:
    """The version a new one starts from: what was asked then and what the model answered."""

    prompt: str
    picture: Image
    signature: bytes
    """The model's thought signature for `picture`; empty where it gave none."""


@dataclass(frozen=True, slots=True)
class PictureTask:
    """What a model is asked for."""

    prompt: str
    ratio: str
    size: str
    references: tuple[Image, ...] = ()
    parent: Turn | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """The model made a picture."""

    content: bytes
    mime_type: str
    signature: bytes = b""
    model_id: str = ""
    """The model that made it, as the provider says. The ladder writes the model that was asked here: no other model
    understands the signature.
    """


@dataclass(frozen=True, slots=True)
class Spoken(Made):
    """The model spoke: `content` is Ogg Opus, as Telegram plays it."""

    seconds: float = 0.0
    """How long it lasts."""
    tokens: Tokens | None = None
    """As the provider counted them; None where it did not say."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The provider has begun, and will charge: `operation` is its name for the work, to be asked about later."""

    operation: str
    model_id: str = ""
    """As of `Made`."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A filter stopped the request; asking again is of no use."""

    reason: str
    """The provider's word, for the log."""


@dataclass(frozen=True, slots=True)
class NoResult:
    """The model answered without what it was asked for; documents and logs say *no_image*, as the first kind did."""

    reason: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Busy:
    """The provider cannot now: it is busy (429, 503), or it has a fault (500, 502, 504, no connection)."""

    reason: str
    retry_after_seconds: float | None = None
    is_fault: bool = False


@dataclass(frozen=True, slots=True)
class TimedOut:
    """No answer within the time limit: the provider may have worked, and charged, for nothing."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The provider says our request is wrong: a bug of ours, or of our configuration."""

    reason: str


@dataclass(frozen=True, slots=True)
class FileRefused:
    """The provider cannot use a picture that the person sent; asking again with it is of no use."""

    reason: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The provider has no such model (any more): the next rung of the ladder is asked."""


ModelOutcome = Made | Told | Begun | Refused | NoResult | Busy | TimedOut | FileRefused | Broken

_NAMES: dict[type, str] = {
    Made: "made",
    Told: "told",
    Spoken: "spoken",
    Begun: "begun",
    Refused: "refused",
    NoResult: "no_image",
    Busy: "busy",
    TimedOut: "timed_out",
    FileRefused: "file_refused",
    Broken: "broken",
}


def name_outcome(outcome: ModelOutcome) -> str:
    """The word for an outcome in the log and in a job's attempts."""
    return "fault" if isinstance(outcome, Busy) and outcome.is_fault else _NAMES[type(outcome)]


class FailureReason(StrEnum):
    """Why a job ended without a result; the value is the short code that users and logs see."""

    SAFETY = "E-IMG-SAFE"
    NO_RESULT = "E-IMG-NONE"
    BUSY = "E-BUSY"
    PROVIDER = "E-PROVIDER"
    LATE = "E-LATE"
    FILE_TOO_LARGE = "E-FILE-SIZE"
    FILE_UNREADABLE = "E-FILE-READ"
    FILE_GONE = "E-FILE-GONE"
    OURS = "E-OURS"
    UNDELIVERABLE = "E-BLOCKED"


PEOPLES_OWN = frozenset({FailureReason.SAFETY, FailureReason.FILE_TOO_LARGE, FailureReason.FILE_UNREADABLE})
"""Reasons that lie in what somebody asked for or sent; for all others we or a provider are to blame."""


class DeclineReason(StrEnum):
    """Why a request was not accepted; nothing was held, no job exists."""

    PARENT_NOT_DONE = "E-NOT-DONE"
    PARENT_DELETED = "E-DELETED"
    PROMPT_MISSING = "E-NO-PROMPT"
    PROMPT_TOO_LONG = "E-LONG"
    FILE_TOO_LARGE = "E-FILE-SIZE"
    TOO_MANY_REFERENCES = "E-REFS"
    NOT_ENOUGH_CREDITS = "E-CREDITS"
    TOO_MANY_JOBS = "E-JOBS"
    DAILY_CAP = "E-DAY-CAP"
    PERSON_RESTS = "E-PAUSE"
    ALL_REST = "E-REST"
