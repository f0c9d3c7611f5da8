"""What a model is asked that answers in words, and what comes of it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shared.providers.files import Document
from shared.providers.images import Image

Speaker = Literal["person", "model"]
Thinking = Literal["low", "medium", "high"]
_INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"})
"""Unicode categories of what leaves nothing to see."""
_LETTER = re.compile(r"[^\W\d_]")
_END = re.compile(r"""[.!?…](?=[\s"'»”)*_`]|$)|[。！？।؟\n]""")


@dataclass(frozen=True, slots=True)
class Sound:
    """Something to listen to, on its way to the model."""

    content: bytes
    mime_type: str


@dataclass(frozen=True, slots=True)
class Line:
    """What one side said in a conversation."""

    speaker: Speaker
    text: str
    pictures: tuple[Image, ...] = ()
    documents: tuple[Document, ...] = ()
    sounds: tuple[Sound, ...] = ()


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
    search: bool = False
    """The model may look things up on the web, which the provider charges by the query."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a call was charged for."""

    given: int
    """Input: instruction, lines, files."""
    made: int
    """Output: what it wrote, and what it thought."""


@dataclass(frozen=True, slots=True)
class Source:
    """A web page that an answer rests on, as the provider names it: neither part can be trusted."""

    address: str
    title: str


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
    searches: int = 0
    """Queries on the web that it says it made."""
    sources: tuple[Source, ...] = ()
    """What these found."""


def join_words(parts: Iterable[str]) -> str:
    """What the parts of an answer say together. A part may end within an emoji: half of one is left out."""
    return "".join(parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def is_visible(text: str) -> bool:
    """Whether there is something to see: Telegram calls a text empty that has nothing else."""
    return any(unicodedata.category(character) not in _INVISIBLE for character in text)


def holds_a_sentence(text: str) -> bool:
    """Whether an answer that was cut here is worth keeping: a sentence of it is whole, or a line.

    It begins with a letter: the number of a list's first point is none.
    """
    letter = _LETTER.search(text)
    return letter is not None and _END.search(text, letter.end()) is not None
