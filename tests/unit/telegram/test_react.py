"""In groups the message that asked gets 👀 and then 👍; nothing depends on it."""

import asyncio
from typing import Any

import pytest

from shared.errors import DeliveryUnknownError, MessageRejectedError, TooManyRequestsError
from shared.jobs.job import JobState
from tests.world import GROUP, ME, World


def reactions(world: World, update: dict[str, Any]) -> str | None:
    return world.messenger.reactions[GROUP].get(update["message"]["message_id"])


@pytest.mark.parametrize("words", ["/image a fox", "/ask what is a fox?", "/image a fox x3"])
async def test_seen_and_done(world: World, words: str) -> None:
    """The message gets 👀 when its job is accepted, and 👍 with the result: two calls, however many pictures it is."""
    asked = world.message(words, chat_id=GROUP)
    await world.deliver(asked)
    assert reactions(world, asked) == "👀"
    await world.settle()
    assert reactions(world, asked) == "👍"
    assert len(world.messenger.sent("react")) == 2


async def test_not_done(world: World) -> None:
    """A request that ends without a result loses its mark."""
    asked = world.message("/image a fox", chat_id=GROUP)
    await world.deliver(asked)
    await world.send(world.message("/cancel", chat_id=GROUP))
    assert world.job().state is JobState.CANCELED
    assert reactions(world, asked) == ""


async def test_a_button_gets_none(world: World) -> None:
    """A press has no message of its own: the bot does not mark its own picture."""
    await world.send(world.message("/image a fox", chat_id=GROUP))
    await world.send(world.tap("again", world.shown(GROUP), chat_id=GROUP))
    assert len(world.jobs()) == 2
    assert len(world.messenger.sent("react")) == 2


async def test_none_in_private(world: World) -> None:
    """A private chat shows progress in another way."""
    await world.send(world.message("/image a fox"))
    assert world.messenger.sent("react") == []
    assert world.messenger.reactions[ME] == {}


@pytest.mark.parametrize(
    "error", [TooManyRequestsError(30.0), DeliveryUnknownError("lost"), MessageRejectedError("REACTION_INVALID")]
)
async def test_failures_are_silent(world: World, error: Any) -> None:
    """Whatever Telegram says to a reaction, the picture is made, shown and paid as ever."""
    world.messenger.fail("react", error, error)
    await world.send(world.message("/image a fox", chat_id=GROUP))
    assert world.job().state is JobState.DELIVERED
    assert world.shown(GROUP).kind == "photo"
    world.check_money()


async def test_a_busy_group_gets_none(world: World) -> None:
    """A group without room for messages is left alone."""
    world.messenger.rooms[GROUP] = 0
    await world.send(world.message("/image a fox", chat_id=GROUP))
    assert world.messenger.sent("react") == []


async def test_it_does_not_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reaction that hangs is given up, and the task is created meanwhile."""
    monkeypatch.setattr("shared.telegram.react.REACTION_SECONDS_MAX", 0.01)

    async def hang() -> None:
        await asyncio.Event().wait()

    world.messenger.stall("react", hang)
    await world.deliver(world.message("/image a fox", chat_id=GROUP))
    assert len(world.tasks.tasks) == 1
