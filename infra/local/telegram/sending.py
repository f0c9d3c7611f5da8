"""The methods that make new messages, albums, reactions and chat actions."""

import secrets
from collections.abc import Set as AbstractSet
from typing import Any

from telegram.constants import ChatAction, MediaGroupLimit, ReactionEmoji

from infra.local.telegram.content import (
    CONTENT_FIELDS,
    MEDIA_PERMISSIONS,
    find_kind,
    read_caption,
    read_media,
    read_seconds,
    read_text,
)
from infra.local.telegram.entities import count_units
from infra.local.telegram.errors import bad_request, forbidden, too_many_requests, upgraded
from infra.local.telegram.faults import count_against_limits
from infra.local.telegram.input_media import read_input_media
from infra.local.telegram.keyboards import opens_apps, read_markup
from infra.local.telegram.reading import Call, Upload, require_known
from infra.local.telegram.signatures import known_fields
from infra.local.telegram.videos import read_video
from infra.local.telegram.voices import check_voice
from infra.local.telegram.world import GENERAL_TOPIC, Chat, Json, World

_ACTIONS = {*(str(action.value) for action in ChatAction), "cancel"}
# names of before, which the server still takes
_OLD_ACTIONS = {"record_audio": "record_voice", "upload_audio": "upload_voice", "pick_up_location": "find_location"}
REACTIONS = {str(emoji.value) for emoji in ReactionEmoji}
_WITHOUT_MESSAGE = {"sendchataction", "setmessagereaction"}
_ALBUM_MIN, _ALBUM_MAX = int(MediaGroupLimit.MIN_MEDIA_LENGTH), int(MediaGroupLimit.MAX_MEDIA_LENGTH)


async def send_message(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#sendmessage."""
    chat = open_chat(world, call)
    check_rights(chat, {"text"})
    return _send(world, call, chat, read_text(call))


async def send_photo(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#sendphoto."""
    return await _send_media(world, call, "photo")


async def send_document(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#senddocument."""
    return await _send_media(world, call, "document")


async def send_video(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#sendvideo."""
    return await _send_media(world, call, "video")


async def send_voice(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#sendvoice."""
    voice = call.file_or_id("voice")
    if isinstance(voice, Upload) and voice.content:
        check_voice(call, voice)
    return await _send_media(world, call, "voice")


async def send_audio(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#sendaudio."""
    return await _send_media(world, call, "audio")


async def send_animation(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#sendanimation."""
    return await _send_media(world, call, "animation")


async def send_media_group(world: World, call: Call) -> list[Json]:
    """https://core.telegram.org/bots/api#sendmediagroup: 2 to 10 items, documents only among themselves."""
    chat = open_chat(world, call)
    items = call.json("media")
    if not isinstance(items, list) or not _ALBUM_MIN <= len(items) <= _ALBUM_MAX:
        raise bad_request("there must be 2-10 messages in an album" if items else "media group is empty")
    kinds = {item.get("type") for item in items if isinstance(item, dict)}
    if "animation" in kinds or (len(kinds) > 1 and kinds & {"document", "audio"}):
        raise bad_request("Can't use the media of the specified type in the album")
    check_rights(chat, {str(kind) for kind in kinds})
    bodies = [await read_input_media(world, call, item) for item in items]
    group = str(secrets.randbits(53))
    return [_send(world, call, chat, {**body, "media_group_id": group}) for body in bodies]


async def copy_message(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#copymessage: the content without where it came from."""
    chat = open_chat(world, call)
    source = world.find_chat(Call(call.method, {"chat_id": call.text("from_chat_id")}))
    message = source.messages.get(call.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to copy not found")
    content = {name: value for name, value in message.body.items() if name in CONTENT_FIELDS}
    if not content:
        raise bad_request("message can't be copied")
    check_rights(chat, {find_kind(content)})
    if "caption" in call.params and "text" not in content:
        caption = read_caption(call.text("caption"), call.text("parse_mode"), call.json("caption_entities"))
        content = {name: value for name, value in content.items() if not name.startswith("caption")} | caption
    return {"message_id": _send(world, call, chat, content)["message_id"]}


async def send_chat_action(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#sendchataction."""
    chat = open_chat(world, call)
    action = _OLD_ACTIONS.get(call.text("action"), call.text("action"))
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    event = {"kind": "action", "chat_id": chat.id, "action": action}
    world.feed.publish({**event, "thread_id": call.integer("message_thread_id")})
    return True


async def set_message_reaction(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#setmessagereaction: a bot may set one ordinary emoji."""
    chat = open_chat(world, call)
    message = chat.messages.get(call.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to react not found")
    reactions = call.json("reaction") or []
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(r.get("type") == "emoji" and r.get("emoji") not in REACTIONS for r in reactions):
        raise bad_request("REACTION_INVALID")
    message.reactions = reactions
    world.show_message("edited", chat, message)
    return True


def open_chat(world: World, call: Call) -> Chat:
    """The chat to write in; refuses unknown chats, unknown and closed topics, removed bots and floods."""
    chat = world.find_chat(call)
    check_access(world, chat, call)
    check_flood(world, chat, call)
    thread = call.integer("message_thread_id")
    # the General topic is written to by naming no topic; only chat actions may name it
    nameable = set(chat.topics) - ({GENERAL_TOPIC} if call.method.lower() != "sendchataction" else set())
    if thread is not None and thread not in nameable:
        raise bad_request("message thread not found")
    if (
        _find_thread(chat, call) or GENERAL_TOPIC
    ) in chat.closed_topics and call.method.lower() not in _WITHOUT_MESSAGE:
        raise bad_request("TOPIC_CLOSED")
    return chat


def _find_thread(chat: Chat, call: Call) -> int | None:
    """The topic a call writes to: the one it names, else that of the message it answers."""
    thread = call.integer("message_thread_id")
    answered = chat.messages.get(int((call.json("reply_parameters") or {}).get("message_id") or 0))
    if thread is None and answered is not None and answered.body.get("is_topic_message"):
        return int(answered.body["message_thread_id"])
    return thread


def check_access(world: World, chat: Chat, call: Call) -> None:
    """Refuse a chat whose user blocked the bot, and a group that moved or that the bot is out of."""
    if chat.upgraded_to is not None:
        raise upgraded(chat.upgraded_to)
    if chat.is_blocked or world.faults.draw("blocked", method=call.method, chat_id=chat.id):
        place = f"bot was kicked from the {chat.type} chat"
        raise forbidden("bot was blocked by the user" if chat.is_private else place)
    if chat.is_left:
        raise forbidden(f"bot is not a member of the {chat.type} chat")
    if chat.type == "channel" and chat.bot_status != "administrator":
        raise bad_request("need administrator rights in the channel chat")


def check_flood(world: World, chat: Chat, call: Call) -> None:
    """Count a call against the flood limits and refuse it past them."""
    limits = world.faults.draw("limits", method=call.method, chat_id=chat.id)
    wait_seconds = count_against_limits(limits, chat.id, _count_messages(call)) if limits else 0
    if wait_seconds:
        raise too_many_requests(wait_seconds)


def _count_messages(call: Call) -> int:
    """How many messages a call puts into its chat; an edit is one, a chat action or a reaction none."""
    if call.method.lower() in _WITHOUT_MESSAGE:
        return 0
    return len(call.json("media") or []) if call.method.lower() == "sendmediagroup" else 1


def check_rights(chat: Chat, kinds: AbstractSet[str]) -> None:
    """Refuse contents that the group's permissions forbid; an administrator may send everything."""
    if chat.bot_status == "administrator":
        return
    for kind, (permission, called) in MEDIA_PERMISSIONS.items():
        if kind in kinds and not chat.allows(permission):
            raise bad_request(f"not enough rights to send {called} to the chat")


async def _send_media(world: World, call: Call, kind: str) -> Json:
    chat = open_chat(world, call)
    check_rights(chat, {kind})
    caption = read_caption(call.text("caption"), call.text("parse_mode"), call.json("caption_entities"))
    head = prepare_head(world, call, chat)  # before the picture is decoded: a refusal is cheap
    given = call.file_or_id(kind)
    if kind == "video":
        media = await read_video(world, call, given, call.params)
    else:
        media = await read_media(world, kind, given, call.params)
    spoiler = {"has_media_spoiler": True} if call.flag("has_spoiler") else {}
    above = {"show_caption_above_media": True} if caption and call.flag("show_caption_above_media") else {}
    return post_message(world, chat, head, {**media, **caption, **spoiler, **above})


def _send(world: World, call: Call, chat: Chat, content: Json) -> Json:
    return post_message(world, chat, prepare_head(world, call, chat), content)


def post_message(world: World, chat: Chat, head: Json, content: Json) -> Json:
    """A new message of the bot, as the method returns it; `head` is made by `prepare_head`."""
    identity = {"message_id": world.next_message_id(), "date": read_seconds()}
    body = {**identity, "chat": world.describe_chat(chat), **head, **content}
    world.put_message(chat, body)
    chat.last_bot_id = world.account.id
    chat.drafts.pop(body.get("message_thread_id"), None)
    return visible_to_bot(body)


def prepare_head(world: World, call: Call, chat: Chat) -> Json:
    """Sender, topic, reply, markup: everything beside the content."""
    is_post = chat.type == "channel"
    head: Json = {"sender_chat": world.describe_chat(chat)} if is_post else {"from": world.account.to_json()}
    thread = _find_thread(chat, call)
    if thread is not None:
        head |= {"message_thread_id": thread, "is_topic_message": True}
    head |= _read_reply(chat, call.json("reply_parameters"))
    markup = read_markup(call) if "reply_markup" in call.params else None
    if markup:
        if opens_apps(markup) and not chat.is_private:
            raise bad_request("BUTTON_TYPE_INVALID")
        head["reply_markup"] = markup
    if call.flag("protect_content"):
        head["has_protected_content"] = True
    return head


def _read_reply(chat: Chat, parameters: Any) -> Json:
    if not parameters:
        return {}
    require_known(parameters, known_fields("ReplyParameters"), "ReplyParameters")
    message = chat.messages.get(int(parameters.get("message_id") or 0))
    if message is not None:
        return {"reply_to_message": strip_reply(message.body), **_read_quote(message.body, parameters.get("quote"))}
    if not parameters.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return {}


def _read_quote(answered: Json, quote: str | None) -> Json:
    """The quoted part of a message that is answered; it must stand there word by word."""
    if not quote:
        return {}
    words = str(answered.get("text") or answered.get("caption") or "")
    if quote not in words:
        raise bad_request("QUOTE_TEXT_INVALID")
    return {"quote": {"text": quote, "position": count_units(words[: words.index(quote)])}}


def strip_reply(body: Json) -> Json:
    """A message inside another one: without the message it answers itself."""
    return {name: value for name, value in visible_to_bot(body).items() if name != "reply_to_message"}


def visible_to_bot(body: Json) -> Json:
    """The body as the Bot API gives it: of keyboards only inline ones are part of a message."""
    markup = body.get("reply_markup")
    if markup is None or "inline_keyboard" in markup:
        return body
    return {name: value for name, value in body.items() if name != "reply_markup"}
