"""What people do in between: call the bot by name and say no more, send a sticker, take back what they were asked."""

from typing import Any

import pytest

from tests.world import GROUP, ME, World

NAME = "@nanobanana_test_bot"


@pytest.mark.parametrize("text", [NAME, f"{NAME}!"])
async def test_called_by_name(world: World, text: str) -> None:
    """A message that only names the bot in a group is answered with the group's usage; nothing is bought."""
    await world.send(world.message(text, chat_id=GROUP))
    assert "/image a red fox" in world.shown(GROUP).text
    assert world.jobs() == []


async def test_called_by_name_alone_with_it(world: World) -> None:
    """In the private chat a name is a word like any other."""
    await world.send(world.message(NAME))
    assert "In groups" not in world.shown().text


@pytest.mark.parametrize("moves", [True, False])
async def test_a_sticker(world: World, *, moves: bool) -> None:
    """A sticker that stands still is not told that it moves, but how something is made of it."""
    sticker: dict[str, Any] = {"file_id": "s", "is_animated": moves, "is_video": False}
    await world.send(world.message("", sticker=sticker))
    assert "reply to it" in world.shown().text
    assert world.jobs() == []


async def test_cancel_takes_back_a_question(world: World) -> None:
    """/cancel closes an open question of ours: the next message does not answer it."""
    await world.send(world.photo())
    await world.send(world.message("/cancel"))
    assert "never mind" in world.shown().text
    await world.send(world.message("/cancel"))
    assert "nothing to cancel" in world.shown().text
    assert world.messenger.messages(ME)[-1].buttons == ()


async def test_cancel_takes_back_a_prompt(world: World) -> None:
    """So it is where we wait for the words of a prompt."""
    await world.send(world.message("/prompts Letter: write a letter to {whom}"))
    await world.send(world.tap("prompt;use", world.shown()))
    await world.send(world.message("/cancel"))
    assert "never mind" in world.shown().text
