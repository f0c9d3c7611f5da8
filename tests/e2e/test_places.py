"""Chats that refuse pictures, and canceled pictures: a finished picture arrives and is paid once."""

import asyncio

import pytest

from shared.credits.catalogue import WELCOME_CREDITS
from shared.jobs.job import JobState
from shared.telegram.address import chat_of
from shared.texts import plain_text
from tests.e2e.backstage import Backstage
from tests.e2e.people import Json, Person, Telegram, read_words

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.usefixtures("books_stay_right"),
]

GROUP, CLOSING, GROWING, HIDING, GROWN = -7001, -7002, -7003, -7004, -1_007_003
"""One for each test: a picture that is refused takes several of the few calls that a group has in a minute."""
TOPIC = 5
PAID = WELCOME_CREDITS - 4
SECONDS_MAX = 40


def in_group(person: Person, chat_id: int) -> Person:
    return Person(person.telegram, person.id, person.language_code, chat_id)


async def ask(person: Person, words: str, **more: object) -> Json:
    [message] = await person.send(f"/image {words} for {person.id}", **more)  # type: ignore[arg-type]
    return message


async def wait_for_photo(person: Person) -> Json:
    return await person.wait_for(lambda seen: next((m for m in seen if "photo" in m), None), SECONDS_MAX)


async def test_a_group_without_photos(anna: Person, telegram: Telegram, backstage: Backstage) -> None:
    """The private chat gets the picture and the reason; the card in the group says where it is, and no price."""
    await anna.send("/help")
    await telegram.post("chats", id=GROUP, title="Quiet", permissions={"can_send_photos": False})
    group = in_group(anna, GROUP)
    await ask(group, "a silent fox")
    picture = await wait_for_photo(anna)
    assert "did not let me post the picture" in read_words(picture)
    card = await group.wait_for_text("in our private chat")
    assert "credit" not in read_words(card)
    assert (await backstage.wait_for_rest(anna.id)).available == PAID
    assert len(await backstage.model_calls(f"for {anna.id}")) == 1


async def test_a_private_chat_that_was_never_opened(anna: Person, telegram: Telegram, backstage: Backstage) -> None:
    """A person who never started the bot finds a button in the group; it brings the picture that was made, once."""
    await telegram.post("chats", id=HIDING, title="Quiet", permissions={"can_send_photos": False})
    group = in_group(anna, HIDING)
    await ask(group, "a hidden fox")
    card = await group.wait_for_text("ready, but I may not post it", SECONDS_MAX)
    [[button]] = card["reply_markup"]["inline_keyboard"]
    payload = button["url"].partition("?start=")[2]
    assert (await backstage.account(anna.id)).held == 4
    await anna.send(f"/start {payload}")
    await wait_for_photo(anna)
    await group.wait_for_text("in our private chat")
    assert (await backstage.wait_for_rest(anna.id)).available == PAID
    assert len(await backstage.model_calls(f"for {anna.id}")) == 1


async def test_a_topic_that_is_closed(anna: Person, telegram: Telegram, backstage: Backstage) -> None:
    """A topic that is closed before the card is posted: the picture is made all the same, in the private chat."""
    await anna.send("/help")
    await telegram.post("chats", id=CLOSING, is_forum=True, topics={str(TOPIC): "Foxes"})
    group = in_group(anna, CLOSING)
    async with backstage.paused("bot"):
        await ask(group, "a late fox", message_thread_id=TOPIC)
        await telegram.post("topic", chat_id=CLOSING, message_thread_id=TOPIC, status="closed")
    picture = await wait_for_photo(anna)
    assert "did not let me post the picture" in read_words(picture)
    assert [message for message in await group.bots_messages() if read_words(message)] == []
    assert (await backstage.wait_for_rest(anna.id)).available == PAID
    assert len(await backstage.model_calls(f"for {anna.id}")) == 1


async def test_a_group_that_becomes_a_supergroup(anna: Person, telegram: Telegram, backstage: Backstage) -> None:
    """A group that moves while the model works gets its picture where it has gone to."""
    await anna.send("/help")
    await telegram.post("chats", id=GROWING, type="group", title="Growing")
    await backstage.break_model("slow", seconds=2, times=1, prompt=f"for {anna.id}")
    group = in_group(anna, GROWING)
    await ask(group, "a growing fox")
    await group.wait_for_text("👌")
    await telegram.post("upgrade", chat_id=GROWING, new_id=GROWN)
    await wait_for_photo(in_group(anna, GROWN))
    [job] = await backstage.jobs(anna.id)
    assert chat_of(job).chat_id == GROWN
    assert (await backstage.wait_for_rest(anna.id)).available == PAID
    assert len(await backstage.model_calls(f"for {anna.id}")) == 1


async def test_cancel_while_it_is_drawn(anna: Person, backstage: Backstage) -> None:
    """Cancel while the model works: the credits are back at once, and the card stays at its end."""
    await backstage.break_model("slow", seconds=12, times=1, prompt=f"for {anna.id}")
    await anna.send(f"draw a fox after all for {anna.id}")
    card = await anna.wait_for_text("🎨")
    assert (await anna.press(card, "cancel"))["text"] == plain_text("en", "toast-canceled")
    assert (await backstage.account(anna.id)).available == WELCOME_CREDITS
    card = await anna.wait_for_text("Google charges us for it, not you")
    await asyncio.sleep(6)  # longer than a beat of the clock, which must not draw over it
    assert "Google charges us" in read_words(await anna.wait_for_text("✖️"))
    assert [job.state for job in await backstage.jobs(anna.id)] == [JobState.CANCELED]
    assert [attempt.outcome for attempt in (await backstage.jobs(anna.id))[0].attempts] == ["canceled"]


async def test_cancel_in_words_says_what(anna: Person, backstage: Backstage) -> None:
    """/cancel stops the drawing, and names the returned credits."""
    await backstage.break_model("slow", seconds=12, times=1, prompt=f"for {anna.id}")
    await anna.send(f"draw a second fox after all for {anna.id}")
    await anna.wait_for_text("🎨")
    await anna.send("/cancel")
    said = await anna.wait_for_text("Stopped 1 picture")
    assert "4 credits are back" in read_words(said)
    assert (await backstage.wait_for_rest(anna.id)).available == WELCOME_CREDITS
