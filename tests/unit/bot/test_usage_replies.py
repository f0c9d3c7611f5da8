"""Replies to "write it after the command": what is no wish is no argument."""

import pytest

from shared.pictures.picture import is_picture, request_of
from shared.texts import unmark
from tests.fakes.messenger import Shown
from tests.world import BOT_ID, Json, World

pytestmark = pytest.mark.usefixtures("as_shipped")


def reply(world: World, words: str, question: Shown) -> Json:
    """What the app sends when something is written while our question stands above the keyboard."""
    replied = {"message_id": question.message_id, "from": {"id": BOT_ID, "is_bot": True}, "text": unmark(question.text)}
    return world.message(words, reply_to_message=replied)


@pytest.mark.parametrize("command", ["/image", "draw"])
async def test_reply_is_drawn(world: World, command: str) -> None:
    """A thing to draw is one, however short."""
    await world.send(world.message(command))
    await world.send(reply(world, "fox", world.shown()))
    assert [request_of(job).prompt for job in world.jobs()] == ["fox"]


@pytest.mark.parametrize("words", ["what can you draw?", "how much does it cost", "не знаю пока", "сколько это стоит?"])
async def test_question_is_no_wish(world: World, words: str) -> None:
    """The app makes a reply of whatever is written next: a question about the bot buys no picture."""
    await world.send(world.message("/image"))
    await world.send(reply(world, words, world.shown()))
    assert not any(is_picture(job) for job in world.jobs())
