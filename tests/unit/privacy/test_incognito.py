"""What is asked incognito is delivered and paid as ever, stands in no list, and has left soon, words and files."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.conversations.answer import question_of
from shared.conversations.conversation import conversation_id
from shared.jobs.job import JobState
from shared.jobs.open_jobs import change_job, open_job
from shared.jobs.sweep_work import sweep_work
from shared.miniapp.calls import Upload
from shared.miniapp.uploads import find_upload
from shared.people.accounts import change_user, open_user
from shared.people.storage import INCOGNITO_FOR, Storage, is_incognito, with_incognito
from shared.people.talk import place_of
from shared.pictures.keep_shares import can_be_shared
from shared.telegram.announce_jobs import redraw_end
from shared.telemetry.business_events import choose_event
from shared.videos.late_video import plan_late_job
from tests.fakes.pictures import PNG
from tests.fakes.text_model import Answer
from tests.unit.gallery.test_find_results import FOX
from tests.unit.jobs.test_job import NOW
from tests.unit.miniapp.conftest import App
from tests.world import BOT_ID, GROUP, ME, OTHER, World

SECRET = "a pink xylophone in the fog"


@pytest.fixture
async def hidden(world: World) -> World:
    """Somebody with credits who is incognito."""
    await world.give(500)
    await world.send(world.message("/incognito"))
    await world.send(world.tap("incognito;on", world.shown()))
    world.clock.advance(1)
    return world


async def leave(world: World) -> None:
    """An hour later, with a sweep now and then; three days later Firestore has deleted what expired."""
    for _ in range(8):
        world.clock.advance(600)
        await sweep_work(world.repair_ports)
        await world.settle()


def is_on(world: World) -> bool:
    """Whether what is sent now is incognito; updates of one second are some microseconds apart."""
    return is_incognito(world.user().storage, world.now + timedelta(seconds=1))


def stored(world: World) -> str:
    """Everything in the database, as text."""
    return str(list(world.store._documents.values()))


async def test_the_switch(world: World) -> None:
    """It is on for an hour, says until when, and ends at once when its person says so."""
    await world.send(world.message("/incognito"))
    page = world.shown()
    assert "Incognito is off" in page.text
    await world.send(world.tap("incognito;on", page))
    assert "Incognito is on for 60 more minutes" in world.shown().text
    assert is_on(world)
    await world.send(world.tap("incognito;off", world.shown(), user_id=OTHER))
    assert is_on(world)
    await world.send(world.tap("incognito;off", world.shown()))
    assert "Incognito is off" in world.shown().text
    assert not is_on(world)
    world.clock.advance(1)
    await App(world).post("/settings", {"name": "incognito", "value": "on"})
    assert is_on(world)
    world.clock.advance(INCOGNITO_FOR.total_seconds())
    await world.send(world.message("/start incognito"))
    assert "Incognito is off" in world.shown().text


async def test_in_a_group(world: World) -> None:
    """A group is led to the private chat."""
    await world.send(world.message("/incognito", chat_id=GROUP))
    assert "start=incognito" in str(world.shown(GROUP).buttons)


async def test_a_picture(hidden: World) -> None:
    """It is shown with a sign and paid for; no gallery, link or export has it, and soon neither bucket nor database."""
    await hidden.send(hidden.message(f"draw {SECRET}"))
    job = hidden.job()
    assert (job.state, job.is_incognito) == (JobState.DELIVERED, True)
    assert "🕶" in hidden.shown().text
    assert not can_be_shared(hidden.ports, job)
    await hidden.send(hidden.tap("share", hidden.shown()))
    assert "gets no link" in hidden.messenger.taps[-1].toast
    assert job.id not in (await App(hidden).get("/gallery")).html
    assert any(job.id in name for name in hidden.blobs.blobs)
    await leave(hidden)
    assert SECRET not in stored(hidden)
    assert not any(job.id in name for name in hidden.blobs.blobs)
    assert [each.kind.value for each in hidden.transfers()].count("capture") == 1
    hidden.check_money()


async def test_a_dear_order(hidden: World) -> None:
    """Once it was answered the question about it has lost its words; what comes again buys nothing more."""
    opened = await open_user(hidden.ports, ME)
    await change_user(hidden.ports, opened, lambda user: replace(user, talk=replace(user.talk, confirm_above=4)))
    await hidden.send(message := hidden.message(f"/search {SECRET}"))
    asked = hidden.shown()
    await hidden.send(hidden.tap("order", asked), hidden.tap("order", asked))
    assert len(hidden.jobs()) == 1
    assert hidden.store.collection("asked_orders") == {}
    await hidden.send(message | {"update_id": 77})
    assert hidden.store.collection("asked_orders") == {}
    assert len(hidden.jobs()) == 1
    hidden.check_money()


async def test_an_answer(hidden: World) -> None:
    """No conversation, message or fact is stored or used; a later question begins in the ordinary conversation."""
    await hidden.send(hidden.message("/remember I live in Rome"))
    await hidden.send(hidden.message(f"/ask what is {SECRET}?"))
    assert "🕶" in hidden.shown().text
    assert hidden.store.collection("conversations") == {}
    assert hidden.store.collection("messages") == {}
    assert "Rome" not in str(hidden.text_model.talks)
    await leave(hidden)
    assert SECRET not in stored(hidden)
    await hidden.send(hidden.message("/ask why is the sky blue?"))
    assert len(hidden.store.collection("conversations")) == 1


async def test_an_answer_stays_in_the_chat(hidden: World) -> None:
    """A task that comes again after its job was emptied draws nothing over the answer, though two workers had it."""
    await hidden.send(hidden.message(f"/ask what is {SECRET}?"))
    said = hidden.shown().text
    opened = await open_job(hidden.ports, hidden.job().id)
    assert opened is not None
    await change_job(hidden.ports, opened, lambda job: replace(job, fence=2))
    await leave(hidden)
    assert await redraw_end(hidden.ports, hidden.job().id)
    assert hidden.shown().text == said
    await hidden.send(hidden.tap("answer-again", hidden.shown()))
    assert "no longer stored" in hidden.messenger.taps[-1].toast
    reply = hidden.reply("and why?", hidden.shown())
    reply["message"]["reply_to_message"]["text"] = said
    await hidden.send(reply)
    assert said[:20] in str(hidden.text_model.talks[-1])


async def test_buttons_after_it_has_ended(hidden: World) -> None:
    """A longer answer that is asked for after the end is an ordinary one, in the current conversation."""
    await hidden.send(hidden.message(f"/ask what is {SECRET}?"))
    first = hidden.shown()
    await hidden.send(hidden.message("/incognito"))
    await hidden.send(hidden.tap("incognito;off", hidden.shown()))
    await hidden.send(hidden.tap("answer-longer", first))
    hidden_job, longer = hidden.jobs()
    assert (hidden_job.is_incognito, longer.is_incognito) == (True, False)
    assert question_of(longer).conversation_id == conversation_id(hidden.user(), place_of(BOT_ID, ME, None))


async def test_the_voice_of_an_answer(hidden: World) -> None:
    """What is spoken of an incognito answer is incognito too, also after the mode has ended."""
    await hidden.send(hidden.message(f"/ask what is {SECRET}?"))
    answer = hidden.shown()
    await hidden.send(hidden.message("/incognito"))
    await hidden.send(hidden.tap("incognito;off", hidden.shown()))
    await hidden.send(hidden.tap("speak", answer))
    assert [job.is_incognito for job in hidden.jobs()] == [True, True]


async def test_a_recording(hidden: World) -> None:
    """Its transcript, and what came of it, leave as well."""
    await hidden.send(hidden.voice(f"draw {SECRET}"))
    assert {job.is_incognito for job in hidden.jobs()} == {True}
    await leave(hidden)
    assert SECRET not in stored(hidden)


async def test_a_question_about_an_order(hidden: World) -> None:
    """What the bot asks back keeps the words only until it is sent, and the wish for two days."""
    await hidden.send(hidden.message(f"/video {SECRET}"))
    assert hidden.store.collection("drafts") != {}
    assert all(SECRET not in str(fields.get("answer")) for fields in hidden.store.collection("inbox").values())
    [draft] = hidden.store.collection("drafts").values()
    assert draft["expire_at"] <= hidden.now + timedelta(days=2)
    await hidden.send(hidden.tap("vmake", hidden.shown()))
    [video] = hidden.jobs()
    assert (video.state, video.is_incognito) == (JobState.DELIVERED, True)


async def test_an_upload(hidden: World) -> None:
    """A picture that is uploaded in the app meanwhile is one that the bucket deletes after a day, and can be used."""
    app = App(hidden)
    kept = await app.post("/uploads", uploads=[Upload("file", "x.png", PNG)])
    [name] = hidden.blobs.blobs
    assert name.startswith("archives/")
    upload = name.rpartition("/")[2]
    assert upload in kept.html
    assert (await app.get(f"/uploads/{upload}")).status == 200
    assert (await app.as_other(OTHER).get(f"/uploads/{upload}")).status == 404
    assert await find_upload(hidden.app_ports, ME, upload) is not None
    assert await find_upload(hidden.app_ports, OTHER, upload) is None


async def test_an_export(hidden: World) -> None:
    """Data to take along have no trace of it, even while it is there."""
    await hidden.send(hidden.message(f"draw {SECRET}"))
    await hidden.send(hidden.message("/privacy"))
    await hidden.deliver(hidden.tap("export", hidden.shown()))
    await hidden.settle()
    [documents] = [content for name, (content, *_) in hidden.blobs.blobs.items() if name.startswith("archives/")]
    with zipfile.ZipFile(io.BytesIO(documents)) as archive:
        assert not any(SECRET.encode() in archive.read(name) for name in archive.namelist())


async def test_a_rating(hidden: World) -> None:
    """A reaction to it is not kept."""
    await hidden.send(hidden.message(f"draw {SECRET}"))
    await hidden.send(reaction(hidden, hidden.shown().message_id))
    assert hidden.store.collection("ratings") == {}


def reaction(world: World, message_id: int) -> dict[str, object]:
    """👍 under a message."""
    person = {"id": ME, "is_bot": False, "first_name": "Ann", "language_code": "en"}
    said = {
        "chat": {"id": ME, "type": "private"}, "message_id": message_id, "user": person,
        "date": int(world.now.timestamp()), "old_reaction": [], "new_reaction": [{"type": "emoji", "emoji": "👍"}],
    }  # fmt: skip
    return {"update_id": 900_001, "message_reaction": said}


@pytest.mark.usefixtures("as_shipped")
async def test_statistics(hidden: World, capsys: pytest.CaptureFixture[str]) -> None:
    """No event of the business comes of what is asked, read, worded, made or declined."""
    hidden.text_model.read = lambda talk: Answer((json.dumps({"variants": ["A fox at dawn"] * 3}),))
    await hidden.send(hidden.message(f"/image {SECRET}"), hidden.message("the sea, maybe"))
    await hidden.send(hidden.message("a fox " * 1000), hidden.message(f"/improve {SECRET}"))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["event"] for line in lines} >= {
        "request_declined",
        "message_unread",
        "prompts_worded",
        "job_delivered",
    }
    assert [line for line in lines if choose_event(line["event"], line, hidden.now) is not None] == []


async def test_a_press_that_comes_again(hidden: World) -> None:
    """A message that Telegram repeats after everything has left buys nothing."""
    update = hidden.message(f"draw {FOX}")
    await hidden.send(update)
    await leave(hidden)
    await hidden.deliver(update)
    await hidden.settle()
    assert len(hidden.jobs()) == 1
    hidden.check_money()


async def test_what_comes_late(hidden: World) -> None:
    """The job that brings a video after its refund is incognito as the first one was."""
    await hidden.send(hidden.message(f"/video {SECRET}"))
    await hidden.send(hidden.tap("vmake", hidden.shown()))
    assert plan_late_job(hidden.job(), hidden.now).is_incognito


def test_when() -> None:
    """The time of asking counts, not that of the work; what ended does not begin again by being ended twice."""
    storage = with_incognito(Storage(), "on", NOW)
    assert storage is not None
    assert not is_incognito(storage, NOW - timedelta(seconds=1))
    assert not is_incognito(storage, NOW + INCOGNITO_FOR)
    longer = with_incognito(storage, "on", NOW + timedelta(minutes=30))
    assert longer is not None
    assert is_incognito(longer, NOW)
    assert is_incognito(longer, NOW + timedelta(minutes=89))
    ended = with_incognito(storage, "off", NOW + timedelta(minutes=1))
    assert ended is not None
    assert is_incognito(ended, NOW)
    assert with_incognito(ended, "off", NOW + timedelta(minutes=2)) == ended
    assert with_incognito(ended, "maybe", NOW) is None
