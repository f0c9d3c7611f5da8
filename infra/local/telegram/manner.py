"""How a message is written, beside its words: as whom, forwarded from where, through which bot, quoting what."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.local.telegram.content import MEDIA_FIELDS
from infra.local.telegram.entities import count_units
from infra.local.telegram.errors import ControlError

Json = dict[str, Any]
# Telegram's own accounts that stand in `from` where nobody's account wrote
ANONYMOUS: Json = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
AS_CHANNEL: Json = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
AUTOMATIC: Json = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
ADMINISTRATORS = frozenset({"creator", "administrator"})
_ORIGINS = {
    "user": {"sender_user"},
    "hidden_user": {"sender_user_name"},
    "chat": {"sender_chat"},
    "channel": {"chat", "message_id"},
}
_ORIGIN_MORE = {"type", "date", "author_signature"}


@dataclass(frozen=True)
class Manner:
    """The optional fields of `/control/send` that change who speaks and how.

    `sender_chat` is "group" (an anonymous administrator) or a channel `{id, title, username?}`; with
    `is_automatic_forward` the message is the post of a linked channel that Telegram itself forwards.
    """

    sender_chat: Json | str | None = None
    is_automatic_forward: bool = False
    forward_origin: Json | None = None
    comment: str = ""
    via_bot: Json | None = None
    quote: str = ""
    reply_to_chat_id: int | None = None  # of the message that is answered, where it is another chat

    def check(self, *, is_reply: bool) -> None:
        """Refuse what no app can send. Raises ControlError 400."""
        if self.comment and self.forward_origin is None:
            raise ControlError(400, "only a forwarded message has a comment")
        if self.forward_origin is not None and is_reply:
            raise ControlError(400, "a forwarded message is no reply")
        if self.reply_to_chat_id is not None and not is_reply:
            raise ControlError(400, "only a reply answers a message of another chat")
        if self.quote and not is_reply:
            raise ControlError(400, "only a reply quotes")
        if self.is_automatic_forward and not isinstance(self.sender_chat, dict):
            raise ControlError(400, "an automatic forward has a channel as sender_chat")


def describe_sender(manner: Manner, person: Json, chat: Json, status: str) -> Json:
    """`from` and what goes with it; `status` is the person's in the chat. Raises ControlError."""
    if manner.sender_chat is None:
        return {"from": person}
    if chat["type"] == "private":
        raise ControlError(400, "in a private chat people write as themselves")
    if manner.sender_chat == "group":
        if status not in ADMINISTRATORS:
            raise ControlError(403, "only administrators are anonymous")
        return {"from": ANONYMOUS, "sender_chat": chat}
    if not isinstance(manner.sender_chat, dict):
        raise ControlError(400, 'sender_chat is "group" or a channel {id, title}')
    channel = {"type": "channel", "id": int(manner.sender_chat["id"]), "title": manner.sender_chat["title"]}
    channel |= {"username": manner.sender_chat["username"]} if "username" in manner.sender_chat else {}
    if not manner.is_automatic_forward:
        return {"from": AS_CHANNEL, "sender_chat": channel}
    return {"from": AUTOMATIC, "sender_chat": channel, "is_automatic_forward": True}


def describe_manner(manner: Manner, sender: Json, date: int, next_id: Callable[[], int]) -> Json:
    """`forward_origin` and `via_bot`; the post of an automatic forward takes an id. Raises ControlError 400."""
    fields: Json = {}
    if manner.forward_origin is not None:
        fields["forward_origin"] = read_origin(manner.forward_origin, date)
    elif manner.is_automatic_forward:
        post = {"type": "channel", "chat": sender["sender_chat"], "message_id": next_id()}
        fields["forward_origin"] = read_origin(post, date)
    if manner.via_bot is not None:
        bot = {"first_name": str(manner.via_bot["username"]), **manner.via_bot, "is_bot": True}
        fields["via_bot"] = {**bot, "id": int(bot["id"])}
    return fields


def read_origin(origin: Json, date: int) -> Json:
    """A MessageOrigin as Telegram has it, its date added if it has none. Raises ControlError 400."""
    needed = _ORIGINS.get(str(origin.get("type")))
    if needed is None:
        raise ControlError(400, f"forward_origin has a type: one of {', '.join(_ORIGINS)}")
    if needed - set(origin) or set(origin) - needed - _ORIGIN_MORE:
        raise ControlError(400, f"a forward_origin of type {origin['type']} has {', '.join(sorted(needed))}")
    return {"date": date, **origin}


def find_origin(body: Json) -> Json:
    """Where a message comes from when it is forwarded: its first author, however often it was forwarded."""
    if "forward_origin" in body:
        return dict(body["forward_origin"])
    if "sender_chat" in body:
        return {"type": "chat", "sender_chat": body["sender_chat"], "date": body["date"]}
    return {"type": "user", "sender_user": body["from"], "date": body["date"]}


def describe_external(body: Json) -> Json:
    """The `external_reply` for a message of another chat: its origin and media, without its words."""
    place = {} if body["chat"]["type"] == "private" else {"chat": body["chat"], "message_id": body["message_id"]}
    media = {name: body[name] for name in (*MEDIA_FIELDS, "has_media_spoiler") if name in body}
    return {"origin": find_origin(body), **place, **media}


def describe_quote(quote: str, target: Json) -> Json:
    """The `quote` of a reply; nothing without one. Raises ControlError 400 for words the message does not have."""
    if not quote:
        return {}
    words = str(target.get("text") or target.get("caption") or "")
    if quote not in words:
        raise ControlError(400, "the quoted words are not in the message")
    position = count_units(words[: words.index(quote)])
    return {"quote": {"text": quote, "position": position, "is_manual": True}}
