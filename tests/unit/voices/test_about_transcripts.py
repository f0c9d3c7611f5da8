"""A transcript is what a reply to it is about; what /cancel stops of recordings and voices has its own name."""

import json
from dataclasses import replace
from typing import Any

import pytest

from shared.conversations.answer import is_answer, question_of
from shared.credits.catalogue import FREE_HEARING_SECONDS_PER_DAY
from shared.jobs.job import Job, JobState
from shared.voices.transcript import is_transcript, spoken_of
from tests.fakes.messenger import Shown
from tests.fakes.text_model import Answer
from tests.sounds import make_spoken
from tests.world import GROUP, ME, OTHER, Json, World

WORDS = "Let us meet at noon by the old bridge"


def answers(world: World) -> list[Job]:
    return [job for job in world.jobs() if is_answer(job)]


async def choose(world: World, mode: str) -> None:
    await world.send(world.message("/mode"))
    await world.send(world.tap(f"mode;{mode}", world.shown()))


async def transcribe(world: World, **options: Any) -> Shown:
    """Somebody's recording is written down, and nothing is done with it; the message that shows its words."""
    voice = {"file_id": world.messenger.add_file(make_spoken(WORDS)), "duration": 3, "mime_type": "audio/ogg"}
    replied = {"message_id": 5, "from": {"id": OTHER, "is_bot": False}, "voice": voice}
    await world.send(world.message("/transcribe", reply_to_message=replied, **options))
    return world.shown(options.get("chat_id", ME))


def reply(world: World, words: str, shown: Shown, **options: Any) -> Json:
    """A reply as Telegram brings it: with the text of what it replies to."""
    update = world.reply(words, shown, **options)
    update["message"]["reply_to_message"]["text"] = shown.text
    return update


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("chat", "and what does it mean?"),
        ("chat", "shorter"),
        ("auto", "what does it mean?"),
        ("picture", "what does it mean?"),
    ],
)
async def test_a_reply_asks_about_its_words(world: World, mode: str, words: str) -> None:
    """Plain words in reply to a transcript are a question about it: in *Chat* all, elsewhere plain questions."""
    await choose(world, mode)
    shown = await transcribe(world)
    await world.send(reply(world, words, shown))
    [job] = answers(world)
    assert (question_of(job).words, question_of(job).quoted) == (words, WORDS)
    world.check_money()


@pytest.mark.parametrize("mode", ["picture", "auto"])
async def test_a_reply_that_wants_a_picture_is_asked_about(world: World, mode: str) -> None:
    """Where a transcript shall be drawn, it is asked for free whether these words are meant."""
    await choose(world, mode)
    shown = await transcribe(world)
    await world.send(reply(world, "draw this", shown))
    assert [is_transcript(job) for job in world.jobs()] == [True]
    assert WORDS in world.shown().text
    assert "draw" in world.shown().buttons[0][0].data


async def test_ask_quotes_it(world: World) -> None:
    """/ask in reply to a transcript is about its words; of a selected part about that part."""
    shown = await transcribe(world)
    await world.send(reply(world, "/ask where?", shown))
    part = reply(world, "/ask when?", shown)
    part["message"]["quote"] = {"text": "noon", "is_manual": True}
    await world.send(part)
    assert [question_of(job).quoted for job in answers(world)] == [WORDS, "noon"]


async def test_all_words_of_a_long_one(world: World) -> None:
    """Of a long recording, whose message shows a summary, a question gets the words themselves."""
    lines = [{"at": 0, "words": "first words"}, {"at": 20, "words": "last words"}]
    said = {"heard": "speech", "language": "en", "sure": 0.9, "summary": "About words.", "lines": lines}
    world.text_model.hear = lambda talk: Answer((json.dumps(said),))
    await world.send(world.voice(WORDS, seconds=301))
    await world.send(reply(world, "/ask what was last?", world.messenger.messages(ME)[0]))
    assert question_of(answers(world)[0]).quoted == "first words\nlast words"


@pytest.mark.parametrize("mode", ["chat", "picture"])
async def test_others_have_what_stands_there(world: World, mode: str) -> None:
    """A person who replies to somebody else's transcript has the words of that message, and no others."""
    await world.send(world.message("/mode", chat_id=GROUP, user_id=OTHER))
    await world.send(world.tap(f"mode;{mode}", world.shown(GROUP), chat_id=GROUP, user_id=OTHER))
    shown = await transcribe(world, chat_id=GROUP)
    left = replace(shown, text="What was said is elsewhere")
    await world.send(reply(world, "/ask what is it?", left, chat_id=GROUP, user_id=OTHER))
    await world.send(reply(world, "draw this", left, chat_id=GROUP, user_id=OTHER))
    assert [question_of(job).quoted for job in answers(world)][:1] == ["What was said is elsewhere"]
    assert WORDS not in "".join(message.text for message in world.messenger.messages(GROUP)[-2:])


async def test_a_transcript_that_is_not_there(world: World) -> None:
    """A reply to one that is still being written down quotes nothing."""
    await choose(world, "chat")
    await world.deliver(world.voice(WORDS))
    [job] = world.jobs()
    shown = world.shown()
    await world.deliver(
        world.message(
            "/ask why?",
            reply_to_message={
                "message_id": shown.message_id,
                "from": {"id": world.ports.bot_id, "is_bot": True},
                "text": shown.text,
            },
        )
    )
    assert job.state is JobState.QUEUED
    assert question_of(answers(world)[0]).quoted == ""


async def test_cancel_names_what_it_stops(world: World) -> None:
    """A recording and a spoken answer are not counted as pictures."""
    await world.send(world.message("/ask why is the sky blue?"))
    await world.deliver(world.tap("speak", world.shown()))
    await world.deliver(world.message("a red fox"))
    await world.deliver(world.voice(WORDS))
    await world.send(world.message("/cancel"))
    said = next(shown.text for shown in world.messenger.messages(ME) if "Canceled 1 picture" in shown.text)
    assert "Stopped 1 recording that" in said
    assert "Stopped 1 spoken answer; the words stay." in said
    world.check_money()


async def test_the_day_of_free_seconds_is_the_persons(world: World) -> None:
    """The day's free seconds begin anew at midnight in Moscow for somebody there, three hours before UTC."""
    seconds = FREE_HEARING_SECONDS_PER_DAY
    world.clock.set(world.now.replace(hour=20, minute=50))
    await world.send(world.voice(WORDS, seconds=seconds, language="ru"))
    world.clock.set(world.now.replace(hour=21, minute=1))
    await world.send(world.voice(WORDS, seconds=seconds, language="ru"))
    assert [bool(spoken_of(job).free_day) for job in world.jobs() if is_transcript(job)] == [True, True]


async def test_moving_west_brings_no_seconds(world: World) -> None:
    """Moving to a zone where it is still yesterday gives no second allowance; the next day there does."""
    await world.give(20)
    seconds = FREE_HEARING_SECONDS_PER_DAY
    await world.send(world.message("/zone +14"))
    await world.send(world.voice(WORDS, seconds=seconds))
    await world.send(world.message("/zone -12"))
    await world.send(world.voice(WORDS, seconds=3))
    assert [bool(spoken_of(job).free_day) for job in world.jobs() if is_transcript(job)] == [True, False]
