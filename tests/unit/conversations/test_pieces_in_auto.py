"""Messages in several parts in *Auto*: words before a photo, a change after an answer about a photo, "again"."""

import pytest

from shared.conversations.answer import is_answer
from shared.jobs.job import Job
from shared.pictures.picture import is_picture, request_of
from shared.providers.outcomes import Busy
from tests.fakes.messenger import Shown
from tests.fakes.text_model import Answer
from tests.world import BOT_ID, ME, World

PROMISE = "make this one a watercolour"


pytestmark = pytest.mark.usefixtures("as_shipped")


def pictures(world: World) -> list[Job]:
    return [job for job in world.jobs() if is_picture(job)]


def labels(shown: Shown) -> list[str]:
    return [button.label for row in shown.buttons for button in row]


async def test_words_that_promise_a_photo(world: World) -> None:
    """The photo that follows such words within a minute is changed as they say; the question about them is closed."""
    await world.send(world.message(PROMISE))
    asked = world.shown()
    world.clock.advance(20)
    await world.send(world.photo())
    [job] = pictures(world)
    assert (request_of(job).prompt, len(request_of(job).references)) == (PROMISE, 1)
    assert "other message" in next(s for s in world.messenger.messages(ME) if s.message_id == asked.message_id).text
    world.check_money()


@pytest.mark.parametrize("words", ["this is my cat", "look at this one", "это мы с мамой", "it was sunny today"])
async def test_words_that_order_nothing(world: World, words: str) -> None:
    """A photo after words that only tell what it shows is asked about with these words; nothing is bought."""
    await world.send(world.message(words))
    world.clock.advance(20)
    await world.send(world.photo())
    assert world.jobs() == []
    assert words in world.shown().text
    await world.send(world.tap("draw", world.shown()))
    assert [len(request_of(job).references) for job in pictures(world)] == [1]
    world.check_money()


@pytest.mark.parametrize(("words", "seconds"), [("fox", 20), (PROMISE, 90)])
async def test_a_photo_after_other_words(world: World, words: str, seconds: int) -> None:
    """A photo that comes late, or after words that need none, is asked about."""
    await world.send(world.message(words))
    world.clock.advance(seconds)
    await world.send(world.photo())
    assert pictures(world) == []
    assert labels(world.shown()) == ["👀 What is it?", "📝 Prompt", "🎬 Animate · 16", "🪄 Tools"]


async def test_a_photo_that_replies_to_something(world: World) -> None:
    """A photo that answers another message belongs to that one."""
    await world.send(world.message(PROMISE))
    replied = {"message_id": 77, "from": {"id": ME}, "text": "hello"}
    await world.send(world.photo(reply_to_message=replied))
    assert pictures(world) == []


async def test_a_change_of_what_was_talked_about(world: World) -> None:
    """After an answer about a photo "make it darker" is asked about with that photo; a press changes it."""
    await world.send(world.photo("what is it?"))
    await world.send(world.message("make it darker"))
    assert labels(world.shown()) == ["🎨 Draw this · 4 credits", "✨ Improve", "💬 Answer"]
    await world.send(world.tap("draw", world.shown()))
    [job] = pictures(world)
    assert len(request_of(job).references) == 1


async def test_a_change_after_an_answer_about_nothing(world: World) -> None:
    """If the last answer was not about a photo, the words are read as they are."""
    world.text_model.read = lambda talk: Answer(ending=Busy("503"))
    await world.send(world.message("why is the sky blue?"))
    await world.send(world.message("make it darker"))
    await world.send(world.tap("draw", world.shown()))
    [job] = pictures(world)
    assert request_of(job).references == ()


async def test_a_change_of_nothing(world: World) -> None:
    """Out of nowhere the same words are asked about as they are."""
    await world.send(world.message("make it darker"))
    assert labels(world.shown()) == ["🎨 Draw this · 4 credits", "✨ Improve", "💬 Answer"]


async def test_a_reply_is_about_what_it_answers(world: World) -> None:
    """A reply to an answer about a photo is about that answer."""
    await world.send(world.photo("what is it?"))
    replied = {"message_id": world.shown().message_id, "from": {"id": BOT_ID, "is_bot": True}, "text": "a cat"}
    await world.send(world.message("make it darker", reply_to_message=replied))
    assert len([job for job in world.jobs() if is_answer(job)]) == 2


async def test_again_after_a_picture(world: World) -> None:
    """The word buys nothing, and leads to the last picture, whose button does."""
    await world.send(world.message("draw a red fox"))
    picture = world.shown()
    await world.send(world.message("again"))
    assert (world.shown().reply_to, len(pictures(world))) == (picture.message_id, 1)
    assert "This one?" in world.shown().text


async def test_again_after_nothing(world: World) -> None:
    """If the picture no longer exists, the bot asks which one is meant."""
    await world.send(world.message("again"))
    assert "Which picture" in world.shown().text


async def test_question_about_a_long_text_quotes_it(world: World) -> None:
    """A text that the app may have split has its words in parts: the question shows how they begin."""
    await world.send(world.message("Once upon a time there was a king by the sea. " * 88))
    assert "“Once upon a time" in world.shown().text
    assert world.jobs() == []
