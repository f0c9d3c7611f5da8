"""Several different pictures at once: one question, one card, one album, whose messages become the pictures."""

import pytest

from shared.errors import (
    DeliveryUnknownError,
    FileAwayError,
    MessageGoneError,
    MessageRejectedError,
    TooManyRequestsError,
    UnavailableError,
)
from shared.jobs.job import JobState
from shared.people.users import PictureSettings
from shared.pictures.picture import request_of, result_of
from shared.pictures.press import IMPATIENCE
from shared.providers.outcomes import Broken, PictureTask, Refused
from shared.telegram.address import chat_of
from shared.telegram.claim_sending import SENT_ALREADY
from shared.texts import plain_text, unmark
from tests.fakes.messenger import Shown
from tests.world import BOT_ID, GROUP, ME, OTHER, World, writes_to

THREE = "/batch\na fox\na cat 16:9\na dog"


async def ask(world: World, text: str = THREE) -> Shown:
    await world.send(world.message(text))
    return world.shown()


async def draw(world: World, text: str = THREE) -> Shown:
    """The card, after all is over."""
    asked = await ask(world, text)
    await world.send(world.tap("batch;", asked))
    return now(world, asked)


def now(world: World, shown: Shown) -> Shown:
    return world.messenger.chats[ME][shown.message_id]


def labels(shown: Shown) -> list[str]:
    return [button.label for row in shown.buttons for button in row]


def photos(world: World) -> list[Shown]:
    """The pictures: of an album, without the placeholders."""
    return [shown for shown in world.messenger.messages(ME) if shown.kind == "photo" and shown.text]


def placeholders(world: World) -> list[Shown]:
    return [shown for shown in world.messenger.messages(ME) if shown.in_album and not shown.text]


async def draw_one_by_one(world: World) -> Shown:
    """The card of a batch for which Telegram took no album."""
    world.messenger.fail("send_album", MessageRejectedError("no"))
    return await draw(world)


async def settle_after_a_death(world: World, state: str, *, is_lost: bool) -> None:
    """All tasks, of which one dies at the first commit of a job in this state: before it, or after it if `is_lost`."""
    if is_lost:
        world.store.lose(writes_to("jobs", state=state))
    else:

        async def fail() -> None:
            raise UnavailableError("gone")

        world.store.interrupt(writes_to("jobs", state=state), fail)
    for _ in range(60):
        try:
            if not await world.run_next():
                break
        except UnavailableError:
            for job in world.jobs():
                world.clock.advance(60)
                await world.move(job)


async def choose_mode(world: World, mode: str) -> None:
    await world.send(world.message("/mode"))
    await world.send(world.tap(f"mode;{mode}", world.shown()))


async def test_the_question(world: World) -> None:
    """Each picture is shown with what is special about it, the price of all is on the button, and nothing is spent."""
    asked = await ask(world)
    for words in ("3 pictures", "1. a fox · 1:1 · 1K", "2. a cat · 16:9 · 1K", "3. a dog", "nothing is spent"):
        assert words.lower() in asked.text.lower()
    assert labels(asked) == ["🎨 Draw all 3 · 12 credits", "✕ Cancel"]
    assert world.jobs() == []
    assert world.user().account.available == 20


async def test_all_are_drawn(world: World) -> None:
    """One press: one album in the order of the prompts, each picture with its words; the card says the end."""
    card = await draw(world)
    assert card.text.startswith("🗂 Ready: 3 of 3\n✅ 1. a fox\n✅ 2. a cat\n✅ 3. a dog\nPaid: 12 credits")
    assert "The pictures are in the album" in card.text
    assert labels(card) == ["1", "2", "3"]
    assert [request_of(job).ratio for job in world.jobs()] == ["1:1", "16:9", "1:1"]
    assert len(world.messenger.messages(ME)) == 4
    for shown, job, words in zip(photos(world), world.jobs(), ("a fox", "a cat", "a dog"), strict=True):
        assert f"“{words}”" in shown.text
        assert (shown.in_album, shown.buttons, shown.file_id) == (True, (), result_of(job).photo_file_id)
    assert "picture 2 of 3" in photos(world)[1].text
    assert world.user().account.available == 8
    world.check_money()


async def test_only_the_common_card_shows_the_way(world: World) -> None:
    """While they are made there are no other messages than the album and the card, which says how far it is."""
    asked = await ask(world)
    await world.deliver(world.tap("batch;", asked))
    card = now(world, asked)
    assert card.text.startswith("🗂 Drawing 3 pictures · ready: 0\n⏳ 1. a fox")
    assert labels(card) == ["✕ Cancel the rest"]
    await world.run_next()
    assert now(world, asked).text.startswith("🗂 Drawing 3 pictures · ready: 1\n✅ 1. a fox\n⏳ 2.")
    assert [shown.kind for shown in world.messenger.messages(ME)] == ["text", "photo", "photo", "photo"]
    assert [shown.message_id for shown in photos(world)] == [chat_of(world.jobs()[0]).card_message_id]
    assert len(placeholders(world)) == 2
    await world.settle()
    assert placeholders(world) == []
    world.check_money()


async def test_one_fails(world: World) -> None:
    """A failed picture is refunded, with its reason in a message of its own; the others are not touched by it."""
    world.model.script("a cat", Refused("SAFETY"))
    card = await draw(world)
    assert "✅ 1. a fox\n⚠️ 2. a cat\n✅ 3. a dog\nPaid: 8 credits\n↩️ Back to you: 4 credits" in card.text
    [failed] = [shown for shown in world.messenger.messages(ME) if shown.kind == "text" and shown != card]
    assert "“a cat”" in failed.text
    assert "4 credits are back" in failed.text
    assert "✏️ Other words" in labels(failed)
    assert world.user().account.available == 12
    world.check_money()


async def test_a_retry_of_one(world: World) -> None:
    """*Try again* under a failure of ours buys this picture, and no other."""
    world.model.script("a cat", Broken("400"))
    card = await draw(world)
    [failed] = [shown for shown in world.messenger.messages(ME) if shown.kind == "text" and shown != card]
    assert placeholders(world) == []
    world.clock.advance(IMPATIENCE.total_seconds() + 1)
    await world.send(world.tap("again", failed))
    assert [request_of(job).prompt for job in world.jobs()] == ["a fox", "a cat", "a dog", "a cat"]
    assert len(photos(world)) == 3
    world.check_money()


async def test_the_rest_is_canceled(world: World) -> None:
    """*Cancel the rest* keeps and charges what is made, gives the others back, and says nothing about each of them."""
    asked = await ask(world)
    await world.deliver(world.tap("batch;", asked))
    await world.deliver(world.tap("batchstop", now(world, asked)))  # so soon it is a second press of *Draw*
    assert {job.state for job in world.jobs()} == {JobState.QUEUED}
    await world.run_next()
    edits = len(world.messenger.sent("edit_text"))
    await world.deliver(world.tap("batchstop", now(world, asked)))
    assert len(world.messenger.sent("edit_text")) == edits + 1
    await world.settle()
    assert "✅ 1. a fox\n✖️ 2. a cat\n✖️ 3. a dog\nPaid: 4 credits\n↩️ Back to you: 8 credits" in now(world, asked).text
    assert len(world.messenger.messages(ME)) == 2
    assert len(world.model.tasks) == 1
    world.check_money()


async def test_too_late_to_cancel(world: World) -> None:
    """What is made is not canceled."""
    card = await draw(world)
    await world.send(world.tap_data(f"1;batchstop;{chat_of(world.jobs()[0]).batch}", card.message_id))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-too-late")
    world.check_money()


async def test_cancel_all(world: World) -> None:
    """/cancel stops a batch too, and its card says so."""
    asked = await ask(world)
    await world.deliver(world.tap("batch;", asked))
    world.clock.advance(3)
    await world.send(world.message("/cancel"))
    assert "Ready: 0 of 3" in now(world, asked).text
    assert "Back to you: 12 credits" in now(world, asked).text
    assert [job.state for job in world.jobs()] == [JobState.CANCELED] * 3
    world.check_money()


async def test_a_press_buys_once(world: World) -> None:
    """A second press, and a second delivery of the first, buy nothing; what was missing of the first is made up for."""
    asked = await ask(world)
    press = world.tap("batch;", asked)
    world.messenger.fail("edit_text", DeliveryUnknownError())
    world.tasks.outages = 1
    with pytest.raises(UnavailableError):
        await world.deliver(press)
    await world.send(press, world.tap("batch;", asked))
    assert len(world.jobs()) == 3
    assert "Ready: 3 of 3" in now(world, asked).text
    world.check_money()


async def test_the_question_is_dropped(world: World) -> None:
    """*Cancel* under the question ends it; a press of *Draw* afterwards buys nothing, and one before it wins."""
    asked = await ask(world)
    await world.send(world.tap("batchdrop", asked))
    assert "Nothing was drawn" in now(world, asked).text
    await world.send(world.tap("batch;", asked), world.tap("batchdrop", asked))
    assert world.jobs() == []
    again = await ask(world)
    await world.deliver(world.tap("batch;", again))
    await world.send(world.tap("batchdrop", again))
    assert len(world.jobs()) == 3


async def test_the_price_has_changed(world: World) -> None:
    """Where a press would cost something else than its button says, nothing is bought: the question shows it anew."""
    asked = await ask(world)
    await world.send(world.message("/settings"))
    await world.send(world.tap("set;size;2K", world.shown()))
    await world.send(world.tap("batch;", asked))
    assert world.jobs() == []
    assert "changed" in world.messenger.taps[-1].toast
    assert "🎨 Draw all 3 · 18 credits" in labels(now(world, asked))
    await world.send(world.tap("batch;", now(world, asked)))
    assert [request_of(job).size for job in world.jobs()] == ["2K"] * 3


async def test_for_the_money_there_is(world: World) -> None:
    """With too few credits the button draws the first of them; with none there is a way to get some."""
    await world.give(9)
    asked = await ask(world)
    assert "All of it costs 12, you have 9" in asked.text
    assert labels(asked) == ["🎨 Draw the first 2 · 8 credits", "✕ Cancel"]
    await world.send(world.tap("batch;", asked))
    assert "Ready: 2 of 2" in now(world, asked).text
    poor = await ask(world)
    assert labels(poor) == ["✕ Cancel"]
    assert "next free ones" in poor.text
    world.check_money()


async def test_the_money_is_gone_meanwhile(world: World) -> None:
    """Credits that were spent after the question are not there any more: the press says so, and buys nothing."""
    asked = await ask(world)
    await world.send(world.message("/image a hat x4"))
    await world.send(world.tap("batch;", asked))
    assert len(world.jobs()) == 4
    assert "12 credits" in world.messenger.taps[-1].toast


@pytest.mark.parametrize("data", ["1;batch", "1;batch;x;1;4", "1;batchdrop;", "1;batchstop", "1;batchstop;x"])
async def test_forged_buttons(world: World, data: str) -> None:
    """A button that names nothing is answered."""
    await world.send(world.tap_data(data, 5))
    assert world.messenger.taps[-1].toast
    asked = await ask(world)
    draft = asked.buttons[0][0].data.split(";")[2]
    await world.send(world.tap_data(f"1;batch;{draft};-1;4", asked.message_id))
    assert world.jobs() == []


async def test_only_the_owner(world: World) -> None:
    """Nobody else draws, drops or stops it."""
    asked = await ask(world)
    for action in ("batch;", "batchdrop"):
        await world.send(world.tap(action, asked, user_id=OTHER, chat_id=ME))
        assert "somebody else" in world.messenger.taps[-1].toast
    await world.deliver(world.tap("batch;", asked))
    await world.deliver(world.tap("batchstop", now(world, asked), user_id=OTHER, chat_id=ME))
    await world.settle()
    assert "Ready: 3 of 3" in now(world, asked).text


async def test_in_a_group(world: World) -> None:
    """Ten pictures would flood a group: there it says where to ask for them."""
    await world.send(world.message(THREE, chat_id=GROUP))
    assert "private chat" in world.shown(GROUP).text


async def test_usage_and_the_reply_to_it(world: World) -> None:
    """/batch alone asks for the lines; the reply is them, as text or as a file."""
    usage = await ask(world, "/batch")
    assert usage.force_reply
    said = {"from": {"id": BOT_ID, "is_bot": True}, "text": unmark(usage.text)}
    replied = {"message_id": usage.message_id} | said
    await world.send(world.message("a fox\na cat", reply_to_message=replied))
    assert "2 pictures" in world.shown().text
    file = world.file(b"a fox\na cat\na dog", "list.txt", mime_type="text/plain", reply_to_message=replied)
    await world.send(file)
    assert "3 pictures" in world.shown().text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
async def test_text_files(world: World, encoding: str) -> None:
    """A text file is read in the encodings that people's editors write."""
    await world.send(world.file("лиса\r\nкот\n".encode(encoding), "prompts.txt", "/batch", mime_type="text/plain"))
    assert "1. лиса\n2. кот" in world.shown().text


async def test_a_large_text_file(world: World) -> None:
    """Of a file of a megabyte the first ten are taken, and it says so; what comes with its caption counts for all."""
    content = b"".join(b"fox number %d in the snow\n" % number for number in range(36_000))
    await world.send(world.file(content, "prompts.txt", "/batch 16:9", mime_type="text/plain"))
    assert len(content) > 1_000_000
    assert "10. fox number 9 in the snow" in world.shown().text
    assert "16:9" in world.shown().text
    assert "At most 10 at once" in world.shown().text


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"PK\x03\x04" + bytes(200), "list.txt"), (b"", "list.txt"), (b"a fox", "list.pdf"), (b"x\n" * 600_000, "l.txt")],
)
async def test_files_that_are_no_lists(world: World, content: bytes, name: str) -> None:
    """What is no text, empty, another kind of file or too large is told, with what to send instead."""
    await world.send(world.file(content, name, "/batch"))
    assert ".txt" in world.shown().text
    assert world.jobs() == []


async def test_a_file_that_telegram_does_not_give(world: World) -> None:
    """The same for a file that cannot be downloaded."""
    world.messenger.fail("download", *[FileAwayError()] * 4)
    await world.send(world.file(b"a fox", "list.txt", "/batch"))
    assert "cannot read this file" in world.shown().text


async def test_a_reply_to_a_list(world: World) -> None:
    """/batch in reply to a list, or to a file with one, takes what is there; own parameters count for all."""
    replied = {"message_id": 3, "from": {"id": 77, "is_bot": False}, "text": "a fox\na cat"}
    await world.send(world.message("/batch 16:9", reply_to_message=replied))
    assert "2 pictures" in world.shown().text
    assert "16:9" in world.shown().text


async def test_a_text_that_is_too_long(world: World) -> None:
    """A line that no model may get is left out, and it says so."""
    await world.send(world.file(b"a fox\n" + b"x" * 5_000, "list.txt", "/batch"))
    assert "too long for a picture" in world.shown().text
    assert labels(world.shown()) == ["🎨 Draw it · 4 credits", "✕ Cancel"]


async def test_an_edit(world: World) -> None:
    """Who mends a line gets a question with the new lines, and what was bought before stays as it is."""
    sent = world.message(THREE)
    await world.send(sent)
    await world.send(world.edited(sent, "/batch\na fox\na dog"))
    assert "2. a dog" in world.shown().text
    assert labels(world.shown()) == ["🎨 Draw all 2 · 8 credits", "✕ Cancel"]
    assert world.jobs() == []


async def test_a_photo(world: World) -> None:
    """A photo is not changed by a batch: it says how to change one, and does not draw without it."""
    await world.send(world.photo("/batch make it blue\nmake it red"))
    assert "from words alone" in world.shown().text
    photo = {"photo": [{"file_id": "x", "width": 90, "height": 90, "file_size": 9}]}
    replied = {"message_id": 3, "from": {"id": 77, "is_bot": False}} | photo
    await world.send(world.message(THREE, reply_to_message=replied))
    assert "from words alone" in world.shown().text


async def test_no_words(world: World) -> None:
    """Lines without a word are no pictures."""
    assert "no words" in (await ask(world, "/batch ...\n---\n16:9")).text


async def test_notes(world: World) -> None:
    """What is not taken as it stands is said in the question."""
    asked = await ask(world, "/batch a fox\nA FOX\na cat 8K\n" + "x" * 4_000)
    assert "One line was there twice" in asked.text
    assert "8K" in asked.text


@pytest.mark.parametrize("mode", ["command", "picture", "ordered"])
async def test_a_list_without_the_command(world: World, mode: str) -> None:
    """A list after /image, in the mode *Picture*, or after an order may mean several pictures or one: it asks which."""
    await choose_mode(world, "picture" if mode == "picture" else "auto")
    before = {"command": "/image ", "picture": "", "ordered": "draw:\n"}[mode]
    asked = await ask(world, f"{before}1. a fox\n2. a cat")
    assert labels(asked) == ["🎨 Draw all 2 · 8 credits", "🖼 All in one picture · 4", "✕ Cancel"]
    await world.send(world.tap("draw;", asked))
    assert "1. a fox" in request_of(world.job()).prompt
    await world.send(world.tap("batch;", asked))
    assert len(world.jobs()) == 1
    world.check_money()


async def test_lists_that_are_none(world: World) -> None:
    """An answer to a question of ours, and what *Auto* is told without an order, are no batch."""
    await choose_mode(world, "auto")
    await world.send(world.photo(""))
    await world.send(world.message("draw:\n1. a hat on it\n2. a scarf on it"))
    await world.send(world.message("1. a fox\n2. a cat"))
    assert not [each for each in world.messenger.messages(ME) if "one for each" in each.text]


async def test_a_text_in_two_messages(world: World) -> None:
    """An app splits a long text: its parts become one question, on one card, which a "yes" does not buy."""
    lines = [f"{n}. " + f"picture {n} " + "very " * 160 for n in range(1, 9)]
    first, second = "\n".join(lines[:5]), "\n".join(lines[5:])
    await world.deliver(world.message("/batch " + first[: 4_080 - 7]))
    await world.deliver(world.message(second))
    await world.settle()
    asked = world.shown()
    assert "🎨 Draw the first 5 · 20 credits" in labels(asked)
    assert "8. picture 8" in asked.text
    await world.send(world.message("yes"))
    assert "buttons above" in world.shown().text
    await world.send(world.tap("batch;", asked))
    assert len(world.jobs()) == 5
    world.check_money()


async def test_two_messages_without_words(world: World) -> None:
    """The same where nothing is in them."""
    await world.send(world.message("/batch " + "- " * 2_030))
    assert "no words" in world.shown().text


async def test_an_album_by_a_press(world: World) -> None:
    """Where they came one by one, they come once more as an album, by their ids; a second press sends none."""
    card = await draw_one_by_one(world)
    await world.send(world.tap("batchalbum", card), world.tap("batchalbum", card))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-album-sent")
    shown = [each for each in world.messenger.messages(ME) if each.kind == "photo"]
    assert [each.file_id for each in shown[3:]] == [each.file_id for each in shown[:3]]
    world.clock.advance(SENT_ALREADY.total_seconds() + 1)
    world.messenger.fail("send_album", MessageRejectedError("no"))
    await world.send(world.tap("batchalbum", card))
    world.messenger.lose("send_album")
    await world.send(world.tap("batchalbum", card), world.tap("batchalbum", card))
    shown = [each for each in world.messenger.messages(ME) if each.kind == "photo"]
    assert len(shown) == 9
    await world.send(world.reply("make it blue", shown[4]))
    assert request_of(world.jobs()[-1]).parent_id == world.jobs()[1].id


async def test_an_album_of_what_is_there(world: World) -> None:
    """While they are made there is none; deleted pictures are not in it, and of one picture there is no album."""
    asked = await ask(world)
    world.messenger.fail("send_album", MessageRejectedError("no"))
    await world.deliver(world.tap("batch;", asked))
    data = f"1;batchalbum;{chat_of(world.jobs()[0]).batch}"
    await world.deliver(world.tap_data(data, asked.message_id))
    assert world.messenger.taps[-1].toast == plain_text("en", "toast-not-done")
    await world.settle()
    for shown in photos(world)[:2]:
        await world.send(world.tap("delete", shown))
        await world.send(world.tap("erase", world.messenger.chats[ME][shown.message_id]))
    await world.send(world.tap_data(data, asked.message_id), world.tap_data(data, asked.message_id, user_id=OTHER))
    assert [tap.toast for tap in world.messenger.taps[-2:]] == [
        plain_text("en", "toast-gone"),
        plain_text("en", "not-yours"),
    ]
    assert len(world.messenger.sent("send_album")) == 1


async def test_words_afterwards(world: World) -> None:
    """A reply changes the picture it replies to; words that only say "this" are asked about, as after any set."""
    await draw(world)
    [fox, *_] = photos(world)
    await world.send(world.reply("make it blue", fox))
    assert request_of(world.jobs()[-1]).parent_id == world.jobs()[0].id


async def test_the_card_is_busy(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the chat is busy only the last end is drawn; where Telegram puts that off, it is drawn later."""
    asked = await ask(world)
    await world.deliver(world.tap("batch;", asked))
    world.messenger.fail("edit_text", TooManyRequestsError(3.0))
    await world.run_next()
    monkeypatch.setattr(world.messenger, "wait_seconds", lambda _: 1.0)
    await world.run_next()
    assert len(photos(world)) == 2
    assert "ready: 0" in now(world, asked).text
    world.messenger.fail("edit_text", TooManyRequestsError(3.0), TooManyRequestsError(3.0))
    await world.settle()
    assert "Ready: 3 of 3" in now(world, asked).text
    assert len(photos(world)) == 3
    world.check_money()


async def test_the_card_is_gone(world: World) -> None:
    """A card that the person deleted is missed by nobody."""
    asked = await ask(world)
    await world.deliver(world.tap("batch;", asked))
    world.messenger.fail("edit_text", *[MessageGoneError()] * 10)
    await world.settle()
    assert len(photos(world)) == 3
    world.check_money()


async def test_an_edit_overtakes_another(world: World) -> None:
    """A worker whose edit was slow reads again: the card shows the last end, whoever draws it last."""
    asked = await ask(world)
    await world.deliver(world.tap("batch;", asked))

    async def others() -> None:
        await world.run_next()
        await world.run_next()

    async def stall(task: PictureTask) -> None:
        if task.prompt == "a fox":
            world.messenger.stall("edit_photo", no_stall)

    async def no_stall() -> None:
        world.messenger.stall("edit_text", others)

    world.model.before = stall
    await world.settle()
    assert "Ready: 3 of 3" in now(world, asked).text
    world.check_money()


@pytest.mark.parametrize("state", ["made", "delivered", "refused", "failed"])
@pytest.mark.parametrize("is_lost", [True, False])
async def test_dies_at_each_commit(world: World, state: str, *, is_lost: bool) -> None:
    """Whether a commit happened or not: each picture is shown and paid once, and the card says the end."""
    world.model.script("a cat", *[Refused("SAFETY")] * 4)
    asked = await ask(world)
    await world.deliver(world.tap("batch;", asked))
    await settle_after_a_death(world, state, is_lost=is_lost)
    assert "Ready: 2 of 3" in now(world, asked).text
    assert "Back to you: 4 credits" in now(world, asked).text
    assert len(photos(world)) == 2
    world.check_money()


async def test_settings_are_kept(world: World) -> None:
    """Each picture keeps the person's settings of that time, as any other does."""
    await draw(world)
    assert {request_of(job).settings for job in world.jobs()} == {PictureSettings()}
