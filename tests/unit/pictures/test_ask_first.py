"""Nothing is bought that was not meant: what is no wish is answered for free, what may be one is asked about."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from shared.jobs.job import JobState
from shared.people.accounts import open_user
from shared.people.user_documents import user_key
from shared.people.users import Waiting
from shared.people.waiting import stop_waiting, wait_for_words
from shared.pictures.open_drafts import CREATING_TRIES
from shared.pictures.picture import request_of
from shared.ports import Update
from shared.telegram.address import chat_of
from tests.unit.pictures.albums import references
from tests.world import GROUP, ME, OTHER, World, changes_card, writes_to

FORWARDED: dict[str, Any] = {"forward_origin": {"type": "user"}}
HINT = "Write what you want to see"


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("?", HINT), ("...", HINT), ("👍", HINT), ("ok cool", HINT), ("thanks", "You are welcome"),
        ("спасибо большое", "You are welcome"),
        ("hello", "Hi!"), ("16:9 4K", "belong to a picture"), ("again", "Which picture shall I repeat"),
        ("не так", HINT), ("красота какая", HINT), ("спасибо, очень красиво получилось", "You are welcome"),
        ("в 4к пожалуйста", "belong to a picture"), ("16 на 9", "belong to a picture"),
        ("ещё такую же", "Which picture shall I repeat"), ("try another", "Which picture shall I repeat"),
    ],
)  # fmt: skip
async def test_what_is_no_wish(world: World, words: str, answer: str) -> None:
    """Marks, thanks, greetings and parameters alone get a short answer without a button."""
    await world.send(world.message(words))
    [shown] = world.messenger.messages(ME)
    assert answer in shown.text
    assert shown.buttons == ()
    assert world.jobs() == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("fox", "One word can mean much"), ("what is a fox", "looks like a question"), ("can you sing?", "question"),
        ("https://example.com/fox", "cannot open links"), ("like this www.example.com please", "cannot open links"),
    ],
)  # fmt: skip
async def test_what_may_be_a_wish(world: World, words: str, why: str) -> None:
    """A word, a question or a link is asked about for free; the button draws it, once however often it is pressed."""
    await world.send(world.message(words))
    question = world.shown()
    assert why in question.text
    assert [button.label for row in question.buttons for button in row] == ["🎨 Draw this · 4 credits", "✨ Improve"]
    assert world.user().account.held == 0
    await world.send(*(world.tap("draw;", question) for _ in range(3)))
    assert [request_of(job).prompt for job in world.jobs()] == [words]
    assert chat_of(world.job()).card_message_id == question.message_id
    world.check_money()


async def test_a_press_before_the_card_is_written_down(world: World) -> None:
    """If a press comes before the message id is stored, the pressed message becomes the job's card."""

    async def press() -> None:
        await world.deliver(world.tap("draw;", world.shown()))

    world.store.interrupt(changes_card, press)
    await world.send(world.message("fox"))
    assert world.messenger.sent("delete_message") == []
    assert [shown.kind for shown in world.messenger.messages(ME)] == ["photo"]
    world.check_money()


@pytest.mark.parametrize("words", ["a red fox", "fox 16:9", "Can you draw a fox?", "нарисуй лису", "/image fox"])
async def test_what_is_a_wish(world: World, words: str) -> None:
    """A plain picture request is not asked about."""
    await world.send(world.message(words))
    assert world.job().state is JobState.DELIVERED


TALK = [
    "не надо так", "ну ты где", "ты лучший", "верни деньги", "погоди секунду", "долго ещё", "ой не туда",
    "спасибо а можно ещё", "wrong one", "i don't like it", "hurry up", "thanks but it is too dark",
]  # fmt: skip


@pytest.mark.parametrize("words", TALK)
async def test_talk(world: World, words: str) -> None:
    """A few words of talk buy nothing: before a picture, after one, and in reply to one."""
    await world.send(world.message(words))
    assert "Shall I draw" in world.shown().text
    await world.send(world.message("a red fox in the snow"))
    picture = world.shown()
    await world.send(world.message(words))
    assert "do you mean the last picture" in world.shown().text
    await world.send(world.reply(words, picture))
    assert "Shall I draw" in world.shown().text
    assert len(world.jobs()) == 1
    await world.send(world.tap("draw;", world.shown()))
    assert request_of(world.jobs()[1]).parent_id == world.jobs()[0].id


@pytest.mark.parametrize(
    "words",
    [
        "переделай её", "исправь глаза", "другой вариант", "давай другую", "сделай поярче", "сделай фон синим",
        "и шляпу", "удали это", "такую же но ночью", "delete it", "make the sky purple",
    ],
)  # fmt: skip
async def test_what_is_about_the_last_picture(world: World, words: str) -> None:
    """An order to change something is asked about, since no picture was replied to; in reply it is carried out."""
    await world.send(world.message("a red fox in the snow"))
    picture = world.shown()
    await world.send(world.message(words))
    assert "do you mean the last picture" in world.shown().text
    await world.send(world.reply(words, picture))
    assert [request_of(job).parent_id for job in world.jobs()] == [None, world.jobs()[0].id]


async def test_the_last_picture_after_a_question(world: World) -> None:
    """A question about the last picture in between does not make the bot forget which one it is; one word does."""
    await world.send(world.message("a red fox in the snow"))
    await world.send(world.message("wrong one"), world.message("fix it"))
    question = world.shown()
    assert "do you mean the last picture" in question.text
    await world.send(world.message("fox"), world.message("fix it"))
    assert "Shall I draw" in world.shown().text
    await world.send(world.tap("drawlast;", question))
    assert [request_of(job).parent_id for job in world.jobs()] == [None, world.jobs()[0].id]


@pytest.mark.parametrize(
    "words",
    [
        "another fox", "другой город в облаках", "котик в шляпе", "сделай логотип кофейни",
        "не грусти, малыш: открытка другу на праздник",
        "you and me on the far moon", "спасибо, теперь нарисуй кота", "no people, an empty beach at sunset",
    ],
)  # fmt: skip
async def test_what_only_begins_like_talk(world: World, words: str) -> None:
    """A wish that begins with such a word is a wish, after a picture too."""
    await world.send(world.message("a red fox in the snow"), world.message(words))
    assert [request_of(job).prompt for job in world.jobs()][1:] == [words]


async def test_no(world: World) -> None:
    """After a "no" a "yes" buys nothing; the button of the question still does."""
    await world.send(world.message("fox"))
    question = world.shown()
    await world.send(world.message("нет"), world.message("да"))
    assert world.jobs() == []
    await world.send(world.tap("draw;", question))
    assert request_of(world.job()).prompt == "fox"


@pytest.mark.parametrize(("word", "command"), [("отмнеа", "/cancel"), ("атмена", "/cancel"), ("стооп", "/cancel")])
async def test_a_misspelled_command(world: World, word: str, command: str) -> None:
    """One word that is nearly a command is asked about with that command."""
    await world.send(world.message(word))
    assert f"Did you mean {command}? Or shall I draw “{word}”?" in world.shown().text


async def test_yes_in_words(world: World) -> None:
    """Saying yes is as good as pressing the button, and does not buy twice."""
    await world.send(world.message("fox"))
    question = world.shown()
    await world.send(world.message("yes please"), world.tap("draw;", question))
    assert request_of(world.job()).prompt == "fox"
    world.check_money()


async def test_another_wish_instead_of_yes(world: World) -> None:
    """Another request is handled; the button of the old question still works."""
    await world.send(world.message("fox"))
    question = world.shown()
    await world.send(world.message("a blue whale at sea"))
    assert [request_of(job).prompt for job in world.jobs()] == ["a blue whale at sea"]
    await world.send(world.tap("draw;", question))
    assert [request_of(job).prompt for job in world.jobs()][1:] == ["fox"] or len(world.jobs()) == 2


async def test_forwarded_post(world: World) -> None:
    """Forwarded words are not one's own: a text is asked about, the caption of a photo is not used."""
    await world.send(world.message("the news of today are long", **FORWARDED))
    assert "This text is from another message" in world.shown().text
    await world.send(world.photo("our holidays in Spain", **FORWARDED))
    assert "Got the picture" in world.shown().text
    await world.send(world.message("a fox that somebody found", via_bot={"id": 77}))
    assert "This text is from another message" in world.shown().text
    assert world.jobs() == []


async def test_photo_with_a_question(world: World) -> None:
    """A question about a photo is asked about, and its *Draw this* edits the photo."""
    await world.send(world.photo("what is this?"))
    await world.send(world.tap("draw;", world.shown()))
    assert len(references(world)) == 1
    await world.send(world.photo("thanks"))
    assert "Got the picture" in world.shown().text


@pytest.mark.parametrize("words", ["thanks", "?", "super"])
async def test_chatter_in_reply(world: World, words: str) -> None:
    """Thanks in reply to a picture buy nothing."""
    await world.send(world.message("a red fox"))
    await world.send(world.reply(words, world.shown()))
    assert len(world.jobs()) == 1


async def test_one_word_in_reply(world: World) -> None:
    """One word in reply to a picture is asked about, and then changes that picture."""
    await world.send(world.message("a red fox"))
    await world.send(world.reply("blue", world.shown()))
    await world.send(world.tap("draw;", world.shown()))
    assert request_of(world.jobs()[1]).parent_id == world.jobs()[0].id


async def test_words_about_the_last_picture(world: World) -> None:
    """ "Now at night" may mean the last picture: both are offered, and only one of them is made."""
    await world.send(world.message("a red fox"))
    await world.send(world.message("now at night"))
    question = world.shown()
    assert "do you mean the last picture" in question.text
    await world.send(world.tap("drawlast;", question), world.tap("draw;", question))
    [first, second] = world.jobs()
    assert request_of(second).parent_id == first.id
    world.check_money()


async def test_words_about_no_picture(world: World) -> None:
    """The same words without a picture before them are a wish."""
    await world.send(world.message("now at night, a red fox"))
    assert request_of(world.job()).parent_id is None


@pytest.mark.parametrize(
    ("words", "told", "wanted"),
    [
        ("a fox 5:7", "5:7 is not available, the nearest is 3:4. Shall I draw it with", ("3:4", "1K", 1)),
        ("a fox x9", "x9 is not available, the nearest is x4", ("1:1", "1K", 4)),
        ("/image a fox 8K", "8K is not available, the nearest is 4K", ("1:1", "4K", 1)),
    ],
)
async def test_what_cannot_be_had(world: World, words: str, told: str, wanted: tuple[str, str, int]) -> None:
    """A format, size or number that is not sold is told with the nearest, before anything is held."""
    await world.send(world.message(words))
    assert told in world.shown().text
    assert world.jobs() == []
    await world.send(world.tap("draw;", world.shown()))
    jobs = world.jobs()
    assert (request_of(jobs[0]).ratio, request_of(jobs[0]).size, len(jobs)) == wanted
    assert {request_of(job).prompt for job in jobs} == {"a fox"}


async def test_ratio_the_model_does_not_paint(world: World) -> None:
    """A ratio that only the other model paints is told with the nearest."""
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;model;best", world.shown()))
    await world.send(world.message("a long snake 1:8"))
    assert "1:8 (Nano Banana Pro) is not available, the nearest is " in world.shown().text
    assert world.jobs() == []


async def test_other_bots_parameters(world: World) -> None:
    """Flags of other bots are ignored, and the card says so."""
    await world.deliver(world.message("a red fox --v 6 --ar 16:9"))
    assert "Not used: --v 6" in world.shown().text
    await world.settle()
    assert (world.model.tasks[0].prompt, world.model.tasks[0].ratio) == ("a red fox", "16:9")


async def test_reply_to_somebodys_words(world: World) -> None:
    """Pointing at somebody's text draws that text: after a command at once, else after a question."""
    theirs = {"message_id": 5, "from": {"id": OTHER}, "text": "a ship in a bottle"}
    await world.send(world.message("/image", reply_to_message=theirs, chat_id=GROUP))
    assert request_of(world.job()).prompt == "a ship in a bottle"
    await world.send(world.message("draw this", reply_to_message=theirs))
    assert "a ship in a bottle" in world.shown().text
    await world.send(world.message("but in the desert sand", reply_to_message=theirs))
    await world.send(world.tap("draw;", world.shown()))
    assert request_of(world.jobs()[1]).prompt == "but in the desert sand: a ship in a bottle"


async def test_reply_to_what_cannot_be_used(world: World) -> None:
    """A video that is replied to cannot be used, and the words are not painted without it."""
    video = {"message_id": 5, "from": {"id": ME}, "video": {"file_id": "v"}}
    await world.send(world.message("redraw it as a photo", reply_to_message=video))
    assert "cannot draw from a video" in world.shown().text
    sticker = {
        "message_id": 6,
        "from": {"id": ME},
        "sticker": {"file_id": world.messenger.add_file(b"\x89PNG\r\n\x1a\n1")},
    }
    await world.send(world.message("redraw it as a photo", reply_to_message=sticker))
    assert len(request_of(world.job()).references) == 1


async def test_nobodys_question(world: World) -> None:
    """Another person's button, a forged one and that of a question long gone do nothing."""
    await world.send(world.message("fox"))
    question = world.shown()
    await world.send(world.tap("draw;", question, user_id=OTHER, chat_id=ME))
    assert "somebody else" in world.messenger.taps[-1].toast
    for data in ("1;draw;x", "1;draw", "1;draw;AAAAAAAAAAAAAAAA"):
        await world.send(world.tap_data(data, 5))
        assert "menu is old" in world.messenger.taps[-1].toast
    assert world.jobs() == []


async def test_question_that_was_answered_by_a_new_wording(world: World) -> None:
    """An edit of words that were asked about is read anew, and the old question is over."""
    message = world.message("fox")
    await world.send(message)
    question = world.shown()
    await world.send(world.edited(message, "a fox in the snow"))
    assert request_of(world.job()).prompt == "a fox in the snow"
    await world.send(world.tap("draw;", question))
    assert len(world.jobs()) == 1
    world.check_money()


async def test_edit_of_a_declined_request(world: World) -> None:
    """The corrected text of a message that was declined is taken."""
    message = world.message("a tower " * 600)
    await world.send(message)
    assert "characters" in world.shown().text
    await world.send(world.edited(message, "a tower at dusk"))
    assert request_of(world.job()).prompt == "a tower at dusk"


async def test_edit_of_a_finished_picture(world: World) -> None:
    """An edit after delivery offers a new version, once, from the same material."""
    photo = world.photo("make it blue")
    await world.send(photo)
    edit = world.edited(photo, "make it green")
    await world.send(edit, edit | {"update_id": 77})
    question = world.shown()
    assert "begun with the first wording" in question.text
    await world.send(world.tap("draw;", question), world.tap("draw;", question))
    assert [request_of(job).prompt for job in world.jobs()] == ["make it blue", "make it green"]
    assert len(references(world, 1)) == 1
    world.check_money()


async def test_edit_while_it_waits_is_seen(world: World) -> None:
    """The card of a waiting picture shows the corrected words."""
    message = world.message("a red fox")
    await world.deliver(message)
    await world.deliver(world.edited(message, "a green fox"))
    assert "“a green fox”" in world.shown().text


async def test_out_of_credits(world: World) -> None:
    """A person who cannot pay is not invited to: no button, but when the next credits come."""
    await world.give(3)
    await world.send(world.message("fox"))
    assert world.shown().buttons == ()
    assert "3 January 2026 00:00" in world.shown().text
    await world.send(world.photo())
    assert world.shown().force_reply is None
    assert "3 January 2026 00:00" in world.shown().text


async def test_declined_by_the_button(world: World) -> None:
    """Credits that were spent between the question and its button are missed in an alert; the question stays."""
    await world.give(4)
    await world.send(world.message("fox"))
    question = world.shown()
    await world.send(world.message("a red fox"))
    await world.send(world.tap("draw;", question))
    assert world.messenger.taps[-1].alert
    assert len(world.jobs()) == 1


async def test_asked_at_once(world: World) -> None:
    """Two deliveries of a doubtful message at the same moment ask once."""
    message = world.message("fox")
    await asyncio.gather(world.deliver(message), world.deliver(message | {"update_id": 99}))
    await world.settle()
    assert sum("One word" in shown.text for shown in world.messenger.messages(ME)) == 1


async def test_daily_allowance(world: World) -> None:
    """Once a UTC day an account that cannot pay for one picture is topped up to one; a full one is not."""
    await world.give(1)
    world.clock.advance(24 * 3600)
    await world.send(world.message("/balance"), world.message("/balance"))
    assert world.user().account.available == 4
    await world.send(world.message("a red fox"), world.message("a blue fox in the sea"))
    assert len(world.jobs()) == 1
    world.clock.advance(24 * 3600)
    await world.send(world.message("a blue fox in the sea"))
    assert len(world.jobs()) == 2
    assert world.user().account.available == 0
    world.check_money()


async def test_nothing_to_draw(world: World) -> None:
    """A doubtful wish that could not be taken anyway is declined at once."""
    huge = {"file_id": "huge", "mime_type": "image/png", "file_size": 21 * 1024 * 1024}
    await world.send(world.message(caption="fox", document=huge))
    assert "up to 20 MB" in world.shown().text


async def test_yes_to_somebody_elses_question(world: World) -> None:
    """Another person's "yes" in a group buys nothing, for nobody."""
    await world.send(world.message("/image a fox 5:7", chat_id=GROUP))
    await world.send(world.reply("yes", world.shown(GROUP), user_id=OTHER, chat_id=GROUP))
    assert world.jobs() == []
    await world.send(world.reply("yes", world.shown(GROUP), chat_id=GROUP))
    assert len(world.jobs()) == 1


async def test_yes_without_credits(world: World) -> None:
    """A "yes" that cannot be paid says so."""
    await world.give(4)
    await world.send(world.message("fox"))
    question = world.shown()
    await world.send(world.message("a red fox"))
    await world.send(world.reply("yes", question))
    assert "This costs 4 credits" in world.shown().text


async def test_album_in_reply_to_an_unfinished_picture(world: World) -> None:
    """An album in reply to a picture that is still being made is declined on its card."""
    await world.deliver(world.message("a red fox"))
    card = world.shown()
    replied = {"message_id": card.message_id, "from": {"id": world.ports.bot_id, "is_bot": True}}
    await world.deliver(world.photo("a collage of these", media_group_id="9", reply_to_message=replied))
    world.clock.advance(-1)
    [task] = [task for task in world.tasks.tasks if task.path == "/drafts"]
    world.tasks.tasks.remove(task)
    await world.run_task(task)
    assert any("not finished yet" in shown.text for shown in world.messenger.messages(ME))


async def test_question_that_was_not_sent(world: World) -> None:
    """A question that was not sent is forgotten, but not another one that is open meanwhile."""
    await world.send(world.message("a red fox"))
    question = Waiting(ME, None, "job", world.job().id, world.now)
    for waiting in (question, replace(question, id="another")):
        assert await wait_for_words(world.ports, await open_user(world.ports, ME), waiting)
    await stop_waiting(world.ports, question, ME)
    assert world.user().waiting is not None
    await stop_waiting(world.ports, replace(question, id="another"), ME)
    assert world.user().waiting is None


async def test_question_about_what_cannot_be_paid(world: World) -> None:
    """A question about a picture that the credits do not buy says which one they do buy, and has no button."""
    await world.give(5)
    await world.send(world.message("a fox 8K"))
    assert "Yours are enough for a small picture for 4" in world.shown().text
    assert world.shown().buttons == ()


async def test_words_for_a_picture_whose_edit_was_pressed(world: World) -> None:
    """After *Edit* the next plain message changes that picture, also with one word."""
    await world.send(world.message("a red fox"))
    picture = world.job()
    question = Waiting(ME, None, "job", picture.id, world.now)
    opened = await open_user(world.ports, ME)
    assert await wait_for_words(world.ports, opened, question)
    assert not await wait_for_words(world.ports, await open_user(world.ports, ME), question)
    world.clock.advance(61)
    again = replace(question, asked_at=world.now)
    assert await wait_for_words(world.ports, opened, again)
    await world.send(world.message("blue"))
    assert request_of(world.jobs()[1]).parent_id == picture.id
    await world.send(world.message("a lighthouse in a storm"))
    assert request_of(world.jobs()[2]).parent_id is None


async def test_picture_whose_edit_was_pressed_is_gone(world: World) -> None:
    """Words for a picture that is no longer stored are a wish of their own."""
    await world.send(world.message("/help"))
    gone = Waiting(ME, None, "job", "AAAAAAAAAAAAAAAA", world.now)
    assert await wait_for_words(world.ports, await open_user(world.ports, ME), gone)
    await world.send(world.message("a lighthouse in a storm"))
    assert request_of(world.job()).parent_id is None


async def test_parent_is_gone_when_yes_is_said(world: World) -> None:
    """A question about a picture whose document is gone meanwhile is declined."""
    await world.send(world.message("a red fox"))
    await world.send(world.reply("blue", world.shown()))
    for key in [key for key in world.store._documents if key.collection == "jobs"]:
        del world.store._documents[key]
    await world.send(world.tap("draw;", world.shown()))
    assert "deleted" in world.messenger.taps[-1].toast


async def test_question_that_was_taken_back(world: World) -> None:
    """The button of a question whose words were edited into thanks does nothing."""
    message = world.message("fox")
    await world.send(message)
    question = world.shown()
    await world.send(world.edited(message, "thanks"), world.tap("draw;", question))
    assert "menu is old" in world.messenger.taps[-1].toast
    assert world.jobs() == []


@pytest.mark.parametrize("words", ["fox", "what is a fox?", "a fox x9"])
async def test_asked_again_by_a_second_delivery(world: World, words: str) -> None:
    """A doubtful message that comes again, under another update id, does not answer its own question."""
    message = world.message(words)
    await world.send(message, message | {"update_id": 77}, message | {"update_id": 78})
    assert world.jobs() == []
    assert len(world.messenger.messages(ME)) == 1


async def test_answer_by_a_second_delivery(world: World) -> None:
    """One word that answered a question is not asked about when it comes again."""
    await world.send(world.photo())
    answer = world.message("watercolour")
    await world.send(answer, answer | {"update_id": 77})
    assert len(world.jobs()) == 1
    assert not any("One word" in shown.text for shown in world.messenger.messages(ME))


@pytest.mark.parametrize("words", ["yes please", "draw this", "давай рисуй", "ok go", "this one please"])
async def test_yes_to_nothing(world: World, words: str) -> None:
    """Agreement where nothing was asked buys nothing, and a way on is named."""
    await world.send(world.message(words))
    assert world.jobs() == []
    assert "write what you want" in world.shown().text or "What shall I draw?" in world.shown().text


async def test_asked_by_another_delivery_meanwhile(world: World) -> None:
    """A second delivery that asks first leaves nothing to be asked."""
    message = world.message("fox")
    world.store.interrupt(writes_to("drafts"), lambda: world.deliver(message | {"update_id": 77}))
    await world.send(message)
    assert len(world.messenger.messages(ME)) == 1


async def test_command_in_reply_to_nothing_to_draw(world: World) -> None:
    """/image in reply to a message without words or a picture says how to ask."""
    await world.send(world.reply("/image", 77, sender_id=OTHER))
    assert HINT in world.shown().text or "/image" in world.shown().text
    assert world.jobs() == []


async def test_doubtful_words_about_a_deleted_picture(world: World) -> None:
    """One word in reply to a picture that was deleted is not asked about: what it would start from is gone."""
    await world.send(world.message("a red fox"))
    await world.settle()
    picture = world.shown()
    await world.send(world.tap("delete", picture))
    await world.send(world.tap("erase", world.shown()))
    await world.send(world.reply("wolf", world.shown()))
    assert "deleted" in world.shown().text
    assert len(world.jobs()) == 1


@pytest.mark.parametrize(("others", "deferrals"), [(2, 0), (CREATING_TRIES, 1)])
async def test_a_person_who_is_written_all_the_time(
    world: World, others: int, deferrals: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A question is asked once, however often its person is written meanwhile; after some tries a moment later."""
    left = others

    async def write() -> None:
        nonlocal left
        left -= 1
        [record] = await world.store.read([user_key(ME)])
        assert record is not None
        await world.store.commit([Update(record.key, {"counted_by_a_test": left}, record.version)])
        if left:
            world.store.interrupt(writes_to("drafts"), write)

    await world.send(world.message("/help"))
    world.store.interrupt(writes_to("drafts"), write)
    await world.send(world.message("fox"))
    assert len(world.store.collection("drafts")) == 1
    assert capsys.readouterr().out.count("update_deferred") == 2 * deferrals
