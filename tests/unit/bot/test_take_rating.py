"""👍 and 👎 under results: whose count, which one counts, and what is kept."""

from typing import Any

import pytest

from shared.ports import Update
from shared.telegram.address import job_by_message
from tests.world import GROUP, ME, OTHER, Json, World, writes_to


def reaction(world: World, message_id: int, *emojis: str, user_id: int = ME, chat_id: int = ME, late: int = 0) -> Json:
    """A person's reaction from now on; `late` seconds after now by Telegram's time."""
    changed: Json = {"chat": {"id": chat_id, "type": "private" if chat_id > 0 else "supergroup"}}
    changed |= {"message_id": message_id, "date": int(world.now.timestamp()) + late, "old_reaction": []}
    changed |= {"user": {"id": user_id, "is_bot": False, "first_name": "Ann"}}
    world.last_update_id += 1
    reactions = [{"type": "emoji", "emoji": emoji} for emoji in emojis]
    return {"update_id": world.last_update_id, "message_reaction": changed | {"new_reaction": reactions}}


@pytest.fixture
async def picture(world: World) -> int:
    """The message of a delivered picture."""
    await world.send(world.message("draw a fox"))
    return world.shown().message_id


def ratings(world: World) -> list[dict[str, Any]]:
    return list(world.store.collection("ratings").values())


async def test_a_result_is_rated(world: World, picture: int) -> None:
    """The newest reaction counts, however often and in which order they come; taken back it is 0."""
    down, up = reaction(world, picture, "👎"), reaction(world, picture, "👍", late=5)
    await world.send(up, down, up)
    [rating] = ratings(world)
    assert (rating["value"], rating["kind"], rating["user_id"]) == (1, "picture", ME)
    assert rating["expire_at"] == world.job().expire_at
    await world.send(reaction(world, picture, late=9))
    assert ratings(world)[0]["value"] == 0
    [counted] = world.store.collection("rating_days").values()
    assert counted == {"up": 0, "down": 0}
    assert len(world.messenger.messages(ME)) == 1
    assert world.messenger.messages(ME)[0].message_id == picture


async def test_what_is_no_rating(world: World, picture: int) -> None:
    """Another emoji, another's hand, a group, a message that is no result, and a chat's reaction keep nothing."""
    by_chat = reaction(world, picture, "👍")
    del by_chat["message_reaction"]["user"]
    await world.send(
        reaction(world, picture, "🍌"),
        reaction(world, picture, "👍", user_id=OTHER),
        reaction(world, picture, "👍", chat_id=GROUP),
        reaction(world, picture + 50, "👍"),
        by_chat,
    )
    assert ratings(world) == []


async def test_a_race_of_two_reactions(world: World, picture: int) -> None:
    """Of two at the same moment the later one by Telegram's time stays."""

    async def change_mind() -> None:
        await world.deliver(reaction(world, picture, "👎", late=3))

    world.store.interrupt(writes_to("ratings"), change_mind)
    await world.send(reaction(world, picture, "👍"))
    assert ratings(world)[0]["value"] == -1
    assert list(world.store.collection("rating_days").items()) == [(f"{world.now:%Y-%m-%d}", {"up": 0, "down": 1})]


async def test_a_result_of_another_release(world: World, picture: int) -> None:
    """A job that this release cannot read is not rated."""
    [record] = await world.store.find(job_by_message(ME, picture))
    await world.store.commit([Update(record.key, {"created_at": "yesterday"}, record.version)])
    await world.send(reaction(world, picture, "👍"))
    assert ratings(world) == []
