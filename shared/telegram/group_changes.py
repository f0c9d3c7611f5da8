"""What Telegram tells of a group itself: the bot's place in it, and its move to another id."""

from dataclasses import dataclass
from datetime import datetime

from shared.telegram.json_fields import Json, find, get

OUT = frozenset({"left", "kicked"})
"""The bot's status in a group that it is not in (https://core.telegram.org/bots/api#chatmember)."""


@dataclass(frozen=True, slots=True)
class BotPlaced:
    """Somebody let the bot into a group, removed it, or changed its rights there."""

    update_id: int
    chat_id: int
    at: datetime
    """Telegram's time, in whole seconds."""
    is_in: bool


@dataclass(frozen=True, slots=True)
class GroupMoved:
    """A group has become a supergroup: a chat with another id. Telegram says so in both."""

    update_id: int
    old_id: int
    new_id: int


def parse_place(update_id: int, changed: Json, at: datetime) -> BotPlaced | None:
    """The bot's place in a group; None for a private chat."""
    chat = get(changed, "chat", dict)
    if get(chat, "type", str) == "private":
        return None
    status = get(get(changed, "new_chat_member", dict), "status", str)
    return BotPlaced(update_id, get(chat, "id", int), at, status not in OUT)


def parse_move(update_id: int, message: Json) -> GroupMoved | None:
    """The move that a message tells of; None for any other message."""
    old_id, new_id = find(message, "migrate_from_chat_id", int), find(message, "migrate_to_chat_id", int)
    if old_id is None and new_id is None:
        return None
    here = get(get(message, "chat", dict), "id", int)
    return GroupMoved(update_id, here if old_id is None else old_id, here if new_id is None else new_id)
