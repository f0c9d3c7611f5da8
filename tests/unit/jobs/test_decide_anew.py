"""What is collected, edited or pressed late is decided on like any message: in doubt it is asked about, for free."""

import pytest

from shared.jobs.job import JobState
from shared.pictures.collect_parts import reword_draft
from shared.pictures.picture import request_of
from tests.unit.pictures.albums import album, references
from tests.world import ME, World


def paid(world: World) -> list[str]:
    return [request_of(job).prompt for job in world.jobs() if job.state is JobState.DELIVERED]


@pytest.mark.parametrize(
    ("caption", "asked"),
    [
        ("?", "Got 2 pictures"), ("thanks", "Got 2 pictures"), ("16:9", "Got 2 pictures"),
        ("what is this?", "A question about this picture"), ("blue", "One word"), ("make it blue x10", "x4"),
    ],
)  # fmt: skip
async def test_caption_of_an_album(world: World, caption: str, asked: str) -> None:
    """An album's caption is read like any words: what is no wish, or cannot be had, is asked about."""
    await world.send(*album(world, 2, caption))
    assert paid(world) == []
    [card] = world.messenger.messages(ME)
    assert asked in card.text
    assert card.buttons or "what should I do" in card.text


async def test_album_that_was_asked_about(world: World) -> None:
    """The button under an album's question, or words for it, use all its pictures; its parameters stay."""
    await world.send(*album(world, 2, "make it blue x9"))
    await world.send(world.tap("draw;", world.shown()))
    assert len(world.jobs()) == 4


async def test_parameters_of_an_albums_caption(world: World) -> None:
    """The format in an album's caption counts when the words come."""
    await world.send(*album(world, 3, "16:9"))
    await world.send(world.message("a collage of them"))
    assert (world.model.tasks[0].ratio, len(references(world))) == ("16:9", 3)


@pytest.mark.parametrize("words", ["?", "стоп", "thanks"])
async def test_edit_into_no_wish(world: World, words: str) -> None:
    """A waiting picture is not repainted from words that say nothing about it."""
    message = world.message("a red fox")
    await world.deliver(message)
    await world.send(world.edited(message, words))
    assert paid(world) == ["a red fox"]
    assert any("say nothing about the picture" in shown.text for shown in world.messenger.messages(ME))


async def test_edit_of_several_of_which_one_is_made(world: World) -> None:
    """Where one of several pictures is there already, the others keep their words too, and new ones are offered."""
    message = world.message("a red fox x2")
    await world.deliver(message)
    world.clock.advance(1)
    await world.move(world.jobs()[0])
    await world.send(world.edited(message, "a green fox x2"))
    assert paid(world) == ["a red fox", "a red fox"]
    assert any("begun with the first wording" in shown.text for shown in world.messenger.messages(ME))


async def test_edit_of_a_photo_that_was_asked_about(world: World) -> None:
    """A photo whose word was asked about is used once when its caption becomes a wish."""
    photo = world.photo("fox")
    await world.send(photo)
    await world.send(world.edited(photo, "turn it into a fox"))
    assert (paid(world), len(references(world))) == (["turn it into a fox"], 1)


@pytest.mark.parametrize(("words", "asked"), [("cat", "One word"), ("thanks", "Shall I draw"), ("who?", "question")])
async def test_edit_of_a_question(world: World, words: str, asked: str) -> None:
    """Other words for what was asked about are asked about on the same card."""
    message = world.message("fox")
    await world.send(message)
    await world.send(world.edited(message, words))
    [card] = world.messenger.messages(ME)
    assert asked in card.text
    assert words in card.text
    assert world.jobs() == []


async def test_older_edit_of_a_question(world: World) -> None:
    """Of two edits that come in the wrong order the later one counts."""
    message = world.message("fox")
    await world.send(message)
    older, newer = world.edited(message, "hen"), world.edited(message, "cat")
    await world.send(newer, older)
    assert "cat" in world.shown().text


async def test_edit_of_what_asks_nothing(world: World) -> None:
    """A live location that moves is not answered each time."""
    await world.send({"update_id": 1, "edited_message": world.message(location={"latitude": 1})["message"]})
    assert world.messenger.messages(ME) == []


async def test_price_of_the_question(world: World) -> None:
    """Where the settings make it dearer than the question said, its button says the new price first."""
    await world.send(world.message("fox"))
    question = world.shown()
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;count;2", world.shown()))
    await world.send(world.tap("draw;", question))
    assert world.jobs() == []
    assert "8 credits now" in world.messenger.taps[-1].toast
    await world.send(world.tap("draw;", world.messenger.chats[ME][question.message_id]))
    assert len(world.jobs()) == 2
    world.check_money()


async def test_question_after_a_cancel(world: World) -> None:
    """A /cancel does not cancel what is agreed to afterwards."""
    await world.send(world.message("fox"))
    question = world.shown()
    await world.send(world.message("/cancel"), world.tap("draw;", question))
    assert paid(world) == ["fox"]


async def test_words_after_a_question_about_a_picture(world: World) -> None:
    """New words for a question about an earlier picture still change that picture."""
    await world.send(world.message("a red fox"))
    await world.send(world.reply("make it night 5:7", world.shown()))
    await world.send(world.message("make it night 3:4"))
    assert request_of(world.jobs()[1]).parent_id == world.jobs()[0].id


async def test_photo_in_reply_to_a_picture(world: World) -> None:
    """A photo without words in reply to a picture waits for words, and then both are used."""
    await world.send(world.message("a red fox"))
    replied = {"message_id": world.shown().message_id, "from": {"id": world.ports.bot_id, "is_bot": True}}
    await world.send(world.photo(reply_to_message=replied))
    await world.send(world.message("put the hat of this photo on it"))
    assert request_of(world.jobs()[1]).parent_id == world.jobs()[0].id
    assert len(references(world, 1)) == 1


async def test_reply_to_the_question_of_edit(world: World) -> None:
    """One word is enough in reply to what *Edit* asked."""
    await world.send(world.message("a red fox"))
    await world.send(world.tap("edit", world.shown()))
    await world.send(world.reply("darker", world.shown()))
    assert paid(world) == ["a red fox", "darker"]


@pytest.mark.parametrize("begins", ["/image ", ""])
async def test_long_text_after_a_command(world: World, begins: str) -> None:
    """A text that the app split after a command is read as one, too."""
    long = begins + "a meadow with one more flower, " * 131
    await world.send(world.message(long[:4060]), world.message("and a boat"))
    assert len(paid(world)) == 1


async def test_end_of_a_text_that_came_too_late(world: World) -> None:
    """The end of a split text that was overtaken by the clock is said to be late, and not painted."""
    parts = [world.message(("a meadow with one more flower, " * 131)[:4060]), world.message("and a boat on the lake")]
    await world.send(parts[0])
    await world.send(parts[1])
    assert len(paid(world)) == 1
    assert any("came too late" in shown.text for shown in world.messenger.messages(ME))


async def test_kept_pictures_of_who_cannot_pay(world: World) -> None:
    """An album without words of somebody without credits is not invited to be bought."""
    await world.give(3)
    await world.send(*album(world, 2, ""))
    assert "reply to this message" in world.shown().text
    assert "next free ones" in world.shown().text


async def test_task_of_a_question_comes_again(world: World) -> None:
    """The task that closes an album finds its question asked, and leaves it."""
    await world.deliver(album(world, 1, "")[0])
    [task] = world.tasks.tasks
    await world.settle()
    calls = len(world.messenger.calls)
    await world.run_task(task)
    assert len(world.messenger.calls) == calls


async def test_reply_to_what_was_declined(world: World) -> None:
    """A word in reply to "your text is too long" is asked about: that card asked for nothing."""
    await world.send(world.message("a meadow with one more flower, " * 140))
    await world.send(world.reply("fox", world.shown()))
    assert "One word" in world.shown().text
    assert world.jobs() == []


async def test_edit_of_what_was_declined_into_a_doubt(world: World) -> None:
    """A long text that was declined may become a word, which is asked about."""
    message = world.message("a meadow with one more flower, " * 140)
    await world.send(message)
    assert "characters" in world.shown().text
    await world.send(world.edited(message, "meadow"))
    assert "One word" in world.shown().text
    await world.send(world.tap("draw;", world.shown()))
    assert paid(world) == ["meadow"]


async def test_forgotten_draft(world: World) -> None:
    """The task of a draft whose time to live is over does nothing."""
    await world.deliver(album(world, 1, "")[0])
    for key in [key for key in world.store._documents if key.collection == "drafts"]:
        del world.store._documents[key]
    await world.settle()
    await reword_draft(world.ports, "AAAAAAAAAAAAAAAA", "a fox", world.now)
    assert world.jobs() == []
