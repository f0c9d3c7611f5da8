"""Commands that nobody here knows, and replies to our own question for a command's words."""

from typing import Any

import pytest

from shared.bot.commands import find_nearest
from shared.bot.router import COMMANDS
from shared.conversations.answer import is_answer, question_of
from shared.people import talk
from shared.pictures.picture import is_picture, request_of
from shared.pictures.wishes import COMMAND_WORDS
from tests.world import BOT_ID, GROUP, ME, World

NAME = "nanobanana_test_bot"


def asked(world: World) -> list[str]:
    return [question_of(job).words for job in world.jobs() if is_answer(job)]


def drawn(world: World) -> list[str]:
    return [request_of(job).prompt for job in world.jobs() if is_picture(job)]


async def reply(world: World, text: str, **fields: Any) -> None:
    """Answer the last message of the bot, as an app quotes it."""
    shown = world.shown()
    replied = {"message_id": shown.message_id, "from": {"id": BOT_ID, "is_bot": True}, "text": plain(shown.text)}
    await world.send(world.message(text, reply_to_message=replied, **fields))


def plain(text: str) -> str:
    return text.replace("<code>", "").replace("</code>", "")


async def test_a_misspelled_picture_is_asked_about(world: World) -> None:
    """The words behind a misspelled /image are kept: a press draws them, and nothing is bought before it."""
    await world.send(world.message("/imgae a red fox"))
    assert "a red fox" in world.shown().text
    assert drawn(world) == []
    await world.send(world.tap("draw", world.shown()))
    assert drawn(world) == ["a red fox"]


async def test_a_misspelled_picture_of_a_photo(world: World) -> None:
    """A photo with a misspelled /image is changed after a press."""
    await world.send(world.photo("/imgae make it blue"))
    await world.send(world.tap("draw", world.shown()))
    assert [len(task.references) for task in world.model.tasks] == [1]


async def test_a_misspelled_question_is_answered(world: World) -> None:
    """A question behind a misspelled /ask is answered: without any command it would be, too."""
    await world.send(world.message("/aks why is the sky blue?"))
    assert asked(world) == ["why is the sky blue?"]


async def test_another_misspelled_command_is_repeated_with_its_words(world: World) -> None:
    """Commands that cost more or change something are only proposed, with their words."""
    await world.send(world.message("/serach who <b>won</b>?"))
    assert "<code>/search who &lt;b&gt;won&lt;/b&gt;?</code>" in world.shown().text
    await world.send(world.message("/serach " + "word " * 700))
    assert world.shown().text.endswith("Did you mean /search?")
    assert world.jobs() == []


async def test_without_words_the_name_alone_is_proposed(world: World) -> None:
    """A misspelled command without words is proposed by its name; one that is like nothing leads to the help."""
    for text, answer in [("/histroy", "/history?"), ("/imgae", "/image?"), ("/qwertz", "/help shows what I can do.")]:
        await world.send(world.message(text))
        assert world.shown().text.endswith(answer)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("topup", None), ("edit", None), ("histroy", "history"), ("elp", "help"), ("blance", "balance")],
)  # fmt: skip
def test_what_is_near(name: str, meant: str | None) -> None:
    """A name that begins with another letter must be very like: "topup" is not "stop", "edit" not "credits"."""
    assert find_nearest(name, (*COMMANDS, *COMMAND_WORDS)) == meant


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/reset", "A new conversation"), ("/topup", "not open"), ("/refund", "not open"), ("/model", "Settings"),
        ("/edit", "after the command"), ("/terms", "Terms"), ("/privacy", "What I keep"),
        ("/about", "What I can"),
    ],
)  # fmt: skip
async def test_other_names(world: World, text: str, answer: str) -> None:
    """People who come from another bot find what they look for under the name that they know."""
    await world.send(world.message(text))
    assert answer in world.shown().text


async def test_a_misspelled_command_in_a_group(world: World) -> None:
    """Among others only a command that names this bot is put right: the rest may be meant for another bot."""
    await world.send(world.message("/histroy", chat_id=GROUP))
    assert world.messenger.messages(GROUP) == []
    await world.send(world.message(f"/histroy@{NAME}", chat_id=GROUP))
    assert "/history" in world.shown(GROUP).text


@pytest.mark.parametrize("mode", ["picture", "auto", "chat"])
async def test_the_reply_is_what_the_command_is_about(world: World, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After /image alone the reply is drawn, after /ask alone it is answered, in every mode."""
    monkeypatch.setattr(talk, "DEFAULT_MODE", mode)
    await world.send(world.message("/image"))
    await reply(world, "fox")
    assert drawn(world) == ["fox"]
    await world.send(world.message("/ask"))
    await reply(world, "a cat in a hat")
    assert (drawn(world), asked(world)) == (["fox"], ["a cat in a hat"])
    await world.send(world.message("/search"))
    await reply(world, "who won?")
    assert asked(world)[1:] == ["who won?"]
    assert question_of(world.jobs()[-1]).words == "who won?"


async def test_a_reply_that_says_nothing(world: World) -> None:
    """Thanks in reply to our question are no wish, and somebody else's words are none either."""
    await world.send(world.message("/image"))
    await reply(world, "thanks")
    assert drawn(world) == []
    await world.send(world.message("/image"))
    await reply(world, "a red fox", forward_origin={"type": "user", "date": 0})
    assert drawn(world) == []


@pytest.mark.parametrize("text", ["draw me", "нарисуй мне картинку", "can you draw a picture for me please"])
@pytest.mark.parametrize("mode", ["picture", "auto"])
async def test_an_order_without_a_subject(world: World, text: str, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an order without a subject the bot asks what to draw; the reply is drawn, even a single word."""
    monkeypatch.setattr(talk, "DEFAULT_MODE", mode)
    await world.send(world.message(text))
    assert drawn(world) == []
    assert world.shown().force_reply
    await reply(world, "fox")
    assert drawn(world) == ["fox"]
    assert world.user(ME).account.available == 16
