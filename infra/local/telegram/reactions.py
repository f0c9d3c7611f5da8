"""People's reactions to messages: one ordinary emoji each; the bot hears of them in private chats and as administrator.

https://core.telegram.org/bots/api#messagereactionupdated, if its allowed_updates name the kind.
"""

from infra.local.telegram.content import read_seconds
from infra.local.telegram.errors import ControlError
from infra.local.telegram.people import People
from infra.local.telegram.sending import REACTIONS
from infra.local.telegram.world import Json


async def react(people: People, user_id: int, chat_id: int, message_id: int, *, emoji: str = "") -> Json:
    """Set a person's reaction; the same emoji again, or none, takes it back. `{update_id}`, None if nobody is told."""
    if emoji and emoji not in REACTIONS:
        raise ControlError(400, "no reaction of Telegram")
    world, person = people.world, people.meet(user_id)
    chat, message = world.get_chat(chat_id), people.find_message(chat_id, message_id)
    if chat.is_private and chat_id != user_id:
        raise ControlError(403, "another person's private chat")
    before = message.opinions.get(user_id, [])
    now = [{"type": "emoji", "emoji": emoji}] if emoji else []
    message.opinions[user_id] = now = [] if now == before else now
    world.show_message("edited", chat, message)
    changed: Json = {"chat": world.describe_chat(chat), "message_id": message_id, "user": person}
    changed |= {"date": read_seconds(), "old_reaction": before, "new_reaction": now}
    hears = chat.is_private or chat.bot_status == "administrator"
    update_id = world.updates.add("message_reaction", changed, f"chat {chat_id}") if hears else None
    return {"update_id": update_id}
