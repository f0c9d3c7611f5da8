"""The request and the artefacts of a job that transcribes a recording."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self

from shared.jobs.job import Artefacts, Job, Request, keep_job
from shared.people.talk import DEFAULT_KEPT_DAYS, DEFAULT_MODE, Mode, count_heard, is_heard_free, return_heard
from shared.people.users import User
from shared.telegram.updates import Recording
from shared.voices.spoken_message import SpokenMessage

MEDIUM = "transcript"
"""The name of this kind of work in logs and metrics."""


class Heard(StrEnum):
    """The kind of a recording's content."""

    SPEECH = "speech"
    SILENCE = "silence"
    MUSIC = "music"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """A few sentences with their time."""

    at_seconds: float
    words: str


@dataclass(frozen=True, slots=True)
class TranscriptRequest(Request):
    """The recording, and what to do with its words."""

    recording: Recording
    message: SpokenMessage
    """The message that brought the recording or asked for its transcript: the words are handled as its text."""
    seconds: int
    """The upper bound of its duration by Telegram's data, which determines the price."""
    bound_usd_micros: int
    """The upper bound of our cost, in millionths of a US dollar."""
    mode: Mode = DEFAULT_MODE
    """The mode of its place when it arrived."""
    only_text: bool = False
    """The words are only shown."""
    free_day: str = ""
    """For a free transcript: the day on which it is counted."""
    kept_days: int = DEFAULT_KEPT_DAYS
    """For how many days the person wants to keep it; 0: until they delete it."""

    def kept(self) -> timedelta:
        """As long as an answer of the same words."""
        return keep_job(self.kept_days)

    def cost_of_call(self) -> int:
        """The upper bound of what one call costs us, in millionths of a US dollar."""
        return self.bound_usd_micros

    def is_offered(self, user: User) -> bool:
        """A free transcript is offered only while the day has free seconds left."""
        return not self.free_day or is_heard_free(user.talk, self.free_day, self.seconds)

    def taken(self, user: User) -> User:
        """A free transcript uses seconds of the day."""
        if not self.free_day:
            return user
        return replace(user, talk=count_heard(user.talk, self.free_day, self.seconds))

    def returned(self, user: User) -> User:
        """The seconds of a free transcript that failed are given back."""
        if not self.free_day:
            return user
        return replace(user, talk=return_heard(user.talk, self.free_day, self.seconds))

    def without_words(self) -> Self:
        """The request without the recording and the words around it."""
        recording, message = replace(self.recording, file_id=""), replace(self.message, caption="", about=None)
        return replace(self, recording=recording, message=message)

    def facts(self) -> dict[str, Any]:
        """The fields for the log."""
        return {"medium": MEDIUM}


@dataclass(frozen=True, slots=True)
class Transcript(Artefacts):
    """The results so far."""

    heard: Heard | None = None
    transcript: str = ""
    """The words, in the spoken language; for a long recording their summary."""
    lines: tuple[SpokenLine, ...] = ()
    """The words of a long recording, with times."""
    spoken_language: str = ""
    """The language according to the model, such as "ru"; empty if it gave none."""
    sure: float = 1.0
    """The model's confidence in the words, from 0 to 1."""
    tokens_given: int = 0
    tokens_made: int = 0
    """As counted by the provider; our estimate if it gave no number."""
    heard_by: str = ""
    """The provider's model."""


LONG_SECONDS = 300
"""A longer recording becomes files with a summary, and its words are not acted on: no message is that long."""


def is_long(request: TranscriptRequest) -> bool:
    """Whether its words become files."""
    return request.seconds > LONG_SECONDS


def is_transcript(job: Job) -> bool:
    """Whether the job is a transcript, so that `spoken_of` and `transcript_of` work."""
    return isinstance(job.request, TranscriptRequest)


def words_of(job: Job) -> str:
    """The whole text of a transcript, even of a long one."""
    transcript = transcript_of(job)
    return "\n".join(line.words for line in transcript.lines) or transcript.transcript


ACTED_CHARACTERS_MAX = 3_900
"""Longer words are only shown: as a typed message they would count as the first part of a split text."""


def is_short(job: Job) -> bool:
    """Whether the transcript is short enough to be handled as a typed message."""
    transcript = transcript_of(job)
    return not transcript.lines and len(transcript.transcript) <= ACTED_CHARACTERS_MAX


def is_acted_on(job: Job) -> bool:
    """Whether the words are handled as if they had been typed, without a press."""
    return is_short(job) and not spoken_of(job).only_text


def spoken_of(job: Job) -> TranscriptRequest:
    """The request of a job that is a transcript."""
    assert isinstance(job.request, TranscriptRequest)
    return job.request


def transcript_of(job: Job) -> Transcript:
    """The artefacts of a job that is a transcript."""
    assert isinstance(job.artefacts, Transcript)
    return job.artefacts
