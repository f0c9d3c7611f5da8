"""In a group with topics everything that the bot says stays in the topic in which it was asked."""

import pytest

from tests.world import GROUP, Json, World

TOPIC = 5
PRESSES_MAX = 60


def in_topic(update: Json) -> Json:
    """The same update in a topic, as Telegram marks it."""
    query = update.get("callback_query")
    message = update["message"] if query is None else query["message"]
    message |= {"message_thread_id": TOPIC, "is_topic_message": True}
    return update


async def say(world: World, text: str) -> None:
    await world.send(in_topic(world.message(text, chat_id=GROUP)))


async def press_all(world: World) -> set[str]:
    """Press every kind of button that comes up, each once; their actions."""
    pressed: set[str] = set()
    for _ in range(PRESSES_MAX):
        found = [
            (shown, button.data)
            for shown in world.messenger.messages(GROUP)
            for row in shown.buttons
            for button in row
            if button.data and button.data.split(";")[1] not in pressed
        ]
        if not found:
            break
        shown, data = found[0]
        pressed.add(data.split(";")[1])
        world.clock.advance(5)
        await world.send(in_topic(world.tap_data(data, shown.message_id, chat_id=GROUP)))
    return pressed


@pytest.mark.parametrize(
    ("words", "actions"),
    [
        ("/image a fox", {"edit", "again", "share", "animate", "original"}),
        ("/image a fox x2", {"pick", "share"}),
        ("/ask what is a fox?", {"speak"}),
        ("/video a fox", {"vset", "vmake"}),
        ("/help", set()),
        ("/mode", {"mode"}),
        ("/balance", set()),
        ("/no_such_command@nanobanana_test_bot", set()),
    ],
)
async def test_everything_stays_there(world: World, words: str, actions: set[str]) -> None:
    """Cards, results, questions, files and pages come into the topic, whatever is asked and pressed."""
    await world.give(900)
    await say(world, words)
    assert actions <= await press_all(world)
    shown = world.messenger.messages(GROUP)
    assert shown
    assert {each.thread_id for each in shown} == {TOPIC}


async def test_words_in_a_topic_answer_its_question(world: World) -> None:
    """A reply in a topic answers the question there, and the result stays there."""
    await say(world, "/image a fox")
    await world.send(in_topic(world.tap("edit", world.shown(GROUP), chat_id=GROUP)))
    await world.send(in_topic(world.reply("make it blue", world.shown(GROUP), chat_id=GROUP)))
    assert len(world.jobs()) == 2
    assert {each.thread_id for each in world.messenger.messages(GROUP)} == {TOPIC}
