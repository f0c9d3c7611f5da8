"""Whether and how a person wants answers to be spoken."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

from shared.credits.catalogue import PACES, VOICES, Pace, VoiceName

SpeechMode = Literal["never", "kind", "always"]
"""*kind*: only if the question was spoken too. The written answer comes in every mode."""
SPEECH_MODES: tuple[SpeechMode, ...] = get_args(SpeechMode)
Hearing = Literal["act", "write"]
"""How spoken words are handled: acted on, or only written down."""
HEARINGS: tuple[Hearing, ...] = get_args(Hearing)


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """See the module's docstring. Speech costs credits, so it is off by default."""

    mode: SpeechMode = "never"
    voice: VoiceName = "Kore"
    pace: Pace = "normal"
    hearing: Hearing = "act"


def wants_speech(settings: SpeechSettings, *, is_spoken: bool) -> bool:
    """Whether the answer is to be spoken; `is_spoken`: the question was spoken."""
    return settings.mode == "always" or (settings.mode == "kind" and is_spoken)


def with_speech_choice(settings: SpeechSettings, name: str, value: str) -> SpeechSettings | None:
    """The settings with one choice changed; None if the choice is invalid."""
    match name:
        case "speech_mode" if value in SPEECH_MODES:
            return replace(settings, mode=value)
        case "speech_voice" if value in VOICES:
            return replace(settings, voice=value)
        case "speech_pace" if value in PACES:
            return replace(settings, pace=value)
        case "speech_hearing" if value in HEARINGS:
            return replace(settings, hearing=value)
        case _:
            return None
