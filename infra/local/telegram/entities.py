"""Text measured as Telegram measures it (UTF-16 units) and the entities found in plain text."""

import re
from typing import Any

from telegram.constants import MessageLimit

ENTITIES_MAX = int(MessageLimit.MESSAGE_ENTITIES)
Entity = dict[str, Any]

_PATTERNS = (
    ("url", re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z0-9_]{3,32}\b")),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
)


def count_units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def slice_units(text: str, offset: int, length: int) -> str:
    """The part of `text` an entity covers."""
    return text.encode("utf-16-le")[offset * 2 : (offset + length) * 2].decode("utf-16-le", "replace")


def detect_entities(text: str, taken: list[Entity]) -> list[Entity]:
    """Commands, links, mentions and hashtags in `text` outside of the entities already `taken`."""
    found: list[Entity] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            entity = {
                "type": kind,
                "offset": count_units(text[: match.start()]),
                "length": count_units(match.group()),
            }
            if not any(_is_blocked(entity, other) for other in [*taken, *found]):
                found.append(entity)
    return found


def _is_blocked(entity: Entity, other: Entity) -> bool:
    """Styles such as bold may contain a link; code and other links may not."""
    styles = {
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
    }
    apart = entity["offset"] >= other["offset"] + other["length"]
    apart = apart or other["offset"] >= entity["offset"] + entity["length"]
    return not apart and other["type"] not in styles


def sort_entities(entities: list[Entity]) -> list[Entity]:
    """In the order Telegram gives them, at most the hundred it keeps."""
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))[:ENTITIES_MAX]


def trim_text(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """The text without white space at its ends, its entities moved and cut to fit."""
    cut = len(text) - len(text.lstrip())
    stripped = text.strip()
    end = count_units(stripped)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        stop = min(entity["offset"] - cut + entity["length"], end)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return stripped, kept
