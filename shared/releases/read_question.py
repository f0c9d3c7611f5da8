"""What a person asks the release bot, read from an update of Telegram. Pure."""

import json
from dataclasses import dataclass
from typing import Any

from shared.errors import UnusableUpdateError
from shared.people.users import Language, language_of

ID_MAX = 2**52
"""Telegram's ids have at most 52 significant bits: https://core.telegram.org/bots/api#user"""


@dataclass(frozen=True, slots=True)
class Question:
    """A message in the private chat of a person; the chat has the person's id."""

    telegram_id: int
    language: Language


def read_question(body: bytes) -> Question | None:
    """None: something that this bot does not answer, such as a message in a group. Raises UnusableUpdateError."""
    try:
        update = json.loads(body)
        if not isinstance(update, dict) or "update_id" not in update:
            raise UnusableUpdateError("no update")
        message = update.get("message")
        return None if message is None else _read_message(message)
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
        raise UnusableUpdateError("an update of another shape") from error


def _read_message(message: dict[str, Any]) -> Question | None:
    sender, chat = message.get("from"), message["chat"]
    if sender is None or chat["type"] != "private":
        return None
    telegram_id, code = sender["id"], sender.get("language_code", "")
    if type(telegram_id) is not int or not 0 < telegram_id < ID_MAX or chat["id"] != telegram_id:
        raise UnusableUpdateError("a private chat of nobody")
    return Question(telegram_id, language_of(None, str(code)))
