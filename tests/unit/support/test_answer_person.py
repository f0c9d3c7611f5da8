"""What operators write in a topic: to whom it goes, what stays among them, and what they are told."""

import pytest

from shared.errors import PlaceRefusedError, TooManyRequestsError
from shared.jobs.job_documents import job_key
from shared.ports import Update
from shared.support.read_said import read_said
from shared.texts import plain_text
from tests.unit.support.desk import DESK, HEARD, OPERATOR, ask_for_support, copies, reply_to, said, topic_of, write
from tests.world import ME, OTHER, Json, World


@pytest.fixture
async def thread(desk: World) -> int:
    """The topic of a person who wrote."""
    await ask_for_support(desk)
    await write(desk, "It does not work")
    return (await topic_of(desk)).thread_id


def in_name_of_group(update: Json) -> Json:
    """The same by an anonymous administrator."""
    message = update["message"] | {"sender_chat": {"id": DESK, "type": "supergroup"}}
    return update | {"message": message | {"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}}}


def told(world: World) -> str:
    return world.messenger.messages(DESK)[-1].text


async def test_an_answer_reaches_its_person(desk: World, thread: int) -> None:
    """It is copied into the private chat, once, with a button to write back; the operator sees a reaction."""
    update = said(desk, thread)
    await desk.send(update, update, update | {"update_id": update["update_id"] + 500})
    [answer] = copies(desk, ME)
    assert answer.text == f"copy of {DESK}/{update['message']['message_id']}"
    assert [button.data for row in answer.buttons for button in row] == ["1;support"]
    assert desk.messenger.reactions[DESK][update["message"]["message_id"]] == HEARD
    assert copies(desk, OTHER) == copies(desk, OPERATOR) == []


async def test_photos_and_anonymous_administrators(desk: World, thread: int) -> None:
    """Photos go too, and what an administrator writes in the group's name."""
    place: Json = {"message_thread_id": thread, "is_topic_message": True}
    photo = desk.photo("Look", user_id=OPERATOR, chat_id=DESK, **place)
    await desk.send(photo, in_name_of_group(said(desk, thread)))
    assert len(copies(desk, ME)) == 2


async def test_what_stays_among_operators(desk: World, thread: int) -> None:
    """Notes, the topic General, topics without a person, service messages and commands to other bots go nowhere."""
    await desk.send(
        said(desk, thread, "// is this the same as yesterday?"),
        desk.message("draw a fox", user_id=OPERATOR, chat_id=DESK),
        desk.message("/image a fox", user_id=OPERATOR, chat_id=DESK),
        said(desk, thread + 77),
        said(desk, thread, "/ban@keeper_bot a fraud"),
        said(desk, thread, "", forum_topic_edited={"name": "Done"}),
    )
    assert copies(desk, ME) == []
    assert desk.jobs() == []
    assert desk.messenger.chats[OPERATOR] == {}


async def test_a_command_is_not_passed_on(desk: World, thread: int) -> None:
    """The operator is told so; a path or a slash is no command."""
    await desk.send(said(desk, thread, "/refund"))
    assert told(desk) == plain_text("en", "support-desk-command")
    assert copies(desk, ME) == []
    await desk.send(said(desk, thread, "/app/help is its address"), said(desk, thread, "/ is a slash"))
    assert len(copies(desk, ME)) == 2


async def test_an_edit_is_not_passed_on(desk: World, thread: int) -> None:
    """The operator reads that the person still sees the first wording."""
    update = said(desk, thread)
    await desk.send(update, desk.edited(update, "We have looked into it."))
    assert len(copies(desk, ME)) == 1
    assert told(desk) == plain_text("en", "support-desk-edited")
    before = len(desk.messenger.messages(DESK))
    place = said(desk, thread, "", location={"latitude": 1.0, "longitude": 1.0, "live_period": 60})
    await desk.send(place, desk.edited(place, ""))
    assert len(desk.messenger.messages(DESK)) == before


async def test_a_person_who_blocked_the_bot(desk: World, thread: int) -> None:
    """The operator is told, once for a message."""
    desk.messenger.blocked.add(ME)
    update = said(desk, thread)
    await desk.send(update, update | {"update_id": update["update_id"] + 500})
    texts = [each.text for each in desk.messenger.messages(DESK)]
    assert texts.count(plain_text("en", "support-desk-blocked")) == 1


async def test_what_cannot_be_copied(desk: World, thread: int) -> None:
    """A kind of message that Telegram does not copy is told, in the operator's language."""
    update = said(desk, thread, "", poll={"id": "1"}, language="ru")
    desk.messenger.uncopyable.add(update["message"]["message_id"])
    await desk.send(update)
    assert told(desk) == plain_text("ru", "support-desk-refused")


async def test_an_unknown_outcome(desk: World, thread: int) -> None:
    """It is not sent again; the operator reads that it may have arrived."""
    desk.messenger.lose("copy_message")
    await desk.send(said(desk, thread))
    assert len(copies(desk, ME)) == 1
    assert told(desk) == plain_text("en", "support-desk-unknown")


async def test_flood_control(desk: World, thread: int) -> None:
    """A 429 delays an answer; one that lasts is told."""
    desk.messenger.fail("copy_message", TooManyRequestsError(5))
    await desk.send(said(desk, thread))
    assert len(copies(desk, ME)) == 1
    desk.messenger.fail("copy_message", *[TooManyRequestsError(59)] * 12)
    await desk.send(said(desk, thread))
    assert len(copies(desk, ME)) == 1
    assert told(desk) == plain_text("en", "support-desk-busy")


async def test_a_group_that_takes_no_words(desk: World, thread: int) -> None:
    """What the bot cannot tell the operators is dropped, or told later after a flood."""
    desk.messenger.blocked.add(ME)
    desk.messenger.fail("send_text", PlaceRefusedError("topic_closed"))
    await desk.send(said(desk, thread))
    before = len(desk.messenger.messages(DESK))
    desk.messenger.fail("send_text", TooManyRequestsError(5))
    await desk.send(said(desk, thread))
    assert len(desk.messenger.messages(DESK)) == before + 1


async def test_the_card_by_command(desk: World, thread: int) -> None:
    """/card in a topic shows its person as of now, and does not go to them."""
    await desk.send(said(desk, thread, "/card@nanobanana_test_bot"))
    assert "As of" in told(desk)
    assert copies(desk, ME) == []


async def test_a_closed_topic_is_told(desk: World, thread: int) -> None:
    """The person reads that it counts as settled, once until they write again; a reply to that is for the operators."""
    closing: Json = {"forum_topic_closed": {}}
    for _ in range(2):
        await desk.send(in_name_of_group(said(desk, thread, "", **closing)))
    texts = [each.text for each in desk.messenger.messages(ME)]
    assert texts.count(plain_text("en", "support-closed")) == 1
    await write(desk, "It is not")
    await desk.send(said(desk, thread, "", **closing))
    assert desk.shown().text == plain_text("en", "support-closed")
    desk.clock.advance(16 * 60)
    await desk.send(reply_to(desk, desk.shown(), "draw a fox, as I said"))
    assert len(copies(desk)) == 3
    assert desk.jobs() == []


async def test_a_race_at_closing(desk: World, thread: int) -> None:
    """If the person writes at that moment, the next closing is told again."""

    async def write_more() -> None:
        await desk.deliver(desk.message("And another thing"))

    desk.store.interrupt(lambda writes: any(each.fields.get("is_closed") for each in writes), write_more)
    await desk.send(said(desk, thread, "", forum_topic_closed={}))
    assert not (await topic_of(desk)).is_closed


def test_other_updates_are_no_messages() -> None:
    """A post of a channel is nothing that an operator says."""
    assert read_said(b'{"update_id": 1, "channel_post": {"message_id": 1}}') is None


async def test_a_job_of_another_release(desk: World, thread: int) -> None:
    """A job that this release cannot read is left out of the card."""
    await desk.send(desk.message("/image a fox"))
    [(job_id, fields)] = desk.store.collection("jobs").items()
    [record] = await desk.store.read([job_key(job_id)])
    assert record is not None
    assert fields["state"] == "delivered"
    await desk.store.commit([Update(record.key, {"created_at": "yesterday"}, record.version)])
    await desk.send(said(desk, thread, "/card"))
    assert job_id not in told(desk)
