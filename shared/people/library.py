"""A person's own prompts: words with {variables}, kept until they are deleted, shared by a link that nobody guesses.

The user's document lists them; each stands in a document of its own, so an update that has nothing to do with them
reads none of it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hmac import compare_digest

from shared.hash_ids import ID_CHARACTERS, is_id

PROMPTS_MAX = 20
TITLE_CHARACTERS_MAX = 40
TEXT_CHARACTERS_MAX = 2_000
VARIABLES_MAX = 6
LINK = "p-"
"""What the payload of a shared prompt's link begins with; its id and its token follow."""
ROLE_LINK = "r-"
"""The same of a shared role."""
TOKEN_CHARACTERS = 22
"""128 bits."""
_VARIABLE = re.compile(r'\{\{?([^{}\n":;=<>]{1,40})\}\}?')
_TITLED = re.compile(rf"([^:\n]{{1,{TITLE_CHARACTERS_MAX}}}):\s(.+)", re.DOTALL)
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{TOKEN_CHARACTERS}}}")


@dataclass(frozen=True, slots=True)
class PromptEntry:
    """A line of the list."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Filling:
    """A prompt whose variables a person was asked for."""

    prompt_id: str
    message_id: int
    """Of our question."""
    chat_id: int
    thread_id: int | None
    asked_at: datetime
    token: str = ""
    """For somebody else's prompt: what its link carried."""
    values: dict[str, str] = field(default_factory=dict)
    """What was said for some of them already."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """See the module's docstring."""

    id: str
    user_id: int
    title: str
    text: str
    created_at: datetime
    token: str = ""
    """What the link carries beside the id; empty: it is not shared."""
    is_foreign: bool = False
    """It was taken over from somebody else: what it says is a stranger's."""
    is_role: bool = False
    """It says how to answer, instead of what."""
    expire_at: datetime | None = None
    """When it was deleted: its words are gone, and the store may remove the rest."""


def read_prompt(words: str) -> tuple[str, str]:
    """Title and text of what somebody wants to keep: "Title: text", or the first line as a title, or words alone."""
    titled = _TITLED.fullmatch(words.strip())
    if titled is not None:
        return shorten_title(titled[1]), titled[2].strip()
    first, _, rest = words.strip().partition("\n")
    text = rest.strip() or first
    return shorten_title(first), text


def shorten_title(words: str) -> str:
    """On one line, as long as a button may be."""
    line = " ".join(words.split())
    return line if len(line) <= TITLE_CHARACTERS_MAX else f"{line[: TITLE_CHARACTERS_MAX - 1]}…"


def find_variables(text: str) -> tuple[str, ...]:
    """The names in braces, or in double ones as other bots have them, each once, in their order.

    What is code in braces, as of JSON or CSS, names nothing.
    """
    return tuple(dict.fromkeys(name.strip() for name in _VARIABLE.findall(text) if name.strip()))


def read_values(names: tuple[str, ...], words: str) -> dict[str, str]:
    """A value for each name: the whole text for one, a line each for several; the last takes what is left.

    Names without a value are missing.
    """
    if len(names) == 1:
        return {names[0]: words.strip()} if words.strip() else {}
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if len(lines) > len(names):
        lines = [*lines[: len(names) - 1], "\n".join(lines[len(names) - 1 :])]
    return dict(zip(names, lines, strict=False))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its values in place. A value is put in as it is: braces in it name nothing."""
    return _VARIABLE.sub(lambda found: values.get(found[1].strip(), found[0]), text)


def write_link(prompt: Prompt) -> str:
    """The payload of the link to a shared prompt."""
    return f"{ROLE_LINK if prompt.is_role else LINK}{prompt.id}{prompt.token}"


def read_link(payload: str, link: str = LINK) -> tuple[str, str] | None:
    """The id and the token that a link carries; None where it is no link to a prompt, or with ROLE_LINK to a role."""
    if not payload.startswith(link):
        return None
    id_, token = payload[len(link) :][:ID_CHARACTERS], payload[len(link) + ID_CHARACTERS :]
    return (id_, token) if is_id(id_) and _TOKEN.fullmatch(token) else None


def may_read(prompt: Prompt, user_id: int, token: str) -> bool:
    """Whether this person may see and use it: it is theirs, or they have its link and it is still shared."""
    if prompt.expire_at is not None:
        return False
    is_shared = bool(prompt.token) and compare_digest(prompt.token.encode(), token.encode())
    return prompt.user_id == user_id or is_shared


def erase(prompt: Prompt, now: datetime) -> Prompt:
    """What is left of a deleted prompt."""
    return replace(prompt, title="", text="", token="", expire_at=now)
