"""Reading what is written in the operators' group. Pure; Telegram's bytes are parsed already once, so they are JSON."""

import json
import re
from dataclasses import dataclass

from shared.telegram.json_fields import clean, find, get
from shared.telegram.sender import parse_language

NOTE = "//"
"""What begins with this stays among operators."""
CONTENTS = (
    *("text", "photo", "document", "video", "voice", "audio", "animation", "sticker", "video_note"),
    *("contact", "location", "venue", "dice", "poll"),
)
"""What a copy may contain; what has none of it is a service message."""
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(@[A-Za-z0-9_]+)?(?!\S)")
"""At the beginning: https://core.telegram.org/bots/features#commands."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message in a topic of the group, by a person or by an administrator in the group's name."""

    message_id: int
    thread_id: int
    words: str
    language_code: str
    has_content: bool
    is_edited: bool = False
    is_closing: bool = False
    """The topic was closed."""

    @property
    def is_note(self) -> bool:
        """Whether it is for operators only."""
        return self.words.startswith(NOTE)

    @property
    def command(self) -> str:
        """The name of the command that it is; empty if it is none."""
        found = _COMMAND.match(self.words)
        return "" if found is None else found[1].lower()

    @property
    def names_bot(self) -> bool:
        """Whether it is a command to a bot that it names."""
        found = _COMMAND.match(self.words)
        return found is not None and found[2] is not None


def read_said(body: bytes) -> Said | None:
    """The message of an update; None if it is none in a topic. Raises UnusableUpdateError."""
    update = json.loads(body)
    message = find(update, "message", dict) or find(update, "edited_message", dict) or {}
    thread_id = find(message, "message_thread_id", int)
    if thread_id is None or not find(message, "is_topic_message", bool):
        return None
    return Said(
        message_id=get(message, "message_id", int),
        thread_id=thread_id,
        words=clean(find(message, "text", str) or find(message, "caption", str) or ""),
        language_code=parse_language(find(message, "from", dict) or {}),
        has_content=any(name in message for name in CONTENTS),
        is_edited="edited_message" in update,
        is_closing="forum_topic_closed" in message,
    )
