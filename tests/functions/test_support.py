"""`bot` between people and operators, over HTTP: the local Telegram with its topics, and the function as deployed."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from infra.deploy.allowed_updates import ALLOWED_UPDATES
from infra.local.telegram import Telegram, run_telegram
from infra.local.telegram.contents import Attachment
from infra.local.telegram.reactions import react
from infra.local.telegram.reading import Upload
from shared.adapters.telegram import TelegramMessenger
from shared.wiring import Once
from tests.contracts.test_messenger import UNLIMITED, make_jpeg
from tests.fakes.speech_model import make_ogg
from tests.functions.conftest import Function, Load
from tests.unit.support.desk import DESK, topic_of
from tests.world import World

ANNA, OPERATOR = 501, 900
Json = dict[str, Any]


@dataclass
class Talk:
    """A Telegram with Anna and the operators' group, and the function that serves the bot there."""

    telegram: Telegram
    bot: Function
    world: World
    passed: int = 0

    async def settle(self) -> None:
        """Give the function every update that waits, then every task that follows."""
        updates = await self.telegram.world.updates.poll(self.passed + 1, 100, 0) or []
        for update in updates:
            assert (await self.bot.post("/", json.dumps(update).encode())).status_code == 200
            self.passed = update["update_id"]
        await self.world.settle()

    def look(self, chat_id: int, thread_id: int | None = None) -> list[Json]:
        """What the bot wrote there."""
        shown = [each for each in self.telegram.messages(chat_id) if each["from"]["is_bot"]]
        return [each for each in shown if each.get("message_thread_id") == thread_id]


@pytest.fixture
async def talk(load_task: Load, world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Talk]:
    async with run_telegram() as telegram:
        telegram.world.updates.allow(list(ALLOWED_UPDATES))
        await telegram.create_chat(DESK, is_forum=True, sees_everything=True, members={str(OPERATOR): "administrator"})
        messenger = TelegramMessenger(telegram.token, telegram.url, limits=UNLIMITED)
        world.ports = replace(world.ports, messenger=messenger, support_chat_id=DESK)
        bot = load_task("bot")
        monkeypatch.setattr(bot.module, "ports", Once(lambda: world.ports))
        try:
            yield Talk(telegram, bot, world)
        finally:
            await messenger.close()


def has(*kinds: str) -> Callable[[Json], bool]:
    return lambda message: any(kind in message for kind in kinds)


async def test_a_talk_over_http(talk: Talk) -> None:
    """Words, a photo, a file and a voice message reach the topic; words and a photo come back, a reply follows."""
    telegram, contents = talk.telegram, ({"photos": [make_jpeg()]}, {"text": "See above"})
    await telegram.send(ANNA, text="/support")
    await talk.settle()
    voice = Attachment("voice", Upload("voice.ogg", "audio/ogg", make_ogg(2)))
    file = Upload("log.txt", "text/plain", b"nothing happens")
    for fields in (*contents, {"attachments": [voice]}, {"documents": [file]}):
        await telegram.send(ANNA, **fields)
    await talk.settle()
    thread = (await topic_of(talk.world, ANNA)).thread_id
    in_topic = talk.look(DESK, thread)
    assert [sum(map(has(kind), in_topic)) for kind in ("photo", "voice", "document")] == [1, 1, 1]
    assert "See above" in [each.get("text") for each in in_topic]
    await telegram.send(OPERATOR, chat_id=DESK, message_thread_id=thread, text="// strange")
    await telegram.send(OPERATOR, chat_id=DESK, message_thread_id=thread, text="We look into it")
    await telegram.send(OPERATOR, chat_id=DESK, message_thread_id=thread, photos=[make_jpeg("blue")])
    await talk.settle()
    *_, words, photo = talk.look(ANNA)
    assert words["text"] == "We look into it"
    assert "photo" in photo
    await telegram.send(ANNA, text="Thank you!", reply_to_message_id=words["message_id"])
    await talk.settle()
    assert talk.look(DESK, thread)[-1]["text"] == "Thank you!"
    assert talk.world.jobs() == []


async def test_the_group_over_http(talk: Talk) -> None:
    """A closed and a deleted topic, a person who blocked the bot, and the bot's removal are told in words."""
    telegram = talk.telegram
    await telegram.send(ANNA, text="/support It does not work")
    await talk.settle()
    first = (await topic_of(talk.world, ANNA)).thread_id
    await telegram.change_topic(DESK, first, status="closed")
    await talk.settle()
    assert "settled" in talk.look(ANNA)[-1]["text"]
    await telegram.send(ANNA, text="/support It still does not")
    await talk.settle()
    assert "It still does not" in talk.look(DESK, first)[-1]["text"]
    await telegram.change_topic(DESK, first, status="deleted")
    talk.world.clock.advance(120)
    await telegram.send(ANNA, text="/support And now?")
    await talk.settle()
    second = (await topic_of(talk.world, ANNA)).thread_id
    assert "And now?" in talk.look(DESK, second)[-1]["text"]
    await telegram.block(ANNA)
    await telegram.send(OPERATOR, chat_id=DESK, message_thread_id=second, text="Are you there?")
    await talk.settle()
    assert "blocked" in talk.look(DESK, second)[-1]["text"]
    await telegram.block(ANNA, blocked=False)
    await telegram.change_bot(DESK, status="kicked")
    await telegram.send(ANNA, text="/support Hello?")
    await talk.settle()
    assert "cannot reach" in talk.look(ANNA)[-1]["text"]


async def test_a_rating_over_http(talk: Talk) -> None:
    """A reaction to an answer becomes its rating; the same again takes it back."""
    await talk.telegram.send(ANNA, text="/ask why is the sky blue?")
    await talk.settle()
    answer = talk.look(ANNA)[-1]["message_id"]
    for value in (-1, 0):
        await react(talk.telegram, ANNA, ANNA, answer, emoji="👎")
        talk.world.clock.advance(5)
        await talk.settle()
        [rating] = talk.world.store.collection("ratings").values()
        assert (rating["kind"], rating["value"]) == ("answer", value)
