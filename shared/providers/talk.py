"""What a model is asked that answers in words, and what comes of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shared.providers.files import Document
from shared.providers.images import Image

Speaker = Literal["person", "model"]
Thinking = Literal["low", "medium", "high"]
_LETTER = re.compile(r"[^\W\d_]")
_END = re.compile(r"""[.!?…](?=[\s"'»”)*_`]|$)|[。！？।؟\n]""")


@dataclass(frozen=True, slots=True)
class Line:
    """What one side said in a conversation."""

    speaker: Speaker
    text: str
    pictures: tuple[Image, ...] = ()
    documents: tuple[Document, ...] = ()


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
    """False where it was cut: at the token limit, by a filter, or because the connection broke."""
    model_id: str = ""
    """The provider's model that answered."""
    filter_reason: str = ""
    """Where a filter cut it: the provider's word, for the log. To go on would meet the filter again."""


def holds_a_sentence(text: str) -> bool:
    """Whether an answer that was cut here is worth keeping: a sentence of it is whole, or a line.

    It begins with a letter: the number of a list's first point is none.
    """
    letter = _LETTER.search(text)
    return letter is not None and _END.search(text, letter.end()) is not None
