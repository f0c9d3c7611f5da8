"""What a model is asked to say aloud."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpeechTask:
    """A text and how it is to sound."""

    words: str
    voice: str
    """The provider's name for it."""
    style: str = ""
    """How to speak, in the model's language; it is not spoken. Empty: as the model does by itself."""
