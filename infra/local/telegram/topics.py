"""Topics of forums: the methods that make, close and reopen them; only an administrator may."""

from telegram.constants import ForumTopicLimit

from infra.local.telegram.content import read_seconds
from infra.local.telegram.errors import bad_request
from infra.local.telegram.reading import Call
from infra.local.telegram.sending import check_access, check_flood
from infra.local.telegram.world import GENERAL_TOPIC, Chat, Json, World

_COLOUR = 7322096
_NAME_MAX = int(ForumTopicLimit.MAX_NAME_LENGTH)


async def create_forum_topic(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#createforumtopic."""
    chat = _open_forum(world, call, "create a topic")
    name = call.text("name").strip()
    if not 1 <= len(name) <= _NAME_MAX:
        raise bad_request("topic name must be 1-128 characters long")
    thread = world.next_message_id()
    add_topic(world, chat, thread, name)
    world.feed.publish({"kind": "reload"})  # pages show a tab for each topic
    return {"message_thread_id": thread, "name": name, "icon_color": _COLOUR}


async def close_forum_topic(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#closeforumtopic."""
    return _switch(world, call, "forum_topic_closed")


async def reopen_forum_topic(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#reopenforumtopic."""
    return _switch(world, call, "forum_topic_reopened")


def add_topic(world: World, chat: Chat, thread: int, name: str) -> None:
    """A new topic with the message that opens it, whose id is the topic's; or another name for a known one."""
    is_known = thread in chat.topics
    chat.topics[thread] = name
    if not is_known:
        _put_service(world, chat, thread, thread, {"forum_topic_created": {"name": name, "icon_color": _COLOUR}})


def _switch(world: World, call: Call, what: str) -> bool:
    chat, thread = _open_forum(world, call, "edit the topic"), call.integer("message_thread_id") or 0
    if thread not in chat.topics or thread == GENERAL_TOPIC:
        raise bad_request("TOPIC_ID_INVALID")
    if (thread in chat.closed_topics) == (what == "forum_topic_closed"):
        raise bad_request("TOPIC_NOT_MODIFIED")
    chat.closed_topics ^= {thread}
    _put_service(world, chat, world.next_message_id(), thread, {what: {}})
    return True


def _put_service(world: World, chat: Chat, message_id: int, thread: int, fields: Json) -> None:
    """The bot's own service message, of which it is not told."""
    made: Json = {"message_id": message_id, "date": read_seconds(), "chat": world.describe_chat(chat)}
    made |= {"from": world.account.to_json(), "message_thread_id": thread, "is_topic_message": True}
    world.put_message(chat, {**made, **fields})


def _open_forum(world: World, call: Call, act: str) -> Chat:
    chat = world.find_chat(call)
    check_access(world, chat, call)
    check_flood(world, chat, call)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    if chat.bot_status != "administrator":
        raise bad_request(f"not enough rights to {act}")
    return chat
