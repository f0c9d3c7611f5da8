"""Pictures without words are kept, and whatever words come for them are used."""

import asyncio

from shared.errors import DeliveryUnknownError, MessageGoneError, TooManyRequestsError
from shared.jobs.job import JobState
from shared.pictures.picture import request_of
from tests.unit.pictures.albums import album, picture, references
from tests.world import ME, OTHER, World, changes_card, writes_to


async def test_no_words(world: World) -> None:
    """An album without words is kept and asked about; a reply to the question uses all its pictures."""
    await world.send(*album(world, 2, ""))
    question = world.shown()
    assert "Got 2 pictures" in question.text
    assert [[each.label for each in row] for row in question.buttons] == [["🎬 Animate · 16", "🪄 Tools"]]
    assert world.jobs() == []
    await world.send(world.reply("make it blue", question))
    assert len(references(world)) == 2
    world.check_money()


async def test_words_by_edit(world: World) -> None:
    """Words that an edit adds to a part answer the question too."""
    parts = album(world, 2, "")
    await world.send(*parts)
    await world.send(world.edited(parts[1], "make it blue"))
    assert (request_of(world.job()).prompt, len(references(world))) == ("make it blue", 2)
    world.check_money()


async def test_part_after_the_question(world: World) -> None:
    """A part that comes late joins the pictures that were asked about."""
    first, second, third = album(world, 3, "")
    await world.send(first, second)
    await world.send(third)
    assert "Got 3 pictures" in world.shown().text
    await world.send(world.reply("make it blue", world.shown()))
    assert len(references(world)) == 3


async def test_answered_while_a_late_part_is_on_its_way(world: World) -> None:
    """A worker that stalled while counting a part does not leave the question over the end of the job it became."""
    first, second = album(world, 2, "")
    await world.send(first)

    async def answer() -> None:
        await world.deliver(world.edited(first, "make it blue"))
        await world.run_next()
        await world.deliver(world.message("/cancel"))

    world.messenger.stall("edit_text", answer)
    await world.send(second)
    assert world.job().state is JobState.CANCELED
    assert "Canceled. 4 credits are back" in world.messenger.messages(ME)[0].text
    world.check_money()


async def test_single_photo_without_words(world: World) -> None:
    """A photo alone is asked about once, however often it comes, and a reply edits it."""
    photo = world.photo()
    again = photo | {"update_id": photo["update_id"] + 7}
    await world.send(photo, photo, again)
    [question] = world.messenger.messages(ME)
    assert "Got the picture" in question.text
    assert [[each.label for each in row] for row in question.buttons] == [["🎬 Animate · 16", "🪄 Tools"]]
    await world.send(world.reply("make it blue", question))
    assert len(references(world)) == 1


async def test_single_photo_twice_at_once(world: World) -> None:
    """Two instances may both ask; one question stands."""
    photo = world.photo()
    await asyncio.gather(world.deliver(photo), world.deliver(photo | {"update_id": photo["update_id"] + 7}))
    assert len(world.store.collection("drafts")) == 1


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
    assert request_of(world.job()).prompt == "make it blue"
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


async def test_asked_twice(world: World) -> None:
    """A second closing task finds the question asked and leaves it."""
    await world.deliver(album(world, 1, "")[0])
    [task] = world.tasks.take_all()
    await world.run_task(task)
    await world.run_task(task)
    assert len(world.messenger.messages(ME)) == 1
    assert world.tasks.tasks == []


async def test_neither_card_nor_question(world: World) -> None:
    """If no card can be posted, the pictures are kept, and an edit of the message can add words."""
    parts = album(world, 1, "")
    world.messenger.fail("send_text", *[DeliveryUnknownError("?")] * 60)
    await world.send(*parts)
    assert world.messenger.messages(ME) == []
    world.messenger._failures.clear()
    await world.send(world.edited(parts[0], "make it blue"))
    assert world.job().state is JobState.DELIVERED


async def test_photo_is_kept_before_it_is_asked_about(world: World) -> None:
    """Flood control for the question loses nothing: the photo is kept, and asked about at the next delivery."""
    world.messenger.fail("send_text", TooManyRequestsError(9))
    await world.deliver(world.photo())
    assert len(world.store.collection("drafts")) == 1
    assert world.messenger.messages(ME) == []
    await world.settle()
    await world.send(world.reply("make it blue", world.shown()))
    assert len(references(world)) == 1


async def test_second_question_is_taken_back(world: World) -> None:
    """Of two questions posted at once the one that lost the race is deleted."""
    photo = world.photo()
    again = photo | {"update_id": photo["update_id"] + 7}
    world.store.interrupt(changes_card, lambda: world.deliver(again))
    await world.send(photo)
    assert len(world.messenger.sent("delete_message")) == 1
    [question] = world.messenger.messages(ME)
    [draft] = world.store.collection("drafts").values()
    assert draft["card_message_id"] == question.message_id


async def test_lost_question_cannot_be_taken_back(world: World) -> None:
    """A second question that cannot be deleted stays; nothing breaks."""
    photo = world.photo()
    again = photo | {"update_id": photo["update_id"] + 7}
    world.store.interrupt(changes_card, lambda: world.deliver(again))
    world.messenger.fail("delete_message", MessageGoneError("gone"))
    await world.send(photo)
    assert len(world.messenger.messages(ME)) == 2


async def test_question_whose_number_is_unknown(world: World) -> None:
    """A reply to a question that arrived without our knowing uses the person's newest pictures, nobody else's."""
    world.messenger.lose("send_text", 3)
    await world.deliver(world.photo(picture=picture(1), chat_id=ME))
    world.clock.advance(90)
    await world.deliver(world.photo(picture=picture(2), chat_id=ME))
    question = world.shown()
    await world.deliver(world.photo(picture=picture(3), user_id=OTHER))
    world.tasks.tasks.clear()
    await world.send(world.reply("make it blue", question))
    assert references(world) == [picture(2)]
