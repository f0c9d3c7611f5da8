"""A transcript as a job: which recording is written down, and what was heard in it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from shared.jobs.job import Artefacts, Job, Request, keep_job
from shared.people.talk import DEFAULT_KEPT_DAYS, DEFAULT_MODE, Mode, count_heard, is_heard_free, return_heard
from shared.people.users import User
from shared.telegram.updates import Recording
from shared.voices.spoken_message import SpokenMessage

MEDIUM = "transcript"
"""What logs and metrics call this kind of work."""


class Heard(StrEnum):
    """What a recording holds."""

    SPEECH = "speech"
    SILENCE = "silence"
    MUSIC = "music"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A sentence or a few, and when they are said."""

    at_seconds: float
    words: str


@dataclass(frozen=True, slots=True)
class TranscriptRequest(Request):
    """What is written down, and what is to be done with the words."""

    recording: Recording
    message: SpokenMessage
    """The message that brought it, or that asked for its transcript: the words are handled as if it had said them."""
    seconds: int
    """How long it is at most, as far as Telegram tells: what it costs goes by this."""
    bound_usd_micros: int
    """What writing it down costs us at most."""
    mode: Mode = DEFAULT_MODE
    """What plain words asked for there when it came."""
    only_text: bool = False
    """Nothing is done with the words."""
    free_day: str = ""
    """For a transcript that is free: the day on which it was counted."""
    kept_days: int = DEFAULT_KEPT_DAYS
    """How long the person wants to have what is said kept; 0: until they delete it."""

    def kept(self) -> timedelta:
        """As long as an answer of the same words."""
        return keep_job(self.kept_days)

    def cost_of_call(self) -> int:
        """What asking once costs at most, in millionths of a US dollar."""
        return self.bound_usd_micros

    def is_offered(self, user: User) -> bool:
        """A free one only while the day's seconds last."""
        return not self.free_day or is_heard_free(user.talk, self.free_day, self.seconds)

    def taken(self, user: User) -> User:
        """Its seconds are some of the day's."""
        if not self.free_day:
            return user
        return replace(user, talk=count_heard(user.talk, self.free_day, self.seconds))

    def returned(self, user: User) -> User:
        """What was not written down is free another time."""
        if not self.free_day:
            return user
        return replace(user, talk=return_heard(user.talk, self.free_day, self.seconds))

    def facts(self) -> dict[str, Any]:
        """What the log says of it."""
        return {"medium": MEDIUM}


@dataclass(frozen=True, slots=True)
class Transcript(Artefacts):
    """What was heard so far."""

    heard: Heard | None = None
    transcript: str = ""
    """What is said, in the language in which it is said."""
    lines: tuple[SpokenLine, ...] = ()
    """The same of a long recording, with times; `transcript` is its summary then."""
    spoken_language: str = ""
    """As the model names it, such as "ru"; empty where it does not."""
    sure: float = 1.0
    """How sure the model is of the words, from 0 to 1."""
    tokens_given: int = 0
    tokens_made: int = 0
    """As the provider counted them, or as we estimate them where it did not say."""
    heard_by: str = ""
    """The provider's model."""


LONG_SECONDS = 300
"""A longer recording becomes files with a summary, and nothing is done with its words: no message is as long."""


def is_long(request: TranscriptRequest) -> bool:
    """Whether its words become files."""
    return request.seconds > LONG_SECONDS


def is_transcript(job: Job) -> bool:
    """Whether the job is a transcript, so that `spoken_of` and `transcript_of` work."""
    return isinstance(job.request, TranscriptRequest)


def words_of(job: Job) -> str:
    """All words of a transcript, of a long one too."""
    transcript = transcript_of(job)
    return "\n".join(line.words for line in transcript.lines) or transcript.transcript


ACTED_CHARACTERS_MAX = 3_900
"""Longer words are shown, and nothing is done with them: typed, they would be taken for the first part of a text."""


def is_short(job: Job) -> bool:
    """Whether the words of a transcript are few enough to be handled as if they had been typed."""
    transcript = transcript_of(job)
    return not transcript.lines and len(transcript.transcript) <= ACTED_CHARACTERS_MAX


def is_acted_on(job: Job) -> bool:
    """Whether they are handled so, without a press."""
    return is_short(job) and not spoken_of(job).only_text


def spoken_of(job: Job) -> TranscriptRequest:
    """What is written down, of a job that is a transcript."""
    assert isinstance(job.request, TranscriptRequest)
    return job.request


def transcript_of(job: Job) -> Transcript:
    """What was heard, of a job that is a transcript."""
    assert isinstance(job.artefacts, Transcript)
    return job.artefacts
