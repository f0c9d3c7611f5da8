"""Questions end to end: what they cost, in which order they are answered, and where."""

import pytest

from shared.jobs.job import JobState
from tests.e2e.backstage import Backstage
from tests.e2e.people import Json, Person, Telegram, list_buttons, read_words

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.usefixtures("books_stay_right"),
]

GROUP = -1001


async def wait_for_answer(person: Person, count: int = 1) -> Json:
    """The newest answer, once there are so many that can be gone on with."""

    def look(messages: list[Json]) -> Json | None:
        found = [each for each in messages if any("answer-longer" in data for data in list_buttons(each))]
        return found[-1] if len(found) >= count else None

    return await person.wait_for(look)


async def test_a_question_is_answered(anna: Person, backstage: Backstage, telegram: Telegram) -> None:
    """A draft grows, and one message takes its place; the first answers of a day cost nothing."""
    since = await telegram.last_call()
    await anna.send("/ask why is the sky blue?")
    answer = await wait_for_answer(anna)
    assert "sky" in read_words(answer)
    assert len(await anna.bots_messages()) == 1
    drafts = [
        call for call in await telegram.calls("sendMessageDraft", since) if int(call["params"]["chat_id"]) == anna.id
    ]
    assert len(drafts) >= 1
    assert (await backstage.wait_for_rest(anna.id)).available == 20
    assert [job.state for job in await backstage.jobs(anna.id)] == [JobState.DELIVERED]


async def test_a_conversation(boris: Person, backstage: Backstage) -> None:
    """In the mode *Chat* plain words are questions, and the second knows the first."""
    await boris.send("/mode")
    panel = await boris.wait_for_text("обычными словами")
    await boris.press(panel, "mode", "chat")
    await boris.send("Какая птица летает быстрее всех?")
    await wait_for_answer(boris)
    await boris.send("Что я спросил до этого?")
    answer = await wait_for_answer(boris, 2)
    assert "Какая птица" in read_words(answer)
    await backstage.wait_for_rest(boris.id)


async def test_two_quick_questions(anna: Person, backstage: Backstage) -> None:
    """A question asked while an answer is written is answered next, in order."""
    await anna.send("/ask what is rain?")
    await anna.send("/ask and what is snow?")
    await wait_for_answer(anna, 2)
    await backstage.wait_for_rest(anna.id)
    [rain], [snow] = await backstage.model_calls("what is rain?"), await backstage.model_calls("what is snow?")
    assert rain["ended"] <= snow["started"]
    assert [job.state for job in await backstage.jobs(anna.id)] == [JobState.DELIVERED] * 2


async def test_in_a_group(anna: Person, telegram: Telegram, backstage: Backstage) -> None:
    """In a group the answer is one message, which grows by edits and is a reply to the question."""
    await telegram.post("chats", id=GROUP)
    person = Person(telegram, anna.id, chat_id=GROUP)
    [question] = await person.send("/ask why is the sea salty?")

    def look(messages: list[Json]) -> Json | None:
        found = [m for m in messages if m.get("reply_to_message", {}).get("message_id") == question["message_id"]]
        return next((m for m in found if any("answer-longer" in data for data in list_buttons(m))), None)

    answer = await person.wait_for(look)
    assert "sea" in read_words(answer)
    await backstage.wait_for_rest(anna.id)
