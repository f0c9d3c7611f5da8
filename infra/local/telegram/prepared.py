"""Prepared inline messages: the bot saves one for a person, whose Mini App offers it to a chat of theirs.

    savePreparedInlineMessage ──▶ its id ──▶ web_app_send_prepared_message ──▶ a message of theirs, `via_bot`

https://core.telegram.org/bots/api#savepreparedinlinemessage, https://core.telegram.org/bots/webapps (`shareMessage`).
How long Telegram keeps one is documented nowhere; here it is ten minutes, and on command less.
"""

import secrets

from infra.local.telegram.content import read_seconds
from infra.local.telegram.errors import ControlError, bad_request
from infra.local.telegram.inline import read_result
from infra.local.telegram.people import People
from infra.local.telegram.reading import Call
from infra.local.telegram.world import Chat, Json, World

LIFE_SECONDS = 600
_ALLOWED = {
    "allow_user_chats": "user",
    "allow_bot_chats": "bot",
    "allow_group_chats": "group",
    "allow_channel_chats": "channel",
}


async def save_prepared_inline_message(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#savepreparedinlinemessage: for one person, to chats of the allowed types."""
    user_id = call.integer("user_id")
    if user_id not in world.users or world.users[user_id].get("is_bot"):
        raise bad_request("USER_ID_INVALID")
    allowed = [kind for name, kind in _ALLOWED.items() if call.flag(name)]
    if not allowed:
        raise bad_request("at least one type of chats must be allowed (refused by the local server only)")
    result = await read_result(world, call, call.json("result"))
    message_id, expires_at = secrets.token_urlsafe(16), read_seconds() + LIFE_SECONDS
    world.prepared[message_id] = {"user_id": user_id, "result": result, "allowed": allowed, "expires_at": expires_at}
    return {"id": message_id, "expiration_date": expires_at}


async def list_chats_for(people: People, user_id: int, prepared_id: str) -> Json:
    """The chats to which a person may send it: `{chats: [{id, title}]}`. ControlError with Telegram's word for why."""
    allowed, world = _find(people.world, user_id, prepared_id)["allowed"], people.world
    chats = [chat for chat in world.chats.values() if _is_theirs(chat, user_id) and _kind_of(chat, user_id) in allowed]
    return {"chats": [{"id": chat.id, "title": world.describe_chat(chat).get("title", "")} for chat in chats]}


async def share(people: People, user_id: int, prepared_id: str, chat_id: int) -> Json:
    """Send it to a chat: `{message}`, which is this person's, `via_bot`. ControlError as above."""
    world, prepared = people.world, _find(people.world, user_id, prepared_id)
    chat = world.get_chat(chat_id)
    if not _is_theirs(chat, user_id) or _kind_of(chat, user_id) not in prepared["allowed"]:
        raise ControlError(403, "MESSAGE_SEND_FAILED")
    return {"message": people.post_result(user_id, chat_id, prepared["result"])}


def _find(world: World, user_id: int, prepared_id: str) -> Json:
    prepared = world.prepared.get(prepared_id)
    if prepared is None or prepared["user_id"] != user_id:
        raise ControlError(404, "MESSAGE_SEND_FAILED")
    if read_seconds() >= prepared["expires_at"]:
        raise ControlError(409, "MESSAGE_EXPIRED")
    return prepared


def _is_theirs(chat: Chat, user_id: int) -> bool:
    return user_id in chat.members or chat.id == user_id


def _kind_of(chat: Chat, user_id: int) -> str:
    """What the flags call it; a person's private chat here is the one with the bot."""
    if chat.id == user_id:
        return "bot"
    return "channel" if chat.type == "channel" else "group"
