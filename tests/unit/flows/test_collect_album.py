"""An album is one request with all its pictures, whatever order, number and company its parts come in."""

import asyncio
import random
from typing import Any

import pytest

from shared.domain.jobs import JobState
from shared.errors import (
    ConflictError,
    DeliveryUnknownError,
    MessageGoneError,
    NanoBananaError,
    TooManyRequestsError,
)
from shared.flows.sweep_work import sweep_work
from tests.fakes.pictures import PNG
from tests.world import ME, World, any_commit, changes_card, writes_to

Json = dict[str, Any]


def album(world: World, count: int = 3, caption: str = "make it blue", **options: Any) -> list[Json]:
    """The parts in the order in which they were sent, the words on the first."""
    return [
        world.photo(caption if number == 0 else "", picture=picture(number), media_group_id="77", **options)
        for number in range(count)
    ]


def picture(number: int) -> bytes:
    return PNG + b"\0" * 16 + bytes([number])


def references(world: World, which: int = 0) -> list[bytes]:
    return [reference.content for reference in world.model.tasks[which].references]


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


async def test_words_may_come_last(world: World) -> None:
    """The caption may be on the last part."""
    first, second = album(world, 2, "")
    third = world.photo("make it blue", picture=picture(2), media_group_id="77")
    await world.send(first, second, third)
    assert world.job().request.prompt == "make it blue"
    assert len(references(world)) == 3


async def test_part_after_the_end(world: World) -> None:
    """A part that comes when the picture is there is counted under it, once."""
    first, second, third = album(world)
    await world.send(first, second)
    await world.send(third, third)
    assert len(references(world)) == 2
    assert world.job().late_parts == 1
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


async def test_no_words(world: World) -> None:
    """An album without words is kept and asked about; a reply to the question uses all its pictures."""
    await world.send(*album(world, 2, ""))
    question = world.shown()
    assert "Got 2 pictures" in question.text
    assert question.buttons == ()
    assert world.jobs() == []
    await world.send(world.reply("make it blue", question))
    assert len(references(world)) == 2
    world.check_money()


async def test_words_by_edit(world: World) -> None:
    """Words that an edit adds to a part answer the question too."""
    parts = album(world, 2, "")
    await world.send(*parts)
    await world.send(world.edited(parts[1], "make it blue"))
    assert (world.job().request.prompt, len(references(world))) == ("make it blue", 2)
    world.check_money()


async def test_part_after_the_question(world: World) -> None:
    """A part that comes late joins the pictures that were asked about."""
    first, second, third = album(world, 3, "")
    await world.send(first, second)
    await world.send(third)
    assert "Got 3 pictures" in world.shown().text
    await world.send(world.reply("make it blue", world.shown()))
    assert len(references(world)) == 3


async def test_single_photo_without_words(world: World) -> None:
    """A photo alone is asked about once, however often it comes, and a reply edits it."""
    photo = world.photo()
    again = photo | {"update_id": photo["update_id"] + 7}
    await world.send(photo, photo, again)
    [question] = world.messenger.messages(ME)
    assert "Got the picture" in question.text
    assert question.force_reply == "What should I change?"
    await world.send(world.reply("make it blue", question))
    assert len(references(world)) == 1


async def test_single_photo_twice_at_once(world: World) -> None:
    """Two instances may both ask; one question stands."""
    photo = world.photo()
    await asyncio.gather(world.deliver(photo), world.deliver(photo | {"update_id": photo["update_id"] + 7}))
    assert len(world.store.collection("drafts")) == 1


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
    assert "(E-CREDITS)" in card.text
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
    assert world.job().late_parts == 0
    world.check_money()


async def test_part_comes_while_it_is_asked_about(world: World) -> None:
    """The same when there are no words: the question counts all parts."""
    first, second = album(world, 2, "")
    await world.deliver(first)
    world.store.interrupt(writes_to("drafts", state="asking"), lambda: world.deliver(second))
    await world.settle()
    assert "Got 2 pictures" in world.shown().text


async def test_question_is_asked_twice_at_once(world: World) -> None:
    """Words that come while the question is being asked win over it."""
    parts = album(world, 1, "")
    await world.deliver(parts[0])
    edit = world.edited(parts[0], "make it blue")
    world.store.interrupt(writes_to("drafts", state="asking"), lambda: world.deliver(edit))
    await world.settle()
    assert world.job().request.prompt == "make it blue"
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


async def test_flood_control_of_the_question(world: World) -> None:
    """429 for the question: it is asked when Telegram takes it."""
    await world.deliver(album(world, 1, "")[0])
    world.messenger.fail("edit_text", TooManyRequestsError(9))
    await world.settle()
    assert "Got the picture" in world.shown().text


async def test_question_cannot_be_edited_in(world: World) -> None:
    """A card that is gone is not asked on; words still find the album by an edit."""
    parts = album(world, 1, "")
    await world.deliver(parts[0])
    world.messenger.chats[ME].clear()
    await world.settle()
    await world.send(world.edited(parts[0], "make it blue"))
    assert world.job().state is JobState.DELIVERED


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
