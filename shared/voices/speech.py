"""The request and the artefacts of a job that speaks an answer or a sample."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from shared.credits.catalogue import PACES, VOICES, Pace, VoiceName
from shared.jobs.job import Artefacts, Job, Request, keep_job
from shared.people.talk import DEFAULT_KEPT_DAYS

MEDIUM = "speech"
"""The name of this kind of work in logs and metrics."""
STYLES: dict[Pace, str] = {"slow": "calm and slow, with pauses", "normal": "", "fast": "brisk and fast"}
"""The instruction about the pace, which is not spoken."""


@dataclass(frozen=True, slots=True)
class SpeechRequest(Request):
    """The words to speak, and the voice."""

    answer_id: str
    """The job whose words are spoken; empty for a sample of the voice."""
    voice: VoiceName
    pace: Pace
    bound_usd_micros: int
    """The upper bound of what one call costs us, in millionths of a US dollar."""
    kept_days: int = DEFAULT_KEPT_DAYS
    """For how many days the person wants to keep it; 0: until they delete it."""

    def kept(self) -> timedelta:
        """As long as an answer of the same words."""
        return keep_job(self.kept_days)

    def cost_of_call(self) -> int:
        """The upper bound of what one call costs us, in millionths of a US dollar."""
        return self.bound_usd_micros

    def facts(self) -> dict[str, Any]:
        """The fields for the log."""
        return {"medium": MEDIUM, "voice": self.voice}

    def is_known(self) -> bool:
        """Whether this release knows the voice and the pace."""
        return self.voice in VOICES and self.pace in PACES


@dataclass(frozen=True, slots=True)
class Sound:
    """The stored sound: Ogg Opus."""

    blob: str
    size_bytes: int
    seconds: float
    words: str
    """The spoken words; empty once the sound was deleted."""
    tokens_given: int = 0
    tokens_made: int = 0
    """As counted by the provider; our estimate if it gave no number."""
    model_id: str = ""
    file_id: str = ""
    """Telegram's id of the voice message's file."""
    message_id: int = 0
    """The voice message. A reply to it refers to the answer, so the answer's job lists it among its messages."""


@dataclass(frozen=True, slots=True)
class SpeechArtefacts(Artefacts):
    """The results so far."""

    sound: Sound | None = None


def is_speech(job: Job) -> bool:
    """Whether the job is of the kind `speech`, so that `speech_of` works."""
    return isinstance(job.request, SpeechRequest)


def speech_of(job: Job) -> SpeechRequest:
    """The request of a job of the kind `speech`."""
    assert isinstance(job.request, SpeechRequest)
    return job.request


def sound_of(job: Job) -> Sound:
    """The stored sound of a job that has one."""
    assert isinstance(job.artefacts, SpeechArtefacts)
    assert job.artefacts.sound is not None
    return job.artefacts.sound


def with_sound(job: Job, sound: Sound) -> Job:
    """The job with this sound."""
    assert isinstance(job.artefacts, SpeechArtefacts)
    return replace(job, artefacts=replace(job.artefacts, sound=sound))


def sound_prefix(job: Job) -> str:
    """The prefix of the names of a job's files; the attempt's fence follows."""
    return f"jobs/{job.id}/"


def sound_name(job: Job, fence: int) -> str:
    """The name of the file that the attempt with this fence stores."""
    return f"{sound_prefix(job)}{fence}"
