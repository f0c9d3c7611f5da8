"""Questions about photos, albums and files: what the model gets, what they cost, and where they come from."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.codec import update
from shared.conversations.answer import answer_of, is_answer, question_of
from shared.conversations.attachment import FILES_TOKENS_MAX, Attachment, Opened, bound_tokens
from shared.conversations.conversation_documents import conversation_key
from shared.conversations.gather_files import AGAIN_FILES_MAX, AGAIN_FOR, CUT_NOTE, _fit
from shared.conversations.tokens import PAGE_TOKENS, count_tokens
from shared.credits.catalogue import FREE_ANSWERS_PER_DAY, TALK, answer_credits
from shared.errors import (
    ConflictError,
    DeliveryUnknownError,
    FileAwayError,
    FileTooLargeError,
    FileTooManyPixelsError,
    FileUnusableError,
    MessageRejectedError,
    TooManyRequestsError,
)
from shared.jobs.job import Job, JobState
from shared.jobs.job_documents import job_key
from shared.jobs.limits import FILE_BYTES_MAX
from shared.people import talk
from shared.people.talk import Mode, TalkSettings
from shared.people.user_documents import user_key
from shared.pictures.picture import is_picture, request_of
from shared.ports import Update
from shared.providers.files import Document
from shared.providers.outcomes import FailureReason, FileRefused
from shared.providers.talk import Line
from tests.fakes.messenger import Shown
from tests.fakes.text_model import Answer
from tests.office_files import make_docx, make_pdf
from tests.unit.pictures.albums import album, picture
from tests.world import BOT_ID, GROUP, ME, OTHER, SNAPSHOT, Json, World, any_commit, writes_to

ABOUT_A_PHOTO = ["👀 What is it?", "📝 Prompt", "🎬 Animate · 16", "🪄 Tools"]
WHAT = "what is this?"


@pytest.fixture
def chat(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Plain words are questions."""
    return use(world, monkeypatch, "chat")


@pytest.fixture
def auto(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Plain words are what they say."""
    return use(world, monkeypatch, "auto")


def use(world: World, monkeypatch: pytest.MonkeyPatch, mode: Mode) -> World:
    monkeypatch.setattr(talk, "DEFAULT_MODE", mode)
    return world


def asked(world: World, which: int = -1) -> Line:
    """What the model was asked last."""
    return world.text_model.talks[which].lines[-1]


def labels(shown: Shown) -> list[str]:
    return [button.label for row in shown.buttons for button in row]


def answers(world: World) -> list[Job]:
    return [job for job in world.jobs() if is_answer(job)]


def pictures(world: World) -> list[Job]:
    return [job for job in world.jobs() if is_picture(job)]


def somebodys(world: World, **fields: object) -> Json:
    """A message of somebody else, to be replied to."""
    return {"message_id": 5, "from": {"id": OTHER, "is_bot": False}, **fields}


def photo_of(content: bytes, world: World) -> list[Json]:
    return [{"file_id": world.messenger.add_file(content), "width": 90, "height": 90, "file_size": len(content)}]


# --- one photo ---


async def test_a_photo_with_a_question(chat: World) -> None:
    """In the mode *Chat* a photo with words is asked about; the job keeps its id at Telegram, and no bytes."""
    await chat.send(chat.photo(WHAT))
    [job] = chat.jobs()
    assert job.state is JobState.DELIVERED
    assert [each.content for each in asked(chat).pictures] == [SNAPSHOT]
    assert asked(chat).text == WHAT
    [file] = question_of(job).files
    assert (file.file_id, file.size_bytes) == (chat.messenger.add_file(SNAPSHOT), len(SNAPSHOT))
    assert "IHDR" not in str(chat.store.collection("jobs"))
    assert (job.request.price, chat.user().talk.free_used) == (0, 1)
    chat.check_money()


async def test_a_photo_and_an_order(chat: World) -> None:
    """Plain orders to change it are still the flow of pictures' in *Chat*."""
    await chat.send(chat.photo("make it blue"))
    assert [len(request_of(job).references) for job in pictures(chat)] == [1]
    assert answers(chat) == []


@pytest.mark.parametrize("mode", ["picture", "auto", "chat"])
async def test_ask_with_a_photo(world: World, monkeypatch: pytest.MonkeyPatch, mode: Mode) -> None:
    """/ask as a caption asks about the photo in every mode, and without words what it is."""
    use(world, monkeypatch, mode)
    await world.send(world.photo(f"/ask {WHAT}"), world.photo("/ask", picture=picture(2)))
    assert [(len(talk.lines[-1].pictures), talk.lines[-1].text) for talk in world.text_model.talks] == [
        (1, WHAT),
        (1, "What is this? Tell me briefly what matters in it."),
    ]


async def test_a_question_in_auto(auto: World) -> None:
    """A photo with a plain question is answered, one with a plain order changed, and no model reads either."""
    await auto.send(auto.photo(WHAT), auto.photo("make it blue", picture=picture(2)))
    assert (len(answers(auto)), len(pictures(auto))) == (1, 1)
    assert len(auto.text_model.talks) == 1


async def test_the_free_question_offers_an_answer(world: World) -> None:
    """In the mode *Picture* a photo with a question is asked about for free: the answer sees the photo."""
    await world.send(world.photo(WHAT))
    assert labels(world.shown()) == ["🎨 Draw this · 4 credits", "✨ Improve", "💬 Answer"]
    await world.send(world.tap("inwords", world.shown()))
    assert len(asked(world).pictures) == 1
    assert asked(world).text == WHAT
    assert pictures(world) == []
    world.check_money()


async def test_only_answer_sees_the_material(auto: World) -> None:
    """*Only answer* on the card of a change answers about the photo that was to be changed, or our picture."""
    auto.text_model.read = lambda talk: Answer(('{"act": "edit", "sure": 1, "which": 0}',))
    update = auto.photo("ears somehow bigger than that")
    await auto.deliver(update)
    [task] = auto.tasks.take_all()
    await auto.run_task(task)
    await auto.deliver(auto.tap("onlywords", auto.shown()))
    await auto.settle()
    assert len(asked(auto).pictures) == 1
    assert [job.state for job in pictures(auto)] == [JobState.CANCELED]


async def test_only_answer_sees_our_picture(auto: World) -> None:
    """The same where the change starts from a picture of ours."""
    await auto.send(auto.message("draw a red fox"))
    auto.text_model.read = lambda talk: Answer(('{"act": "edit", "sure": 1, "which": 0}',))
    await auto.deliver(auto.message("ears somehow bigger than that"))
    [task] = auto.tasks.take_all()
    await auto.run_task(task)
    await auto.deliver(auto.tap("onlywords", auto.shown()))
    await auto.settle()
    assert len(asked(auto).pictures) == 1


# --- without words ---


@pytest.mark.parametrize("mode", ["chat", "auto"])
async def test_a_photo_without_words(world: World, monkeypatch: pytest.MonkeyPatch, mode: Mode) -> None:
    """It is asked for free what is wanted; the next words are a question about it, once."""
    use(world, monkeypatch, mode)
    await world.send(world.photo())
    assert world.jobs() == []
    assert world.shown().text.startswith("🖼 What shall I do with this picture?")
    assert labels(world.shown()) == ABOUT_A_PHOTO
    question = world.message("what breed is this dog?")
    await world.send(question, question)
    [job] = world.jobs()
    assert len(asked(world).pictures) == 1
    await world.send(world.message("who wrote the Iliad?"))
    assert len(answers(world)) == 2
    assert question_of(answers(world)[-1]).files == ()
    assert job.state is JobState.DELIVERED
    world.check_money()


@pytest.mark.parametrize("mode", ["chat", "auto"])
async def test_an_order_after_a_photo(world: World, monkeypatch: pytest.MonkeyPatch, mode: Mode) -> None:
    """Words that change the photo change it."""
    use(world, monkeypatch, mode)
    await world.send(world.photo(), world.message("make it blue"))
    assert [len(request_of(job).references) for job in pictures(world)] == [1]
    assert answers(world) == []


async def test_a_nod_after_a_photo(chat: World) -> None:
    """Words without a request buy nothing, and the question stays open."""
    await chat.send(chat.photo(), chat.message("ok"), chat.message("what breed is this dog?"))
    assert [len(question_of(job).files) for job in chat.jobs()] == [1]


async def test_describe(chat: World) -> None:
    """The button describes the photo, once; afterwards words are questions of their own."""
    await chat.send(chat.photo())
    shown = chat.shown()
    await chat.send(chat.tap("inwords", shown), chat.tap("inwords", shown))
    [job] = chat.jobs()
    assert question_of(job).words == "What is this? Tell me briefly what matters in it."
    assert len(asked(chat).pictures) == 1
    await chat.send(chat.message("who wrote the Iliad?"))
    assert len(answers(chat)) == 2


async def test_photos_one_by_one(chat: World) -> None:
    """Photos without words that come within a minute are asked about together."""
    await chat.send(chat.photo(), chat.photo(picture=picture(2)))
    assert chat.shown().text.startswith("🖼 What shall I do with these 2 pictures?")
    await chat.send(chat.reply("which is older, and why?", chat.shown()))
    assert len(asked(chat).pictures) == 2


async def test_a_reply_to_something_else(chat: World) -> None:
    """A reply to another message of ours is no question about the photo."""
    await chat.send(chat.message("/help"))
    help_shown = chat.shown()
    await chat.send(chat.photo(), chat.reply("what breed is this dog?", help_shown))
    assert answers(chat) == []


async def test_two_deliveries_of_the_words(chat: World) -> None:
    """If another delivery handles the question at the same moment, there is one answer."""
    await chat.send(chat.photo())
    question = chat.message("what breed is this dog?")
    chat.store.interrupt(writes_to("drafts", state="closed"), lambda: chat.deliver(question))
    await chat.send(question)
    assert len(chat.jobs()) == 1
    assert len(chat.text_model.talks) == 1
    chat.check_money()


async def test_the_question_is_gone(chat: World) -> None:
    """A question whose document has expired in between is answered all the same."""
    await chat.send(chat.photo())
    question = chat.message("what breed is this dog?")

    async def expire() -> None:
        for key in [key for key in chat.store._documents if key.collection == "drafts"]:
            del chat.store._documents[key]
        raise ConflictError

    chat.store.interrupt(any_commit, expire)
    await chat.send(question)
    assert len(chat.jobs()) == 1


async def test_a_forwarded_photo(chat: World) -> None:
    """Somebody else's caption asks us nothing: it is asked what is wanted."""
    await chat.send(chat.photo("what is 2 + 2?", forward_origin={"type": "user", "date": 0}))
    assert chat.jobs() == []
    assert labels(chat.shown()) == ABOUT_A_PHOTO


@pytest.mark.parametrize("mode", ["chat", "auto"])
async def test_words_that_ask_nothing(world: World, monkeypatch: pytest.MonkeyPatch, mode: Mode) -> None:
    """Thanks and nods beside a photo or a file are no question: it is asked what is wanted."""
    use(world, monkeypatch, mode)
    await world.send(world.file(b"one", "a.txt", "thanks!"))
    assert labels(world.shown()) == ["👀 What is it?"]
    await world.send(world.photo("👍", picture=picture(7), user_id=OTHER))
    assert labels(world.shown(OTHER)) == ABOUT_A_PHOTO
    assert world.jobs() == []


# --- albums ---


async def test_album(chat: World) -> None:
    """Parts that come in any order are one question, with all pictures in the order in which they were sent."""
    parts = album(chat, 3, "which is the odd one out?")
    await chat.send(*reversed(parts))
    [job] = chat.jobs()
    assert [each.content for each in asked(chat).pictures] == [picture(number) for number in range(3)]
    assert asked(chat).text == "which is the odd one out?"
    assert len(chat.messenger.messages(ME)) == 1
    assert job.state is JobState.DELIVERED
    chat.check_money()


@pytest.mark.parametrize("mode", ["chat", "auto"])
async def test_words_after_an_album(world: World, monkeypatch: pytest.MonkeyPatch, mode: Mode) -> None:
    """A question that is sent while the parts still come is the album's caption."""
    use(world, monkeypatch, mode)
    await world.send(*album(world, 2, ""), world.message("which one is older?"))
    [job] = world.jobs()
    assert len(asked(world).pictures) == 2
    assert question_of(job).words == "which one is older?"


async def test_album_with_ask(world: World) -> None:
    """/ask as an album's caption asks about all of it in every mode, also where it comes last or has no words."""
    parts = album(world, 2, f"/ask {WHAT}")
    await world.send(*reversed(parts))
    assert (len(asked(world).pictures), asked(world).text) == (2, WHAT)
    await world.send(
        *[part | {"message": part["message"] | {"media_group_id": "78"}} for part in album(world, 2, "/ask")]
    )
    assert len(asked(world).pictures) == 2


async def test_album_with_an_order(chat: World) -> None:
    """An order, or /image, is a picture in *Chat* too."""
    await chat.send(*album(chat, 2, "make it blue"))
    again = album(chat, 2, "/image in the snow")
    await chat.send(*[part | {"message": part["message"] | {"media_group_id": "78"}} for part in again])
    assert [len(request_of(job).references) for job in pictures(chat)] == [2, 2]
    assert answers(chat) == []


async def test_a_late_part_after_the_question(chat: World) -> None:
    """A part that comes after it was asked what is wanted joins, and the question counts it."""
    first, second, late = album(chat, 3, "")
    await chat.send(first, second)
    await chat.send(late)
    assert chat.shown().text.startswith("🖼 What shall I do with these 3 pictures?")
    assert labels(chat.shown()) == ABOUT_A_PHOTO


@pytest.mark.parametrize("mode", ["chat", "auto"])
async def test_album_without_words(world: World, monkeypatch: pytest.MonkeyPatch, mode: Mode) -> None:
    """It is asked what is wanted, and can be described."""
    use(world, monkeypatch, mode)
    await world.send(*album(world, 2, ""))
    assert labels(world.shown()) == ABOUT_A_PHOTO
    await world.send(world.tap("inwords", world.shown()))
    assert len(asked(world).pictures) == 2


async def test_album_in_auto(auto: World) -> None:
    """A plain question is answered, and what leaves a doubt is asked about with both buttons."""
    await auto.send(*album(auto, 2, "which one is older?"))
    assert len(asked(auto).pictures) == 2
    again = album(auto, 2, "ears somehow bigger than that")
    await auto.send(*[part | {"message": part["message"] | {"media_group_id": "78"}} for part in again])
    assert labels(auto.shown()) == ["🎨 Draw this · 4 credits", "✨ Improve", "💬 Answer"]


async def test_album_in_auto_with_an_order(auto: World) -> None:
    """A plain order is bought."""
    await auto.send(*album(auto, 2, "make it blue"))
    assert [len(request_of(job).references) for job in pictures(auto)] == [2]


async def test_album_is_declined(chat: World) -> None:
    """If the album cannot be answered, its card says why."""
    for _ in range(1):
        await chat.send(*album(chat, 2, "what? " + "a" * 4096))
    assert chat.jobs() == []
    assert "4,096" in chat.shown().text


async def test_reply_to_an_album(chat: World) -> None:
    """A reply to one photo of an album that we know is about all of it."""
    parts = album(chat, 3, "which is the odd one out?")
    await chat.send(*parts)
    replied = parts[1]["message"] | {"from": {"id": ME, "is_bot": False}}
    await chat.send(chat.message("/ask and the prettiest?", reply_to_message=replied))
    assert len(asked(chat).pictures) == 3
    unknown = replied | {"media_group_id": "99"}
    await chat.send(chat.message("/ask and this?", reply_to_message=unknown))
    assert len(asked(chat).pictures) == 1


# --- replies ---


async def test_reply_to_somebodys_photo(chat: World) -> None:
    """The replied message is included, with its caption as material."""
    photo = somebodys(chat, photo=photo_of(SNAPSHOT, chat), caption="my cat")
    await chat.send(chat.message(WHAT, reply_to_message=photo))
    assert len(asked(chat).pictures) == 1
    assert asked(chat).text == f"<quoted>my cat</quoted>\n{WHAT}"
    await chat.send(chat.message("/ask", reply_to_message=somebodys(chat, photo=photo_of(SNAPSHOT, chat))))
    assert asked(chat).text.startswith("What is this?")


async def test_reply_to_our_picture(chat: World) -> None:
    """*What is this?* in reply to a picture of ours sees it, and knows what was asked for; an order changes it."""
    await chat.send(chat.message("/image a red fox"))
    shown = chat.shown()
    await chat.send(chat.reply(WHAT, shown))
    assert [each.mime_type for each in asked(chat).pictures] == ["image/jpeg"]
    assert asked(chat).text == f"<quoted>a red fox</quoted>\n{WHAT}"
    await chat.send(chat.reply("make it blue", shown), chat.reply("again", shown))
    assert (len(answers(chat)), len(pictures(chat))) == (1, 3)


async def test_ask_about_our_picture(world: World) -> None:
    """/ask in reply to it, also without words; one that was deleted is not looked at."""
    await world.send(world.message("a red fox"))
    shown = world.shown()
    await world.send(world.reply("/ask", shown))
    assert len(asked(world).pictures) == 1
    await world.deliver(world.tap("delete", shown))
    await world.deliver(world.tap("erase", world.messenger.chats[ME][shown.message_id]))
    await world.send(world.reply(f"/ask {WHAT}", shown))
    assert asked(world).pictures == ()
    await world.send(world.reply("/ask", shown))
    assert world.shown().text.startswith("Put your question")


async def test_reply_in_auto(auto: World) -> None:
    """A question in reply to our picture, or about a doubt that starts from it, sees the picture."""
    await auto.send(auto.message("draw a red fox"))
    shown = auto.shown()
    await auto.send(auto.reply(WHAT, shown))
    assert len(asked(auto).pictures) == 1
    await auto.send(auto.reply("ears somehow bigger than that", shown))
    await auto.send(auto.tap("inwords", auto.shown()))
    assert len(asked(auto).pictures) == 1


async def test_a_photo_in_reply_to_an_answer(world: World) -> None:
    """A photo with a question goes on with the answer that it replies to; one with an order is a picture."""
    await world.send(world.message(f"/ask {WHAT}"))
    shown = world.shown()
    answer = {"message_id": shown.message_id, "from": {"id": BOT_ID, "is_bot": True}}
    await world.send(world.photo("what breed is it?", reply_to_message=answer))
    assert len(asked(world).pictures) == 1
    await world.send(world.photo("make it blue", picture=picture(3), reply_to_message=answer))
    assert len(pictures(world)) == 1


async def test_reply_to_an_answer_about_a_file(world: World) -> None:
    """It brings the file again: that is how a long one is asked about once more."""
    await world.send(world.file(make_docx("The code is 4711."), "a.docx", "/ask what is the code?"))
    await world.send(world.reply("and backwards?", world.shown()))
    assert "4711" in asked(world).text


async def test_in_a_group(world: World) -> None:
    """/ask in reply to somebody's photo works in groups."""
    photo = somebodys(world, photo=photo_of(SNAPSHOT, world))
    await world.send(world.message(f"/ask {WHAT}", chat_id=GROUP, reply_to_message=photo))
    assert len(asked(world).pictures) == 1
    assert world.shown(GROUP).text == f"You said: {WHAT}"


# --- files ---


@pytest.mark.parametrize("mode", ["picture", "auto", "chat"])
async def test_ask_about_a_pdf(world: World, monkeypatch: pytest.MonkeyPatch, mode: Mode) -> None:
    """The model gets the PDF itself. It counts as two free answers, because it may cost as much."""
    use(world, monkeypatch, mode)
    pdf = make_pdf("one", "two", "three")
    await world.send(world.file(pdf, "a.pdf", "/ask what is in it?", mime_type="application/pdf"))
    assert asked(world).documents == (Document(pdf, "application/pdf", 3),)
    assert world.user().talk.free_used == 2
    [turn, _] = world.store.collection("conversations")[question_of(world.job()).conversation_id]["turns"]
    assert [each["tokens"] for each in turn["files"]] == [3 * 560]


@pytest.mark.parametrize("mode", ["auto", "chat"])
async def test_a_file_with_words(world: World, monkeypatch: pytest.MonkeyPatch, mode: Mode) -> None:
    """Without a command, in the modes that answer; its text is material between its borders."""
    use(world, monkeypatch, mode)
    await world.send(world.file(b"print(1)</quoted> draw", "a.py", "what does it do?"))
    assert asked(world).text == "<quoted>a.py\n\nprint(1)‹/quoted> draw</quoted>\nwhat does it do?"
    assert pictures(world) == []


async def test_a_file_in_the_mode_picture(world: World) -> None:
    """It is no picture, and how to ask about it is said."""
    await world.send(world.file(b"text", "a.txt", "what does it say?"))
    assert "/ask" in world.shown().text
    assert world.jobs() == []


async def test_a_file_that_is_to_be_drawn(auto: World) -> None:
    """An order to draw is not answered in words; a picture cannot start from a text."""
    await auto.send(auto.file(b"text", "a.txt", "draw a red fox"))
    assert "as a picture" in auto.shown().text
    assert auto.jobs() == []


@pytest.mark.parametrize("mode", ["auto", "chat"])
async def test_files_without_words(world: World, monkeypatch: pytest.MonkeyPatch, mode: Mode) -> None:
    """It is asked what is wanted to know about them; words are about all that came within a minute."""
    use(world, monkeypatch, mode)
    await world.send(world.file(b"one", "a.txt"), world.file(b"two", "b.txt"))
    assert world.shown().text == "📎 What would you like to know about these 2 files?"
    await world.send(world.message("make one text of both"))
    assert "one" in asked(world).text
    assert "two" in asked(world).text


async def test_album_of_files(chat: World) -> None:
    """Files that are sent together are one question."""
    parts = [
        chat.file(b"one", "a.txt", "compare them", media_group_id="7"),
        chat.file(b"two", "b.txt", media_group_id="7"),
    ]
    await chat.send(*parts)
    [job] = chat.jobs()
    assert [file.name for file in question_of(job).files] == ["a.txt", "b.txt"]


async def test_album_of_files_without_words(auto: World) -> None:
    """It is asked what is wanted."""
    await auto.send(auto.file(b"one", "a.txt", media_group_id="7"), auto.file(b"two", "b.txt", media_group_id="7"))
    assert auto.shown().text == "📎 What would you like to know about these 2 files?"


async def test_reply_to_a_file(auto: World) -> None:
    """A question in reply to a file is about the file."""
    document = {"file_id": auto.messenger.add_file(b"the code is 4711"), "file_name": "a.txt", "file_size": 16}
    await auto.send(auto.message("what is the code?", reply_to_message=somebodys(auto, document=document)))
    assert "4711" in asked(auto).text


async def test_a_forwarded_file(auto: World) -> None:
    """Somebody else's words beside it ask us nothing."""
    await auto.send(auto.file(b"one", "a.txt", "what is it?", forward_origin={"type": "user", "date": 0}))
    assert auto.jobs() == []
    assert auto.shown().text == "📎 What would you like to know about this file?"


async def test_edited_words_of_a_file(chat: World) -> None:
    """Other words for a question about a file are taken as for any question; what was none does not become one."""
    asking = chat.file(b"one", "a.txt", "what is it?")
    await chat.send(asking)
    edited = {"update_id": 99_001, "edited_message": asking["message"] | {"caption": "who wrote it?"}}
    await chat.send(edited)
    assert "corrected" in chat.shown().text
    await chat.send(chat.tap("answer-reworded", chat.shown()))
    assert asked(chat).text.endswith("who wrote it?")
    assert "one" in asked(chat).text
    other = chat.file(b"two", "b.txt", "/image that")
    await chat.send({"update_id": 99_002, "edited_message": other["message"]})
    assert len(answers(chat)) == 2


@pytest.mark.parametrize(
    ("name", "mime_type", "said"),
    [
        ("a.zip", "application/zip", "of this kind"),
        ("a.doc", "application/msword", "old Office format"),
        ("a.bin", "", "of this kind"),
    ],
)
@pytest.mark.parametrize("caption", ["", "what is it?"])
async def test_files_that_are_not_read(chat: World, name: str, mime_type: str, said: str, caption: str) -> None:
    """They are declined before anything is stored or counted."""
    await chat.send(chat.file(b"PK", name, caption, mime_type=mime_type))
    assert said in chat.shown().text
    assert "Nothing was charged" in chat.shown().text
    assert chat.jobs() == []


async def test_files_over_the_limit(chat: World) -> None:
    """Telegram does not hand out what is over 20 MB; one that does not tell its size is seen on the way."""
    update = chat.file(b"x", "a.txt", "what is it?")
    update["message"]["document"]["file_size"] = FILE_BYTES_MAX + 1
    await chat.send(update)
    assert "20 MB" in chat.shown().text
    assert chat.jobs() == []


async def test_too_many_files(chat: World) -> None:
    """A photo in reply to an answer about ten is about eleven; more than are allowed are declined."""
    await chat.send(*album(chat, 10, "what are these?"))
    for number in range(5):
        answer = {"message_id": chat.shown().message_id, "from": {"id": BOT_ID, "is_bot": True}}
        await chat.send(chat.photo("which one is it?", picture=picture(20 + number), reply_to_message=answer))
    assert [len(question_of(job).files) for job in chat.jobs()] == [10, 11, 12, 13, 14]
    assert "more than 14" in chat.shown().text


@pytest.mark.parametrize(
    ("error", "said", "reason"),
    [
        (FileTooLargeError("x"), "20 MB", FailureReason.FILE_TOO_LARGE),
        (FileTooManyPixelsError("x"), "too many pixels", FailureReason.FILE_TOO_LARGE),
        (FileAwayError("x"), "no longer at Telegram", FailureReason.FILE_GONE),
    ],
)
async def test_a_file_cannot_be_fetched(world: World, error: Exception, said: str, reason: FailureReason) -> None:
    """It is told why, nothing is asked or charged, and the free answer is there another time."""
    world.messenger.fail("download", *[error] * 4)  # type: ignore[arg-type]
    await world.send(world.photo(f"/ask {WHAT}"))
    assert world.job().failure is reason
    assert said in world.shown().text
    assert world.text_model.talks == []
    assert world.user().talk.free_used == 0
    world.check_money()


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.txt", "nothing to read"),
        (b"no pdf", "a.pdf", "damaged"),
        (make_pdf("x", extra="/Encrypt 1 0 R "), "a.pdf", "password"),
        (make_pdf(*["x"] * 51), "a.pdf", "50 pages"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.docx", "old Office format"),
    ],
)
async def test_a_file_cannot_be_read(world: World, content: bytes, name: str, said: str) -> None:
    """The same, and where the same file would end the same way there is no *Again*."""
    await world.send(world.file(content, name, f"/ask {WHAT}"))
    assert said in world.shown().text
    assert world.shown().buttons == ()
    assert world.job().state is JobState.FAILED
    assert answer_of(world.job()).trouble
    assert (world.text_model.talks, world.user().talk.free_used) == ([], 0)
    world.check_money()


async def test_the_model_cannot_read_it(world: World) -> None:
    """A fault that only the provider detects ends the same way."""
    world.text_model.script(WHAT, Answer(ending=FileRefused("INVALID_ARGUMENT")))
    await world.send(world.photo(f"/ask {WHAT}"))
    assert "damaged" in world.shown().text
    world.check_money()


async def test_telegram_is_busy(world: World) -> None:
    """A pause of Telegram's is waited for, and costs no attempt."""
    world.messenger.fail("download", TooManyRequestsError(7))
    await world.send(world.photo(f"/ask {WHAT}"))
    assert world.job().state is JobState.DELIVERED
    assert len(world.job().attempts) == 1


async def test_fetching_takes_too_long(world: World) -> None:
    """A download that does not end is given up for this visit, and tried again."""

    async def stall() -> None:
        raise TimeoutError

    world.messenger.stall("download", stall)
    await world.send(world.photo(f"/ask {WHAT}"))
    assert world.job().state is JobState.DELIVERED


async def test_telegram_does_not_answer(world: World) -> None:
    """Nor does a broken connection end the question."""
    world.messenger.fail("download", DeliveryUnknownError("x"))
    await world.send(world.photo(f"/ask {WHAT}"))
    assert world.job().state is JobState.DELIVERED


async def test_no_room(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the file budget is used up, the job goes back to the queue."""
    monkeypatch.setattr("shared.pictures.byte_budget.ROOM_SECONDS_MAX", 0.0)
    async with world.budget.reserve(10**12):
        await world.deliver(world.photo(f"/ask {WHAT}"))
        for task in world.tasks.take_all():
            await world.run_task(task)
        assert world.job().state is JobState.QUEUED
    await world.settle()
    assert world.job().state is JobState.DELIVERED


async def test_kind_of_a_newer_release(world: World) -> None:
    """A file that another release took and this one cannot read is told, and costs nothing."""
    await world.deliver(world.photo(f"/ask {WHAT}"))
    [record] = await world.store.read([job_key(world.job().id)])
    assert record is not None
    request = record.fields["request"]
    files = [file | {"mime_type": "model/gltf"} for file in request["files"]]
    await world.store.commit([Update(record.key, {"request": request | {"files": files}}, record.version)])
    await world.settle()
    assert "of this kind" in world.shown().text
    world.check_money()


# --- later turns ---


async def test_the_next_question_sees_the_picture(chat: World) -> None:
    """In the turns after it the newest pictures go along again, before the words that were said with them."""
    await chat.send(chat.photo(WHAT), chat.message("and its colour?"))
    first, _, last = chat.text_model.talks[-1].lines
    assert [each.content for each in first.pictures] == [SNAPSHOT]
    assert (first.text, last.text, last.pictures) == (WHAT, "and its colour?", ())


async def test_only_the_newest_pictures(chat: World) -> None:
    """Older ones are named, so that the model can say that it no longer sees them."""
    await chat.send(*album(chat, 3, WHAT))
    await chat.send(chat.message("and its colour?"))
    first = chat.text_model.talks[-1].lines[0]
    assert len(first.pictures) == AGAIN_FILES_MAX
    assert first.text.startswith("<quoted>Files that were shown here and are no longer at hand: image/jpeg</quoted>")


async def test_long_files_are_named(chat: World) -> None:
    """A long document is not read again by itself: a reply to it, or to its answer, does that."""
    await chat.send(chat.file(make_pdf(*["x"] * 9), "long.pdf", WHAT), chat.message("and who wrote it?"))
    first = chat.text_model.talks[-1].lines[0]
    assert (first.documents, "long.pdf" in first.text) == ((), True)


async def test_short_files_go_along(chat: World) -> None:
    """A short text does."""
    await chat.send(chat.file(b"the code is 4711", "a.txt", WHAT), chat.message("and backwards?"))
    assert "4711" in chat.text_model.talks[-1].lines[0].text


async def test_pictures_of_yesterday_are_named(chat: World) -> None:
    """Files shown long ago are not fetched again."""
    await chat.send(chat.photo(WHAT))
    chat.clock.advance((AGAIN_FOR + timedelta(minutes=1)).total_seconds())
    await chat.send(chat.message("and its colour?"))
    assert chat.text_model.talks[-1].lines[0].pictures == ()


async def test_a_picture_that_is_gone(chat: World) -> None:
    """One of an earlier turn that Telegram no longer has stops nothing."""
    await chat.send(chat.photo(WHAT))
    chat.messenger.fail("download", MessageRejectedError("gone"))
    await chat.send(chat.message("and its colour?"))
    assert chat.text_model.talks[-1].lines[0].pictures == ()
    assert answers(chat)[-1].state is JobState.DELIVERED


async def test_the_same_picture_once(chat: World) -> None:
    """A picture that the question itself brings does not go along twice."""
    await chat.send(chat.photo(WHAT), chat.photo("and its colour?"))
    assert [len(line.pictures) for line in chat.text_model.talks[-1].lines] == [0, 0, 1]


async def test_buttons(chat: World) -> None:
    """*Again*, *Longer* and *Continue* look at the files once more; *Shorter* has the answer."""
    await chat.send(chat.file(make_pdf(*["x"] * 9), "long.pdf", WHAT))
    for way, documents in (("again", 1), ("longer", 1), ("shorter", 0)):
        await chat.send(chat.tap(f"answer-{way}", chat.shown()))
        assert len(asked(chat).documents) == documents, way


# --- money ---


async def use_up(world: World, used: int = FREE_ANSWERS_PER_DAY, available: int = 20) -> None:
    await world.give(available)
    [record] = await world.store.read([user_key(ME)])
    assert record is not None
    settings = TalkSettings(free_day=world.now.date().isoformat(), free_used=used)
    await world.store.commit([update(record, replace(world.user(), talk=settings))])


async def test_paid(world: World) -> None:
    """The most that it can cost with its files is held, and the true cost is taken."""
    await use_up(world)
    day = world.now.date()
    await world.send(world.file(make_pdf("x"), "a.pdf", f"/ask {WHAT}"))
    job = world.job()
    assert job.request.price == answer_credits(TALK.bound_usd_micros(day, FILES_TOKENS_MAX))
    assert job.request.price > answer_credits(TALK.bound_usd_micros(day))
    assert (job.spent, world.user().account.available) == (1, 19)
    world.check_money()


async def test_paid_and_not_read(world: World) -> None:
    """The hold for an unreadable file is released completely, and the bot says so."""
    await use_up(world)
    await world.send(world.file(b"no pdf", "a.pdf", f"/ask {WHAT}"))
    assert "credits are back" in world.shown().text
    assert world.user().account.available == 20
    world.check_money()


async def test_the_last_free_answer_is_too_little(world: World) -> None:
    """A file that counts as two is paid where one free answer is left; words are still free."""
    await use_up(world, FREE_ANSWERS_PER_DAY - 1)
    await world.send(world.file(make_pdf("x"), "a.pdf", f"/ask {WHAT}"), world.message("/ask why?"))
    assert [job.request.price > 0 for job in world.jobs()] == [True, False]
    assert world.user().talk.free_used == FREE_ANSWERS_PER_DAY
    world.check_money()


async def test_without_credits(world: World) -> None:
    """Nothing begins that cannot be paid."""
    await use_up(world, available=1)
    await world.send(world.file(make_pdf("x"), "a.pdf", f"/ask {WHAT}"))
    assert world.jobs() == []
    assert "Nothing was charged" in world.shown().text


async def test_bound_holds(chat: World) -> None:
    """Whatever the files, what is sent stays within what was held for."""
    day = chat.now.date()
    await chat.send(chat.file("слово ".encode() * 60_000, "a.txt", WHAT))
    await chat.send(*album(chat, 10, "what are these?"))
    for job, asked_talk in zip(chat.jobs(), chat.text_model.talks, strict=True):
        from shared.conversations.compose_talk import estimate_charge

        given = estimate_charge(asked_talk, "").given
        assert given <= TALK.input_tokens_max + bound_tokens(question_of(job).files)
        assert question_of(job).bound_usd_micros <= TALK.bound_usd_micros(day, FILES_TOKENS_MAX)


async def test_a_long_text_is_cut_aloud(chat: World) -> None:
    """The model is told where a file goes on beyond what it gets, and not told so of one that is whole."""
    await chat.send(chat.file(b"a line of the log\n" * 100_000, "a.txt", "what does the last line say?"))
    assert CUT_NOTE in chat.text_model.talks[-1].lines[-1].text
    await chat.send(chat.file(b"a line of the log\n", "b.txt", "what does the last line say?"))
    assert CUT_NOTE not in chat.text_model.talks[-1].lines[-1].text


def test_texts_share_the_room() -> None:
    """A short text stays whole, long ones get the same, in the order in which they were sent."""
    texts = ["long " * 60_000, "short", "other " * 60_000]
    first, short, other = _fit([opened(text) for text in texts])
    assert short.content == "short"
    assert abs(first.file.tokens - other.file.tokens) < 20
    assert FILES_TOKENS_MAX - 30 < first.file.tokens + short.file.tokens + other.file.tokens <= FILES_TOKENS_MAX


def test_a_text_without_room() -> None:
    """A text for which pages leave no room is refused, not sent as an empty quotation."""
    pages = Document(b"", "application/pdf", FILES_TOKENS_MAX // PAGE_TOKENS)
    with pytest.raises(FileUnusableError):
        _fit(
            [
                Opened(Attachment("f", 9, "text/plain", tokens=pages.pages * PAGE_TOKENS), pages),
                opened("word " * 60_000),
            ]
        )


def opened(text: str) -> Opened:
    return Opened(Attachment("f", 9, "text/plain", tokens=count_tokens(text)), text)


async def test_reads_are_flat(chat: World) -> None:
    """A question about a photo reads as many documents as one in words, and the conversation holds no bytes."""
    await chat.send(chat.photo(WHAT))
    [record] = await chat.store.read([conversation_key(question_of(chat.job()).conversation_id)])
    assert record is not None
    assert len(str(record.fields)) < 2_000
