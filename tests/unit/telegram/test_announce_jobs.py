"""A card is posted once per picture; what Telegram does not take, `image` does later."""

from datetime import timedelta

import pytest

from shared.errors import (
    DeliveryUnknownError,
    MessageRejectedError,
    NanoBananaError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.jobs.job import ANNOUNCE_SECONDS, GATHER_SECONDS, JobState
from shared.jobs.job_documents import job_key
from shared.ports import Update
from shared.telegram.address import chat_of
from shared.telegram.announce_jobs import redraw_end
from tests.world import ME, World, changes_card


async def test_all_cards_before_any_task(world: World) -> None:
    """Four pictures: four cards in their order, then four tasks, for when nothing more can come with the words."""
    await world.deliver(world.message("a red fox x4"))
    cards = [message.text for message in world.messenger.messages(ME)]
    assert [f"picture {number} of 4" in card for number, card in enumerate(cards, 1)] == [True] * 4
    assert [task.not_before for task in world.tasks.tasks] == [world.now + timedelta(seconds=GATHER_SECONDS)] * 4
    assert [chat_of(job).card_message_id for job in world.jobs()] == [
        m.message_id for m in world.messenger.messages(ME)
    ]


async def test_flood_control(world: World) -> None:
    """429: the job's task comes when Telegram wants it, and posts the card itself."""
    world.messenger.fail("send_text", TooManyRequestsError(33))
    await world.deliver(world.message("a red fox"))
    [task] = world.tasks.tasks
    assert task.not_before == world.now + timedelta(seconds=33)
    await world.settle()
    assert [message.kind for message in world.messenger.messages(ME)] == ["photo"]
    world.check_money()


@pytest.mark.parametrize("error", [DeliveryUnknownError("time-out"), MessageRejectedError("400")])
async def test_card_perhaps_posted(world: World, error: NanoBananaError) -> None:
    """No answer: the worker waits until nobody else can post a card, then posts one."""
    world.messenger.fail("send_text", error)
    await world.deliver(world.message("a red fox"))
    [task] = world.tasks.tasks
    assert task.not_before == world.now + timedelta(seconds=ANNOUNCE_SECONDS)
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_stray_card_is_only_text(world: World) -> None:
    """A card whose sending was not confirmed may stay behind, never a second picture."""
    world.messenger.lose("send_text")
    await world.send(world.message("a red fox"))
    assert sorted(message.kind for message in world.messenger.messages(ME)) == ["photo", "text"]
    world.check_money()


async def test_blocked(world: World) -> None:
    """A person who blocked the bot gets the credits back, and no model is asked."""
    world.messenger.blocked.add(ME)
    await world.send(world.message("a red fox"))
    assert (world.job().state, world.job().failure) == (JobState.FAILED, "E-BLOCKED")
    assert world.model.tasks == []
    assert world.user().account.available == 20
    world.check_money()


async def test_canceled_while_the_card_is_posted(world: World) -> None:
    """/cancel between the commit and the card: the card says so, and its picture is not made."""
    update = world.message("a red fox")
    cancel = world.message("/cancel")
    world.store.interrupt(changes_card, lambda: world.deliver(cancel))
    await world.send(update)
    assert world.job().state is JobState.CANCELED
    assert any("Canceled. 4 credits are back" in message.text for message in world.messenger.messages(ME))
    assert world.model.tasks == []
    world.check_money()


async def test_worker_was_faster(world: World) -> None:
    """A card that comes when the worker has posted its own is taken back."""
    update = world.message("a red fox")

    async def be_slow() -> None:
        world.clock.advance(ANNOUNCE_SECONDS + 1)
        await world.move(world.job())

    world.store.interrupt(changes_card, be_slow)
    await world.send(update)
    assert [message.kind for message in world.messenger.messages(ME)] == ["photo"]
    assert len(world.messenger.sent("delete_message")) == 1
    world.check_money()


async def test_worker_has_claimed_without_a_card(world: World) -> None:
    """A card that comes while a worker owns the job is taken back too: the worker posts one."""
    update = world.message("a red fox")

    async def claim() -> None:
        world.clock.advance(ANNOUNCE_SECONDS + 1)
        world.messenger.fail("send_text", TooManyRequestsError(20))
        await world.move(world.job())

    world.store.interrupt(changes_card, claim)
    await world.send(update)
    assert world.job().state is JobState.DELIVERED
    assert [message.kind for message in world.messenger.messages(ME)] == ["photo"]
    world.check_money()


async def test_queue_is_out(world: World) -> None:
    """Without a queue the update comes again and brings the tasks; nothing is posted twice."""
    update = world.message("a red fox x2")
    world.tasks.outages = 1
    with pytest.raises(UnavailableError):
        await world.deliver(update)
    await world.send(update)
    assert [message.kind for message in world.messenger.messages(ME)] == ["photo", "photo"]
    world.check_money()


async def test_store_is_out_after_the_card(world: World) -> None:
    """A card that could not be recorded stays as a stray text; the picture has its own."""
    update = world.message("a red fox")

    async def fail() -> None:
        raise UnavailableError("no store")

    world.store.interrupt(changes_card, fail)
    with pytest.raises(UnavailableError):
        await world.deliver(update)
    await world.send(update)
    assert sorted(message.kind for message in world.messenger.messages(ME)) == ["photo", "text"]
    world.check_money()


async def test_the_end_of_a_newer_kind_is_not_drawn(world: World) -> None:
    """A job that only a newer release can show is left to it."""
    await world.deliver(world.message("a fox"))
    [record] = await world.store.read([job_key(world.job().id)])
    assert record is not None
    await world.store.commit([Update(record.key, {"kind": "of a newer release"}, record.version)])
    calls = len(world.messenger.calls)
    assert await redraw_end(world.ports, record.key.id)
    assert len(world.messenger.calls) == calls
