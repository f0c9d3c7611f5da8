"""Operators with a group of topics, for tests of support."""

from dataclasses import replace
from typing import Any

from shared.support.topic import Topic, decode_topic, topic_key
from tests.fakes.messenger import Shown
from tests.world import BOT_ID, ME, Json, World

DESK = -100700
OPERATOR = 900
HEARD = "👌"


def open_desk(world: World) -> None:
    """From now on people can write to operators."""
    world.ports = replace(world.ports, support_chat_id=DESK)
    world.messenger.topics[DESK] = {}


async def ask_for_support(world: World, user_id: int = ME, **options: Any) -> None:
    await world.send(world.message("/support", user_id=user_id, **options))


async def write(world: World, words: str, user_id: int = ME) -> Json:
    """One message of a person; the update."""
    update = world.message(words, user_id=user_id)
    await world.send(update)
    return update


async def topic_of(world: World, user_id: int = ME) -> Topic:
    [record] = await world.store.read([topic_key(user_id)])
    assert record is not None
    return decode_topic(record)


def copies(world: World, chat_id: int = DESK) -> list[Shown]:
    """The messages that were passed on into a chat."""
    return [each for each in world.messenger.messages(chat_id) if each.kind == "copy"]


def said(world: World, thread_id: int, text: str = "We look into it.", **fields: Any) -> Json:
    """What an operator writes in a topic."""
    place: Json = {"message_thread_id": thread_id, "is_topic_message": True}
    return world.message(text, user_id=OPERATOR, chat_id=DESK, **place, **fields)


def reply_to(world: World, shown: Shown, words: str) -> Json:
    """A reply to a message of the bot, with its buttons, as Telegram sends it."""
    rows = [[{"text": button.label, "callback_data": button.data} for button in row] for row in shown.buttons]
    replied = {"message_id": shown.message_id, "from": {"id": BOT_ID, "is_bot": True}}
    return world.message(words, reply_to_message=replied | {"reply_markup": {"inline_keyboard": rows}})
