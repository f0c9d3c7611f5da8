"""The mode *Auto*: plain words get what they ask for, and nothing is bought that may not have been meant."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.codec import update
from shared.conversations.answer import is_answer, question_of
from shared.credits.bounds import Caps
from shared.credits.catalogue import READING_USD_MICROS, READINGS_PER_DAY
from shared.credits.spending import shard_keys
from shared.errors import UnavailableError
from shared.jobs.job import Job, JobState
from shared.people import talk
from shared.people.talk import DEFAULT_KEPT_DAYS, TalkPlace, TalkSettings, place_of
from shared.people.user_documents import decode_user, user_key
from shared.people.users import User
from shared.pictures.picture import is_picture, request_of
from shared.ports import Key
from shared.providers.outcomes import Busy
from shared.providers.talk import Talk
from shared.task import Task
from tests.fakes.messenger import Shown
from tests.fakes.text_model import Answer
from tests.world import BOT_ID, GROUP, ME, OTHER, SNAPSHOT, Json, World, writes_to

SKY = "why is the sky blue?"
PLAIN = "a red fox in the snow"
"""The rules leave it to the model."""
HERE = place_of(BOT_ID, ME, None)


pytestmark = pytest.mark.usefixtures("as_shipped")


def says(world: World, **said: Any) -> None:
    """The model understands every message so."""
    text = json.dumps({"sure": 0.9} | said)
    world.text_model.read = lambda talk: Answer((text,))


def readings(world: World) -> list[Talk]:
    return [talk for talk in world.text_model.talks if talk.schema is not None]


def pictures(world: World) -> list[Job]:
    return [job for job in world.jobs() if is_picture(job)]


def answers(world: World) -> list[Job]:
    return [job for job in world.jobs() if is_answer(job)]


def labels(shown: Shown) -> list[str]:
    return [button.label for row in shown.buttons for button in row]


async def change_me(world: World, change: Callable[[User], User]) -> None:
    """Change the person's document from outside."""
    [record] = await world.store.read([user_key(ME)])
    assert record is not None
    await world.store.commit([update(record, change(decode_user(record)))])


# --- what the rules decide ---


async def test_a_question_is_answered(world: World) -> None:
    """The rules know a question; no model reads it."""
    await world.send(world.message(SKY))
    assert world.shown().text == f"You said: {SKY}"
    assert readings(world) == []


async def test_a_wish_is_drawn(world: World) -> None:
    """The rules know an order to draw; no model reads it."""
    await world.send(world.message("draw a red fox"))
    assert [job.state for job in pictures(world)] == [JobState.DELIVERED]
    assert readings(world) == []
    world.check_money()


@pytest.mark.parametrize("words", ["thanks!", "привет", "16:9", "again", "ok", "да"])
async def test_what_says_nothing_is_free(world: World, words: str) -> None:
    """Thanks, greetings, parameters and nods out of nowhere get a word of ours, without a model and without a job."""
    await world.send(world.message(words))
    assert world.jobs() == []
    assert world.text_model.talks == []
    assert world.shown().text


@pytest.mark.parametrize("words", ["да", "ok", "more"])
async def test_what_continues_an_answer_is_answered(world: World, words: str) -> None:
    """After an answer the same words go on with it."""
    await world.send(world.message(SKY), world.message(words))
    assert [question_of(job).words for job in answers(world)] == [SKY, words]
    assert readings(world) == []


@pytest.mark.parametrize("words", ["fox", "https://example.com"])
async def test_doubt_is_asked_about_for_free(world: World, words: str) -> None:
    """One word, or a link: a picture, or an answer? Nothing is bought, and no model is asked."""
    await world.send(world.message(words))
    assert labels(world.shown()) == ["🎨 Draw this · 4 credits", "✨ Improve", "💬 Answer"]
    assert (world.jobs(), world.text_model.talks) == ([], [])


async def test_a_video_is_asked_about(world: World) -> None:
    """An order for a video leads to the screen with its price; nothing is bought, not even by a "yes"."""
    await world.send(world.message("make a video of a dancing bear"))
    assert labels(world.shown()) == ["🎬 Make a video…", "🎨 Draw this · 4 credits", "✨ Improve", "💬 Answer"]
    asked = world.shown()
    await world.send(world.message("yes"))
    assert world.shown().text.startswith("👆 Press a button above")
    await world.send(world.tap("film", asked))
    review = next(each for each in world.messenger.messages(ME) if each.message_id == asked.message_id)
    assert "🎬 Make it · 15 credits" in labels(review)
    await world.send(world.tap_data(f"1;draw;{asked.buttons[1][0].data[-16:]}", asked.message_id))
    assert world.messenger.taps[-1].toast.startswith("This menu is old")
    assert world.jobs() == []


async def test_a_video_that_a_model_reads(world: World) -> None:
    """Where a model reads a wish for a video it is asked about, for free."""
    says(world, act="animate")
    await world.send(world.message(PLAIN))
    assert labels(world.shown())[0] == "🎬 Make a video…"
    assert (world.jobs(), len(readings(world))) == ([], 1)


async def test_foreign_words_are_asked_about(world: World) -> None:
    """A forwarded text is not a request; *Answer* answers about it."""
    await world.send(world.message("today's news are good", forward_origin={"type": "user", "date": 0}))
    await world.send(world.tap("inwords", world.shown()))
    [job] = answers(world)
    assert (question_of(job).words, question_of(job).quoted) == ("", "today's news are good")


async def test_change_of_the_last_picture(world: World) -> None:
    """A description of a look, right after a picture, changes it: the card says so, and offers an answer instead."""
    await world.send(world.message("draw a red fox"))
    await world.deliver(world.message("make the sky purple at night"))
    assert "make the sky purple at night" in world.shown().text
    assert labels(world.shown()) == ["✕ Cancel", "💬 Only answer"]
    await world.settle()
    assert [request_of(job).parent_id for job in pictures(world)] == [None, pictures(world)[0].id]
    assert readings(world) == []
    world.check_money()


async def test_change_above_the_price(world: World) -> None:
    """Above the person's limit the bot asks before the change."""
    await world.give(100)
    await world.send(world.message("draw a red fox"), world.message("/settings"))
    await world.send(world.tap("set;size;2K", world.shown()), world.message("make the sky purple at night"))
    assert labels(world.shown())[0] == "🎨 Draw this · 6 credits"
    assert len(pictures(world)) == 1


@pytest.mark.parametrize("first", ["draw a red fox x2", "draw a red fox"])
async def test_change_of_one_of_several(world: World, first: str) -> None:
    """After several pictures, or a deleted one, the bot asks which is meant."""
    await world.send(world.message(first))
    if "x2" not in first:
        await world.send(world.tap("delete", world.shown()))
        await world.send(world.tap("erase", world.shown()))
    made = len(pictures(world))
    await world.send(world.message("make the sky purple at night"))
    assert labels(world.shown())[-1] == "💬 Answer"
    assert len(pictures(world)) == made


async def test_change_of_a_picture_that_is_being_made(world: World) -> None:
    """Words that arrive before the picture is ready may mean it or a new one: the bot asks."""
    await world.send(world.message("draw a red fox"), world.message("make the sky purple at night"))
    assert [label.partition(" · ")[0] for label in labels(world.shown())] == [
        "✏️ Change the last picture", "🎨 Draw this", "💬 Answer",
    ]  # fmt: skip
    await world.send(world.tap("drawlast", world.shown()))
    assert [request_of(job).parent_id for job in pictures(world)] == [None, pictures(world)[0].id]


# --- answers to questions of ours, replies, parameters ---


async def test_yes_draws(world: World) -> None:
    """A "yes" after the question is as good as the button, and the picture is bought once."""
    await world.send(world.message("fox"), world.message("yes"))
    assert [request_of(job).prompt for job in pictures(world)] == ["fox"]
    world.check_money()


async def test_a_question_about_words_is_not_answered_by_other_words(world: World) -> None:
    """After "fox?" another message is a new one: it is read, and not bought as what was asked about."""
    says(world, act="answer")
    await world.send(world.message("fox"), world.message("my dog ran away today and I am so sad"))
    assert pictures(world) == []
    assert len(answers(world)) == len(readings(world)) == 1


async def test_a_question_that_was_answered_is_over(world: World) -> None:
    """After *Draw this* the question is closed: the next words, a "yes" too, are read for themselves."""
    await world.send(world.message("fox"))
    await world.send(world.tap("draw;", world.shown()))
    await world.send(world.message("yes"))
    assert len(world.jobs()) == 1
    says(world, act="answer")
    await world.send(world.message("my dog ran away today and I am so sad"))
    assert (len(pictures(world)), len(answers(world))) == (1, 1)


async def test_edit_button_takes_the_next_words(world: World) -> None:
    """After *Edit* was pressed the next words change that picture, and nothing is read."""
    await world.send(world.message("draw a red fox"))
    await world.send(world.tap("edit", world.shown()))
    await world.send(world.message("with bigger ears and a hat"))
    assert len(pictures(world)) == 2
    assert readings(world) == []


async def test_reply_to_the_edit_question(world: World) -> None:
    """The same where the person's app made it a reply to our question."""
    await world.send(world.message("draw a red fox"))
    await world.send(world.tap("edit", world.shown()))
    await world.send(world.reply("with bigger ears and a hat", world.shown()))
    assert len(pictures(world)) == 2
    assert readings(world) == []


async def test_words_after_a_photo(world: World) -> None:
    """A photo without words asks what to do with it; any words answer."""
    await world.send(world.photo(), world.message("with bigger ears and a hat"))
    assert [len(request_of(job).references) for job in pictures(world)] == [1]
    assert readings(world) == []


async def test_reply_to_the_question_about_a_photo(world: World) -> None:
    """The same by a reply."""
    await world.send(world.photo())
    await world.send(world.reply("with bigger ears and a hat", world.shown()))
    assert [len(request_of(job).references) for job in pictures(world)] == [1]


async def test_words_after_a_doubtful_photo(world: World) -> None:
    """After a question about a photo, words that change a picture use the photo; others do not."""
    await world.send(world.photo("is it?"))
    assert [label.partition(" · ")[0] for label in labels(world.shown())] == ["🎨 Draw this", "✨ Improve", "💬 Answer"]
    await world.send(world.message("make it blue"))
    assert [len(request_of(job).references) for job in pictures(world)] == [1]


async def test_reply_to_a_picture(world: World) -> None:
    """A plain change in reply to a picture is made; a question is answered; the rest is asked, never read."""
    await world.send(world.message("draw a red fox"))
    shown = world.shown()
    await world.send(world.reply("make the sky purple", shown))
    assert [bool(request_of(job).parent_id) for job in pictures(world)] == [False, True]
    await world.send(world.reply("what is this animal called?", shown))
    assert question_of(answers(world)[0]).quoted == "draw a red fox"
    await world.send(world.reply("ears somehow bigger than that", shown))
    assert labels(world.shown())[-1] == "💬 Answer"
    assert len(pictures(world)) == 2
    assert readings(world) == []


async def test_reply_to_an_answer(world: World) -> None:
    """A reply to an answer goes on with it, whatever it says but an order to draw."""
    await world.send(world.message(SKY))
    shown = world.shown()
    await world.send(world.reply("hm that looks odd to me somehow", shown))
    await world.send(world.reply("draw a red fox", shown))
    assert len(answers(world)) == 2
    assert labels(world.shown())[0] == "🎨 Draw this · 4 credits"
    assert readings(world) == []


async def test_reply_to_other_messages_of_ours(world: World) -> None:
    """A reply to the help is read by rules only, and asked about where they are not sure."""
    await world.send(world.message("/help"))
    await world.send(world.reply(PLAIN, world.shown()))
    assert labels(world.shown()) == ["🎨 Draw this · 4 credits", "✨ Improve", "💬 Answer"]
    assert readings(world) == []


async def test_reply_to_a_doubt(world: World) -> None:
    """A reply to a question about words is a new message, unless it says yes or no."""
    await world.send(world.message("fox"))
    asked = world.shown()
    await world.send(world.reply("my dog ran away today and I am so sad", asked))
    assert pictures(world) == []
    await world.send(world.reply("yes", asked))
    assert [request_of(job).prompt for job in pictures(world)] == ["fox"]


async def test_reply_to_somebody(world: World) -> None:
    """Words or a photo of somebody else that were replied to are what is asked about; a photo may be changed."""
    said = {"message_id": 5, "from": {"id": OTHER, "is_bot": False}, "text": "the earth is flat"}
    await world.send(world.message("hm is he right about that thing", reply_to_message=said))
    assert question_of(answers(world)[0]).quoted == "the earth is flat"
    size = {"file_id": world.messenger.add_file(SNAPSHOT), "width": 90, "height": 90, "file_size": 9}
    photo = {"message_id": 6, "from": {"id": OTHER, "is_bot": False}, "photo": [size]}
    await world.send(world.message("hm is that really him there on the left", reply_to_message=photo))
    assert labels(world.shown())[0].startswith("🎨")
    await world.send(world.message("what is it?", reply_to_message=photo))
    assert len(question_of(answers(world)[-1]).files) == 1
    video = {"message_id": 7, "from": {"id": OTHER, "is_bot": False}, "video": {"file_id": "v"}}
    await world.send(world.message("hm is that really him there on the left", reply_to_message=video))
    assert world.shown().buttons == ()
    assert (pictures(world), readings(world)) == ([], [])


async def test_parameters_are_not_read(world: World) -> None:
    """Words with parameters that the rules are not sure of are asked about, with their price."""
    await world.send(world.message(f"{PLAIN} x4"))
    assert labels(world.shown()) == ["🎨 Draw this · 16 credits", "✨ Improve", "💬 Answer"]
    assert readings(world) == []


async def test_commands_and_albums_are_not_read(world: World) -> None:
    """/image draws, /ask answers, an album is collected, a voice message is what it is: no model reads any of it."""
    await world.send(world.message(f"/image {PLAIN}"), world.message(f"/ask {PLAIN}"))
    parts = [world.photo(caption, media_group_id="7") for caption in ("make it a cartoon", "")]
    await world.send(*parts, world.message("", voice={"file_id": "v"}))
    assert (len(pictures(world)), len(answers(world))) == (2, 1)
    assert readings(world) == []


# --- what the model reads ---


async def test_understood_as_a_picture(world: World) -> None:
    """The card says what was understood and what it costs, with *Cancel* and *Only answer*; it is one picture."""
    says(world, act="draw", prompt="A red fox, snow", ratio="16:9")
    await world.deliver(world.message(PLAIN))
    await world.run_next()
    card = world.shown()
    assert "🧠 Understood as a picture: “A red fox, snow”" in card.text
    assert "4 credits" in card.text
    assert labels(card) == ["✕ Cancel", "💬 Only answer"]
    await world.settle()
    [job] = pictures(world)
    request = request_of(job)
    assert (request.prompt, request.words, request.ratio, job.count) == ("A red fox, snow", PLAIN, "16:9", 1)
    assert world.user().account.available == 16
    assert world.user().talk.readings == 1
    world.check_money()


async def test_understood_as_a_change(world: World) -> None:
    """The picture with that number in the list is changed: the newest is the first."""
    await world.send(world.message("draw a red fox"), world.message("draw a blue boat"))
    says(world, act="edit", which=1, prompt="more of it")
    await world.deliver(world.message("a little more of it if that can be done"))
    await world.run_next()
    assert "🧠 Understood as a change" in world.shown().text
    await world.settle()
    fox, _, changed = pictures(world)
    assert request_of(changed).parent_id == fox.id
    [talk] = readings(world)
    assert "0: draw a blue boat\n1: draw a red fox" in talk.lines[0].text


async def test_understood_as_a_change_of_a_photo(world: World) -> None:
    """A photo with words that the rules are not sure of: the model says what, the photo is the message's own."""
    says(world, act="edit", which=3)
    await world.send(world.photo("ears somehow bigger than that"))
    assert [len(request_of(job).references) for job in pictures(world)] == [1]
    assert request_of(pictures(world)[0]).prompt == "ears somehow bigger than that"


async def test_only_answer(world: World) -> None:
    """*Only answer* stops the picture, gives the credits back, and answers the words; twice pressed, once answered."""
    says(world, act="draw", prompt="A red fox")
    await world.deliver(world.message(PLAIN))
    await world.run_next()
    card = world.shown()
    await world.send(world.tap("onlywords", card), world.tap("onlywords", card))
    assert [job.state for job in pictures(world)] == [JobState.CANCELED]
    assert [question_of(job).words for job in answers(world)] == [PLAIN]
    assert world.user().account.available == 20
    world.check_money()


async def test_only_answer_is_the_owners(world: World) -> None:
    """Nobody else may press it; with an unknown job, or when the picture is there, it says so."""
    says(world, act="draw")
    await world.send(world.message(f"@{await world.messenger.username()} {PLAIN}", chat_id=GROUP))
    job, shown = pictures(world)[0], world.shown(GROUP)
    await world.send(world.tap_data(f"1;onlywords;{job.id}", shown.message_id, user_id=OTHER, chat_id=GROUP))
    await world.send(world.tap_data(f"1;onlywords;{job.id}", shown.message_id, chat_id=GROUP))
    await world.send(world.tap_data("1;onlywords;none", shown.message_id, chat_id=GROUP))
    await world.send(world.tap_data("1;onlywords", shown.message_id, chat_id=GROUP))
    assert len({tap.toast for tap in world.messenger.taps}) == 3
    assert answers(world) == []
    assert job.state is JobState.DELIVERED


async def test_again_is_no_understanding(world: World) -> None:
    """*Again* under such a picture is the person's own wish: the new card does not say "understood"."""
    says(world, act="draw", prompt="A red fox")
    await world.send(world.message(PLAIN))
    await world.send(world.tap("again", world.shown()))
    assert [request_of(job).is_understood for job in pictures(world)] == [True, False]


@pytest.mark.parametrize(
    "said",
    [
        {"act": "draw", "sure": 0.74},
        {"act": "edit", "which": 0},
        {"act": "edit"},
        {"act": "ask"},
        {"act": "fly"},
    ],
    ids=str,
)
async def test_unsure(world: World, said: dict[str, Any]) -> None:
    """If the model is unsure, or names a missing picture, both choices are offered, free of charge."""
    says(world, **said)
    await world.send(world.message(PLAIN))
    assert labels(world.shown()) == ["🎨 Draw this · 4 credits", "✨ Improve", "💬 Answer"]
    assert world.jobs() == []
    await world.send(world.tap("draw;", world.shown()))
    assert [request_of(job).prompt for job in pictures(world)] == [PLAIN]
    world.check_money()


async def test_its_question_is_asked(world: World) -> None:
    """The model's question back is shown, unless it contains a link."""
    says(world, act="ask", question="A fox to look at, or facts about foxes?")
    await world.send(world.message(PLAIN))
    assert world.shown().text == "🤔 A fox to look at, or facts about foxes?"
    says(world, act="ask", question="Claim it at www.prize.invalid ok?")
    await world.send(world.message(f"{PLAIN} again"))
    assert "prize" not in world.shown().text


async def test_answer_about_a_photo(world: World) -> None:
    """Words that a model takes for a question are answered with the photo that they came with."""
    says(world, act="answer")
    await world.send(world.photo("ears somehow bigger than that"))
    assert [len(question_of(job).files) for job in answers(world)] == [1]
    assert pictures(world) == []


async def test_dear_pictures_are_asked_about(world: World) -> None:
    """A picture above the price of a small one, or above the person's limit, is not bought without a question."""
    says(world, act="draw")
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;size;2K", world.shown()))
    await world.send(world.message(PLAIN))
    assert labels(world.shown())[0] == "🎨 Draw this · 6 credits"
    await change_me(world, lambda user: replace(user, talk=replace(user.talk, ask_above=6)))
    await world.send(world.message(f"{PLAIN} too"))
    assert [request_of(job).price for job in pictures(world)] == [6]


async def test_the_limit_of_auto_counts_above_the_usual_one(world: World) -> None:
    """Who lets *Auto* draw for up to 24 credits is not asked at the usual limit of all other orders, which is lower."""
    await world.give(100)
    says(world, act="draw")
    chosen = replace(world.user().settings, model="best", size="4K")
    await change_me(world, lambda user: replace(user, settings=chosen, talk=replace(user.talk, ask_above=24)))
    await world.send(world.message(PLAIN))
    assert [request_of(job).price for job in pictures(world)] == [24]


async def test_a_person_without_credits(world: World) -> None:
    """Without credits the picture is declined as usual; the reading still counts."""
    await world.give(0)
    says(world, act="draw")
    await world.send(world.message(PLAIN))
    assert world.jobs() == []
    assert world.user().talk.readings == 1


@pytest.mark.parametrize("words", ["слово " * 680, "слово " * 900])
async def test_long_texts_are_not_drawn(world: World, words: str) -> None:
    """A text that may be the first part of a longer one, or is too long for a picture, is not bought."""
    says(world, act="draw")
    await world.send(world.message(words))
    assert world.jobs() == []
    assert world.shown().text


async def test_a_picture_that_is_not_done_cannot_be_changed(world: World) -> None:
    """Only pictures that are there are shown to the model."""
    await world.deliver(world.message("draw a red fox"))
    says(world, act="edit", which=0)
    await world.deliver(world.message("a little more of it if that can be done"))
    [forwarded] = [task for task in world.tasks.tasks if task.path == "/updates"]
    await world.run_task(forwarded)
    [talk] = readings(world)
    assert "<pictures>" not in talk.lines[0].text
    assert "A picture or an answer?" in world.shown().text


# --- the model is away ---


async def _busy(world: World) -> None:
    world.text_model.read = lambda talk: Answer(ending=Busy("503"))


async def _slow(world: World) -> None:
    async def wait(talk: Talk) -> None:
        raise TimeoutError

    world.text_model.before = wait


async def _cap(world: World) -> None:
    await world.send(world.message("/help"))
    day = world.now.date().isoformat()
    await change_me(world, lambda u: replace(u, talk=TalkSettings(readings_day=day, readings=READINGS_PER_DAY)))


async def _spent(world: World) -> None:
    world.caps = Caps(1, 1)
    world.__post_init__()
    await world.ports.spending.book(10)


async def _broken_off(world: World) -> None:
    for _ in range(2):
        world.talk_studio.breaker.record("gemini/gemini-3.1-flash-lite", Busy("503"), world.now, world.now, 0.0)


async def _garbage(world: World) -> None:
    world.text_model.read = lambda talk: Answer(("Sure! I will draw it.",))


@pytest.mark.parametrize("away", [_busy, _slow, _cap, _spent, _broken_off, _garbage])
async def test_away(world: World, away: Callable[[World], Awaitable[None]]) -> None:
    """Away, slow, over a cap or talking nonsense: the person is asked with two buttons."""
    await away(world)
    await world.send(world.message(PLAIN))
    assert labels(world.shown()) == ["🎨 Draw this · 4 credits", "✨ Improve", "💬 Answer"]
    assert world.jobs() == []


async def test_a_reading_is_booked(world: World) -> None:
    """Each reading counts among what everything costs, and one day's readings do not count on the next."""
    says(world, act="answer")
    await world.send(world.message(PLAIN))
    records = await world.store.read(shard_keys(world.now))
    assert sum(record.fields["day"] for record in records if record is not None) > READING_USD_MICROS
    world.clock.advance(timedelta(days=1).total_seconds())
    await world.send(world.message(f"{PLAIN} too"))
    assert world.user().talk.readings == 1


async def test_each_reading_counts(world: World) -> None:
    """A reading is counted even if the person's document is written before its result."""
    says(world, act="answer")
    await world.send(world.message(SKY))

    async def pay() -> None:
        await change_me(world, lambda user: replace(user, start_payloads=("friend",)))

    world.store.interrupt(writes_to("jobs", state="queued"), pay)
    await world.send(world.message(PLAIN))
    world.store.interrupt(writes_to("jobs", state="queued"), _break)
    with pytest.raises(UnavailableError):
        await world.send(world.message(f"{PLAIN} too"))
    assert len(readings(world)) == world.user().talk.readings == 2


async def test_a_reading_that_does_not_count_is_not_made(world: World) -> None:
    """After a conflict while counting, the message is decided on again before it is read."""
    says(world, act="answer")
    await world.send(world.message(SKY))

    async def pay() -> None:
        await change_me(world, lambda user: replace(user, start_payloads=("friend",)))

    world.store.interrupt(lambda writes: writes[0].key == user_key(ME), pay)
    await world.send(world.message(PLAIN))
    assert len(readings(world)) == world.user().talk.readings == 1
    assert len(answers(world)) == 2


async def _break() -> None:
    raise UnavailableError("out")


async def test_the_conversation_is_known(world: World) -> None:
    """The last turns are shown to the model."""
    says(world, act="answer")
    await world.send(world.message(SKY))
    await world.send(world.message(PLAIN))
    [talk] = readings(world)
    assert f"person: {SKY}\nmodel: You said:" in talk.lines[0].text  # the middle of what is long is left out


async def test_what_is_too_old_is_not_shown_to_the_model(world: World) -> None:
    """A conversation that has expired is forgotten for a reading too, before the store deletes it."""
    says(world, act="answer")
    await world.send(world.message(SKY))
    world.clock.advance(DEFAULT_KEPT_DAYS * 24 * 3600 + 1)
    await world.send(world.message(PLAIN))
    [talk] = readings(world)
    assert SKY not in talk.lines[0].text


@pytest.mark.parametrize(("collection", "field"), [("conversations", "turns"), ("jobs", "created_at")])
async def test_what_cannot_be_read_is_not_shown_to_the_model(world: World, collection: str, field: str) -> None:
    """A conversation or a picture that only another release can read keeps nobody from being understood."""
    says(world, act="answer")
    await world.send(world.message(SKY), world.message("draw a red fox"))
    for key in world.store.collection(collection):
        world.store._documents[Key(collection, key)].fields[field] = "what no release wrote"
    await world.send(world.message(PLAIN))
    [talk] = readings(world)
    unreadable = "said" if collection == "conversations" else "pictures"
    assert f"<{unreadable}>" not in talk.lines[0].text


# --- the question's buttons, and what comes twice ---


async def test_answer_instead(world: World) -> None:
    """*Answer* turns the question into the answer; pressed again, or *Draw this* after it, nothing more happens."""
    await world.send(world.message("fox"))
    asked = world.shown()
    await world.send(world.tap("inwords", asked), world.tap("inwords", asked), world.tap("draw;", asked))
    assert [shown.text for shown in world.messenger.messages(ME)] == ["You said: fox"]
    assert len(world.jobs()) == 1
    world.check_money()


async def test_answer_after_draw(world: World) -> None:
    """After *Draw this* the other button does nothing."""
    await world.send(world.message("fox"))
    asked = world.shown()
    await world.send(world.tap("draw;", asked), world.tap("inwords", asked))
    assert len(pictures(world)) == len(world.jobs()) == 1


async def test_answer_instead_is_the_owners(world: World) -> None:
    """Nobody else may press it, and an unknown one is an old menu."""
    await world.send(world.message("fox"))
    asked = world.shown()
    [data] = [button.data for row in asked.buttons for button in row if "inwords" in button.data]
    await world.send(world.tap_data(data, asked.message_id, user_id=OTHER, chat_id=ME))
    await world.send(world.tap_data("1;inwords;0123456789abcdef0123", asked.message_id))
    await world.send(world.tap_data("1;inwords", asked.message_id))
    assert world.jobs() == []
    assert len({tap.toast for tap in world.messenger.taps}) == 2


async def test_answer_without_an_offer(world: World) -> None:
    """A question about how a picture shall be offers no answer, and has none."""
    await world.send(world.photo("make it blue 5:7"))
    draw = world.shown().buttons[0][0].data
    await world.send(world.tap_data(draw.replace("draw", "inwords"), world.shown().message_id))
    assert world.jobs() == []


async def test_answer_is_declined(world: World) -> None:
    """If no answer is possible now, the toast says why, and the question stays open."""
    await world.send(world.message("fox"))
    asked = world.shown()
    world.caps = Caps(1, 1)
    world.__post_init__()
    await world.ports.spending.book(10)
    await world.send(world.tap("inwords", asked))
    assert world.jobs() == []
    assert world.messenger.taps[-1].alert


async def test_twice(world: World) -> None:
    """On both hops an update may come twice: one purchase, whatever the model says the second time."""
    said = iter(["draw", "answer"])
    world.text_model.read = lambda talk: Answer((json.dumps({"act": next(said), "sure": 1}),))
    message = world.message(PLAIN)
    await world.deliver(message)
    await world.deliver(message)
    first, second = [task for task in world.tasks.tasks if task.path == "/updates"]
    await world.run_task(first)
    world.tasks.tasks.remove(first)
    await world.settle()
    await world.run_task(second)
    await world.deliver(message)
    await world.settle()
    assert len(world.jobs()) == len(pictures(world)) == 1
    world.check_money()


async def test_forwarded_unchanged(world: World) -> None:
    """`bot` hands the same bytes on, with when they came and how often they were put off."""
    message = world.message(PLAIN)
    received_at = world.now - timedelta(seconds=30)
    await world.deliver(message, deferrals=2, received_at=received_at)
    [task] = world.tasks.tasks
    assert task == Task(
        "chat",
        "/updates",
        json.dumps(message).encode(),
        None,
        {
            "Content-Type": "application/json",
            "X-Nanobanana-Deferrals": "2",
            "X-Nanobanana-Received": received_at.isoformat(),
        },
    )
    assert world.store.collection("inbox") == {}


# --- edits of messages ---


async def test_edit_of_what_was_asked_about(world: World) -> None:
    """New words for a message that was asked about are asked about too, not bought."""
    message = world.message("fox")
    await world.send(message)
    await world.send(world.edited(message, "a red fox in the snow"))
    assert world.jobs() == []
    assert "a red fox in the snow" in world.shown().text
    await world.send(world.tap("inwords", world.shown()))
    assert question_of(answers(world)[0]).words == "a red fox in the snow"


async def test_edit_of_what_was_answered_in_a_word(world: World) -> None:
    """An edit of a message that led to nothing is read as if it were new."""
    says(world, act="answer")
    message = world.message("thanks!")
    await world.send(message)
    await world.send(world.edited(message, PLAIN))
    assert len(answers(world)) == 1


async def test_new_words_for_an_understood_wish(world: World) -> None:
    """Words that the person edits while the picture waits are theirs: the card no longer says "understood"."""
    says(world, act="draw", prompt="A red fox")
    message = world.message(PLAIN)
    await world.deliver(message)
    await world.run_next()
    await world.deliver(world.edited(message, "a red fox in the rain"))
    assert labels(world.shown()) == ["✕ Cancel"]
    await world.settle()
    assert [request_of(job).prompt for job in pictures(world)] == ["a red fox in the rain"]


# --- the mode itself ---


async def test_choose(world: World) -> None:
    """/mode shows the four modes, and the chosen one counts from then on, for this place alone."""
    await world.send(world.message("/mode"))
    prices = ["≤ 0", "✅ ≤ 4", "≤ 14", "≤ 24"]
    assert labels(world.shown()) == ["✅ 🪄 Auto", "🖼 Picture", "🎬 Video", "💬 Chat", *prices]
    await world.send(world.tap("mode;picture", world.shown()))
    assert labels(world.shown()) == ["🪄 Auto", "✅ 🖼 Picture", "🎬 Video", "💬 Chat"]
    await world.send(world.message(PLAIN))
    assert len(pictures(world)) == 1
    await world.send(world.message(f"/image@{await world.messenger.username()}", chat_id=GROUP))
    assert world.user().talk.places[HERE].mode == "picture"


async def test_choose_what_is_asked_about(world: World) -> None:
    """The price limit without a question is chosen beside *Auto*; 0: the bot always asks."""
    says(world, act="draw")
    await world.send(world.message("/mode"))
    panel = world.shown()
    await world.send(world.tap_data("1;above;14;1", panel.message_id), world.tap("above;0", panel))
    assert labels(world.shown())[4:] == ["✅ ≤ 0", "≤ 4", "≤ 14", "≤ 24"]
    await world.send(world.message(PLAIN))
    assert pictures(world) == []
    await world.send(world.tap("above;24", panel), world.message("/settings"))
    await world.send(world.tap("set;model;best", world.shown()), world.message(PLAIN))
    assert [request_of(job).price for job in pictures(world)] == [14]


async def test_the_other_default(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With *Picture* as the default, plain words are a picture until *Auto* is chosen."""
    monkeypatch.setattr(talk, "DEFAULT_MODE", "picture")
    await world.send(world.message(PLAIN))
    assert len(pictures(world)) == 1
    await world.send(world.message("/mode"))
    await world.send(world.tap("mode;auto", world.shown()))
    await world.send(world.message(SKY))
    assert len(answers(world)) == 1


async def test_new_chooses_no_mode(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """/new leaves the mode to the default, also when that changes with a release."""
    monkeypatch.setattr(talk, "DEFAULT_MODE", "picture")
    await world.send(world.message("/new"))
    monkeypatch.setattr(talk, "DEFAULT_MODE", "auto")
    assert talk.mode_in(world.user().talk, HERE) == "auto"
    assert talk.mode_in(TalkSettings({HERE: TalkPlace(world.now, mode="dream")}), HERE) == "auto"  # type: ignore[arg-type]


# --- descriptions, and texts that the app split ---


@pytest.mark.parametrize("words", ["a red cat on a fence, watercolour", "рыжий кот на заборе, акварель"])
async def test_a_description(world: World, words: str) -> None:
    """A description becomes a picture without a model; its card shows that, with *Only answer*."""
    await world.deliver(world.message(words))
    assert world.text_model.talks == []
    assert f"Understood as a picture: “{words}”" in world.shown().text
    assert labels(world.shown()) == ["✕ Cancel", "💬 Only answer"]
    await world.settle()
    assert [(job.state, request_of(job).prompt) for job in pictures(world)] == [(JobState.DELIVERED, words)]
    world.check_money()


async def test_a_description_in_a_format(world: World) -> None:
    """A wide format at its end is the picture's, and no part of its words."""
    await world.send(world.message("a red fox in the snow 16:9"))
    [task] = world.model.tasks
    assert (task.prompt, task.ratio) == ("a red fox in the snow", "16:9")


async def test_a_description_that_is_dear(world: World) -> None:
    """Above what a person lets be spent so, a description is asked about as what a model has read."""
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;model;best", world.shown()))
    await world.send(world.message("a red cat on a fence, watercolour"))
    assert labels(world.shown()) == ["🎨 Draw this · 14 credits", "✨ Improve", "💬 Answer"]
    assert pictures(world) == []


async def test_a_prompt_for_another_bot(world: World) -> None:
    """Words with "--ar" are a picture, and what nobody here knows is said to be unused."""
    await world.deliver(world.message("a lonely tram at night --ar 9:16 --v 6"))
    assert "Not used: --v 6" in world.shown().text
    await world.settle()
    assert [request_of(job).ratio for job in pictures(world)] == ["9:16"]


@pytest.mark.parametrize("words", ["hurry up, I wait", "wrong one", "переделай её"])
async def test_what_is_said_to_us(world: World, words: str) -> None:
    """A model that takes for a new picture what is said to the bot, or refers back, buys nothing."""
    says(world, act="draw", sure=1)
    await world.send(world.message("draw a red fox"), world.message(words))
    assert [request_of(job).prompt for job in pictures(world)] == ["draw a red fox"]


PART = "a meadow with one more flower, " * 132
"""As long as the app lets a message be."""


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_a_split_text(world: World, order: tuple[int, ...]) -> None:
    """A text in two messages is one: no part of it is bought, with a model that takes all for a picture."""
    says(world, act="draw", sure=1)
    parts = [world.message(PART[:4096]), world.message("and a boat on the lake")]
    for number in order:
        await world.deliver(parts[number])
    await world.settle()
    assert pictures(world) == []


@pytest.mark.parametrize(
    ("beginning", "wanted"),
    [("Explain this to me: ", "answer"), ("Draw ", "picture"), ("/image ", "picture"), ("", "question")],
)
async def test_a_long_text(world: World, beginning: str, wanted: str) -> None:
    """One that is nearly too long is decided on once nothing follows: by the rules, or by the person, for free."""
    text = (beginning + PART)[:4000].strip()
    command: Json = {"entities": [{"type": "bot_command", "offset": 0, "length": 6}]} if beginning == "/image " else {}
    await world.send(world.message(text, **command))
    assert world.text_model.talks == [] or wanted == "answer"
    assert (len(answers(world)), len(pictures(world))) == (int(wanted == "answer"), int(wanted == "picture"))
    assert ("💬 Answer" in labels(world.shown())) == (wanted == "question")


async def test_a_greeting_names_both(world: World) -> None:
    """A person who says hello, or nothing, is told that they may ask or describe; in *Picture* only the latter."""
    await world.send(world.message("hello"))
    assert "Ask me anything" in world.shown().text
    await world.send(world.message("?"))
    assert "Ask me something" in world.shown().text
    await world.send(world.message("/mode"))
    await world.send(world.tap("mode;picture", world.shown()), world.message("hello"))
    assert "Ask me" not in world.shown().text


def test_the_default() -> None:
    """The settings of a new person in this release."""
    assert talk.DEFAULT_MODE == "auto"
