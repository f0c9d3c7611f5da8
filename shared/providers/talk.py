"""What a model is asked that answers in words, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shared.providers.images import Image

Speaker = Literal["person", "model"]
Thinking = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Line:
    """What one side said in a conversation."""

    speaker: Speaker
    text: str
    pictures: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation that a model goes on with."""

    instruction: str
    """Ours: what the model is, and how it answers."""
    lines: tuple[Line, ...]
    """The oldest first; the last is the person's and asks."""
    output_tokens_max: int
    """What it may write, its thoughts included."""
    thinking: Thinking | None = None
    """None: as the model does by itself, or for a model that does not think."""
    schema: Mapping[str, Any] | None = None
    """A JSON schema: the answer is JSON that follows it. The caller checks it all the same."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a call was charged for."""

    given: int
    """Input: instruction, lines, files."""
    made: int
    """Output: what it wrote, and what it thought."""


@dataclass(frozen=True, slots=True)
class Told:
    """The model answered in words."""

    text: str
    tokens: Tokens | None
    """As the provider counted them; None where the call ended before it said so."""
    is_whole: bool = True
    """False where it was cut: at the token limit, or because the connection broke."""
    model_id: str = ""
    """The provider's model that answered."""
