"""/history: earlier conversations are listed, gone on with, renamed, saved, deleted; the person says how long."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.codec import decode
from shared.conversations import erase_conversation, export_conversation, keep_shorter
from shared.conversations.conversation import FOREVER, Conversation
from shared.conversations.conversation_documents import conversation_key
from shared.conversations.history_screens import PAGE, read_instant, write_instant
from shared.conversations.messages import message_key
from shared.jobs.job_documents import job_key
from shared.ports import Create, Update
from tests.fakes.messenger import Shown
from tests.world import BOT_ID, GROUP, ME, OTHER, World, writes_to

SKY, SEA = "why is the sky blue?", "why is the sea salty?"


def talks(world: World) -> list[Conversation]:
    stored = world.store.collection("conversations").values()
    return sorted((decode(Conversation, fields) for fields in stored), key=lambda talk: talk.started_at)


async def say(world: World, *texts: str, **where: Any) -> None:
    """One after the other, each when what the one before asked for is done."""
    for text in texts:
        await world.send(world.message(text, **where))


async def two_conversations(world: World, **where: Any) -> Shown:
    """One about the sky, then one about the sea; the list of both."""
    await say(world, f"/ask {SKY}", **where)
    world.clock.advance(60)
    await say(world, "/new", f"/ask {SEA}", **where)
    await say(world, "/history", **where)
    return world.shown(where.get("chat_id", ME))


async def open_one(world: World, panel: Shown, about: str, **where: Any) -> Shown:
    """The screen of the conversation that began with this question."""
    button = next(b for row in panel.buttons for b in row if about[:14] in b.label)
    await world.send(world.tap_data(button.data, panel.message_id, **where))
    return world.shown(where.get("chat_id", ME))


def lines_of(world: World) -> list[str]:
    return [line.text for line in world.text_model.talks[-1].lines]


async def test_listed(world: World) -> None:
    """The newest first, the one that goes on marked, each with the question that it began with."""
    panel = await two_conversations(world)
    labels = [row[0].label for row in panel.buttons]
    assert labels[0].startswith("✅ why is the sea")
    assert labels[1].startswith("why is the sky")
    assert all(len(b.data.encode()) <= 64 for row in panel.buttons for b in row)


async def test_none_yet(world: World) -> None:
    """A person who has said nothing is told how a conversation begins."""
    await say(world, "/history")
    assert "the first question" in world.shown().text


async def test_switch(world: World) -> None:
    """An earlier conversation goes on: the next question knows what was said in it, until /new."""
    panel = await open_one(world, await two_conversations(world), SKY)
    await world.send(world.tap("talk-go", panel))
    assert "talk-go" not in str(world.shown().buttons)
    await say(world, "/ask and at night?")
    assert lines_of(world) == [SKY, f"You said: {SKY}", "and at night?"]
    await say(world, "/new", "/ask more")
    assert lines_of(world) == ["more"]
    assert [talk.count for talk in talks(world)] == [4, 2, 2]
    world.check_money()


async def test_an_old_press_does_not_switch(world: World) -> None:
    """A press that was made before /new and comes after it changes nothing."""
    panel = await open_one(world, await two_conversations(world), SKY)
    press, before = world.tap("talk-go", panel), world.now
    world.clock.advance(5)
    await say(world, "/new")
    await world.deliver(press, received_at=before)
    await say(world, "/ask more")
    assert lines_of(world) == ["more"]


async def test_rename_by_command(world: World) -> None:
    """/rename names the conversation that is open here."""
    await say(world, f"/ask {SKY}", "/rename  The *blue*\nsky")
    assert [talk.title for talk in talks(world)] == ["The blue sky"]
    assert "The blue sky" in world.shown().text
    await say(world, "/rename Contract with Acme Inc. in Berlin")
    assert talks(world)[0].title == "Contract with Acme Inc. in Berlin"
    await say(world, "/rename")
    assert "/rename A trip" in world.shown().text


async def test_rename_nothing(world: World) -> None:
    """A conversation without turns has no title."""
    await say(world, "/rename The sky")
    assert "no conversation" in world.shown().text


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_rename_by_button(world: World, language: str) -> None:
    """The reply to our question is the name of the conversation whose button was pressed, and no new question."""
    panel = await open_one(world, await two_conversations(world), SKY)
    await world.send(world.tap("talk-name", panel, language=language))
    prompt = world.shown()
    replied = {"message_id": prompt.message_id, "from": {"id": BOT_ID, "is_bot": True}, "text": prompt.text}
    await world.send(world.message("The sky", reply_to_message=replied))
    assert [talk.title for talk in talks(world)] == ["The sky", SEA]
    assert len(world.jobs()) == 2


async def test_a_name_takes_its_time(world: World) -> None:
    """The reply to the very question is the name, however late, and so are its corrections; other words are not."""
    panel = await open_one(world, await two_conversations(world), SKY)
    await world.send(world.tap("talk-name", panel))
    prompt = world.shown()
    await world.send(world.reply("a red fox", panel))
    replied = {"message_id": prompt.message_id, "from": {"id": BOT_ID, "is_bot": True}, "text": prompt.text}
    world.clock.advance(3_601)
    named = world.message("The sky", reply_to_message=replied)
    await world.send(named)
    assert [talk.title for talk in talks(world)] == ["The sky", SEA]
    await world.send(world.edited(named, "The blue sky"))
    assert [talk.title for talk in talks(world)] == ["The blue sky", SEA]


@pytest.mark.parametrize("mode", ["picture", "chat"])
async def test_an_earlier_question_for_a_name(world: World, mode: str) -> None:
    """A reply to one that is over names nothing, whichever is asked now, and draws and asks nothing: it says so."""
    panel = await two_conversations(world)
    await say(world, "/mode")
    await world.send(world.tap(f"mode;{mode}", world.shown()))
    questions = []
    for about in (SEA, SKY):
        [button] = [b for row in panel.buttons for b in row if about[:14] in b.label]
        await world.send(world.tap_data(button.data, panel.message_id))
        await world.send(world.tap("talk-name", world.messenger.chats[ME][panel.message_id]))
        questions.append(world.shown())
    first = questions[0]
    replied = {"message_id": first.message_id, "from": {"id": BOT_ID, "is_bot": True}, "text": first.text}
    for _ in range(2):
        await world.send(world.message("The sea", reply_to_message=replied))
        assert "/history" in world.shown().text
    assert [talk.title for talk in talks(world)] == [SKY, SEA]
    assert len(world.jobs()) == 2


async def test_deleted(world: World) -> None:
    """After a question its words are gone: from the list, from what the model knows, and from every document."""
    panel = await open_one(world, await two_conversations(world), SEA)
    await world.send(world.tap("talk-del;", panel))
    await world.send(world.tap("talk-del-yes", world.shown()))
    assert "sea" not in str(world.shown().buttons)
    assert "sea" not in str(world.store.collection("messages")) + str(world.store.collection("conversations"))
    expired = [fields for fields in world.store.collection("messages").values() if fields["expire_at"] <= world.now]
    assert [fields["text"] for fields in expired] == ["", ""]
    assert [job.expire_at <= world.now for job in world.jobs()] == [False, True]
    await say(world, "/ask more")
    assert lines_of(world) == ["more"]
    assert talks(world)[0].title == SKY
    world.check_money()


async def test_kept_after_all(world: World) -> None:
    """*Keep it* goes back, and nothing is deleted."""
    panel = await open_one(world, await two_conversations(world), SEA)
    await world.send(world.tap("talk-del;", panel))
    await world.send(world.tap("talk;", world.shown()))
    assert SEA in world.shown().text
    await world.send(world.tap("hist", world.shown()))
    assert len(talks(world)) == 2


async def test_the_list_after_many_deletions(world: World) -> None:
    """Deleted conversations take no place in the list, and no page leads to deleted ones only."""
    for n in range(PAGE + 2):
        await say(world, "/new", f"/ask {n} {SKY}")
        world.clock.advance(60)
    for _ in range(PAGE):
        await say(world, "/history")
        panel = await open_one(world, world.shown(), "")
        for action in ("talk-del;", "talk-del-yes"):
            await world.send(world.tap(action, world.messenger.chats[ME][panel.message_id]))
    await say(world, "/history")
    labels = [button.label for row in world.shown().buttons for button in row]
    assert [label[:5] for label in labels[:2]] == ["1 why", "0 why"]
    assert not any("Older" in label for label in labels)


async def test_deleted_twice(world: World) -> None:
    """A second press finds nothing, says so, and does no harm."""
    panel = await open_one(world, await two_conversations(world), SKY)
    await world.send(world.tap("talk-del;", panel))
    press = world.tap("talk-del-yes", world.shown())["callback_query"]["data"]
    for _ in range(2):
        await world.send(world.tap_data(press, panel.message_id))
    await world.send(world.tap_data(press.replace("talk-del-yes", "talk"), panel.message_id))
    assert world.messenger.taps[-1].toast == "This conversation is no longer kept."
    await world.send(world.tap_data(f"1;talk-del-yes;{'x' * 16};{ME}", panel.message_id))
    assert world.messenger.taps[-1].toast == "This conversation is no longer kept."
    assert [talk.title for talk in talks(world)] == ["", SEA]


async def test_a_long_one_is_deleted_in_steps(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next delivery continues unfinished work; a worker that dies in between loses nothing."""
    monkeypatch.setattr(erase_conversation, "STEP", 2)
    for n in range(4):
        await say(world, f"/ask question {n}")
    [talk] = talks(world)
    await say(world, "/history")
    panel = await open_one(world, world.shown(), "question 0")
    await world.send(world.tap("talk-del;", panel))
    press = world.tap("talk-del-yes", world.shown())

    async def slow() -> None:
        world.clock.advance(erase_conversation.SECONDS_MAX + 1)

    world.store.interrupt(writes_to("messages"), slow)
    await world.deliver(press)
    assert (talks(world)[0].erased, talks(world)[0].deleted_at is None) == (2, False)
    assert "question 3" in str(world.store.collection("messages"))
    await world.settle()
    assert talks(world)[0].erased == talk.count == 8
    assert "question" not in str(world.store.collection("messages"))


async def test_what_was_spoken_is_deleted(world: World) -> None:
    """With a conversation go the transcripts of its spoken questions, and its answers as voice messages and sounds."""
    await say(world, "/mode")
    await world.send(world.tap("mode;chat", world.shown()))
    await world.send(world.voice(SKY))
    await world.send(world.tap("speak", world.shown()))
    await say(world, "/history")
    await world.send(world.tap("talk-del;", await open_one(world, world.shown(), SKY)))
    await world.deliver(world.tap("talk-del-yes", world.shown()))
    spoken = {job.kind: job for job in world.jobs()}
    assert spoken["transcript"].expire_at <= world.now
    assert spoken["speech"].expire_at <= world.now + timedelta(days=1)
    assert spoken["speech"].deleted_at == world.now
    assert len(world.blobs.blobs) == 1
    world.clock.advance(120)
    await world.move(spoken["speech"])
    assert world.blobs.blobs == {}
    assert [shown.kind for shown in world.messenger.messages(ME)].count("voice") == 1
    assert SKY not in str(world.store.collection("jobs")[spoken["speech"].id])


async def test_an_answer_comes_while_it_is_deleted(world: World) -> None:
    """It is delivered, and not kept: nothing comes back that was deleted."""
    await say(world, f"/ask {SKY}", "/history")
    panel = await open_one(world, world.shown(), SKY)
    await world.send(world.tap("talk-del;", panel))
    press = world.tap("talk-del-yes", world.shown())

    async def delete() -> None:
        [key] = world.store.collection("conversations")
        [record] = await world.store.read([conversation_key(key)])
        assert record is not None
        await world.store.commit([Update(record.key, {"deleted_at": world.now, "turns": []}, record.version)])

    world.store.interrupt(writes_to("jobs", state="made"), delete)
    await say(world, "/ask and at night?")
    assert world.shown().text == "You said: and at night?"
    assert talks(world)[0].count == 2
    assert len(world.store.collection("messages")) == 2
    await world.send(press)
    await say(world, "/ask more")
    assert lines_of(world) == ["more"]


async def test_deleted_wholly_while_an_answer_is_written(world: World) -> None:
    """The answer is delivered, but neither it nor its question is kept, also where the deletion was quicker."""
    await say(world, f"/ask {SKY}", "/history")
    panel = await open_one(world, world.shown(), SKY)
    await world.send(world.tap("talk-del;", panel))
    press = world.tap("talk-del-yes", world.shown())
    world.store.interrupt(writes_to("jobs", state="made"), lambda: world.deliver(press))
    await say(world, "/ask and at night?")
    assert world.messenger.messages(ME)[-1].text == "You said: and at night?"
    assert "night" not in str(world.store.collection("messages")) + str(world.store.collection("conversations"))
    assert world.jobs()[-1].expire_at <= world.now + timedelta(days=2)
    await say(world, "/history")
    assert "No conversations" in world.shown().text


async def test_deleted_and_begun_again_while_an_answer_is_written(world: World) -> None:
    """A summary of deleted turns does not enter the new conversation under the same id."""
    await say(world, f"/ask {SKY}")
    [key] = world.store.collection("conversations")

    async def begin_again() -> None:
        [record] = await world.store.read([conversation_key(key)])
        assert record is not None
        later = world.now + timedelta(seconds=1)
        await world.store.commit([Update(record.key, {"started_at": later, "turns": [], "title": ""}, record.version)])

    world.store.interrupt(writes_to("jobs", state="made"), begin_again)
    await say(world, "/ask and at night?")
    assert "night" not in str(world.store.collection("conversations"))


async def test_an_answer_on_its_way_is_deleted_too(world: World) -> None:
    """A deletion waits for an answer that is made and not delivered yet: its job, with the same words, goes as well."""
    await say(world, f"/ask {SKY}", "/history")
    panel = await open_one(world, world.shown(), SKY)
    await world.send(world.tap("talk-del;", panel))
    press = world.tap("talk-del-yes", world.shown())
    world.store.interrupt(writes_to("jobs", state="delivered"), lambda: world.deliver(press))
    await say(world, "/ask and at night?")
    assert [job.expire_at <= world.now for job in world.jobs()] == [True, True]
    assert [fields["text"] for fields in world.store.collection("messages").values()] == [""] * 4
    world.check_money()


async def test_an_answer_that_waits_for_its_person_is_deleted_soon(world: World) -> None:
    """An answer that is made and waits keeps its job for two days more at most: the deletion does not wait for it."""
    await say(world, f"/ask {SKY}", "/history")
    panel = await open_one(world, world.shown(), SKY)
    await world.send(world.tap("talk-del;", panel))
    [record] = await world.store.read([job_key(world.job().id)])
    assert record is not None
    await world.store.commit([Update(record.key, {"state": "made", "lease_until": None}, record.version)])
    for _ in range(2):
        await world.send(world.tap_data("1;talk-del-yes;" + talks(world)[0].id + f";{ME}", panel.message_id))
        assert world.job().expire_at == world.now + timedelta(days=2)
    assert [fields["text"] for fields in world.store.collection("messages").values()] == ["", ""]


async def test_an_old_button_does_not_delete_what_came_later(world: World) -> None:
    """A conversation that begins again under the same id is not the one that was asked about."""
    await say(world, f"/ask {SKY}", "/history")
    panel = await open_one(world, world.shown(), SKY)
    await world.send(world.tap("talk-del;", panel))
    press = world.tap("talk-del-yes", world.shown())
    assert len(press["callback_query"]["data"].encode()) <= 60
    world.clock.advance(86_400 * 31)
    await say(world, f"/ask {SEA}")
    await world.send(press)
    assert world.messenger.taps[-1].toast == "This conversation is no longer kept."
    assert [talk.title for talk in talks(world)] == [SEA]
    await say(world, "/ask more")
    assert lines_of(world)[0] == SEA


async def test_deleted_while_an_answer_is_kept(world: World) -> None:
    """An answer that is kept between two steps of the deletion is deleted with the rest."""
    await say(world, f"/ask {SKY}", "/history")
    panel = await open_one(world, world.shown(), SKY)
    await world.send(world.tap("talk-del;", panel))
    press = world.tap("talk-del-yes", world.shown())

    async def ask() -> None:
        await say(world, "/ask and at night?")

    world.store.interrupt(writes_to("conversations", title=""), ask)
    await world.send(press)
    assert "night" not in str(world.store.collection("messages")) + str(world.store.collection("conversations"))


async def test_what_is_expired_is_not_exported(world: World) -> None:
    """The store deletes late: what has expired by a shorter choice is not in the file."""
    await say(world, f"/ask {SKY}")
    world.clock.advance(86_400 * 3)
    await say(world, f"/ask {SEA}", "/history")
    panel = world.shown()
    for action in ("kept;", "kept;1;"):
        await world.send(world.tap(action, world.messenger.chats[ME][panel.message_id]))
    await say(world, "/history")
    panel = await open_one(world, world.shown(), SKY)
    await world.send(world.tap("talk-file", panel))
    text = world.messenger.files[world.shown().file_id].decode()
    assert SEA in text
    assert f"You said: {SKY}" not in text


async def test_a_file_is_sent_once(world: World) -> None:
    """If it is unknown whether the file arrived, it is not sent again automatically; the button remains."""
    panel = await open_one(world, await two_conversations(world), SKY)
    world.messenger.lose("send_document", 8)
    await world.send(world.tap("talk-file", panel))
    assert len(world.messenger.sent("send_document")) == 1


@pytest.mark.parametrize("way", ["reply", "button"])
async def test_nothing_goes_on_from_a_deleted_answer(world: World, way: str) -> None:
    """After the deletion neither a reply to the answer nor a button under it brings the deleted words back."""
    await say(world, f"/ask {SKY}")
    shown = world.shown()
    await say(world, "/history")
    panel = await open_one(world, world.shown(), SKY)
    for action in ("talk-del;", "talk-del-yes"):
        await world.send(world.tap(action, world.messenger.chats[ME][panel.message_id]))
    await world.send(world.reply("/ask and more?", shown) if way == "reply" else world.tap("answer-longer", shown))
    assert SKY not in str([talk.lines for talk in world.text_model.talks[1:]])
    assert SKY not in str(world.store.collection("conversations"))


async def test_exported(world: World) -> None:
    """All that was said, in order, with who said it and when, as a Markdown file."""
    panel = await open_one(world, await two_conversations(world), SKY)
    await world.send(world.tap("talk-file", panel))
    document = world.shown()
    text = world.messenger.files[document.file_id].decode()
    assert text.startswith(f"# {SKY}")
    assert text.index("**You**") < text.index("**NanoBanana**") < text.index(f"You said: {SKY}")
    assert not document.buttons


async def test_exported_in_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long one comes in files of bounded size; together they hold each message once."""
    monkeypatch.setattr(export_conversation, "PAGE", 2)
    monkeypatch.setattr(export_conversation, "PART_MESSAGES", 4)
    for n in range(3):
        await say(world, f"/ask question {n}")
    await say(world, "/history")
    await world.send(world.tap("talk-file", await open_one(world, world.shown(), "question 0")))
    first = world.shown()
    await world.send(world.tap("talk-file", first))
    texts = [world.messenger.files[shown.file_id].decode() for shown in (first, world.shown())]
    assert [text.count("**You**") for text in texts] == [2, 1]
    assert not world.shown().buttons


async def test_what_expired_is_left_out(world: World) -> None:
    """Messages that the store has deleted are missing in the file, and it says in short what they were about."""
    await say(world, f"/ask {SKY}", f"/ask {SEA}", "/history")
    [talk] = talks(world)
    for number in (1, 2):
        del world.store._documents[message_key(talk, number)]
    [record] = await world.store.read([conversation_key(talk.id)])
    assert record is not None
    await world.store.commit([Update(record.key, {"summary": "About the sky."}, record.version)])
    panel = await open_one(world, world.shown(), SKY)
    assert "About the sky." in panel.text
    await world.send(world.tap("talk-file", panel))
    text = world.messenger.files[world.shown().file_id].decode()
    assert "In short: About the sky." in text
    assert text.count(SKY) == 1  # the title
    assert text.count(SEA) == 2


async def test_pages(world: World) -> None:
    """Six on a page; the older ones a press away, and back."""
    for n in range(PAGE + 2):
        world.clock.advance(1)
        await say(world, "/new", f"/ask question {n}")
    await say(world, "/history")
    first = world.shown()
    await world.send(world.tap_data(first.buttons[PAGE][1].data, first.message_id))
    labels = [row[0].label for row in world.shown().buttons]
    assert labels[:2] == ["question 1", "question 0"]
    await world.send(world.tap("hist;0", world.shown()))
    assert world.shown().buttons == first.buttons


def test_moments_in_buttons() -> None:
    """A moment comes back as it was; other texts are none."""
    moment = World().now + timedelta(microseconds=7)
    assert read_instant(write_instant(moment)) == moment
    assert read_instant("0") is None
    assert read_instant("later, later") is None


async def test_what_cannot_be_read_is_not_listed(world: World) -> None:
    """A conversation of a newer release stays, unlisted."""
    panel = await two_conversations(world)
    newest = talks(world)[-1]
    world.store._documents[conversation_key(newest.id)].fields["turns"] = "what no release wrote"
    await say(world, "/history")
    assert len(world.shown().buttons) == len(panel.buttons) - 1


async def test_somebody_else_presses(world: World) -> None:
    """In a group the list is its owner's: nobody else opens, renames, saves, deletes, or chooses."""
    await world.send(world.message("/help", user_id=OTHER))
    panel = await two_conversations(world, chat_id=GROUP)
    one = await open_one(world, panel, SKY, chat_id=GROUP)
    before = talks(world)
    for action in ("talk-name", "talk-file", "talk-del;", "talk-go", "hist"):
        await world.send(world.tap(action, one, user_id=OTHER, chat_id=GROUP))
        assert "somebody else" in world.messenger.taps[-1].toast
    for action in ("talk-del-yes", "kept"):
        await world.send(
            world.tap_data(f"1;{action};{before[0].id};{ME}", one.message_id, user_id=OTHER, chat_id=GROUP)
        )
    assert talks(world) == before


async def test_forged_buttons(world: World) -> None:
    """A forged button (another owner's number, a private conversation in a group) shows nothing."""
    await two_conversations(world)
    private = talks(world)[0].id
    await world.send(world.message("/history", chat_id=GROUP))
    panel = world.shown(GROUP)
    assert "sky" not in str(panel.buttons)
    for data in (f"1;talk;{private};{ME}", f"1;talk-file;{private};1;{ME}", "1;talk-file", f"1;talk;..;{ME}"):
        await world.send(world.tap_data(data, panel.message_id, chat_id=GROUP))
    for action in ("talk", "talk-del-yes"):
        await world.send(
            world.tap_data(f"1;{action};{private};{OTHER}", panel.message_id, user_id=OTHER, chat_id=OTHER)
        )
    assert all("sky" not in shown.text for shown in world.messenger.messages(GROUP))
    assert len(talks(world)) == 2


@pytest.mark.parametrize(("number", "first"), [("99999999", 1), ("x", 1), ("0", 1), ("3", 3)])
async def test_numbers_of_parts(world: World, number: str, first: int) -> None:
    """A part begins where its button says; what is no number is the beginning."""
    await two_conversations(world)
    talk = replace(talks(world)[0])
    await world.send(world.tap_data(f"1;talk-file;{talk.id};{number};{ME}", 1))
    text = world.messenger.files[world.shown().file_id].decode()
    assert ("**You**" in text) == (first == 1)


async def test_how_long_it_is_kept(world: World) -> None:
    """A shorter choice counts for conversations, messages and jobs that are there, a longer one from the next one."""
    await say(world, f"/ask {SKY}", "/history")
    await world.send(world.tap("kept", world.shown()))
    assert "✅ 30 days" in str(world.shown().buttons)
    await world.send(world.tap("kept;1;", world.shown()))
    assert "✅ 1 day" in str(world.shown().buttons)
    await say(world, f"/ask {SEA}")
    [talk] = talks(world)
    assert talk.expire_at - talk.changed_at == timedelta(days=1)
    kept = [fields["expire_at"] - fields["at"] for fields in world.store.collection("messages").values()]
    assert kept == [timedelta(days=1)] * 4
    assert [(job.expire_at - job.created_at).days for job in world.jobs()] == [2, 2]
    await say(world, "/history")
    await world.send(world.tap("kept", world.shown()))
    await world.send(world.tap("kept;7;", world.shown()))
    assert talks(world) == [talk]
    await say(world, "/ask more")
    [talk] = talks(world)
    assert talk.expire_at - talk.changed_at == timedelta(days=7)


async def choose_a_day(world: World) -> dict[str, Any]:
    """The press that has everything kept for a day."""
    await say(world, "/history")
    await world.send(world.tap("kept", world.shown()))
    return world.tap("kept;1;", world.shown())


async def test_many_are_kept_shorter(world: World) -> None:
    """In every place, on every page; what is being deleted and what cannot be read is left alone."""
    for n in range(keep_shorter.PAGE + 3):
        await say(world, "/new", f"/ask question {n}", chat_id=GROUP if n % 2 else ME)
    deleted, unreadable, *others = talks(world)
    await _put(world, deleted.id, {"deleted_at": world.now})
    await _put(world, unreadable.id, {"turns": "what no release wrote"})
    await world.send(await choose_a_day(world))
    stored = world.store.collection("conversations")
    kept = {name: (fields["expire_at"] - fields["changed_at"]).days for name, fields in stored.items()}
    assert kept == {deleted.id: 30, unreadable.id: 30, **{talk.id: 1 for talk in others}}


async def test_all_in_one_moment(world: World) -> None:
    """A page full of conversations of one moment is no endless one."""
    for n in range(keep_shorter.PAGE + 3):
        await say(world, "/new", f"/ask question {n}")
    for talk in talks(world):
        await _put(world, talk.id, {"changed_at": world.now})
    await world.send(await choose_a_day(world))
    assert world.user().talk.kept_days == 1


async def test_shorter_in_steps(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next delivery continues unfinished work; an answer in progress keeps its job."""
    monkeypatch.setattr(keep_shorter, "STEP", 2)
    for n in range(3):
        await say(world, f"/ask question {n}")
    press = await choose_a_day(world)
    [job] = [each for each in world.jobs() if "question 0" in str(each.request)]
    world.store._documents[job_key(job.id)].fields["state"] = "made"

    async def slow() -> None:
        world.clock.advance(erase_conversation.SECONDS_MAX + 1)

    world.store.interrupt(writes_to("messages"), slow)
    await world.deliver(press)
    assert (talks(world)[0].expire_at - talks(world)[0].changed_at).days == 30
    await world.settle()
    assert (talks(world)[0].expire_at - talks(world)[0].changed_at).days == 1
    assert [(each.expire_at - each.created_at).days for each in world.jobs()] == [31, 2, 2]


async def _put(world: World, talk_id: str, fields: dict[str, Any]) -> None:
    [record] = await world.store.read([conversation_key(talk_id)])
    assert record is not None
    await world.store.commit([Update(record.key, fields, record.version)])


async def test_kept_until_it_is_deleted(world: World) -> None:
    """It says so; the job goes with the others all the same."""
    await say(world, "/history")
    await world.send(world.tap("kept", world.shown()))
    await world.send(world.tap("kept;0;", world.shown()))
    await say(world, f"/ask {SKY}", "/history")
    panel = await open_one(world, world.shown(), SKY)
    assert "until you delete it" in panel.text
    assert talks(world)[0].expire_at == FOREVER
    assert (world.job().expire_at - world.job().created_at).days == 90


async def test_a_choice_of_a_newer_release(world: World) -> None:
    """A number of days that this release does not offer is shown as the usual one."""
    await say(world, "/help")
    key, fields = next(iter(world.store.collection("users").items()))
    world.store._documents.clear()
    talk = {**fields["talk"], "kept_days": 5}
    from shared.ports import Key

    await world.store.commit([Create(Key("users", key), {**fields, "talk": talk})])
    await say(world, "/history")
    assert "30 days" in world.shown().buttons[0][0].label


async def test_expired_is_not_listed(world: World) -> None:
    """Expired messages are not shown, even if TTL has not deleted them yet."""
    panel = await two_conversations(world)
    world.clock.advance(31 * 86_400)
    await open_one(world, panel, SKY)
    assert world.messenger.taps[-1].toast == "This conversation is no longer kept."
    assert "sky" not in str(world.shown().buttons)
