"""A reply to an answer, and the buttons under it, go on with the conversation of that answer."""

import pytest

from shared.conversations.answer import question_of
from tests.world import GROUP, OTHER, World


def lines_of(world: World) -> list[str]:
    return [line.text for line in world.text_model.talks[-1].lines]


async def begun_anew(world: World) -> None:
    """A question, and another one in a conversation that was begun after it."""
    await world.send(world.message("/ask one"))
    await world.send(world.message("/new"), world.message("/ask two"))


async def test_reply_to_an_older_answer(world: World) -> None:
    """It is a thread of its own: it knows what was said there, and what is asked next does not know it."""
    await begun_anew(world)
    older = world.messenger.messages(world.user().id)[0]
    await world.send(world.reply("more of that", older))
    assert lines_of(world) == ["one", "You said: one", "more of that"]
    await world.send(world.message("/ask three"))
    assert lines_of(world) == ["two", "You said: two", "three"]


@pytest.mark.parametrize(("way", "known"), [("answer-again", []), ("answer-shorter", ["one", "You said: one"])])
async def test_button_under_an_older_answer(world: World, way: str, known: list[str]) -> None:
    """What a button asks for is about the answer above it, also after /new."""
    await begun_anew(world)
    older = world.messenger.messages(world.user().id)[0]
    await world.send(world.tap(way, older))
    assert lines_of(world)[:-1] == known
    first, _, last = (question_of(job).conversation_id for job in world.jobs())
    assert last == first


async def test_reply_to_somebody_elses_answer(world: World) -> None:
    """In a group their answer is quoted; what was said with them is not told."""
    await world.send(world.message("/ask my secret is 42, why?", chat_id=GROUP))
    shown = world.shown(GROUP)
    replied = {"message_id": shown.message_id, "from": {"id": 1234567, "is_bot": True}, "text": shown.text}
    await world.send(world.message("is that so?", user_id=OTHER, chat_id=GROUP, reply_to_message=replied))
    assert lines_of(world) == [f"<quoted>{shown.text}</quoted>\nis that so?"]


async def test_ask_about_a_message_of_ours(world: World) -> None:
    """/ask without words, in reply to one of our messages, is about what stands there."""
    await world.send(world.message("/help"))
    replied = {"message_id": world.shown().message_id, "from": {"id": 1234567, "is_bot": True}, "text": "What I can do"}
    await world.send(world.message("/ask", reply_to_message=replied))
    assert lines_of(world) == ["<quoted>What I can do</quoted>\n"]
