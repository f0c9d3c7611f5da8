"""A person's own prompts: texts with {variables}, kept until deleted, shared by a secret link.

The user's document lists them. Each is a document of its own, so updates that do not concern prompts do not read them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hmac import compare_digest

from shared.hash_ids import ID_CHARACTERS, is_id
from shared.people.storage import Storage, is_incognito

PROMPTS_MAX = 20
TITLE_CHARACTERS_MAX = 40
TEXT_CHARACTERS_MAX = 2_000
VARIABLES_MAX = 6
VALUES_KEPT = timedelta(days=1)
HIDDEN_VALUES_KEPT = timedelta(minutes=15)
"""While the person was incognito: as long as their jobs stay."""
LINK = "p-"
"""The prefix of a shared prompt's payload; the id and the token follow."""
ROLE_LINK = "r-"
"""The prefix of a payload that links to a shared role."""
TOKEN_CHARACTERS = 22
"""128 bits."""
_VARIABLE = re.compile(r'\{\{?([^{}\n":;=<>]{1,40})\}\}?')
_TITLED = re.compile(rf"([^:\n]{{1,{TITLE_CHARACTERS_MAX}}}):\s(.+)", re.DOTALL)
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{TOKEN_CHARACTERS}}}")


@dataclass(frozen=True, slots=True)
class PromptEntry:
    """An entry of the list."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Filling:
    """A prompt for whose variables the bot has asked."""

    prompt_id: str
    message_id: int
    """The id of our question."""
    chat_id: int
    thread_id: int | None
    asked_at: datetime
    token: str = ""
    """For somebody else's prompt: the token in its link."""
    values: dict[str, str] = field(default_factory=dict)
    """The values given so far."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """See the module's docstring."""

    id: str
    user_id: int
    title: str
    text: str
    created_at: datetime
    token: str = ""
    """The secret part of the link; empty: the prompt is not shared."""
    is_foreign: bool = False
    """It is a copy of somebody else's prompt: its words are a stranger's."""
    is_role: bool = False
    """Whether it is a role (how to answer) instead of a prompt (what to answer)."""
    expire_at: datetime | None = None
    """When it was deleted: its words are erased, and the store may remove the document."""


def read_prompt(words: str) -> tuple[str, str]:
    """Title and text of a new prompt: from "Title: text", with the first line as a title, or from the words alone."""
    titled = _TITLED.fullmatch(words.strip())
    if titled is not None:
        return shorten_title(titled[1]), titled[2].strip()
    first, _, rest = words.strip().partition("\n")
    text = rest.strip() or first
    return shorten_title(first), text


def shorten_title(words: str) -> str:
    """The words on one line, cut to the length of a button."""
    line = " ".join(words.split())
    return line if len(line) <= TITLE_CHARACTERS_MAX else f"{line[: TITLE_CHARACTERS_MAX - 1]}…"


def find_variables(text: str) -> tuple[str, ...]:
    """The variables: names in braces, or in double braces as in other bots, each once, in their order.

    Code in braces, such as JSON or CSS, contains no variables.
    """
    return tuple(dict.fromkeys(name.strip() for name in _VARIABLE.findall(text) if name.strip()))


def read_values(names: tuple[str, ...], words: str) -> dict[str, str]:
    """A value for each name: for one name the whole text, for several one line each; the last gets the rest.

    Names without a value are missing.
    """
    if len(names) == 1:
        return {names[0]: words.strip()} if words.strip() else {}
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if len(lines) > len(names):
        lines = [*lines[: len(names) - 1], "\n".join(lines[len(names) - 1 :])]
    return dict(zip(names, lines, strict=False))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with the values inserted. Braces inside a value are not variables."""
    return _VARIABLE.sub(lambda found: values.get(found[1].strip(), found[0]), text)


def is_left(filling: Filling, storage: Storage, now: datetime) -> bool:
    """Whether the rest of the values was not given in time, so that those given before are forgotten."""
    kept = HIDDEN_VALUES_KEPT if is_incognito(storage, filling.asked_at) else VALUES_KEPT
    return now - filling.asked_at > kept


def write_link(prompt: Prompt) -> str:
    """The payload of the link to a shared prompt."""
    return f"{ROLE_LINK if prompt.is_role else LINK}{prompt.id}{prompt.token}"


def read_link(payload: str, link: str = LINK) -> tuple[str, str] | None:
    """The id and the token in a link's payload; None if it is not a link to a prompt (with ROLE_LINK: to a role)."""
    if not payload.startswith(link):
        return None
    id_, token = payload[len(link) :][:ID_CHARACTERS], payload[len(link) + ID_CHARACTERS :]
    return (id_, token) if is_id(id_) and _TOKEN.fullmatch(token) else None


def may_read(prompt: Prompt, user_id: int, token: str) -> bool:
    """Whether this person may see and use it: as its owner, or by its link while it is shared."""
    if prompt.expire_at is not None:
        return False
    is_shared = bool(prompt.token) and compare_digest(prompt.token.encode(), token.encode())
    return prompt.user_id == user_id or is_shared


def erase(prompt: Prompt, now: datetime) -> Prompt:
    """The deleted prompt, without its words."""
    return replace(prompt, title="", text="", token="", expire_at=now)
