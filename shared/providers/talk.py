"""The input and the outcome of a text model."""

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
"""The Unicode categories of invisible characters."""
_LETTER = re.compile(r"[^\W\d_]")
_END = re.compile(r"""[.!?…](?=[\s"'»”)*_`]|$)|[。！？।؟\n]""")


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording as input of a model."""

    content: bytes
    mime_type: str


@dataclass(frozen=True, slots=True)
class Line:
    """One turn of a conversation."""

    speaker: Speaker
    text: str
    pictures: tuple[Image, ...] = ()
    documents: tuple[Document, ...] = ()
    sounds: tuple[Sound, ...] = ()


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation that a model continues."""

    instruction: str
    """Our system instruction."""
    lines: tuple[Line, ...]
    """The oldest first; the last is the person's question."""
    output_tokens_max: int
    """The limit of the output, thoughts included."""
    thinking: Thinking | None = None
    """None: the model's default, or a model that does not think."""
    schema: Mapping[str, Any] | None = None
    """A JSON schema for the answer. The caller still has to validate the answer."""
    search: bool = False
    """The model may search the web, which the provider charges per query."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a call."""

    given: int
    """Input: instruction, lines, files."""
    made: int
    """Output: answer and thoughts."""


@dataclass(frozen=True, slots=True)
class Source:
    """A web page that an answer is based on; title and address are untrusted."""

    address: str
    title: str


@dataclass(frozen=True, slots=True)
class Told:
    """The model answered in words."""

    text: str
    tokens: Tokens | None
    """As counted by the provider; None if the call ended before it gave a number."""
    is_whole: bool = True
    """False if it was cut: at the token limit, by a filter, or by a broken connection."""
    model_id: str = ""
    """The provider's model that answered."""
    filter_reason: str = ""
    """If a filter cut it: the provider's code, for the log. Continuing would meet the filter again."""
    searches: int = 0
    """The number of web queries, as reported by the provider."""
    sources: tuple[Source, ...] = ()
    """The pages that the queries found."""


def join_words(parts: Iterable[str]) -> str:
    """The parts of an answer as one text. A part may end inside an emoji; an incomplete emoji is left out."""
    return "".join(parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def is_visible(text: str) -> bool:
    """Whether the text has visible characters; Telegram refuses a text without any as empty."""
    return any(unicodedata.category(character) not in _INVISIBLE for character in text)


def holds_a_sentence(text: str) -> bool:
    """Whether a cut answer is worth keeping: it has at least one complete sentence or line.

    The sentence has to begin with a letter, so the number of a list's first item is not enough.
    """
    letter = _LETTER.search(text)
    return letter is not None and _END.search(text, letter.end()) is not None
