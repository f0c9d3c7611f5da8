"""Something spoken as a job: whose words, in which voice, and what is kept of the sound."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from shared.credits.catalogue import PACES, VOICES, Pace, VoiceName
from shared.jobs.job import Artefacts, Job, Request, keep_job
from shared.people.talk import DEFAULT_KEPT_DAYS

MEDIUM = "speech"
"""What logs and metrics call this kind of work."""
STYLES: dict[Pace, str] = {"slow": "calm and slow, with pauses", "normal": "", "fast": "brisk and fast"}
"""What a model is told about the pace; it is not spoken."""


@dataclass(frozen=True, slots=True)
class SpeechRequest(Request):
    """What is to be spoken."""

    answer_id: str
    """The job whose words are spoken; empty for a sample of the voice."""
    voice: VoiceName
    pace: Pace
    bound_usd_micros: int
    """What one call costs us at most."""
    kept_days: int = DEFAULT_KEPT_DAYS
    """How long the person wants to have what is said kept; 0: until they delete it."""

    def kept(self) -> timedelta:
        """As long as an answer of the same words."""
        return keep_job(self.kept_days)

    def cost_of_call(self) -> int:
        """What asking once costs at most, in millionths of a US dollar."""
        return self.bound_usd_micros

    def facts(self) -> dict[str, Any]:
        """What the log says of it."""
        return {"medium": MEDIUM, "voice": self.voice}

    def is_known(self) -> bool:
        """Whether this voice and this pace are had here."""
        return self.voice in VOICES and self.pace in PACES


@dataclass(frozen=True, slots=True)
class Sound:
    """What was spoken, as it is stored: Ogg Opus."""

    blob: str
    size_bytes: int
    seconds: float
    words: str
    """What is heard; empty once the sound was deleted."""
    tokens_given: int = 0
    tokens_made: int = 0
    """As the provider counted them, or as we estimate them where it did not say."""
    model_id: str = ""
    file_id: str = ""
    """What Telegram calls the voice message's file."""
    message_id: int = 0
    """The voice message. A reply to it means the answer, so the answer's job lists it among its messages."""


@dataclass(frozen=True, slots=True)
class SpeechArtefacts(Artefacts):
    """What has come of it so far."""

    sound: Sound | None = None


def is_speech(job: Job) -> bool:
    """Whether the job is something spoken, so that `speech_of` works."""
    return isinstance(job.request, SpeechRequest)


def speech_of(job: Job) -> SpeechRequest:
    """What is to be spoken, of a job that is that."""
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
    """How the names of all files of a job begin; behind it stands the attempt's fence."""
    return f"jobs/{job.id}/"


def sound_name(job: Job, fence: int) -> str:
    """The file that the attempt with this fence stores, and no other."""
    return f"{sound_prefix(job)}{fence}"
