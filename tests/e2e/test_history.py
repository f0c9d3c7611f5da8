"""Earlier conversations and the memory end to end: gone on with, named by a reply, sent as a file, deleted."""

import asyncio

import pytest

from tests.e2e.backstage import Backstage
from tests.e2e.people import POLL_SECONDS, WAIT_SECONDS_MAX, Json, Person, list_buttons, read_words
from tests.e2e.test_questions import wait_for_answer

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.usefixtures("books_stay_right"),
]


async def wait_for_button(person: Person, action: str) -> Json:
    """The bot's newest message that has it."""

    def look(messages: list[Json]) -> Json | None:
        found = [m for m in messages if any(data.startswith(f"1;{action};") for data in list_buttons(m))]
        return found[-1] if found else None

    return await person.wait_for(look)


async def test_an_earlier_conversation(anna: Person, backstage: Backstage) -> None:
    """It is listed by its first question, gets a name, goes on, comes as a file, and is deleted."""
    await anna.send("/ask My cat is called Tom. What do cats eat?")
    await wait_for_answer(anna)
    await anna.send("/new")
    await anna.wait_for_text("A new conversation")
    await anna.send("/ask why is the sky blue?")
    await wait_for_answer(anna, 2)
    await backstage.wait_for_rest(anna.id)
    await anna.send("/history")
    panel = await wait_for_button(anna, "talk")
    older = [data for data in list_buttons(panel) if data.startswith("1;talk;")][1].split(";")[2]
    await anna.press(panel, "talk", older)
    one = await wait_for_button(anna, "talk-name")
    assert "My cat is called Tom." in read_words(one)
    await anna.press(one, "talk-name", older)
    question = await anna.wait_for_question()
    await anna.send("Cats", reply_to=question["message_id"])
    await anna.wait_for_text("called “Cats” now")
    await anna.press(one, "talk-go", older)
    await anna.send("/ask What did I ask before?")
    answer = await wait_for_answer(anna, 3)
    assert "cats eat" in read_words(answer)
    await backstage.wait_for_rest(anna.id)
    await anna.press(one, "talk-file", older)
    file = await anna.wait_for_text("📄 Cats")
    assert file["document"]["file_name"].endswith(".md")
    await anna.press(one, "talk-del", older)
    sure = await wait_for_button(anna, "talk-del-yes")
    await anna.press(sure, "talk-del-yes", older)
    panel = await anna.wait_for_text("Conversations here")
    assert older not in str(list_buttons(panel))


async def test_memory(boris: Person, backstage: Backstage) -> None:
    """A remembered fact is sent to the model, shown, and erased."""
    await boris.send("запомни, что мой любимый цвет — зелёный")
    await boris.wait_for_text("Запомню")
    await boris.send("/ask Какой мой любимый цвет?")
    await wait_for_answer(boris)
    await backstage.wait_for_rest(boris.id)
    [call] = await backstage.model_calls("Какой мой любимый цвет?")
    assert call is not None
    await boris.send("/memory")
    panel = await boris.wait_for_text("1. мой любимый цвет")
    await boris.press(panel, "fact-del", "all")
    await boris.wait_for_text("Ничего. Напишите")


async def test_a_long_conversation_is_told_in_short(anna: Person, backstage: Backstage) -> None:
    """Turns that no longer fit are summarised right after the answer, free of charge."""
    for n in range(5):
        await anna.send(f"/ask What is number {n}? {'It is a long story. ' * 180}")
        await wait_for_answer(anna, n + 1)
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        while not (talk := (await backstage.conversations(anna.id))[0]).summary:  # noqa: ASYNC110 — a server
            await asyncio.sleep(POLL_SECONDS)
    assert talk.count == 10
    assert len(talk.turns) < 10
    assert (await backstage.wait_for_rest(anna.id)).available == 20
