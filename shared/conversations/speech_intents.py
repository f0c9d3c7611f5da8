"""What makes a wish to hear something the same wish when it comes again. Pure.

An answer is spoken once in each voice and pace. Where that failed, or was deleted, there is another round.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.hash_ids import hash_id
from shared.jobs.identity import job_id_of, tap_intent
from shared.people.speech_settings import SpeechSettings

ROUNDS_MAX = 6
"""So often an answer is spoken anew in the same way."""


@dataclass(frozen=True, slots=True)
class Round:
    """One of the attempts to have an answer spoken."""

    intent: str

    @property
    def job_id(self) -> str:
        """Its job."""
        return job_id_of(self.intent, 1)


def list_rounds(bot_id: int, answer_id: str, settings: SpeechSettings) -> list[Round]:
    """All of them, the first first."""
    how = f"{settings.voice}.{settings.pace}"
    return [Round(tap_intent(bot_id, answer_id, "speak", f"{how}.{number}")) for number in range(ROUNDS_MAX)]


def sample_intent(bot_id: int, user_id: int, voice: str, language: str, at: datetime) -> str:
    """A sample that was never made: once a minute for each person."""
    return hash_id("sample", bot_id, user_id, voice, language, int(at.timestamp()) // 60)
