"""A process dies at any call to the outside: nothing is passed on twice, and nothing is lost without a word."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from shared.support.topic import OPENING, Topic, topic_key, write_topic
from shared.texts import plain_text
from tests.fakes.between import Between
from tests.unit.support.desk import DESK, ask_for_support, copies, open_desk, said, topic_of, write
from tests.world import ME, Json, World, writes_to

CALLS_MAX = 25


class KilledError(BaseException):
    """The process is gone: no handler sees it."""


class Killer:
    """Kills before or after one call to the store or to Telegram; `has_killed` says whether it came that far."""

    def __init__(self, number: int, *, is_after: bool) -> None:
        self.left, self.is_after, self.has_killed = number, is_after, False

    async def pass_on(self, _name: str, call: Callable[[], Awaitable[Any]]) -> Any:
        self.left -= 1
        if self.left != -1:
            return await call()
        self.has_killed = True
        if self.is_after:
            await call()
        raise KilledError


async def deliver_with_kill(world: World, update: Json, killer: Killer) -> None:
    """The first delivery dies; a minute later the queue brings the update again."""
    alive = world.ports
    wrapped = {name: Between(getattr(alive, name), killer.pass_on) for name in ("store", "messenger", "tasks")}
    world.ports = replace(alive, **wrapped)  # type: ignore[arg-type]
    with suppress(KilledError):
        await world.deliver(update)
    world.ports = alive
    world.clock.advance(61)
    await world.deliver(update, failures=1)
    await world.settle()


async def start(first: str) -> World:
    world = World()
    open_desk(world)
    await ask_for_support(world)
    if first:
        await write(world, first)
    return world


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("first", ["", "One"])
async def test_a_persons_message(first: str, is_after: bool) -> None:  # noqa: FBT001
    """It is in the topic at most once; if it is not, or that is unknown, the person has read so."""
    for number in range(CALLS_MAX):
        world = await start(first)
        before = len(copies(world))
        killer = Killer(number, is_after=is_after)
        await deliver_with_kill(world, world.message("It does not work"), killer)
        passed = len(copies(world)) - before
        texts = [each.text for each in world.messenger.messages(ME)]
        assert passed <= 1, number
        assert passed == 1 or plain_text("en", "support-unknown") in texts, number
        assert world.jobs() == []
        if not killer.has_killed:
            return
    pytest.fail("a walk is longer than CALLS_MAX calls")


@pytest.mark.parametrize("is_after", [False, True])
async def test_an_operators_answer(is_after: bool) -> None:  # noqa: FBT001
    """It reaches the person at most once; if that is unknown, the operator has read so."""
    for number in range(CALLS_MAX):
        world = await start("One")
        killer = Killer(number, is_after=is_after)
        await deliver_with_kill(world, said(world, (await topic_of(world)).thread_id), killer)
        texts = [each.text for each in world.messenger.messages(DESK)]
        assert len(copies(world, ME)) <= 1, number
        assert len(copies(world, ME)) == 1 or plain_text("en", "support-desk-unknown") in texts, number
        if not killer.has_killed:
            return
    pytest.fail("a walk is longer than CALLS_MAX calls")


async def test_a_second_delivery_waits() -> None:
    """While one delivery is sending, another one of the same message waits, and sends nothing."""
    world = await start("One")
    update = world.message("Two")

    async def come_again() -> None:
        await world.deliver(update | {"update_id": update["update_id"] + 500})

    world.messenger.stall("copy_message", come_again)
    await world.send(update)
    assert len(copies(world)) == 2


async def test_an_album_opens_one_topic() -> None:
    """Messages that come while the topic is opened wait for it."""
    world = await start("")
    photos = [world.photo(media_group_id="7") for _ in range(3)]

    async def come_along() -> None:
        for photo in photos[1:]:
            await world.deliver(photo)

    world.messenger.stall("create_topic", come_along)
    await world.send(photos[0])
    assert len(world.messenger.topics[DESK]) == 1
    assert len(copies(world)) == 3


async def test_a_delivery_that_stood_still() -> None:
    """Who comes back after its time does not write over what another delivery has stored meanwhile."""
    world = await start("One")
    update = world.message("Two")

    async def wait_and_come_again() -> None:
        world.clock.advance(61)
        await world.deliver(update, failures=1)

    world.messenger.stall("copy_message", wait_and_come_again)
    await world.send(update)
    assert len(copies(world)) == 2
    assert world.shown().text == plain_text("en", "support-unknown")


async def test_a_topic_that_took_too_long() -> None:
    """If another delivery has taken over the opening, the late one writes nothing, and all is passed on."""
    world = await start("")
    update = world.message("One")

    async def wait_and_come_again() -> None:
        world.clock.advance(61)
        await world.deliver(world.message("Two"))

    world.messenger.stall("create_topic", wait_and_come_again)
    await world.send(update)
    assert len(copies(world)) == 2
    assert {each.thread_id for each in copies(world)} == {(await topic_of(world)).thread_id}


async def test_many_openings_die() -> None:
    """A message waits for four deliveries that die one after another while they open the topic: it is not given up."""
    world = await start("")
    await world.store.commit([write_topic(None, Topic(ME, "en", opening_until=world.now + OPENING))])
    await world.deliver(world.message("It does not work"))
    for _ in range(3):
        while await _is_being_opened(world):
            assert await world.run_next()
        topic = replace(await topic_of(world), opening_until=world.now + OPENING)
        [record] = await world.store.read([topic_key(ME)])
        await world.store.commit([write_topic(record, topic)])
    await world.settle()
    assert len(copies(world)) == 1
    assert world.store.collection("quarantine") == {}


async def _is_being_opened(world: World) -> bool:
    """Whether the time of the delivery that opens the topic is not over when the next task comes."""
    topic, [task] = await topic_of(world), world.tasks.tasks
    assert topic.opening_until is not None
    assert task.not_before is not None
    return task.not_before < topic.opening_until


async def test_two_notice_that_the_topic_is_gone() -> None:
    """Of two messages that find the topic deleted, the second uses the one that the first has opened."""
    world = await start("One")
    del world.messenger.topics[DESK][(await topic_of(world)).thread_id]
    world.clock.advance(120)

    async def come_first() -> None:
        await write(world, "Three")

    world.messenger.stall("copy_message", come_first)
    await world.send(world.message("Two"))
    assert len(world.messenger.topics[DESK]) == 1
    assert len(copies(world)) == 3


async def test_races_for_one_message() -> None:
    """Of two deliveries at the same moment one sends, and one tells: the other finds that it was done."""
    world = await start("")
    update = world.message("One")
    second, third = (update | {"update_id": update["update_id"] + number} for number in (500, 501))
    world.store.interrupt(writes_to("support_messages", state="sending"), lambda: world.deliver(second))
    world.store.interrupt(writes_to("support_messages", is_told=True), lambda: world.deliver(third))
    await world.send(update)
    assert len(copies(world)) == 1
