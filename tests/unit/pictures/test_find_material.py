"""The meaning of a reply depends on the replied message."""

import pytest

from shared.jobs.job import JobState
from shared.pictures.picture import request_of
from shared.providers.outcomes import PictureTask, Refused
from tests.fakes.pictures import PNG
from tests.world import ME, OTHER, World

FOX = "a red fox"
MINE = PNG + b"\0" * 16 + b"mine"


async def test_reply_to_a_picture(world: World) -> None:
    """A reply to a delivered picture makes a new version of it; a version can have versions."""
    await world.send(world.message(FOX))
    await world.send(world.reply("make it blue", world.shown()))
    await world.send(world.reply("and rounder", world.shown()))
    first, second, third = world.jobs()
    assert (request_of(second).parent_id, request_of(third).parent_id) == (first.id, second.id)
    assert [task.parent is not None for task in world.model.tasks] == [False, True, True]


async def test_reply_with_a_photo(world: World) -> None:
    """A photo in a reply goes along with the version replied to."""
    await world.send(world.message(FOX))
    replied = {"message_id": world.shown().message_id, "from": {"id": world.ports.bot_id, "is_bot": True}}
    await world.send(world.photo("put this hat on it", picture=MINE, reply_to_message=replied))
    task = world.model.tasks[1]
    assert task.parent is not None
    assert [reference.content for reference in task.references] == [MINE]


async def test_reply_to_an_edit_question(world: World) -> None:
    """The question that ✏️ asks stands for its picture."""
    await world.send(world.message(FOX))
    await world.send(world.tap("edit", world.shown()))
    question = world.shown()
    assert question.force_reply
    await world.send(world.reply("make it blue", question))
    assert request_of(world.jobs()[1]).parent_id == world.jobs()[0].id


async def test_reply_to_the_original(world: World) -> None:
    """So does the uncompressed file."""
    await world.send(world.message(FOX))
    await world.send(world.tap("original", world.shown()))
    assert world.shown().kind == "document"
    await world.send(world.reply("make it blue", world.shown()))
    assert request_of(world.jobs()[1]).parent_id == world.jobs()[0].id


async def test_reply_to_a_card(world: World) -> None:
    """A picture that is not there yet cannot be changed; nothing is charged for asking."""
    await world.deliver(world.message(FOX))
    card = world.shown()

    async def reply(_: PictureTask) -> None:
        world.model.before = None
        await world.deliver(world.reply("make it blue", card))

    await world.deliver(world.reply("make it green", card))
    world.model.before = reply
    await world.settle()
    assert sum("not finished yet" in message.text for message in world.messenger.messages(ME)) == 2
    assert len(world.jobs()) == 1
    world.check_money()


async def test_reply_to_a_failure(world: World) -> None:
    """Saying it differently in a reply to a failed card starts from the same material."""
    world.model.script("make it blue", Refused("SAFETY"))
    await world.send(world.photo("make it blue", picture=MINE))
    await world.send(world.reply("make it light blue", world.shown()))
    assert [reference.content for reference in world.model.tasks[1].references] == [MINE]
    assert request_of(world.jobs()[1]).parent_id is None


async def test_reply_to_a_failed_version(world: World) -> None:
    """A failed version's material is the picture it started from."""
    await world.send(world.message(FOX))
    world.model.script("make it blue", Refused("SAFETY"))
    await world.send(world.reply("make it blue", world.shown()))
    await world.send(world.reply("make it light blue", world.shown()))
    assert request_of(world.jobs()[2]).parent_id == world.jobs()[0].id


async def test_reply_to_a_deleted_picture(world: World) -> None:
    """A deleted picture is no material, and that is said."""
    await world.send(world.message(FOX))
    picture = world.shown()
    await world.deliver(world.tap("delete", picture))
    await world.deliver(world.tap("erase", world.shown()))
    await world.send(world.reply("make it blue", picture))
    assert "was deleted" in world.shown().text
    assert len(world.jobs()) == 1


async def test_reply_to_a_menu(world: World) -> None:
    """A reply to a message of the bot that is no picture is asked about first."""
    await world.send(world.message("/help"))
    await world.send(world.reply(FOX, world.shown()))
    assert world.jobs() == []
    await world.send(world.tap("draw;", world.shown()))
    assert request_of(world.job()).parent_id is None
    assert world.job().state is JobState.DELIVERED


async def test_reply_to_somebodys_photo(world: World) -> None:
    """A photo that another person sent is material, before one's own."""
    photo = world.photo(user_id=OTHER)["message"]
    mine = world.photo("merge them", picture=MINE, reply_to_message=photo)
    await world.send(mine)
    assert len(world.model.tasks[0].references) == 2
    assert world.model.tasks[0].references[1].content == MINE


async def test_reply_to_somebodys_words(world: World) -> None:
    """A reply to a text without a picture is a request of its own words."""
    await world.send(world.reply(FOX, 5, sender_id=OTHER))
    assert (world.model.tasks[0].prompt, world.model.tasks[0].references) == (FOX, ())


async def test_same_number_in_another_chat(world: World) -> None:
    """Message ids count per chat: another chat's picture is not found."""
    await world.send(world.message(FOX))
    await world.send(world.reply("make it blue", world.shown(), user_id=OTHER))
    assert len(world.jobs()) == 1
    await world.send(world.tap("draw;", world.shown(OTHER), user_id=OTHER))
    assert request_of(world.jobs()[1]).parent_id is None


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("16:9", ("16:9", "1K", 1)), ("2K x2", ("1:1", "2K", 2)), ("again", ("1:1", "1K", 1)),
        ("4 more", ("1:1", "1K", 4)), ("ещё 2", ("1:1", "1K", 2)),
    ],
)  # fmt: skip
async def test_reply_without_words(world: World, words: str, wanted: tuple[str, str, int]) -> None:
    """Parameters in reply to a picture make the same picture with them."""
    await world.send(world.message(FOX))
    await world.send(world.reply(words, world.shown()))
    added = world.jobs()[1:]
    assert {(request_of(job).ratio, request_of(job).size, len(added)) for job in added} == {wanted}
    assert {request_of(job).prompt for job in added} == {FOX}
    world.check_money()


async def test_reply_keeps_the_model(world: World) -> None:
    """A format in reply to a picture keeps the picture's model, size and price, whatever the settings are today."""
    await world.send(world.message(FOX))
    picture = world.shown()
    await world.send(world.message("/settings"))
    panel = world.shown()
    for choice in ("set;model;best", "set;size;2K"):
        await world.send(world.tap(choice, panel))
    await world.send(world.reply("16:9", picture))
    request = request_of(world.jobs()[1])
    assert (request.model, request.ratio, request.size, request.price) == ("fast", "16:9", "1K", 4)


@pytest.mark.parametrize(
    ("words", "told"),
    [("10 more", "x10"), ("0 more", "x0"), ("ещё 12", "x12"), ("x9", "x9"), ("8K", "8K"), ("5:7", "5:7")],
)
async def test_reply_with_what_cannot_be_had(world: World, words: str, told: str) -> None:
    """A number, size or format that is not sold is answered with the nearest, and nothing is bought."""
    await world.send(world.message(FOX))
    await world.send(world.reply(words, world.shown()))
    assert f"{told} is not available, the nearest is" in world.shown().text
    assert len(world.jobs()) == 1


async def test_reply_that_cannot_be_paid(world: World) -> None:
    """A number of pictures for which the credits do not suffice is declined."""
    await world.give(8)
    await world.send(world.message(FOX))
    await world.send(world.reply("4 more", world.shown()))
    assert "16" in world.shown().text
    assert len(world.jobs()) == 1


WIDE = {"file_id": "wide", "width": 1280, "height": 720, "file_size": 30}


async def test_edit_keeps_the_shape(world: World) -> None:
    """A photo's edit has the photo's shape, whatever the settings say; so has a version of that, until words differ."""
    world.messenger.files["wide"] = MINE
    await world.send(world.message("/settings"))
    panel = world.shown()
    await world.send(world.tap("set;ratio;3:2", panel))
    await world.send(world.message("make it blue", photo=[WIDE]))
    await world.send(world.tap("set;ratio;4:3", panel))
    await world.send(world.reply("and rounder", world.shown()))
    await world.send(world.reply("and rounder 9:16", world.shown()))
    await world.send(world.reply("and redder", world.shown()))
    await world.send(world.message(FOX))
    assert [task.ratio for task in world.model.tasks] == ["16:9", "16:9", "9:16", "9:16", "4:3"]


async def test_first_picture_gives_the_shape(world: World) -> None:
    """Of several pictures the first counts: the one replied to before one's own."""
    world.messenger.files["wide"] = MINE
    theirs = world.message(photo=[WIDE], user_id=OTHER)["message"]
    await world.send(world.photo("merge them", reply_to_message=theirs))
    assert world.model.tasks[0].ratio == "16:9"


async def test_failed_edit_keeps_the_shape(world: World) -> None:
    """Saying it differently after a failure does not change the shape."""
    world.messenger.files["wide"] = MINE
    world.model.script("make it blue", Refused("SAFETY"))
    await world.send(world.message("make it blue", photo=[WIDE]))
    await world.send(world.reply("make it light blue", world.shown()))
    assert [task.ratio for task in world.model.tasks] == ["16:9", "16:9"]


async def test_words_for_a_photo_keep_the_shape(world: World) -> None:
    """The answer to the question about a photo without words keeps the photo's shape."""
    world.messenger.files["wide"] = MINE
    await world.send(world.message(photo=[WIDE]))
    await world.send(world.reply("make it blue", world.shown()))
    assert world.model.tasks[0].ratio == "16:9"
