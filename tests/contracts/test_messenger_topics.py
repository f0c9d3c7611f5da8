"""What every Messenger does with copies and topics, the fake as well as the adapter in front of the local Telegram."""

from collections.abc import AsyncIterator
from typing import Protocol

import pytest

from infra.local.telegram import Telegram, run_telegram
from shared.adapters.telegram import TelegramMessenger
from shared.errors import BotBlockedError, PlaceRefusedError, TopicGoneError
from shared.ports import Button, Messenger, Place, Screen
from tests.contracts.test_messenger import UNLIMITED
from tests.fakes.messenger import FakeMessenger

ANNA = 7
FORUM, PLAIN = -100500, -100501
BUTTONS = Screen("not used", ((Button("Answer", "1;support"),),))


class World(Protocol):
    """A Telegram with a forum, a plain group, and a message of Anna's."""

    messenger: Messenger
    message_id: int

    def count(self, chat_id: int, thread_id: int | None) -> int: ...
    async def delete_topic(self, thread_id: int) -> None: ...
    async def close_topic(self, thread_id: int) -> None: ...
    async def block(self) -> None: ...


class FakeWorld:
    def __init__(self) -> None:
        self.fake = FakeMessenger(topics={FORUM: {}})
        self.messenger: Messenger = self.fake
        self.message_id = 1

    def count(self, chat_id: int, thread_id: int | None) -> int:
        return len([each for each in self.fake.messages(chat_id) if each.thread_id == thread_id])

    async def delete_topic(self, thread_id: int) -> None:
        del self.fake.topics[FORUM][thread_id]

    async def close_topic(self, thread_id: int) -> None:
        self.fake.closed_topics.add((FORUM, thread_id))

    async def block(self) -> None:
        self.fake.blocked.add(ANNA)


class LocalWorld:
    def __init__(self, telegram: Telegram, messenger: Messenger, message_id: int) -> None:
        self.telegram, self.messenger, self.message_id = telegram, messenger, message_id

    def count(self, chat_id: int, thread_id: int | None) -> int:
        shown = [each for each in self.telegram.messages(chat_id) if each["from"]["is_bot"] and "text" in each]
        return len([each for each in shown if each.get("message_thread_id") == thread_id])

    async def delete_topic(self, thread_id: int) -> None:
        await self.telegram.change_topic(FORUM, thread_id, status="deleted")

    async def close_topic(self, thread_id: int) -> None:
        await self.telegram.change_topic(FORUM, thread_id, status="closed")

    async def block(self) -> None:
        await self.telegram.block(ANNA)


@pytest.fixture(params=["fake", "local"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        yield FakeWorld()
        return
    async with run_telegram() as telegram:
        await telegram.create_chat(FORUM, is_forum=True, sees_everything=True)
        await telegram.create_chat(PLAIN, sees_everything=True)
        [sent] = await telegram.send(ANNA, text="It does not work")
        messenger = TelegramMessenger(telegram.token, telegram.url, limits=UNLIMITED)
        try:
            yield LocalWorld(telegram, messenger, sent["message_id"])
        finally:
            await messenger.close()


async def test_a_copy_goes_into_its_topic(world: World) -> None:
    """A message is copied into a new topic, with a button, and back into the private chat."""
    thread = await world.messenger.create_topic(FORUM, "Anna " + "x" * 200)
    copied = await world.messenger.copy_message(Place(FORUM, thread), ANNA, world.message_id, BUTTONS)
    assert copied
    assert world.count(FORUM, thread) == 1
    await world.messenger.copy_message(Place(ANNA), ANNA, world.message_id)
    assert world.count(ANNA, None) == 1


async def test_a_deleted_topic_takes_no_copy(world: World) -> None:
    """A copy for a topic that is gone goes nowhere else, and such a topic cannot be opened again."""
    thread = await world.messenger.create_topic(FORUM, "Anna")
    await world.delete_topic(thread)
    with pytest.raises(TopicGoneError):
        await world.messenger.copy_message(Place(FORUM, thread), ANNA, world.message_id)
    assert world.count(FORUM, None) == 0
    with pytest.raises(TopicGoneError):
        await world.messenger.reopen_topic(FORUM, thread)


async def test_a_closed_topic_is_opened_again(world: World) -> None:
    """A closed topic refuses a copy until it is reopened; reopening twice is the same as once."""
    thread = await world.messenger.create_topic(FORUM, "Anna")
    await world.close_topic(thread)
    with pytest.raises(PlaceRefusedError):
        await world.messenger.copy_message(Place(FORUM, thread), ANNA, world.message_id)
    await world.messenger.reopen_topic(FORUM, thread)
    await world.messenger.reopen_topic(FORUM, thread)
    await world.messenger.copy_message(Place(FORUM, thread), ANNA, world.message_id)
    assert world.count(FORUM, thread) == 1


async def test_a_group_without_topics(world: World) -> None:
    """A group that is no forum takes no topic."""
    with pytest.raises(PlaceRefusedError):
        await world.messenger.create_topic(PLAIN, "Anna")


async def test_who_blocked_the_bot_gets_no_copy(world: World) -> None:
    """A copy to a person who blocked the bot is refused as any message is."""
    await world.block()
    with pytest.raises(BotBlockedError):
        await world.messenger.copy_message(Place(ANNA), FORUM, world.message_id)
