"""An album is one request with all its pictures, whatever order, number and company its parts come in."""

import asyncio
import random

import pytest

from shared.errors import ConflictError, DeliveryUnknownError, MessageGoneError, NanoBananaError, TooManyRequestsError
from shared.jobs.identity import update_key
from shared.jobs.job import JobState
from shared.jobs.job_documents import create_inbox
from shared.jobs.sweep_work import sweep_work
from shared.pictures.picture import artefacts_of, request_of
from shared.telegram.address import chat_of
from tests.unit.pictures.albums import album, picture, references
from tests.world import ME, World, any_commit, changes_card, writes_to


@pytest.mark.parametrize("seed", range(4))
async def test_shuffled(world: World, seed: int) -> None:
    """Ten parts in any order make one picture from all of them, in the order in which they were sent."""
    parts = album(world, 10)
    random.Random(seed).shuffle(parts)  # noqa: S311 — repeatable on purpose
    await world.send(*parts)
    assert references(world) == [picture(number) for number in range(10)]
    assert [message.kind for message in world.messenger.messages(ME)] == ["photo"]
    world.check_money()


async def test_at_once_and_again(world: World) -> None:
    """All parts at the same time on different instances, each twice: still one request."""
    parts = album(world)
    await asyncio.gather(*(world.deliver(part) for part in [*parts, *parts]))
    await world.settle()
    assert len(world.jobs()) == 1
    assert references(world) == [picture(number) for number in range(3)]
    assert len([m for m in world.messenger.messages(ME) if m.kind == "photo"]) == 1
    world.check_money()


async def test_words_for_it_at_once_and_again(world: World) -> None:
    """Words that join a set and come twice at the same time join it once, and neither delivery fails."""
    await world.deliver(album(world, 2, "")[0])
    words = world.message("make it blue")
    world.store.interrupt(writes_to("inbox"), lambda: world.deliver(words))
    await world.send(words)
    assert [request_of(job).prompt for job in world.jobs()] == ["make it blue"]


async def test_waits_for_quiet(world: World) -> None:
    """Each part moves the end: a task that comes too early is put off."""
    first, second, third = album(world)
    await world.deliver(first)
    assert "Receiving the album" in world.shown().text
    world.clock.advance(1.5)
    await world.deliver(second)
    world.clock.advance(1.5)
    await world.send(third)
    assert len(references(world)) == 3


async def test_first_part_gives_the_shape(world: World) -> None:
    """The picture keeps the shape of the first part, whichever came first."""
    square, wide = album(world, 2)
    square["message"]["photo"][0] |= {"width": 90, "height": 160}
    await world.send(wide, square)
    assert world.model.tasks[0].ratio == "9:16"


async def test_card_is_there_already(world: World) -> None:
    """An album's card is known when the request is taken: nobody has to announce it first."""
    await world.deliver(album(world, 1)[0])
    card = world.shown().message_id
    await world.run_next()
    assert (chat_of(world.job()).card_message_id, world.job().lease_until) == (card, None)
    assert [task.not_before for task in world.tasks.tasks] == [None]


async def test_words_may_come_last(world: World) -> None:
    """The caption may be on the last part."""
    first, second = album(world, 2, "")
    third = world.photo("make it blue", picture=picture(2), media_group_id="77")
    await world.send(first, second, third)
    assert request_of(world.job()).prompt == "make it blue"
    assert len(references(world)) == 3


async def test_part_after_the_end(world: World) -> None:
    """A part that comes when the picture is there is counted under it, once."""
    first, second, third = album(world)
    await world.send(first, second)
    await world.send(third, third)
    assert len(references(world)) == 2
    assert artefacts_of(world.job()).late_parts == 1
    assert "One picture of the album came too late" in world.shown().text
    world.check_money()


async def test_part_after_the_end_while_it_waits(world: World) -> None:
    """A part that comes while the job waits is counted on its card, and the picture keeps the note."""
    parts = album(world, 4)
    await world.deliver(parts[0])
    await world.run_next()
    assert world.job().state is JobState.QUEUED
    await world.deliver(parts[1])
    assert "One picture" in world.shown().text
    await world.deliver(parts[2])
    await world.settle()
    assert "2 pictures of the album came too late" in world.shown().text
    assert world.shown().kind == "photo"


async def test_reply_with_an_album(world: World) -> None:
    """An album in reply to a picture starts from that picture and adds its own."""
    await world.send(world.message("a red fox"))
    replied = {"message_id": world.shown().message_id, "from": {"id": world.ports.bot_id, "is_bot": True}}
    await world.send(*album(world, 2, reply_to_message=replied))
    assert world.model.tasks[1].parent is not None
    assert len(references(world, 1)) == 2


async def test_declined(world: World) -> None:
    """An album that cannot be paid says why on its card, and is closed."""
    await world.give(3)
    await world.send(*album(world))
    [card] = world.messenger.messages(ME)
    assert "This costs 4 credits, you have 3" in card.text
    assert world.jobs() == []
    await world.settle()
    assert {draft["state"] for draft in world.store.collection("drafts").values()} == {"closed"}


async def test_part_after_it_was_declined(world: World) -> None:
    """A part of a declined album changes nothing."""
    await world.give(3)
    first, second = album(world, 2)
    await world.send(first)
    await world.send(second)
    assert world.jobs() == []
    assert len(world.messenger.messages(ME)) == 1


async def test_closed_twice(world: World) -> None:
    """A second closing task finds the request made and sees that its jobs have tasks."""
    await world.deliver(album(world, 1)[0])
    [task] = world.tasks.take_all()
    await world.run_task(task)
    world.tasks.take_all()
    await world.run_task(task)
    assert [task.queue for task in world.tasks.tasks] == ["image"]
    await world.settle()
    assert len(world.jobs()) == 1
    world.check_money()


async def test_closed_twice_at_once(world: World) -> None:
    """Two closing tasks at the same time make one request."""
    for part in album(world):
        await world.deliver(part)
    [task] = world.tasks.take_all()
    world.clock.advance(3)
    await asyncio.gather(world.run_task(task), world.run_task(task))
    await world.settle()
    assert len(world.jobs()) == 1
    world.check_money()


async def test_part_comes_while_it_closes(world: World) -> None:
    """A part between reading and closing belongs to the request: it is read again."""
    first, second = album(world, 2)
    await world.deliver(first)
    world.store.interrupt(writes_to("drafts", state="closed"), lambda: world.deliver(second))
    await world.settle()
    assert len(references(world)) == 2
    assert artefacts_of(world.job()).late_parts == 0
    world.check_money()


async def test_forgotten_draft(world: World) -> None:
    """A closing task for a draft that is not there does nothing."""
    await world.deliver(album(world, 1)[0])
    [task] = world.tasks.take_all()
    world.store._documents.clear()
    await world.run_task(task)
    assert world.store.collection("jobs") == {}


async def test_draft_is_forgotten_before_its_card(world: World) -> None:
    """A card whose draft is gone when it is to be recorded is nobody's."""

    async def forget() -> None:
        world.store._documents.clear()
        raise ConflictError("it has gone")

    world.store.interrupt(changes_card, forget)
    await world.send(*album(world, 1))
    assert world.store.collection("drafts") == {}


@pytest.mark.parametrize("error", [DeliveryUnknownError("?"), MessageGoneError("gone")])
async def test_card_cannot_be_posted(world: World, error: NanoBananaError) -> None:
    """Without the album's card the job posts its own."""
    world.messenger.fail("send_text", error)
    await world.send(*album(world))
    assert [message.kind for message in world.messenger.messages(ME)] == ["photo"]
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_flood_control_at_the_first_part(world: World) -> None:
    """429 for the card: the part is taken, and the album is closed by its task or by the sweep."""
    world.messenger.fail("send_text", TooManyRequestsError(9))
    await world.send(*album(world))
    world.clock.advance(60)
    await sweep_work(world.repair_ports)
    await world.settle()
    assert len(references(world)) == 3
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_everything_is_lost_but_the_draft(world: World) -> None:
    """Without its task an album is closed by the sweep."""
    for part in album(world):
        await world.deliver(part)
    world.tasks.take_all()
    world.clock.advance(60)
    await sweep_work(world.repair_ports)
    await world.settle()
    assert world.job().state is JobState.DELIVERED
    world.check_money()


async def test_others_write_all_the_time(world: World) -> None:
    """Parts that meet are stored one after the other."""

    async def deliver_other() -> None:
        await world.deliver(others.pop())

    parts = album(world, 4)
    others = parts[1:]
    for _ in others:
        world.store.interrupt(any_commit, deliver_other)
    await world.send(parts[0])
    assert len(references(world)) == 4


@pytest.mark.parametrize("error", [MessageGoneError("gone"), TooManyRequestsError(9), DeliveryUnknownError("?")])
async def test_late_part_cannot_be_said(world: World, error: NanoBananaError) -> None:
    """A note that the card cannot take is left; where Telegram wants a pause it is written after it."""
    first, second = album(world, 2)
    await world.send(first)
    world.messenger.fail("edit_caption", error)
    await world.send(second)
    assert artefacts_of(world.job()).late_parts == 1
    assert ("too late" in world.shown().text) is isinstance(error, TooManyRequestsError)


@pytest.mark.parametrize("parts_before", [1, 2])
async def test_canceled_while_its_card_is_on_its_way(world: World, parts_before: int) -> None:
    """A worker that stalled while drawing a card that waits does not leave it over the end of the job."""
    first, second = album(world, 2)
    await world.deliver(first)
    if parts_before == 1:  # the card is first drawn by whoever closes the album
        world.messenger.stall("edit_text", lambda: world.deliver(world.message("/cancel")))
        await world.settle()
    else:  # … and again by a late part
        await world.run_next()
        world.messenger.stall("edit_text", lambda: world.deliver(world.message("/cancel")))
        await world.deliver(second)
    assert world.job().state is JobState.CANCELED
    assert "Canceled. 4 credits are back" in world.messenger.messages(ME)[0].text
    assert world.model.tasks == []
    world.check_money()


async def test_canceled_before_it_closed(world: World) -> None:
    """A /cancel that comes while an album is received stops it, and its card says so."""
    await world.deliver(album(world, 1)[0])
    await world.deliver(world.message("/cancel"))
    await world.settle()
    assert world.job().state is JobState.CANCELED
    assert world.model.tasks == []
    assert any("Canceled" in message.text and message.buttons for message in world.messenger.messages(ME))
    world.check_money()


async def test_words_whose_other_delivery_was_faster(world: World) -> None:
    """Words whose other delivery was handled in another way, just before, do not fight it, and do not join as well."""
    [part] = album(world, 1, "")
    await world.deliver(part)
    words = world.message("a collage of it")
    mark = create_inbox(update_key(world.ports.bot_id, words["update_id"]), (), world.now)
    world.store.interrupt(writes_to("drafts"), lambda: world.store.commit([mark]))
    await world.deliver(words)
    assert not any("collage" in str(draft) for draft in world.store.collection("drafts").values())
    assert len(world.clock.slept_seconds) <= 1
