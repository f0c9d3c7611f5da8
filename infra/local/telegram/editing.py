"""The methods that change or remove messages."""

from infra.local.telegram.content import (
    CONTENT_FIELDS,
    MEDIA_FIELDS,
    is_same_content,
    read_caption,
    read_seconds,
    read_text,
)
from infra.local.telegram.errors import bad_request
from infra.local.telegram.input_media import read_input_media
from infra.local.telegram.keyboards import read_markup
from infra.local.telegram.reading import Call
from infra.local.telegram.sending import check_access, check_flood, check_rights, visible_to_bot
from infra.local.telegram.world import Chat, Json, StoredMessage, World

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_DELETE_MAX = 100


async def edit_message_text(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#editmessagetext."""
    content = read_text(call)
    chat, message = _open(world, call)
    if "text" not in message.body:
        raise bad_request("there is no text in the message to edit")
    return _replace(world, call, chat, message, content)


async def edit_message_caption(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#editmessagecaption."""
    caption = read_caption(call.text("caption"), call.text("parse_mode"), call.json("caption_entities"))
    chat, message = _open(world, call)
    if not any(name in message.body for name in MEDIA_FIELDS):
        raise bad_request("there is no caption in the message to edit")
    kept = {name: message.body[name] for name in (*MEDIA_FIELDS, "has_media_spoiler") if name in message.body}
    above = {"show_caption_above_media": True} if caption and call.flag("show_caption_above_media") else {}
    return _replace(world, call, chat, message, {**kept, **caption, **above})


async def edit_message_media(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#editmessagemedia; a text message may become a photo."""
    media = call.json("media")
    if not media:
        raise bad_request("media not found")
    chat, message = _open(world, call)
    check_rights(chat, {str(media.get("type")) if isinstance(media, dict) else ""})
    markup = read_markup(call, inline_only=True)
    content = await read_input_media(world, call, media)
    if "media_group_id" in message.body and not set(content) & set(message.body) & set(MEDIA_FIELDS):
        raise bad_request("Can't change media type in the album")
    chat, message = _find(world, call)  # it may have gone while the picture was decoded
    return _replace(world, call, chat, message, content, markup)


async def edit_message_reply_markup(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#editmessagereplymarkup."""
    chat, message = _open(world, call)
    kept = {name: message.body[name] for name in CONTENT_FIELDS if name in message.body}
    return _replace(world, call, chat, message, kept)


async def delete_message(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#deletemessage: others' messages in private chats and as an administrator."""
    chat = world.find_chat(call)
    check_access(world, chat, call)
    message_id = call.integer("message_id")
    if message_id is None:
        raise bad_request("message identifier is not specified")
    if message_id not in chat.messages:
        raise bad_request("message to delete not found")
    if not _may_delete(world, chat, message_id):
        raise bad_request("message can't be deleted")
    world.delete_message(chat, message_id)
    return True


async def delete_messages(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#deletemessages: 1 to 100 ids, unknown ones are skipped."""
    chat = world.find_chat(call)
    check_access(world, chat, call)
    ids = call.json("message_ids")
    if not isinstance(ids, list) or not ids:
        raise bad_request("message identifiers are not specified")
    if len(ids) > _DELETE_MAX:
        raise bad_request("too many message identifiers specified")
    for message_id in ids:
        if int(message_id) in chat.messages and _may_delete(world, chat, int(message_id)):
            world.delete_message(chat, int(message_id))
    return True


def _may_delete(world: World, chat: Chat, message_id: int) -> bool:
    mine = chat.messages[message_id].body.get("from", {}).get("id") == world.account.id
    return mine or chat.is_private or chat.bot_status == "administrator"


def _open(world: World, call: Call) -> tuple[Chat, StoredMessage]:
    """The message to edit, in a chat that lets the bot write; counted once against the flood limits."""
    if not call.text("inline_message_id"):
        check_access(world, world.find_chat(call), call)
    chat, message = _find(world, call)
    check_flood(world, chat, call)
    return chat, message


def _find(world: World, call: Call) -> tuple[Chat, StoredMessage]:
    if call.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat = world.find_chat(call)
    if call.integer("message_id") is None:
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(call.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to edit not found")
    if message.body.get("from", {}).get("id") != world.account.id:
        raise bad_request("message can't be edited")
    return chat, message


def _replace(
    world: World, call: Call, chat: Chat, message: StoredMessage, content: Json, markup: Json | None = None
) -> Json:
    """The new version: other content, and the markup of this call (none given: none left)."""
    markup = markup or read_markup(call, inline_only=True)
    kept = {name: value for name, value in message.body.items() if name not in CONTENT_FIELDS | {"reply_markup"}}
    body = {**kept, **content, **({"reply_markup": markup} if markup else {})}
    if is_same_content(body, visible_to_bot(message.body)):
        raise bad_request(_NOT_MODIFIED)
    message.replace({**body, "edit_date": read_seconds()})
    world.show_message("edited", chat, message)
    return message.body
