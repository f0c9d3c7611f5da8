"""The input of a speech model."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpeechTask:
    """A text, and how to speak it."""

    words: str
    voice: str
    """The provider's name of the voice."""
    style: str = ""
    """An instruction how to speak, which is not spoken itself. Empty: the model's default."""
