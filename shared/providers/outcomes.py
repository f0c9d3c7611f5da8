"""The outcomes of a model call, and the reasons why a job can fail."""

from dataclasses import dataclass
from enum import StrEnum

from shared.providers.images import Image
from shared.providers.talk import Tokens, Told


@dataclass(frozen=True, slots=True)
class Turn:
    """The earlier version of a picture: its prompt and the model's answer."""

    prompt: str
    picture: Image
    signature: bytes
    """The model's thought signature for `picture`; empty if there was none."""


SEED_MAX = 2**31 - 1


@dataclass(frozen=True, slots=True)
class PictureTask:
    """The input of a picture model."""

    prompt: str
    ratio: str
    size: str
    references: tuple[Image, ...] = ()
    parent: Turn | None = None
    without: str = ""
    """What shall not be shown."""
    seed: int | None = None
    """For models with `takes_seed`."""


@dataclass(frozen=True, slots=True)
class Made:
    """The model made a picture."""

    content: bytes
    mime_type: str
    signature: bytes = b""
    model_id: str = ""
    """The model that made it, according to the provider. The ladder sets it to the model that was asked: no other model
    can use the signature.
    """
    tokens: Tokens | None = None
    """As counted by the provider; None if it gave no number."""


@dataclass(frozen=True, slots=True)
class Spoken(Made):
    """The model spoke: `content` is Ogg Opus, which Telegram plays."""

    seconds: float = 0.0
    """Its duration."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The provider has begun, and will charge: `operation` is its name for the work, to be asked about later."""

    operation: str
    model_id: str = ""
    """As of `Made`."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A filter stopped the request; a retry would not help."""

    reason: str
    """The provider's code, for the log."""


@dataclass(frozen=True, slots=True)
class NoResult:
    """The model answered without the requested result; documents and logs say *no_image* for every kind."""

    reason: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Busy:
    """The provider is unavailable: busy (429, 503), or with a fault (500, 502, 504, no connection)."""

    reason: str
    retry_after_seconds: float | None = None
    is_fault: bool = False


@dataclass(frozen=True, slots=True)
class TimedOut:
    """No answer within the time limit: the provider may have worked, and may charge us."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The provider rejects our request as invalid: a bug in our code or configuration."""

    reason: str


@dataclass(frozen=True, slots=True)
class FileRefused:
    """The provider cannot use a file that the person sent; a retry would not help."""

    reason: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The provider does not have this model (any more); the next rung of the ladder is asked."""


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
    """The name of an outcome in the log and in a job's attempts."""
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
"""Failures caused by a person's words or files; all others are caused by us or a provider."""


class DeclineReason(StrEnum):
    """Why a request was declined; no credits are held, and no job exists."""

    PARENT_NOT_DONE = "E-NOT-DONE"
    PARENT_DELETED = "E-DELETED"
    PROMPT_MISSING = "E-NO-PROMPT"
    PROMPT_TOO_LONG = "E-LONG"
    FILE_TOO_LARGE = "E-FILE-SIZE"
    TOO_MANY_REFERENCES = "E-REFS"
    NOT_ENOUGH_CREDITS = "E-CREDITS"
    WALLET_EMPTY = "E-WALLET"
    """The group's wallet holds too little."""
    WALLET_LIMIT = "E-WALLET-DAY"
    """The person would spend more of the group's wallet than one may on one day."""
    TOO_MANY_JOBS = "E-JOBS"
    DAILY_CAP = "E-DAY-CAP"
    PERSON_RESTS = "E-PAUSE"
    ALL_REST = "E-REST"
    BOOKS_WRONG = "E-BOOKS"
    SWITCHED_OFF = "E-OFF"
    """Operators have switched the model off."""
