"""Parsing a Telegram update: from untrusted bytes to the few facts that we use.

A field that we use must have its documented type; other fields are ignored.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from shared.errors import UnusableUpdateError
from shared.people.talk import Mode
from shared.telegram.group_changes import BotPlaced, GroupMoved, parse_move, parse_place
from shared.telegram.inline_query import InlineAsked, parse_inline_query
from shared.telegram.json_fields import Json
from shared.telegram.json_fields import clean as _clean
from shared.telegram.json_fields import find as _find
from shared.telegram.json_fields import get as _get
from shared.telegram.sender import Sender, parse_language, parse_sender

AMOUNT_MAX = 10**9
"""Far above what Telegram takes in one payment: 25,000 Stars."""
UNIX_SECONDS_MAX = 2**32
"""The year 2106, which every date library supports."""

FILE_ID_CHARACTERS_MAX = 512
"""Telegram's ids have about 100; ten forged ones must not exceed the album's document (1 MiB)."""

MIME_CHARACTERS_MAX = 64
"""How much of a file's MIME type is kept: enough for every kind that we read."""

NAME_CHARACTERS_MAX = 100
"""How much of a file's name is kept: its end, which contains the extension."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat; `thread_id` is the topic of a forum group, None for General and in other chats."""

    id: int
    is_private: bool
    thread_id: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A picture from a person. Sizes are 0 if Telegram does not give them."""

    file_id: str
    size_bytes: int
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Attached:
    """A file other than a picture, as the sender's app describes it. The size is 0 if unknown."""

    file_id: str
    size_bytes: int
    mime_type: str
    name: str
    seconds: int = 0
    """Length of a video by the sender's app; 0 if unknown."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A voice message, a video message or a sound file."""

    kind: str
    """Telegram's name: "voice", "video_note", "audio" or "document"; "video" also for a video sent as a document."""
    file_id: str
    size_bytes: int
    """0 if Telegram does not give it."""
    seconds: int
    """As the sender's app says; 0 if it does not."""
    mime_type: str


@dataclass(frozen=True, slots=True)
class Command:
    """In "/image@some_bot a red fox" the name is "image", the target "some_bot", the rest is the message's text."""

    name: str
    target: str


@dataclass(frozen=True, slots=True)
class Replied:
    """The replied message."""

    message_id: int
    sender_id: int | None
    file: File | None
    media_group_id: str | None = None
    text: str = ""
    """The quoted part, or all of its text or caption."""
    is_part: bool = False
    """The person selected a part to quote."""
    unsupported: str = ""
    """The name of unsupported content in it."""
    attached: Attached | None = None
    recording: Recording | None = None
    buttons: tuple[str, ...] = ()
    """The data of its buttons."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """Facts about spoken words."""

    mode: Mode
    """The mode at the time of recording."""
    is_doubtful: bool = False
    """The transcript may be wrong."""


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment that Telegram made, or returned."""

    charge_id: str
    """Telegram's id (`telegram_payment_charge_id`), the same for a payment and its return."""
    currency: str
    amount: int
    """In Stars if the currency is XTR."""
    payload: str
    """What our invoice carried."""
    made_at: datetime
    """Telegram's time, in whole seconds."""
    is_returned: bool = False
    """Telegram gave the money back."""
    is_first_period: bool = False
    """It began a subscription."""
    paid_until: datetime | None = None
    """The end of the subscription's period that it paid for."""


@dataclass(frozen=True, slots=True)
class Message:
    """A new message or, with `edited`, an edited one."""

    update_id: int
    sender: Sender
    chat: Chat
    message_id: int
    sent_at: datetime
    """Telegram's time, in whole seconds; for an edited message the time of the edit."""
    text: str
    """Text or caption, without the command."""
    command: Command | None = None
    mentions: tuple[str, ...] = ()
    file: File | None = None
    media_group_id: str | None = None
    replied: Replied | None = None
    edited: bool = False
    unsupported: str = ""
    """The name of unsupported content in it: "voice", "video", …"""
    is_foreign: bool = False
    """It was forwarded or sent through another bot, so its words are somebody else's."""
    via_bot_id: int | None = None
    new_members: tuple[int, ...] = ()
    attached: Attached | None = None
    """A file for questions; `unsupported` names it too, because pictures cannot use it."""
    recording: Recording | None = None
    """Its recording; `unsupported` names it too, because most handlers cannot use it."""
    spoken: Spoken | None = None
    """Set if the words were spoken; None if they were typed."""
    payment: Payment | None = None
    """Set if Telegram tells of a payment."""

    @property
    def own_words(self) -> str:
        """The sender's own words."""
        return "" if self.is_foreign else self.text


@dataclass(frozen=True, slots=True)
class Tap:
    """A press of an inline button."""

    update_id: int
    sender: Sender
    chat: Chat
    message_id: int
    query_id: str
    data: str


@dataclass(frozen=True, slots=True)
class Faceless:
    """A message sent in the name of a chat: by an anonymous administrator, by a channel, or in a channel.

    Telegram puts a placeholder into `from`, so there is no person, account or language.
    """

    update_id: int
    chat: Chat
    message_id: int
    text: str
    command: Command | None
    mentions: tuple[str, ...]
    replied: Replied | None
    is_channel: bool = False
    """It is a post of a channel."""


@dataclass(frozen=True, slots=True)
class Unhandled:
    """A valid update of a kind that we do not handle."""

    update_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class DraftStopped:
    """A person pressed *Stop* at a draft. Telegram does not name the person: drafts exist only in private chats."""

    update_id: int
    chat: Chat
    draft_id: int


@dataclass(frozen=True, slots=True)
class OwnerConnected:
    """A person connected the bot to their chats with others ("Business"), changed its rights, or disconnected it."""

    update_id: int
    connection_id: str
    owner: Sender
    chat: Chat
    """The owner's own chat with the bot."""
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class GuestCalled:
    """A person named the bot in a chat that it is not in. The bot can send one answer there, by this id."""

    update_id: int
    query_id: str
    language_code: str


@dataclass(frozen=True, slots=True)
class RenewalChanged:
    """A person turned the renewal of a subscription off or on in Telegram, or it could not be paid (Bot API 10.2).

    Telegram names no charge and no time: only our invoice's payload says which subscription it is.
    """

    update_id: int
    sender: Sender
    payload: str
    state: str
    """Telegram's word: "canceled", "active" or "failed"."""


@dataclass(frozen=True, slots=True)
class Reacted:
    """A person changed their reaction to a message."""

    update_id: int
    sender: Sender
    chat: Chat
    message_id: int
    at: datetime
    """Telegram's time, in whole seconds."""
    emojis: tuple[str, ...]
    """The reaction from now on; empty: it was taken back."""


Incoming = (
    Message
    | Tap
    | Faceless
    | DraftStopped
    | OwnerConnected
    | GuestCalled
    | InlineAsked
    | RenewalChanged
    | Reacted
    | BotPlaced
    | GroupMoved
    | Unhandled
)

_ATTACHMENTS = (
    "animation", "audio", "checklist", "contact", "dice", "document", "game", "live_photo", "location", "paid_media",
    "poll", "sticker", "story", "venue", "video", "video_note", "voice",
)  # fmt: skip
_RECORDINGS = {
    "voice": "audio/ogg", "video_note": "video/mp4", "audio": "audio/mpeg", "video": "video/mp4", "document": "",
}  # fmt: skip
"""The fields with recordings, and the format that the apps use for each."""
_PICTURE_NAMES = (".avif", ".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
"""Extensions of picture files, for apps that send no type."""


def parse_update(body: bytes) -> Incoming:
    """Parse an update. Raises UnusableUpdateError."""
    update = _load(body)
    update_id = _get(update, "update_id", int)
    if "message" in update:
        return _parse_message(update_id, _get(update, "message", dict), edited=False)
    if "edited_message" in update:
        return _parse_message(update_id, _get(update, "edited_message", dict), edited=True)
    for kind, parse in _PARSERS.items():
        if kind in update:
            return parse(update_id, _get(update, kind, dict))
    if "channel_post" in update:
        post = _parse_faceless(update_id, _get(update, "channel_post", dict), edited=False)
        return replace(post, is_channel=True) if isinstance(post, Faceless) else post
    if "inline_query" in update:
        asked = parse_inline_query(update_id, _get(update, "inline_query", dict))
        return asked or Unhandled(update_id, "inline_query without a person")
    return Unhandled(update_id, next((_clean(key)[:64] for key in update if key != "update_id"), "empty"))


def without_mention(message: Message, name: str) -> Message:
    """The message without the mention of the bot, which is not part of the request."""
    mention = rf"(?<!\S)@{re.escape(name)}(?=$|[\s,.:;!?])[\s,.:;!?]*"
    return replace(message, text=re.sub(mention, "", message.text, flags=re.IGNORECASE).strip())


def _load(body: bytes) -> Json:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnusableUpdateError(f"not JSON: {type(error).__name__}") from None
    if not isinstance(update, dict):
        raise UnusableUpdateError("not a JSON object")
    return update


def _parse_message(update_id: int, message: Json, *, edited: bool) -> Message | Faceless | GroupMoved | Unhandled:
    if (moved := parse_move(update_id, message)) is not None:
        return moved
    if _find(message, "sender_chat", dict) is not None:
        return _parse_faceless(update_id, message, edited=edited)
    payment = _parse_payment(message)
    sender = parse_sender(message) or _parse_payer(message, payment)
    if sender is None:
        return Unhandled(update_id, "message without a person")
    command, text = _parse_text(message)
    file = _parse_file(message)
    via_bot = _find(message, "via_bot", dict)
    return Message(
        update_id=update_id,
        sender=sender,
        chat=_parse_chat(message),
        message_id=_get(message, "message_id", int),
        sent_at=_parse_time(message, "edit_date" if edited else "date"),
        text=text,
        command=command,
        mentions=_parse_mentions(text),
        file=file,
        media_group_id=_find(message, "media_group_id", str),
        replied=_parse_replied(message),
        edited=edited,
        unsupported="" if file else _find_attachment(message),
        is_foreign="forward_origin" in message or via_bot is not None,
        via_bot_id=None if via_bot is None else _get(via_bot, "id", int),
        new_members=_parse_members(message),
        attached=_parse_attached(message),
        recording=_parse_recording(message),
        payment=payment,
    )


def _parse_payer(message: Json, payment: Payment | None) -> Sender | None:
    """The person of a private chat, where Telegram tells of a payment in the bot's own name."""
    if payment is None:
        return None
    chat = _parse_chat(message)
    return Sender(chat.id, "") if chat.is_private else None


def _parse_payment(message: Json) -> Payment | None:
    returned = _find(message, "refunded_payment", dict)
    payment = returned or _find(message, "successful_payment", dict)
    if payment is None:
        return None
    amount = _get(payment, "total_amount", int)
    if not 1 <= amount <= AMOUNT_MAX:
        raise UnusableUpdateError("a payment of an impossible amount")
    return Payment(
        charge_id=_clean(_get(payment, "telegram_payment_charge_id", str)),
        currency=_clean(_get(payment, "currency", str)),
        amount=amount,
        payload=_clean(_find(payment, "invoice_payload", str) or ""),
        made_at=_parse_time(message, "date"),
        is_returned=returned is not None,
        is_first_period=payment.get("is_first_recurring") is True,
        paid_until=_parse_period_end(payment),
    )


def _parse_period_end(payment: Json) -> datetime | None:
    """None for what is no time: money that came is never refused for a field beside it."""
    seconds = payment.get("subscription_expiration_date")
    if not isinstance(seconds, int) or not 0 < seconds <= UNIX_SECONDS_MAX:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _parse_renewal(update_id: int, changed: Json) -> RenewalChanged:
    sender = parse_sender({"from": _get(changed, "user", dict)})
    if sender is None:
        raise UnusableUpdateError("a subscription without a person")
    payload, state = _get(changed, "invoice_payload", str), _get(changed, "state", str)
    return RenewalChanged(update_id, sender, _clean(payload), _clean(state)[:64])


def _parse_reaction(update_id: int, changed: Json) -> Reacted | Unhandled:
    user = _find(changed, "user", dict)
    sender = None if user is None else parse_sender({"from": user})
    if sender is None:
        return Unhandled(update_id, "message_reaction without a person")
    now = _find(changed, "new_reaction", list) or []
    emojis = [_clean(_find(each, "emoji", str) or "") for each in now if isinstance(each, dict)]
    return Reacted(
        update_id=update_id,
        sender=sender,
        chat=_parse_chat(changed),
        message_id=_get(changed, "message_id", int),
        at=_parse_time(changed, "date"),
        emojis=tuple(filter(None, emojis)),
    )


def _parse_place(update_id: int, changed: Json) -> BotPlaced | Unhandled:
    placed = parse_place(update_id, changed, _parse_time(changed, "date"))
    return placed or Unhandled(update_id, "my_chat_member")


def _parse_faceless(update_id: int, message: Json, *, edited: bool) -> Faceless | Unhandled:
    """A message in a chat's name; posts copied from a linked channel, and edits, are not handled."""
    if edited or _find(message, "is_automatic_forward", bool):
        return Unhandled(update_id, "message of a chat")
    command, text = _parse_text(message)
    return Faceless(
        update_id=update_id,
        chat=_parse_chat(message),
        message_id=_get(message, "message_id", int),
        text=text,
        command=command,
        mentions=_parse_mentions(text),
        replied=_parse_replied(message),
    )


def _parse_text(message: Json) -> tuple[Command | None, str]:
    """The command at the start of a text or caption, and the rest."""
    text = _clean(_find(message, "text", str) or _find(message, "caption", str) or "")
    entities = _find(message, "entities", list) or _find(message, "caption_entities", list) or []
    return _split_command(text, entities)


def _find_attachment(message: Json) -> str:
    return next((name for name in _ATTACHMENTS if name in message), "")


def _parse_time(message: Json, name: str) -> datetime:
    """A Unix time in whole seconds; 1970 if it is missing."""
    seconds = _find(message, name, int) or 0
    if not 0 <= seconds <= UNIX_SECONDS_MAX:
        raise UnusableUpdateError(f"{name}: out of range")
    return datetime.fromtimestamp(seconds, UTC)


def _parse_tap(update_id: int, query: Json) -> Tap | Unhandled:
    sender = parse_sender(query)
    message = _find(query, "message", dict)
    data = _find(query, "data", str)
    if sender is None or message is None or data is None:
        return Unhandled(update_id, "callback_query without a message of ours")
    return Tap(
        update_id=update_id,
        sender=sender,
        chat=_parse_chat(message),
        message_id=_get(message, "message_id", int),
        query_id=_clean(_get(query, "id", str)),
        data=_clean(data),
    )


def _parse_stop(update_id: int, stop: Json) -> DraftStopped:
    chat = _get(stop, "chat", dict)
    thread_id = _find(stop, "message_thread_id", int)
    is_private = _get(chat, "type", str) == "private"
    return DraftStopped(update_id, Chat(_get(chat, "id", int), is_private, thread_id), _get(stop, "draft_id", int))


def _parse_connection(update_id: int, connection: Json) -> OwnerConnected:
    user = _get(connection, "user", dict)
    owner = Sender(_get(user, "id", int), parse_language(user))
    chat = Chat(_get(connection, "user_chat_id", int), is_private=True)
    is_enabled = _find(connection, "is_enabled", bool) or False
    return OwnerConnected(update_id, _clean(_get(connection, "id", str)), owner, chat, is_enabled)


def _parse_guest(update_id: int, message: Json) -> GuestCalled:
    """A guest message, by a person or a chat; only its query id is used."""
    language_code = parse_language(_find(message, "from", dict) or {})
    return GuestCalled(update_id, _clean(_get(message, "guest_query_id", str)), language_code)


def _parse_chat(message: Json) -> Chat:
    chat = _get(message, "chat", dict)
    # Replies in ordinary groups have a message_thread_id too, but Telegram accepts it only for topics.
    is_topic = _find(message, "is_topic_message", bool)
    thread_id = _find(message, "message_thread_id", int) if is_topic else None
    return Chat(_get(chat, "id", int), _get(chat, "type", str) == "private", thread_id)


def _parse_file(message: Json) -> File | None:
    sizes = _find(message, "photo", list)
    if sizes:
        if not all(isinstance(size, dict) for size in sizes):
            raise UnusableUpdateError("photo: a size is not an object")
        best = max(sizes, key=lambda size: (_find(size, "width", int) or 0) * (_find(size, "height", int) or 0))
        return _read_file(best)
    document = _find(message, "document", dict)
    if document is not None and "animation" not in message and _is_picture(document):
        return _read_file(document)
    return None


def _is_picture(document: Json) -> bool:
    kind = _find(document, "mime_type", str) or "application/octet-stream"
    name = (_find(document, "file_name", str) or "").lower()
    return kind.startswith("image/") or (kind == "application/octet-stream" and name.endswith(_PICTURE_NAMES))


def _parse_attached(message: Json) -> Attached | None:
    video = _find(message, "video", dict)
    document = video or _find(message, "document", dict)
    if document is None or "file_id" not in document or "animation" in message or _is_picture(document):
        return None
    file = _read_file({**document, "thumbnail": None})
    usual = "" if video is None else _RECORDINGS["video"]
    mime_type = _clean(_find(document, "mime_type", str) or usual).lower()[:MIME_CHARACTERS_MAX]
    if mime_type.startswith("audio/"):
        return None  # a recording
    name = _clean(_find(document, "file_name", str) or "")[-NAME_CHARACTERS_MAX:]
    return Attached(file.file_id, file.size_bytes, mime_type, name, max(0, _find(document, "duration", int) or 0))


def _parse_recording(message: Json) -> Recording | None:
    if "animation" in message:
        return None
    for kind in _RECORDINGS:
        body = _find(message, kind, dict)
        if body is not None:
            return _read_recording(kind, body)
    return None


def _read_recording(kind: str, body: Json) -> Recording | None:
    """A recording; None for a document that is not sound. A missing type is set to the apps' own format."""
    mime_type = _clean(_find(body, "mime_type", str) or _RECORDINGS[kind])[:MIME_CHARACTERS_MAX].lower()
    if "file_id" not in body or (kind == "document" and not mime_type.startswith(("audio/", "video/"))):
        return None
    kind = "video" if kind == "document" and mime_type.startswith("video/") else kind
    file = _read_file({**body, "thumbnail": None})
    seconds = max(0, _find(body, "duration", int) or 0)
    return Recording(kind, file.file_id, file.size_bytes, seconds, mime_type)


def _parse_sticker(message: Json) -> File | None:
    """A static sticker, which is a WEBP picture; None for an animated one."""
    sticker = _find(message, "sticker", dict)
    if sticker is None or _find(sticker, "is_animated", bool) or _find(sticker, "is_video", bool):
        return None
    return _read_file({**sticker, "thumbnail": None})


def _read_file(file: Json) -> File:
    file_id = _clean(_get(file, "file_id", str))
    if len(file_id) > FILE_ID_CHARACTERS_MAX:
        raise UnusableUpdateError("file_id: too long")
    shape = _find(file, "thumbnail", dict) or file  # only the thumbnail of a document has width and height
    width, height = _find(shape, "width", int) or 0, _find(shape, "height", int) or 0
    return File(file_id, _find(file, "file_size", int) or 0, width, height)


def _parse_replied(message: Json) -> Replied | None:
    replied = _find(message, "reply_to_message", dict)
    if replied is None or _opens_topic(message, replied):
        return None
    sender = _find(replied, "from", dict)
    file = _parse_file(replied) or _parse_sticker(replied)
    quote = _find(_find(message, "quote", dict) or {}, "text", str)
    return Replied(
        message_id=_get(replied, "message_id", int),
        sender_id=None if sender is None else _get(sender, "id", int),
        file=file,
        media_group_id=_find(replied, "media_group_id", str),
        is_part=bool(quote),
        text=_clean(quote or _find(replied, "text", str) or _find(replied, "caption", str) or ""),
        unsupported="" if file else _find_attachment(replied),
        attached=_parse_attached(replied),
        recording=_parse_recording(replied),
        buttons=_parse_buttons(replied),
    )


def _parse_buttons(message: Json) -> tuple[str, ...]:
    rows = _find(_find(message, "reply_markup", dict) or {}, "inline_keyboard", list) or []
    buttons = [button for row in rows if isinstance(row, list) for button in row if isinstance(button, dict)]
    return tuple(data for button in buttons if (data := _find(button, "callback_data", str)))


def _parse_members(message: Json) -> tuple[int, ...]:
    members = _find(message, "new_chat_members", list) or []
    return tuple(_get(member, "id", int) for member in members if isinstance(member, dict))


def _opens_topic(message: Json, replied: Json) -> bool:
    """Whether the replied message only marks the topic: every message in a topic refers to the one that opened it."""
    in_topic = _find(message, "is_topic_message", bool) or False
    return in_topic and _get(replied, "message_id", int) == _find(message, "message_thread_id", int)


def _split_command(text: str, entities: list[Any]) -> tuple[Command | None, str]:
    """The command at the start of a message, and the rest; entities say whether Telegram recognised one."""
    marked = any(isinstance(e, dict) and e.get("type") == "bot_command" and e.get("offset") == 0 for e in entities)
    if not marked or not text[1:].split():
        return None, text
    word, *rest = text[1:].split(maxsplit=1)
    name, _, target = word.partition("@")
    return Command(name.lower(), target.lower()), "".join(rest)


def _parse_mentions(text: str) -> tuple[str, ...]:
    return tuple(word[1:].rstrip(",.:;!?").lower() for word in text.split() if word.startswith("@"))


_PARSERS: dict[str, Callable[[int, Json], Incoming]] = {
    "callback_query": _parse_tap,
    "stopped_message_generation": _parse_stop,
    "business_connection": _parse_connection,
    "guest_message": _parse_guest,
    "subscription": _parse_renewal,
    "message_reaction": _parse_reaction,
    "my_chat_member": _parse_place,
}
