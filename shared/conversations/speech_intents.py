"""Idempotency keys of spoken answers and of voice samples. Pure.

An answer is spoken once in each voice and pace. If that failed or was deleted, a press begins another round.
"""

from dataclasses import dataclass
from datetime import datetime

from shared.hash_ids import hash_id
from shared.jobs.identity import job_id_of, tap_intent
from shared.people.speech_settings import SpeechSettings

ROUNDS_MAX = 6
"""How often an answer can be spoken in the same voice and pace."""


@dataclass(frozen=True, slots=True)
class Round:
    """One of the attempts to have an answer spoken."""

    intent: str

    @property
    def job_id(self) -> str:
        """The id of its job."""
        return job_id_of(self.intent, 1)


def list_rounds(bot_id: int, answer_id: str, settings: SpeechSettings) -> list[Round]:
    """All rounds, in order."""
    how = f"{settings.voice}.{settings.pace}"
    return [Round(tap_intent(bot_id, answer_id, "speak", f"{how}.{number}")) for number in range(ROUNDS_MAX)]


def sample_intent(bot_id: int, user_id: int, voice: str, language: str, at: datetime) -> str:
    """The key of a sample that does not exist yet: one per minute and person."""
    return hash_id("sample", bot_id, user_id, voice, language, int(at.timestamp()) // 60)
