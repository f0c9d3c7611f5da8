"""A person who wants it so has voice messages only written down; the transcript then offers an answer or a picture."""

from dataclasses import replace
from typing import Any

import pytest

from shared.codec import update
from shared.conversations.answer import is_answer, question_of
from shared.credits.catalogue import FREE_ANSWERS_PER_DAY
from shared.jobs.job import Job, JobState
from shared.people.user_documents import user_key
from shared.pictures.picture import is_picture, request_of
from shared.providers.outcomes import Refused
from shared.voices.transcript import ACTED_CHARACTERS_MAX, is_transcript, spoken_of
from tests.fakes.messenger import Shown
from tests.fakes.text_model import Answer
from tests.sounds import make_spoken
from tests.world import GROUP, ME, OTHER, World

FOX = "a red fox in the snow"


async def only_write(world: World) -> None:
    await world.send(world.message("/voice"))
    await world.send(world.tap("speech;hearing;write", world.shown()))


async def choose(world: World, mode: str) -> None:
    await world.send(world.message("/mode"))
    await world.send(world.tap(f"mode;{mode}", world.shown()))


def answers(world: World) -> list[Job]:
    return [job for job in world.jobs() if is_answer(job)]


def pictures(world: World) -> list[Job]:
    return [job for job in world.jobs() if is_picture(job)]


def labels(shown: Shown) -> list[str]:
    return [button.label for row in shown.buttons for button in row]


async def transcribe(world: World, **options: Any) -> Shown:
    """Somebody else's recording, written down by /transcribe."""
    voice = {"file_id": world.messenger.add_file(make_spoken(FOX)), "duration": 3, "mime_type": "audio/ogg"}
    replied = {"message_id": 5, "from": {"id": OTHER, "is_bot": False}, "voice": voice}
    await world.send(world.message("/transcribe", reply_to_message=replied, **options))
    return world.shown(options.get("chat_id", ME))


@pytest.mark.parametrize("mode", ["picture", "chat", "auto"])
async def test_nothing_is_done(world: World, mode: str) -> None:
    """In every mode the words are shown, and nothing else happens before a press."""
    await choose(world, mode)
    await only_write(world)
    assert world.user().speech.hearing == "write"
    await world.send(world.voice(FOX))
    assert [is_transcript(job) for job in world.jobs()] == [True]
    assert (world.shown().text, labels(world.shown())) == (FOX, ["💬 Answer", "🎨 Draw"])
    assert world.user().account.available == 20


async def test_what_is_written_beside_it_counts(world: World) -> None:
    """A caption, and words in reply to a recording, say what to do with it."""
    await choose(world, "chat")
    await only_write(world)
    await world.send(world.voice(FOX, caption="is that true?"))
    voice = {"file_id": world.messenger.add_file(make_spoken(FOX)), "duration": 3, "mime_type": "audio/ogg"}
    replied = {"message_id": 5, "from": {"id": OTHER, "is_bot": False}, "voice": voice}
    await world.send(world.message("what does she say?", reply_to_message=replied))
    assert [question_of(job).words for job in answers(world)] == [f"is that true?\n{FOX}", "what does she say?"]


async def test_back_again(world: World) -> None:
    """The choice can be taken back."""
    await only_write(world)
    await world.send(world.tap("speech;hearing;act", world.shown()))
    await world.send(world.voice(FOX))
    assert len(pictures(world)) == 1


async def test_answer(world: World) -> None:
    """*Answer* asks the person's own words, once, and a free answer is free."""
    await only_write(world)
    await world.send(world.voice("why is the sky blue?"))
    shown = world.shown()
    await world.send(world.tap("said;answer", shown))
    await world.send(world.tap("said;answer", shown))
    [job] = answers(world)
    assert (job.state, question_of(job).words, job.request.price) == (JobState.DELIVERED, "why is the sky blue?", 0)
    assert [tap.toast for tap in world.messenger.taps[-2:]] == ["On it!", "This button was pressed already."]
    world.check_money()


async def test_answered_in_kind(world: World) -> None:
    """Who wants to hear answers to what they say hears this one too; of somebody else's words nothing is spoken."""
    await only_write(world)
    await world.send(world.tap("speech;mode;kind", world.shown()))
    await world.send(world.voice("why is the sky blue?"))
    await world.send(world.tap("said;answer", world.shown()))
    await world.send(world.tap("said;answer", await transcribe(world)))
    assert [question_of(job).is_aloud for job in answers(world)] == [True, False]


async def test_an_answer_that_did_not_come_is_asked_anew(world: World) -> None:
    """Where the first press brought no answer, the next one asks again."""
    await only_write(world)
    await world.send(world.voice("why is the sky blue?"))
    shown = world.shown()
    world.text_model.script("why is the sky blue?", Answer(ending=Refused("safety")))
    await world.send(world.tap("said;answer", shown), world.tap("said;answer", shown))
    await world.send(world.tap("said;answer", shown))
    assert [job.state for job in answers(world)] == [JobState.FAILED, JobState.DELIVERED]


async def test_draw(world: World) -> None:
    """*Draw* asks with the price; only *Draw this* buys, however often either is pressed."""
    await only_write(world)
    await world.send(world.voice(FOX))
    shown = world.shown()
    await world.send(world.tap("said;draw", shown), world.tap("said;draw", shown))
    assert pictures(world) == []
    asked = world.shown()
    assert "🎨 Draw this · 4 credits" in labels(asked)
    await world.send(world.tap("draw", asked), world.tap("draw", asked))
    [job] = pictures(world)
    assert request_of(job).prompt == FOX
    await world.send(world.tap("said;draw", shown))
    assert world.shown().kind == "photo"
    world.check_money()


async def test_both(world: World) -> None:
    """The same words may be answered and drawn."""
    await only_write(world)
    await world.send(world.voice(FOX))
    shown = world.shown()
    await world.send(world.tap("said;answer", shown))
    await world.send(world.tap("said;draw", shown))
    await world.send(world.tap("draw", world.shown()))
    assert (len(answers(world)), len(pictures(world))) == (1, 1)


async def test_a_reply_keeps_what_it_is_about(world: World) -> None:
    """A voice message in reply to an answer goes on with it, when its button is pressed."""
    await world.send(world.message("/ask why is the sky blue?"))
    said = world.shown()
    await only_write(world)
    replied = {"message_id": said.message_id, "from": {"id": world.ports.bot_id, "is_bot": True}, "text": said.text}
    await world.send(world.voice("and at night?", reply_to_message=replied))
    await world.send(world.tap("said;answer", world.shown()))
    first, second = answers(world)
    assert question_of(second).quoted == said.text
    assert question_of(second).conversation_id == question_of(first).conversation_id


async def test_words_of_others_are_material(world: World) -> None:
    """Of a recording of somebody else the words are quoted, and order nothing."""
    shown = await transcribe(world)
    assert labels(shown) == ["💬 Answer", "🎨 Draw"]
    await world.send(world.tap("said;answer", shown))
    question = question_of(answers(world)[0])
    assert (question.words, question.quoted) == ("", FOX)
    await world.send(world.tap("said;draw", shown))
    assert FOX in world.shown().text


async def test_only_the_owner(world: World) -> None:
    """In a group nobody else presses the buttons."""
    shown = await transcribe(world, chat_id=GROUP)
    await world.send(world.tap("said;answer", shown, user_id=OTHER, chat_id=GROUP))
    assert answers(world) == []
    assert world.messenger.taps[-1].toast.startswith("This button belongs to somebody else")


async def test_without_credits(world: World) -> None:
    """Where an answer cannot be had, the press says why."""
    await world.give(0, held=20)
    shown = await transcribe(world)
    [record] = await world.store.read([user_key(ME)])
    assert record is not None
    used_up = replace(world.user().talk, free_day=world.now.date().isoformat(), free_used=FREE_ANSWERS_PER_DAY)
    await world.store.commit([update(record, replace(world.user(), talk=used_up))])
    await world.send(world.tap("said;answer", shown))
    assert answers(world) == []
    assert world.messenger.taps[-1].alert
    assert "credits" in world.messenger.taps[-1].toast


@pytest.mark.parametrize("data", ["said", "said;answer", "said;answer;nothing", f"said;answer;{'a' * 16}"])
async def test_nothing_to_press(world: World, data: str) -> None:
    """A button of nothing that is known says so."""
    await world.send(world.tap_data(f"1;{data}", 7))
    assert world.messenger.taps[-1].toast == "That is no longer stored."
    assert world.jobs() == []


async def test_other_ways(world: World) -> None:
    """A button of another release, one for too many words, and one under other work do nothing."""
    await only_write(world)
    await world.send(world.voice(FOX))
    [job] = world.jobs()
    await world.send(world.tap_data(f"1;said;sing;{job.id}", 7))
    assert "old" in world.messenger.taps[-1].toast
    await world.send(world.message("/ask why?"))
    await world.send(world.tap_data(f"1;said;answer;{answers(world)[0].id}", 7))
    assert len(answers(world)) == 1


async def test_many_words(world: World) -> None:
    """Words that are too many to be asked have no buttons, and none works that was forged."""
    await only_write(world)
    await world.send(world.voice("word " * (ACTED_CHARACTERS_MAX // 5 + 10), seconds=200))
    assert labels(world.shown()) == []
    [job] = world.jobs()
    assert spoken_of(job).only_text
    await world.send(world.tap_data(f"1;said;answer;{job.id}", 7))
    await world.send(world.tap_data(f"1;said;draw;{job.id}", 7))
    assert len(world.jobs()) == 1
