"""An edit changes what was not begun, and is not lost without a word otherwise."""

from datetime import timedelta

import pytest

from shared.jobs.job import GATHER_SECONDS, JobState
from shared.pictures.picture import artefacts_of, request_of
from shared.pictures.take_requests import EDIT_PAUSE_SECONDS
from shared.providers.outcomes import Busy, PictureTask
from tests.world import ME, World, writes_to

FOX = "a red fox"


async def test_while_it_waits(world: World) -> None:
    """New words replace the prompt of all pictures; parameters in them change nothing that was agreed on."""
    message = world.message(f"{FOX} x2")
    await world.deliver(message)
    await world.send(world.edited(message, "a blue fox 4K"))
    assert [task.prompt for task in world.model.tasks] == ["a blue fox"] * 2
    assert [task.size for task in world.model.tasks] == ["1K"] * 2
    world.check_money()


async def test_while_it_is_drawn(world: World) -> None:
    """Too late: the picture is made from the first words, and the person is told once."""
    message = world.message(FOX)
    await world.deliver(message)
    edit = world.edited(message, "a blue fox")

    async def deliver_edit(_: PictureTask) -> None:
        await world.deliver(edit)

    world.model.before = deliver_edit
    await world.settle()
    await world.send(edit)
    assert [task.prompt for task in world.model.tasks] == [FOX]
    assert len([m for m in world.messenger.messages(ME) if "first wording" in m.text]) == 1


async def test_after_it_was_delivered(world: World) -> None:
    """The same hint when the picture is there."""
    message = world.message(FOX)
    await world.send(message)
    await world.send(world.edited(message, "a blue fox"))
    assert "first wording" in world.shown().text
    assert len(world.model.tasks) == 1


async def test_edit_that_changes_nothing(world: World) -> None:
    """Telegram reports edits that are none (a link's preview): nothing is said."""
    message = world.message(FOX)
    await world.send(message)
    await world.send(world.edited(message, FOX))
    assert len(world.messenger.messages(ME)) == 1


async def test_before_its_message(world: World) -> None:
    """An edit that overtook its message waits a little, then finds it."""
    message = world.message(FOX)
    await world.deliver(world.edited(message, "a blue fox"))
    [task] = world.tasks.tasks
    assert task.not_before == world.now + timedelta(seconds=EDIT_PAUSE_SECONDS)
    world.model.script(FOX, Busy("429"))
    await world.send(message)
    assert [task.prompt for task in world.model.tasks] == [FOX, "a blue fox"]


async def test_without_its_message(world: World) -> None:
    """An edit of something that made no job is read as if it were new, after one pause."""
    await world.send(world.edited(world.message(FOX), "a blue fox"))
    assert request_of(world.job()).prompt == "a blue fox"
    await world.send(world.edited(world.message("hello"), "thanks"))
    assert "You are welcome" in world.shown().text
    world.check_money()


async def test_too_long(world: World) -> None:
    """New words over the limit are declined like any others; the job keeps its prompt."""
    message = world.message(FOX)
    await world.deliver(message)
    await world.send(world.edited(message, "a " * 2050))
    assert any("characters, I can take" in message.text for message in world.messenger.messages(ME))
    assert request_of(world.job()).prompt == FOX


async def test_only_parameters(world: World) -> None:
    """An edit that leaves no words changes nothing."""
    message = world.message(FOX)
    await world.deliver(message)
    await world.send(world.edited(message, "16:9"))
    assert request_of(world.job()).prompt == FOX


async def test_command_is_edited(world: World) -> None:
    """The words after /image count, other commands are not requests."""
    message = world.message(f"/image {FOX}")
    await world.deliver(message)
    await world.send(world.edited(message, "/image a blue fox"))
    assert [task.prompt for task in world.model.tasks] == ["a blue fox"]
    await world.send(world.edited(world.message("/help"), "/balance"))
    assert len(world.messenger.messages(ME)) == 1


async def test_caption_is_edited(world: World) -> None:
    """A photo's words are edited like a text."""
    photo = world.photo("make it blue")
    await world.deliver(photo)
    await world.send(world.edited(photo, "make it red"))
    assert [task.prompt for task in world.model.tasks] == ["make it red"]


async def test_album_is_edited(world: World) -> None:
    """Words of an album's part change the album's job while it waits, also when another part had none."""
    photo = world.photo("make it blue", media_group_id="7")
    await world.deliver(photo)
    await world.run_next()
    await world.send(world.edited(photo, "make it red"))
    assert [task.prompt for task in world.model.tasks] == ["make it red"]
    assert artefacts_of(world.job()).late_parts == 0


async def test_album_is_edited_while_it_is_collected(world: World) -> None:
    """Before the album is complete its new words count."""
    photo = world.photo("make it blue", media_group_id="7")
    await world.deliver(photo)
    await world.send(world.edited(photo, "make it red"))
    assert [task.prompt for task in world.model.tasks] == ["make it red"]


async def test_job_is_claimed_at_the_same_moment(world: World) -> None:
    """A worker that claims between our read and our write makes the picture of the first words."""
    message = world.message(FOX)
    await world.deliver(message)
    world.clock.advance(GATHER_SECONDS)
    job = world.job()
    world.store.interrupt(writes_to("jobs", state="queued"), lambda: world.move(job))
    await world.send(world.edited(message, "a blue fox"))
    assert request_of(world.job()).prompt == FOX
    assert world.job().state is JobState.DELIVERED


@pytest.mark.parametrize("deliveries", [1, 2])
async def test_words_for_a_single_photo(world: World, deliveries: int) -> None:
    """Words added by an edit to a photo that came without any are the answer to the bot's question."""
    photo = world.photo()
    await world.send(photo)
    edit = world.edited(photo, "make it blue")
    for _ in range(deliveries):
        await world.send(edit)
    assert [task.prompt for task in world.model.tasks] == ["make it blue"]
    world.check_money()


async def test_newest_edit_stays(world: World) -> None:
    """Of two edits that come in the wrong order the later one counts."""
    message = world.message(FOX)
    await world.deliver(message)
    older, newer = world.edited(message, "a blue fox"), world.edited(message, "a green fox")
    await world.send(newer, older)
    assert [task.prompt for task in world.model.tasks] == ["a green fox"]


async def test_newest_edit_of_an_album_stays(world: World) -> None:
    """The same while an album is collected."""
    photo = world.photo("make it blue", media_group_id="7")
    await world.deliver(photo)
    older, newer = world.edited(photo, "make it red"), world.edited(photo, "make it green")
    await world.send(newer, older)
    assert [task.prompt for task in world.model.tasks] == ["make it green"]
