"""What people write to the operators: where it goes, what they are told, and what it never becomes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.errors import (
    DeliveryUnknownError,
    MessageRejectedError,
    PlaceRefusedError,
    TooManyRequestsError,
)
from shared.support.topic import MESSAGES_PER_HOUR
from shared.texts import plain_text
from tests.unit.support.desk import DESK, HEARD, ask_for_support, copies, reply_to, said, topic_of, write
from tests.world import GROUP, ME, OTHER, SUPPORT, World


def own(world: World, user_id: int = ME) -> list[str]:
    return [each.text for each in world.messenger.messages(user_id)]


async def test_a_message_reaches_its_topic(desk: World) -> None:
    """Words after /support go into a topic of the person under a card of them, once, and nothing is bought by them."""
    await ask_for_support(desk)
    assert "15 minutes" in own(desk)[-1]
    update = await write(desk, "Draw me a fox: it does not work")
    topic = await topic_of(desk)
    assert desk.messenger.topics[DESK] == {topic.thread_id: f"Ann · {ME}"}
    card, copy = desk.messenger.messages(DESK)
    assert (card.message_id, copy.thread_id) == (topic.card_id, topic.thread_id)
    assert copy.text == f"copy of {ME}/{update['message']['message_id']}"
    assert "Passed on" in own(desk)[-1]
    assert desk.jobs() == []
    desk.check_money()


async def test_more_messages_get_a_reaction(desk: World) -> None:
    """A second message, a photo and a voice message go the same way; words are said about the first only."""
    await ask_for_support(desk)
    await write(desk, "One")
    shown = len(own(desk))
    for update in (desk.message("Two"), desk.photo("Three"), desk.voice("four")):
        await desk.send(update)
        assert desk.messenger.reactions[ME][update["message"]["message_id"]] == HEARD
    assert len(copies(desk)) == 4
    assert len(own(desk)) == shown
    assert desk.jobs() == []


async def test_words_behind_the_command(desk: World) -> None:
    """/support with words passes them on at once, a reply to what it says too; the Russian name of it is a word."""
    await desk.send(desk.message("/support my picture is black", language="ru"))
    assert len(copies(desk)) == 1
    assert own(desk)[-1].startswith("✅ Передано")
    reply = reply_to(desk, desk.shown(), "draw the fox again")
    await desk.send(reply, desk.edited(reply, "draw the red fox again"))
    assert len(copies(desk)) == 2
    assert own(desk)[-1] == plain_text("en", "support-edited")
    assert desk.jobs() == []
    await desk.send(desk.message("поддержка", language="ru"))
    assert "Напишите нам" in own(desk)[-1]


async def test_it_comes_twice(desk: World) -> None:
    """The same update again, and the same message under another update id, change and say nothing."""
    await ask_for_support(desk)
    update = await write(desk, "It does not work")
    before = own(desk)
    await desk.send(update)
    await desk.send(update | {"update_id": update["update_id"] + 500})
    assert len(copies(desk)) == 1
    assert own(desk) == before


async def test_the_end_of_writing(desk: World) -> None:
    """*That is all*, another command, another button or time make plain words the bot's again."""
    await ask_for_support(desk)
    await desk.send(desk.tap("support;end", desk.shown()))
    assert desk.messenger.taps[-1].toast == plain_text("en", "support-ended")
    assert desk.shown().buttons == ()
    await desk.send(desk.tap_data("1;support;end", 1))
    await desk.send(desk.message("draw a fox"))
    for leave in ("/balance", "1;bal"):
        await ask_for_support(desk)
        await desk.send(desk.message(leave) if leave.startswith("/") else desk.tap_data(leave, 1))
        await desk.send(desk.message("draw a fox"))
    await ask_for_support(desk)
    desk.clock.advance(16 * 60)
    await desk.send(desk.message("draw a fox"))
    assert len(desk.jobs()) == 4
    assert copies(desk) == []
    desk.check_money()


async def test_writing_goes_on(desk: World) -> None:
    """Each message gives its person a quarter of an hour for the next; one that comes after the end gives none."""
    await ask_for_support(desk)
    for words in ("One", "Two", "Three"):
        desk.clock.advance(10 * 60)
        await write(desk, words)
    assert len(copies(desk)) == 3
    desk.clock.advance(60)
    last, written_at = desk.message("Four"), desk.now
    desk.clock.advance(1)
    await desk.send(desk.tap("support;end", desk.shown()))
    desk.clock.advance(1)
    await desk.deliver(last, received_at=written_at)
    await write(desk, "draw a fox")
    assert len(copies(desk)) == 4
    assert len(desk.jobs()) == 1


async def test_what_was_done_before_ends_nothing(desk: World) -> None:
    """A press from before /support that is handled only afterwards leaves the words to the operators."""
    await desk.send(desk.message("/start"))
    press, pressed_at = desk.tap_data("1;nothing", desk.shown().message_id), desk.now
    desk.clock.advance(2)
    await ask_for_support(desk)
    await desk.deliver(press, received_at=pressed_at)
    await write(desk, "draw a fox")
    assert desk.jobs() == []
    assert len(copies(desk)) == 1


async def test_a_wish_from_before(desk: World) -> None:
    """A wish from before /support that is handled only afterwards, as a spoken one is, stays a wish."""
    await desk.send(desk.message("/start"))
    wish, sent_at = desk.message("draw a fox"), desk.now
    desk.clock.advance(2)
    await ask_for_support(desk)
    await desk.deliver(wish, received_at=sent_at)
    await desk.settle()
    assert copies(desk) == []
    assert len(desk.jobs()) == 1


async def test_asked_twice(desk: World) -> None:
    """Words from before a second /support that are handled later are for the operators; an older one ends nothing."""
    first, first_at = desk.message("/support"), desk.now
    desk.clock.advance(2)
    await ask_for_support(desk)
    words, written_at = desk.message("draw a fox"), desk.now
    desk.clock.advance(2)
    await ask_for_support(desk)
    await desk.deliver(first, received_at=first_at)
    await desk.deliver(words, received_at=written_at + timedelta(seconds=1))
    await desk.settle()
    assert desk.jobs() == []
    assert len(copies(desk)) == 1


async def test_what_was_passed_on_is_never_a_request(desk: World) -> None:
    """A message that comes again after the end, and an edit of it, buy nothing; the edit is told to be lost."""
    await ask_for_support(desk)
    update = await write(desk, "draw a fox")
    await desk.send(desk.message("/balance"))
    await desk.send(update | {"update_id": update["update_id"] + 500})
    await desk.send(desk.edited(update, "draw a red fox"))
    assert desk.jobs() == []
    assert own(desk)[-1] == plain_text("en", "support-edited")
    assert len(copies(desk)) == 1


async def test_an_edit_after_days(desk: World) -> None:
    """Telegram lets people edit for two days: what was passed on buys nothing then either."""
    await ask_for_support(desk)
    update = await write(desk, "a red fox")
    desk.clock.advance(47 * 3600)
    await desk.send(desk.edited(update, "draw a red fox"))
    desk.clock.advance(3600)
    await desk.settle()
    assert desk.jobs() == []
    assert own(desk)[-1] == plain_text("en", "support-edited")


async def test_an_edit_of_a_reply(desk: World) -> None:
    """A reply to an operator, edited, buys nothing, also of somebody who never opened the quarter of an hour."""
    await desk.send(desk.message("/support It is broken"))
    await desk.send(said(desk, (await topic_of(desk)).thread_id))
    reply = reply_to(desk, desk.shown(ME), "a red fox")
    await desk.send(reply)
    assert len(copies(desk)) == 2
    await desk.send(desk.edited(reply, "draw a red fox"))
    desk.clock.advance(3600)
    await desk.settle()
    assert desk.jobs() == []
    assert own(desk)[-1] == plain_text("en", "support-edited")


async def test_an_edit_that_removes_the_command(desk: World) -> None:
    """Words that were passed on by /support buy nothing without it."""
    told = desk.message("/support It is broken")
    await desk.send(told)
    edited = desk.edited(told, "draw a red fox")
    edited["edited_message"]["entities"] = []
    await desk.send(edited)
    desk.clock.advance(3600)
    await desk.settle()
    assert desk.jobs() == []
    assert own(desk)[-1] == plain_text("en", "support-edited")


async def test_edits_that_say_nothing(desk: World) -> None:
    """A live location that moves is silent; an edit of /support is told only if its words were passed on."""
    await ask_for_support(desk)
    place = desk.message(location={"latitude": 1.0, "longitude": 1.0, "live_period": 60})
    await desk.send(place)
    before = own(desk)
    await desk.send(desk.edited(place, ""))
    asked, told = desk.message("/support"), desk.message("/support It is broken")
    assert own(desk) == before
    await desk.send(asked, told)
    before = own(desk)
    await desk.send(desk.edited(asked, "/support It"))
    assert own(desk) == before
    await desk.send(desk.edited(told, "/support It is broken!"))
    assert own(desk)[-1] == plain_text("en", "support-edited")
    assert len(copies(desk)) == 2


async def test_an_edit_of_something_else(desk: World) -> None:
    """Who has written to support may edit a wish as before."""
    await ask_for_support(desk)
    await desk.send(desk.tap("support;end", desk.shown()))
    update = desk.message("draw a fox")
    await desk.deliver(update)
    await desk.send(desk.edited(update, "draw a red fox"))
    assert [job.request.prompt for job in desk.jobs()] == ["draw a red fox"]  # type: ignore[attr-defined]
    await desk.send(desk.message("/support"))
    desk.clock.advance(3 * 86_400)
    await desk.send(desk.message("draw a fox"))
    assert len(desk.jobs()) == 2


async def test_a_reply_to_an_answer(desk: World) -> None:
    """A reply to an operator's message goes back to them, whenever it comes; the button asks for words."""
    await ask_for_support(desk)
    await write(desk, "It does not work")
    topic = await topic_of(desk)
    await desk.send(desk.message("/balance"), said(desk, topic.thread_id))
    [answer] = copies(desk, ME)
    await desk.send(reply_to(desk, answer, "draw it for me then"))
    assert len(copies(desk)) == 2
    await desk.send(desk.tap("support", answer))
    assert "Write to us" in own(desk)[-1]
    assert desk.jobs() == []


async def test_a_complaint_about_a_picture_buys_nothing(desk: World) -> None:
    """While a person writes to support, a reply to a picture is for the operators too: it may say what went wrong."""
    await desk.send(desk.message("draw a fox"))
    picture = desk.shown()
    await ask_for_support(desk)
    await desk.send(desk.reply("make it red, as I said", picture))
    assert len(copies(desk)) == 1
    assert len(desk.jobs()) == 1
    await desk.send(desk.tap_data("1;support;end", 1), desk.reply("make it red", picture))
    assert len(desk.jobs()) == 2


async def test_two_people_have_two_topics(desk: World) -> None:
    """Nobody's words are in somebody else's topic."""
    for user_id in (ME, OTHER):
        await ask_for_support(desk, user_id)
        await write(desk, "Hello", user_id)
    mine, other = await topic_of(desk), await topic_of(desk, OTHER)
    assert mine.thread_id != other.thread_id
    assert [each.thread_id for each in copies(desk)] == [mine.thread_id, other.thread_id]


async def test_in_a_group(desk: World) -> None:
    """A group is led to the private chat, whose /start asks; its buttons do nothing elsewhere."""
    await desk.send(desk.message("/support it is broken", chat_id=GROUP))
    [button] = desk.shown(GROUP).buttons[0]
    assert button.url.endswith("?start=support")
    await desk.send(desk.message("/start support"))
    assert "Write to us" in own(desk)[-1]
    await desk.send(desk.tap_data("1;support", 1, chat_id=GROUP))
    assert desk.messenger.taps[-1].toast == plain_text("en", "old-menu")
    assert copies(desk) == []


async def test_a_deleted_topic(desk: World) -> None:
    """After the operators deleted a topic, the next message opens another with a card, and is passed on once."""
    await ask_for_support(desk)
    await write(desk, "One")
    first = await topic_of(desk)
    del desk.messenger.topics[DESK][first.thread_id]
    desk.clock.advance(120)
    await write(desk, "Two")
    topic = await topic_of(desk)
    assert topic.thread_id not in {0, first.thread_id}
    assert [each.thread_id for each in copies(desk)] == [first.thread_id, topic.thread_id]
    assert desk.messenger.sent("edit_text") == []  # a fresh card is not drawn again: the group's minute is short


async def test_a_topic_that_never_stays(desk: World) -> None:
    """If new topics are gone at once, the person is told instead of more being opened."""
    await ask_for_support(desk)
    await write(desk, "One")
    desk.messenger.topics[DESK].clear()
    await write(desk, "Two")
    assert own(desk)[-1] == plain_text("en", "support-unreachable")
    assert desk.messenger.topics[DESK] == {}


async def test_a_closed_topic(desk: World) -> None:
    """A closed topic is opened again by the person's next message."""
    await ask_for_support(desk)
    await write(desk, "One")
    topic = await topic_of(desk)
    desk.messenger.closed_topics.add((DESK, topic.thread_id))
    await write(desk, "Two")
    assert len(copies(desk)) == 2
    assert desk.messenger.closed_topics == set()


@pytest.mark.parametrize("contact", ["", SUPPORT])
async def test_a_group_that_takes_nothing(desk: World, contact: str) -> None:
    """Without topics, or with the bot out of the group, the person is told so, and whom else to write to."""
    desk.ports = replace(desk.ports, support_contact=contact)
    del desk.messenger.topics[DESK]
    await ask_for_support(desk)
    await write(desk, "One")
    assert own(desk)[-1].startswith(plain_text("en", "support-unreachable"))
    assert own(desk)[-1].endswith(f"You can also write to {SUPPORT}." if contact else "/support.")
    desk.messenger.topics[DESK] = {}
    await write(desk, "Two")
    assert len(copies(desk)) == 1


async def test_the_bot_was_removed_later(desk: World) -> None:
    """To Telegram the group is then an unknown chat, and the person is told."""
    await ask_for_support(desk)
    await write(desk, "One")
    desk.messenger.blocked.add(DESK)
    await write(desk, "Two")
    assert own(desk)[-1] == plain_text("en", "support-unreachable")


async def test_no_operators(world: World) -> None:
    """Where there is no group, /support says so, and plain words stay the bot's."""
    await world.send(world.message("/support it is broken"))
    assert own(world)[-1] == plain_text("en", "support-none")
    await world.send(world.tap_data("1;support", 1), world.message("draw a fox"))
    assert len(world.jobs()) == 1


async def test_what_cannot_be_copied(desk: World) -> None:
    """A kind of message that Telegram does not copy is told once."""
    await ask_for_support(desk)
    update = desk.message(poll={"id": "1"})
    desk.messenger.uncopyable.add(update["message"]["message_id"])
    await desk.send(update, update | {"update_id": update["update_id"] + 500})
    assert own(desk).count(plain_text("en", "support-refused")) == 1


async def test_a_service_message(desk: World) -> None:
    """What Telegram says itself in the chat is not for operators."""
    await ask_for_support(desk)
    await desk.send(desk.message(pinned_message={"message_id": 1}))
    assert copies(desk) == []


async def test_flood_control_is_waited_for(desk: World) -> None:
    """A 429 of the group delays a message; it is passed on once, and the card too."""
    await ask_for_support(desk)
    for method in ("create_topic", "send_text", "copy_message"):
        desk.messenger.fail(method, TooManyRequestsError(7))
    await write(desk, "It does not work")
    assert len(copies(desk)) == 1
    assert len(desk.messenger.topics[DESK]) == 1
    assert "Passed on" in own(desk)[-1]


async def test_a_flood_that_lasts(desk: World) -> None:
    """After some minutes the person is told that it did not go through, instead of nothing."""
    await ask_for_support(desk)
    await write(desk, "One")
    desk.messenger.fail("copy_message", *[TooManyRequestsError(59)] * 12)
    await write(desk, "Two")
    assert own(desk)[-1] == plain_text("en", "support-busy")
    assert len(copies(desk)) == 1


async def test_an_unknown_outcome(desk: World) -> None:
    """A copy whose answer is lost is not sent again; the person is told that it may not have arrived."""
    await ask_for_support(desk)
    await write(desk, "One")
    desk.messenger.lose("copy_message")
    await write(desk, "Two")
    assert len(copies(desk)) == 2
    assert own(desk)[-1] == plain_text("en", "support-unknown")


async def test_a_topic_whose_creation_is_unknown(desk: World) -> None:
    """If the answer to its creation is lost, another topic is opened, at most one stays empty, nothing is lost."""
    await ask_for_support(desk)
    desk.messenger.lose("create_topic")
    await write(desk, "One")
    assert len(copies(desk)) == 1
    assert len(desk.messenger.topics[DESK]) == 2


async def test_a_card_that_is_refused(desk: World) -> None:
    """If the group takes a topic but not its card, the person is told, and the next message goes on there."""
    await ask_for_support(desk)
    desk.messenger.fail("send_text", PlaceRefusedError("not enough rights"))
    await write(desk, "One")
    assert own(desk)[-1] == plain_text("en", "support-unreachable")
    await write(desk, "Two")
    assert len(desk.messenger.topics[DESK]) == 1
    assert len(copies(desk)) == 1


async def test_too_many_messages(desk: World) -> None:
    """More than the messages of an hour are not passed on, which is told once an hour with the time."""
    await ask_for_support(desk)
    for number in range(MESSAGES_PER_HOUR + 3):
        await write(desk, f"Number {number}")
    assert len(copies(desk)) == MESSAGES_PER_HOUR
    told = [text for text in own(desk) if "a lot for one hour" in text]
    assert len(told) == 1
    assert "60 minutes" in told[0]
    desk.clock.advance(3700)
    await ask_for_support(desk)
    await write(desk, "Later")
    assert len(copies(desk)) == MESSAGES_PER_HOUR + 1


async def test_a_broken_reaction_and_card(desk: World) -> None:
    """Courtesies that Telegram refuses change nothing."""
    await ask_for_support(desk)
    await write(desk, "One")
    desk.messenger.fail("react", MessageRejectedError("REACTION_INVALID"))
    await write(desk, "Two")
    desk.clock.advance(3700)
    desk.messenger.fail("edit_text", DeliveryUnknownError("502"))
    await ask_for_support(desk)
    await write(desk, "Three")
    assert len(copies(desk)) == 3


async def test_the_card_is_kept_fresh(desk: World) -> None:
    """The first message of an hour draws the card anew: with the last jobs and how they ended, and no words."""
    await ask_for_support(desk)
    await write(desk, "One")
    await desk.send(desk.message("/image a secret fox"))
    desk.clock.advance(3700)
    await ask_for_support(desk)
    await write(desk, "Two")
    card = desk.messenger.chats[DESK][(await topic_of(desk)).card_id]
    assert desk.job().id in card.text
    assert "delivered" in card.text
    assert "secret" not in card.text
    assert str(ME) in card.text


async def test_ways_to_support(desk: World) -> None:
    """/terms, /privacy and /paysupport name it where operators can be written to."""
    for command in ("/terms", "/privacy", "/paysupport"):
        await desk.send(desk.message(command))
        assert plain_text("en", "support-way") in own(desk)[-1]
