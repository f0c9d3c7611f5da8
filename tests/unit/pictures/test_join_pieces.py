"""One wish that arrives in pieces is one wish, in whatever order and however often they come."""

import asyncio
import itertools
from typing import Any

import pytest

from shared.jobs.job import GATHER_SECONDS, JobState
from shared.pictures.picture import request_of
from shared.providers.outcomes import PictureTask
from shared.telegram.address import message_ref
from tests.unit.pictures.albums import album, picture, references
from tests.world import GROUP, ME, OTHER, World, writes_to

WORDS = "make this one a watercolour"
FORWARDED: dict[str, Any] = {"forward_origin": {"type": "channel"}}
LONG = "a meadow with one more flower, " * 132


def paid(world: World) -> list[str]:
    return [request_of(job).prompt for job in world.jobs() if job.state is JobState.DELIVERED]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_comment_and_forwarded_photo(world: World, order: tuple[int, ...]) -> None:
    """A comment and the photo forwarded with it make one picture of both, in any order, each delivered twice."""
    comment = world.message(WORDS)
    photo = world.photo("somebody's holidays", **FORWARDED)
    updates = [comment, photo, photo | {"update_id": 7}]
    for index in order:
        await world.deliver(updates[index])
    await world.settle()
    await world.send(comment | {"update_id": 8})
    assert paid(world) == [WORDS]
    assert len(references(world)) == 1
    assert len(world.model.tasks) == 1
    world.check_money()


@pytest.mark.parametrize("comment", ["make it a watercolour", "акварелью", "сделай это акварелью"])
async def test_doubtful_comment_and_forwarded_photo(world: World, comment: str) -> None:
    """So do a comment that was asked about and the photo: the question ends, and its button buys nothing more."""
    await world.send(world.message(WORDS))
    first = world.message(comment)
    photo = world.photo("somebody's holidays", **FORWARDED)
    await world.send(first)
    question = world.shown()
    assert question.buttons
    await world.send(photo, photo | {"update_id": 7})
    assert "Taken together" in world.messenger.messages(ME)[1].text
    await world.send(world.tap("draw;", question))
    assert paid(world) == [WORDS, comment]
    assert len(world.model.tasks[1].references) == 1
    world.check_money()


async def test_question_and_forwarded_photo(world: World) -> None:
    """A real question does not say what to do with the photo."""
    await world.send(world.message("what is this?"), world.photo(**FORWARDED))
    assert world.jobs() == []


async def test_comment_that_was_drawn_already(world: World) -> None:
    """Words whose question was answered by its button are not taken a second time."""
    await world.send(world.message("fox"))
    await world.send(world.tap("draw;", world.shown()), world.photo(**FORWARDED))
    assert paid(world) == ["fox"]


async def test_comment_whose_question_is_on_its_way(world: World) -> None:
    """A question that is posted after the photo was joined is taken away again."""
    photo = world.photo(**FORWARDED)
    world.messenger.stall("send_text", lambda: world.deliver(photo))
    comment = world.message("watercolour")
    await world.send(comment)
    assert paid(world) == ["watercolour"]
    assert [shown.kind for shown in world.messenger.messages(ME)] == ["photo"]
    # Telegram brings the comment again, or its first handling was killed: it belongs to the picture, nothing is asked.
    assert world.user().joined == (message_ref(ME, comment["message"]["message_id"]),)
    await world.send(comment | {"update_id": 8})
    assert [shown.kind for shown in world.messenger.messages(ME)] == ["photo"]
    world.check_money()


async def send_two(world: World, seconds: float = 20, *, caption: str = "") -> list[dict[str, Any]]:
    """Two photos without words, one after the other, not as an album."""
    photos = [world.photo(picture=picture(1))]
    await world.send(photos[0])
    world.clock.advance(seconds)
    photos.append(world.photo(caption, picture=picture(2)))
    await world.send(photos[1], photos[1] | {"update_id": 7}, photos[0] | {"update_id": 8})
    return photos


@pytest.mark.parametrize("replies", [None, 0, 1])
async def test_photos_one_by_one(world: World, replies: int | None) -> None:
    """Photos that come one by one within a minute are asked about together, and the words are for all of them."""
    await send_two(world, caption="16:9")
    questions = world.messenger.messages(ME)
    assert ["Got the picture" in questions[0].text, "Got 2 pictures" in questions[1].text, len(questions)] == [
        True,
        True,
        2,
    ]
    words = world.message(WORDS) if replies is None else world.reply(WORDS, questions[replies])
    await world.send(words)
    assert paid(world) == [WORDS]
    assert len(references(world)) == 2
    assert world.model.tasks[0].ratio == "16:9"
    world.check_money()


async def test_photos_long_apart(world: World) -> None:
    """A photo that comes minutes later is another wish."""
    await send_two(world, 90)
    await world.send(world.message(WORDS))
    assert len(references(world)) == 1


async def test_photo_in_reply_joins_nothing(world: World) -> None:
    """A photo that answers another message belongs to that."""
    await world.send(world.photo())
    await world.send(world.photo(reply_to_message={"message_id": 1, "from": {"id": OTHER}, "text": "a fox"}))
    assert "Got 2 pictures" not in world.shown().text


async def test_more_photos_than_an_album_holds(world: World) -> None:
    """The eleventh photo begins a question of its own."""
    await world.send(*(world.photo(picture=picture(number)) for number in range(11)))
    assert "Got 10 pictures" in world.messenger.messages(ME)[-2].text
    assert "Got the picture" in world.shown().text


async def test_comment_says_where_it_went(world: World) -> None:
    """The card of the comment ends, and the picture's card says what it took."""
    await world.deliver(world.message(WORDS))
    await world.deliver(world.photo(**FORWARDED))
    first, second = world.messenger.messages(ME)
    assert "Taken together with your other message" in first.text
    assert f"1 picture + “{WORDS}”" in second.text


async def test_comment_and_forwarded_album(world: World) -> None:
    """The same with several photos."""
    comment = world.message(f"{WORDS} 16:9")
    await world.send(comment, *album(world, 3, "", **FORWARDED))
    assert paid(world) == [WORDS]
    assert len(references(world)) == 3
    assert world.model.tasks[0].ratio == "16:9"
    world.check_money()


async def test_photo_that_was_overtaken(world: World) -> None:
    """A photo that was sent before the words and handled after them is what they are about."""
    photo = world.photo()
    world.clock.advance(30)
    await world.deliver(world.message(WORDS))
    await world.send(photo)
    assert paid(world) == [WORDS]
    assert len(references(world)) == 1


async def test_photo_a_moment_later_is_another_wish(world: World) -> None:
    """A photo that is sent five seconds after a request is kept and asked about."""
    await world.deliver(world.message("a red fox"))
    world.clock.advance(5)
    await world.send(world.photo())
    assert paid(world) == ["a red fox"]
    assert "Got the picture" in world.shown().text


async def test_picture_was_faster(world: World) -> None:
    """Words whose picture is there already are not taken back: the photo is asked about."""
    comment, photo = world.message(WORDS), world.photo()
    await world.send(comment)
    await world.send(photo)
    assert paid(world) == [WORDS]
    assert "Got the picture" in world.shown().text
    world.check_money()


async def test_picture_is_made_while_it_is_taken_back(world: World) -> None:
    """Where the picture is stored between our look and our commit, it is delivered, and the photo is asked about."""
    await world.deliver(world.message(WORDS))
    photo = world.photo()
    job = world.job()

    async def finish() -> None:
        world.clock.advance(GATHER_SECONDS)
        await world.move(job)

    world.store.interrupt(lambda writes: any(write.key.collection == "jobs" for write in writes), finish)
    await world.send(photo)
    assert paid(world) == [WORDS]
    world.check_money()


async def test_photo_then_words(world: World) -> None:
    """The words that follow a photo answer the question what to do with it; the next words are a new wish."""
    await world.send(world.photo("16:9"))
    world.clock.advance(60)
    await world.send(world.message(WORDS))
    assert paid(world) == [WORDS]
    assert (len(references(world)), world.model.tasks[0].ratio) == (1, "16:9")
    await world.send(world.message("a lighthouse in a storm"))
    assert len(references(world, 1)) == 0
    world.check_money()


async def test_one_word_is_enough_for_a_question_of_ours(world: World) -> None:
    """One word is an answer to our question; thanks or another question are not."""
    await world.send(world.photo())
    await world.send(world.message("thanks"), world.message("what is this?"))
    assert world.jobs() == []
    await world.send(world.message("watercolour"))
    assert paid(world) == ["watercolour"]


async def test_question_is_forgotten(world: World) -> None:
    """Words a quarter of an hour after a photo are a wish of their own."""
    await world.send(world.photo())
    world.clock.advance(901)
    await world.send(world.message("a lighthouse in a storm"))
    assert references(world) == []


async def test_question_of_another_place(world: World) -> None:
    """A question in a group is not answered in private."""
    await world.send(world.photo("/image", chat_id=GROUP))
    await world.send(world.message("a lighthouse in a storm"))
    assert references(world) == []


async def test_words_while_the_album_comes(world: World) -> None:
    """Words that come as a message of their own while an album is being received are its words, however often."""
    first, second = album(world, 2, "")
    words = world.message("a collage 16:9")
    await world.deliver(first)
    await world.deliver(words)
    await world.deliver(words | {"update_id": 9})
    await world.send(second)
    await world.send(words | {"update_id": 10})
    assert paid(world) == ["a collage"]
    assert references(world) == [picture(0), picture(1)]
    world.check_money()


async def test_words_as_the_album_is_closed(world: World) -> None:
    """Words that come just when the album was asked about answer the question."""
    [part] = album(world, 1, "")
    await world.deliver(part)
    words = world.message("a collage of it")

    async def close() -> None:
        world.clock.advance(3)
        await world.run_next()

    world.store.interrupt(lambda writes: any(write.key.collection == "drafts" for write in writes), close)
    await world.send(words)
    assert paid(world) == ["a collage of it"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(2))))
async def test_split_text(world: World, order: tuple[int, ...]) -> None:
    """A text that the app cut at 4,096 is read as one: too long, it is declined once, and nothing is painted."""
    parts = [world.message(LONG[:4096]), world.message("and a small wooden boat at the end of it")]
    await world.send(*(parts[index] for index in order))
    await world.send(parts[1] | {"update_id": 11})
    assert paid(world) == []
    assert world.model.tasks == []
    assert sum("characters" in message.text for message in world.messenger.messages(ME)) == 1
    assert world.user().account.held == 0
    world.check_money()


@pytest.mark.parametrize("order", list(itertools.permutations(range(2))))
async def test_long_text_that_fits(world: World, order: tuple[int, ...]) -> None:
    """What was cut and still fits together is one picture."""
    parts = [world.message(LONG[:4010]), world.message("and a small boat")]
    await world.send(*(parts[index] for index in order))
    [prompt] = paid(world)
    assert prompt == f"{LONG[:4010].strip()} and a small boat"
    world.check_money()


async def test_long_text_alone(world: World) -> None:
    """A text just below the limit waits two seconds for more, and is painted."""
    await world.deliver(world.message(LONG[:4090]))
    assert "Reading your text" in world.shown().text
    await world.settle()
    assert paid(world) == [LONG[:4090].strip()]


async def test_a_text_of_many_parts(world: World) -> None:
    """A book is declined in one message."""
    await world.send(*(world.message(LONG[:4096]) for _ in range(12)))
    assert paid(world) == []
    assert len(world.messenger.messages(ME)) <= 2


async def test_while_the_model_works(world: World) -> None:
    """A forwarded photo whose comment is being drawn already takes it back: one picture, paid once."""
    await world.deliver(world.message(WORDS))
    photo, asked = world.photo(**FORWARDED), asyncio.Event()

    async def wait(_: PictureTask) -> None:
        world.model.before = None
        asked.set()
        await asyncio.Event().wait()

    world.model.before = wait
    running = asyncio.create_task(world.settle())
    await asked.wait()
    await world.deliver(photo)
    await running
    await world.settle()
    assert paid(world) == [WORDS]
    assert len(world.model.tasks[-1].references) == 1
    world.check_money()


async def test_reply_to_one_photo_of_an_album(world: World) -> None:
    """A reply to one photo of one's own album means all of it."""
    parts = album(world, 3, "")
    await world.send(*parts)
    await world.send(world.message("put all three into one collage", reply_to_message=parts[0]["message"]))
    assert references(world) == [picture(0), picture(1), picture(2)]


async def test_reply_to_a_photo_of_an_unseen_album(world: World) -> None:
    """Of an album that we were not shown, the photo that was replied to is used."""
    photo: dict[str, Any] = world.photo(media_group_id="88")["message"]
    await world.send(world.message("make it a poster", reply_to_message=photo))
    assert len(references(world)) == 1


async def test_request_before_a_long_text(world: World) -> None:
    """A request in the second before a long text is a wish of its own, not the end of that text."""
    await world.send(world.message("a blue fox"), world.message(LONG[:4090]))
    assert len(paid(world)) == 2


@pytest.mark.parametrize("words", ["thanks", "?", "what is this?"])
async def test_chatter_while_the_album_comes(world: World, words: str) -> None:
    """Thanks and questions that come with an album are not its words."""
    first, second = album(world, 2, "")
    await world.send(first, world.message(words), second)
    assert world.jobs() == []
    assert any("Got 2 pictures" in shown.text for shown in world.messenger.messages(ME))


async def test_comment_and_forwarded_text(world: World) -> None:
    """A comment to a forwarded text is about that text: both are asked about together."""
    await world.send(world.message("draw it as a comic"), world.message("a hen crosses the road", **FORWARDED))
    assert paid(world) == []
    await world.send(world.tap("draw;", world.shown()))
    assert paid(world) == ["draw it as a comic: a hen crosses the road"]
    world.check_money()


async def test_photo_while_its_comment_is_accepted(world: World) -> None:
    """A photo that meets the commit of its comment is decided on anew, and joins it."""
    comment, photo = world.message(WORDS), world.photo(**FORWARDED)
    world.store.interrupt(writes_to("drafts"), lambda: world.deliver(comment))
    await world.deliver(photo)
    await world.settle()
    assert (paid(world), len(references(world))) == ([WORDS], 1)
    world.check_money()


async def test_comment_while_its_photo_is_kept(world: World) -> None:
    """A comment that meets the commit of its photo is decided on anew, and is about that photo."""
    comment, photo = world.message(WORDS), world.photo(**FORWARDED)
    world.store.interrupt(writes_to("jobs"), lambda: world.deliver(photo))
    await world.deliver(comment)
    await world.settle()
    assert (paid(world), len(references(world))) == ([WORDS], 1)
    world.check_money()


async def test_long_text_while_its_end_is_accepted(world: World) -> None:
    """The first part of a split text that meets the commit of its end is read together with it."""
    head, tail = world.message(LONG[:4010]), world.message("and a small boat on it")
    world.store.interrupt(writes_to("drafts"), lambda: world.deliver(tail))
    await world.deliver(head)
    await world.settle()
    assert len(paid(world)) == 1
    world.check_money()
