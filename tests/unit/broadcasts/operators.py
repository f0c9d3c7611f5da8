"""A bot with operators, and people who may get their news."""

from dataclasses import replace
from datetime import timedelta

from shared.broadcasts.broadcast import Broadcast, BroadcastState, new_broadcast
from shared.broadcasts.broadcast_documents import create_broadcast
from shared.broadcasts.content import Content
from shared.codec import decode
from tests.fakes.messenger import Shown
from tests.world import ME, OTHER, World

ANN, BEN = 601, 602
BROADCAST_ID = "broadcast-0000-1"


async def employ(world: World, *people: int) -> None:
    """Make ME and OTHER operators, and let these people say hello."""
    world.ports = replace(world.ports, admin_ids=frozenset({ME, OTHER}))
    for user_id in people:
        await world.send(world.message("/start", user_id=user_id))


async def write(world: World, words: str = "News!") -> Shown:
    """The card of a new broadcast of ME."""
    await world.send(world.message(f"/broadcast {words}"))
    return world.shown()


async def press(world: World, verb: str, shown: Shown, user_id: int = ME) -> Shown:
    """The card after a press."""
    await world.send(world.tap(f"cast;{verb}", shown, user_id=user_id))
    return world.messenger.chats[user_id][shown.message_id]


async def count(world: World, words: str = "News!") -> Shown:
    """The card of a broadcast that was tested and counted."""
    card = await press(world, "test", await write(world, words))
    await press(world, "count", card)
    return world.messenger.chats[ME][card.message_id]


async def keep(world: World, broadcast_id: str = BROADCAST_ID, **fields: object) -> None:
    """Put a broadcast there, as if operators had led it so far."""
    draft = new_broadcast(broadcast_id, Content("News!"), str(ME), world.now)
    ready = replace(draft, state=BroadcastState.WAITING, people=10, sweep_at=world.now + timedelta(seconds=60))
    await world.store.commit([create_broadcast(replace(ready, **fields))])  # type: ignore[arg-type]


def stored(world: World, broadcast_id: str = "") -> Broadcast:
    """The only broadcast, or the one with this id."""
    found = world.store.collection("broadcasts")
    return decode(Broadcast, found[broadcast_id or next(iter(found))])


def news_of(world: World, user_id: int, words: str = "News!") -> list[Shown]:
    """The messages of the broadcast that a person has."""
    return [each for each in world.messenger.messages(user_id) if each.text == words]
