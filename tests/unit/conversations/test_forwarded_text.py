"""A forwarded text and the words that go with it, before it or after it, are one question."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from shared.conversations.answer import is_answer, question_of
from shared.credits.catalogue import FREE_ANSWERS_PER_DAY
from shared.jobs.job import JobState
from shared.pictures.picture import is_picture
from tests.world import ME, World, writes_to

NEWS = "today's news are good"
FORWARDED: dict[str, Any] = {"forward_origin": {"type": "user", "date": 0}}


pytestmark = pytest.mark.usefixtures("as_shipped")


def answered(world: World) -> Sequence[tuple[str, str]]:
    """The words of each question that was answered, and whose words it is about."""
    done = [job for job in world.jobs() if is_answer(job) and job.state is JobState.DELIVERED]
    return [(question_of(job).words, question_of(job).quoted) for job in done]


@pytest.mark.parametrize("words", ["translate it into German", "is it true?", "in one sentence, please"])
async def test_words_after_it(world: World, words: str) -> None:
    """Words after the question about a forwarded text refer to that text; no model reads them first."""
    await world.send(world.message(NEWS, **FORWARDED))
    await world.send(world.message(words))
    assert answered(world) == [(words, NEWS)]
    world.check_money()


async def test_the_question_is_asked_once(world: World) -> None:
    """The next words stand alone again."""
    await world.send(world.message(NEWS, **FORWARDED), world.message("is it true?"), world.message("why is it so?"))
    assert answered(world) == [("is it true?", NEWS), ("why is it so?", "")]


async def test_an_order_to_draw_is_a_picture(world: World) -> None:
    """A picture that is ordered then is a picture; thanks are thanks."""
    await world.send(world.message(NEWS, **FORWARDED))
    await world.send(world.message("thanks"))
    assert world.jobs() == []
    await world.send(world.message("draw a red fox"))
    assert [is_picture(job) for job in world.jobs()] == [True]


async def test_a_reply_to_something_else(world: World) -> None:
    """A reply says itself what it is about."""
    await world.send(world.message(NEWS, **FORWARDED))
    await world.send(
        world.message("who is that?", reply_to_message={"message_id": 1, "from": {"id": ME}, "text": "Bob"})
    )
    assert answered(world) == [("who is that?", "Bob")]


async def test_the_comment_before_it(world: World) -> None:
    """The app sends a comment and the text in one moment: the answer is about both, and nothing else is answered."""
    comment, text = world.message("is it true?"), world.message(NEWS, **FORWARDED)
    await world.deliver(comment)
    await world.send(text)
    assert answered(world) == [("is it true?", NEWS)]
    assert [job.state for job in world.jobs()] == [JobState.CANCELED, JobState.DELIVERED]
    assert len(world.messenger.messages(ME)) == 1
    world.check_money()


async def test_the_comment_comes_second(world: World) -> None:
    """The same where the text is handled first."""
    comment, text = world.message("is it true?"), world.message(NEWS, **FORWARDED)
    await world.send(text, comment)
    assert answered(world) == [("is it true?", NEWS)]


async def test_both_are_handled_at_once(world: World) -> None:
    """A worker that comes to write second finds the other one, and is decided on anew."""
    for first, collection in ((0, "drafts"), (1, "jobs")):
        messages = world.message("is it true?"), world.message(NEWS, **FORWARDED)
        world.store.interrupt(writes_to(collection), partial(world.deliver, messages[first]))
        await world.send(messages[1 - first])
        assert answered(world)[-1] == ("is it true?", NEWS)
        world.clock.advance(60)
    assert answered(world).count(("is it true?", "")) <= 1  # it was answered before the text was read


async def test_a_comment_that_was_answered_already(world: World) -> None:
    """Too late to take it back: the question is asked again, about the text."""
    await world.send(world.message("is it true?"))
    await world.send(world.message(NEWS, **FORWARDED))
    assert answered(world) == [("is it true?", ""), ("is it true?", NEWS)]


async def test_a_question_of_before(world: World) -> None:
    """A question that was asked a minute ago has nothing to do with the text."""
    await world.send(world.message("is it true?"))
    world.clock.advance(60)
    await world.send(world.message(NEWS, **FORWARDED))
    assert answered(world) == [("is it true?", "")]
    assert [button.label for row in world.shown().buttons for button in row][1:] == ["✨ Improve", "💬 Answer"]


async def test_a_question_about_a_photo(world: World) -> None:
    """A question that is about something else already stays what it is."""
    await world.send(world.photo("what is it?"), world.message(NEWS, **FORWARDED))
    assert len(answered(world)) == 1


async def test_a_text_that_cannot_be_asked_about(world: World) -> None:
    """If the comment took the last possible answer, the bot says so."""
    await world.give(0)
    for number in range(FREE_ANSWERS_PER_DAY - 1):
        await world.send(world.message(f"how much is {number} plus 2?"))
    world.clock.advance(60)
    await world.send(world.message("is it true?"))
    await world.send(world.message(NEWS, **FORWARDED))
    assert "you have 0" in world.shown().text
    assert len(answered(world)) == FREE_ANSWERS_PER_DAY
