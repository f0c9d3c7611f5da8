"""What a person says to the release bot, read from an update of Telegram. Pure.

https://core.telegram.org/bots/api#update
"""

import json
from dataclasses import dataclass
from typing import Any

from shared.errors import UnusableUpdateError
from shared.people.users import Language, language_of

ID_MAX = 2**52
"""Telegram's ids have at most 52 significant bits: https://core.telegram.org/bots/api#user"""
WORDS_MAX = 4096
"""Characters of a message: https://core.telegram.org/bots/api#message. A reason has fewer; a longer one is refused."""
DATA_CHARACTERS_MAX = 64
QUERY_CHARACTERS_MAX = 64
NAME_CHARACTERS_MAX = 64


@dataclass(frozen=True, slots=True)
class Person:
    """Who writes or presses, as Telegram says."""

    id: int
    language: Language
    """Of the person's app."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A message in the private chat of a person; the chat has the person's id."""

    person: Person
    text: str
    """Empty: a picture, a sticker, a forwarded message."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press of a button."""

    person: Person
    query_id: str
    data: str
    message_id: int
    is_private: bool
    """The message is in the person's own chat with the bot."""


def read_update(body: bytes) -> Said | Pressed | None:
    """None: something that this bot does not answer, such as a message in a group. Raises UnusableUpdateError."""
    try:
        update = json.loads(body)
        if not isinstance(update, dict) or "update_id" not in update:
            raise UnusableUpdateError("no update")
        if (message := update.get("message")) is not None:
            return _read_message(message)
        query = update.get("callback_query")
        return None if query is None else _read_press(query)
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError) as error:
        raise UnusableUpdateError("an update of another shape") from error


def _read_message(message: dict[str, Any]) -> Said | None:
    chat, sender = message["chat"], message.get("from")
    if sender is None or chat["type"] != "private":
        return None
    person = _read_person(sender)
    if chat["id"] != person.id:
        raise UnusableUpdateError("a private chat of nobody")
    is_foreign = "forward_origin" in message or "via_bot" in message
    return Said(person, "" if is_foreign else _clean(message.get("text") or "", WORDS_MAX))


def _read_press(query: dict[str, Any]) -> Pressed | None:
    """None: a button of an inline message, which this bot never sends."""
    message = query.get("message")
    if message is None:
        return None
    person, message_id, data = (
        _read_person(query["from"]),
        message["message_id"],
        _clean(query.get("data") or "", DATA_CHARACTERS_MAX),
    )
    if type(message_id) is not int or not 0 < message_id < ID_MAX:
        raise UnusableUpdateError("a message without a number")
    chat = message["chat"]
    is_private = chat["type"] == "private" and chat["id"] == person.id
    return Pressed(person, _clean(query["id"], QUERY_CHARACTERS_MAX), data, message_id, is_private)


def _read_person(sender: dict[str, Any]) -> Person:
    telegram_id = sender["id"]
    if type(telegram_id) is not int or not 0 < telegram_id < ID_MAX:
        raise UnusableUpdateError("a person without a number")
    name = _clean(sender.get("first_name") or "", NAME_CHARACTERS_MAX)
    return Person(telegram_id, language_of(None, str(sender.get("language_code", ""))), name)


def _clean(text: Any, characters_max: int) -> str:
    """Text without lone surrogates, which JSON allows but UTF-8 cannot encode."""
    if not isinstance(text, str):
        raise UnusableUpdateError("a text that is none")
    return text[:characters_max].encode("utf-8", "replace").decode("utf-8")
