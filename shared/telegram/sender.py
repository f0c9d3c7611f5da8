"""The person behind an update."""

from dataclasses import dataclass, field

from shared.telegram.json_fields import Json, clean, find, get

LANGUAGE_CHARACTERS_MAX = 16


@dataclass(frozen=True, slots=True)
class Sender:
    """A person, as Telegram describes them."""

    id: int
    language_code: str
    name: str = field(default="", compare=False)
    """The first name. It is stored only where the person asks for it."""


def parse_sender(parent: Json) -> Sender | None:
    """The person; None for channels and for bots, anonymous administrators included."""
    sender = find(parent, "from", dict)
    if sender is None or find(sender, "is_bot", bool):
        return None
    name = clean(find(sender, "first_name", str) or "")
    return Sender(get(sender, "id", int), parse_language(sender), name)


def parse_language(user: Json) -> str:
    """The language of the person's app; empty if it is unknown."""
    return clean(find(user, "language_code", str) or "")[:LANGUAGE_CHARACTERS_MAX]
