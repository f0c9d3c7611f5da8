"""What people do becomes the updates Telegram would send."""

import asyncio

import pytest
import telegram
from telegram import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

from infra.local.telegram import Telegram
from infra.local.telegram.errors import ControlError
from infra.local.telegram.reading import Upload
from tests.infra.local.telegram.conftest import make_picture, refused

KEYBOARD = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Yes", callback_data="yes"), InlineKeyboardButton("No", callback_data="no")]]
)


async def take(tg: Telegram, bot: telegram.Bot) -> list[telegram.Update]:
    """The waiting updates, confirmed."""
    updates = await bot.get_updates()
    if updates:
        await tg.world.updates.poll(updates[-1].update_id + 1, 1, 0)
    return list(updates)


async def take_messages(tg: Telegram, bot: telegram.Bot) -> list[Message]:
    return [update.message for update in await take(tg, bot) if update.message]


async def test_person_is_who_they_say(tg: Telegram, bot: telegram.Bot) -> None:
    """The sender's name and language arrive; commands and mentions are marked."""
    person = {"id": 7, "first_name": "Ада", "language_code": "ru"}
    await tg.send(person, text="/image@nanobanana_local_bot кот 🐈 @someone https://example.org")
    [message] = await take_messages(tg, bot)
    assert message.from_user is not None
    assert (message.from_user.first_name, message.from_user.language_code) == ("Ада", "ru")
    assert list(message.parse_entities().values()) == [
        "/image@nanobanana_local_bot",
        "@someone",
        "https://example.org",
    ]


async def test_long_text_is_split(tg: Telegram, bot: telegram.Bot) -> None:
    """Apps cut a text over 4,096 characters into several messages."""
    await tg.send(7, text="before")
    await tg.send(7, text="a" * 5000)
    before, first, second = messages = await take_messages(tg, bot)
    assert [message.message_id - before.message_id for message in messages] == [0, 1, 2]
    assert [len(message.text or "") for message in (first, second)] == [4096, 904]


async def test_album_arrives_as_separate_messages(tg: Telegram, bot: telegram.Bot) -> None:
    """Several photos share a media_group_id, the caption stands on the first."""
    pictures = [make_picture(color=color) for color in ("red", "green", "blue")]
    await tg.send(7, photos=pictures, caption="join them")
    messages = await take_messages(tg, bot)
    assert len({message.media_group_id for message in messages}) == 1
    assert [message.caption for message in messages] == ["join them", None, None]
    assert all(message.photo for message in messages)


async def test_document_arrives_whole(tg: Telegram, bot: telegram.Bot) -> None:
    """A picture sent as file keeps name and bytes."""
    picture = make_picture()
    await tg.send(7, documents=[Upload("cat.png", "image/png", picture)], caption="as file")
    [message] = await take_messages(tg, bot)
    assert message.document is not None
    assert (message.document.file_name, message.caption) == ("cat.png", "as file")
    file = await message.document.get_file()
    assert bytes(await file.download_as_bytearray()) == picture


async def test_reply_and_edit_arrive(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A reply holds the message it answers; an edit is an edited_message with a date."""
    asked = await bot.send_message(chat, "Which?")
    [sent] = await tg.send(chat, text="that", reply_to_message_id=asked.message_id)
    await tg.edit(chat, chat, sent["message_id"], text="this")
    reply, edit = await take(tg, bot)
    assert reply.message is not None
    assert reply.message.reply_to_message is not None
    assert reply.message.reply_to_message.message_id == asked.message_id
    assert edit.edited_message is not None
    assert edit.edited_message.text == "this"
    assert edit.edited_message.edit_date is not None


async def test_tap_lives_until_it_is_answered(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A tap arrives as callback_query; the toast of the answer reaches the person; a second answer is too late."""
    card = await bot.send_message(chat, "?", reply_markup=KEYBOARD)
    pressing = asyncio.create_task(tg.press(chat, chat, card.message_id, callback_data="yes"))
    await tg.wait_until(lambda: tg.world.updates.count_pending() == 1)
    query = await take_query(tg, bot)
    assert query.data == "yes"
    assert query.message is not None
    assert query.message.message_id == card.message_id
    with refused("URL_INVALID"):
        await query.answer(url="https://example.org")
    await query.answer("Done", show_alert=True)
    toast = await pressing
    assert (toast["answered"], toast["text"], toast["show_alert"]) == (True, "Done", True)
    with refused("query is too old and response timeout expired or query ID is invalid"):
        await query.answer("Again")


async def take_query(tg: Telegram, bot: telegram.Bot) -> CallbackQuery:
    [update] = await take(tg, bot)
    assert update.callback_query is not None
    return update.callback_query


async def test_old_tap_cannot_be_answered(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A query that waited too long is refused, and so is a made-up one."""
    card = await bot.send_message(chat, "?", reply_markup=KEYBOARD)
    pressed = await tg.press(chat, chat, card.message_id, row=0, col=1, wait=False)
    tg.world.queries[pressed["query_id"]]["expires_at"] = 0.0
    with refused("query is too old"):
        await bot.answer_callback_query(pressed["query_id"])
    with refused("query is too old"):
        await bot.answer_callback_query("1")


async def test_only_shown_buttons_can_be_pressed(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A button that is not there is an error of the test, unless it asks for a stale tap."""
    card = await bot.send_message(chat, "?", reply_markup=KEYBOARD)
    with pytest.raises(ControlError, match="no such button"):
        await tg.press(chat, chat, card.message_id, callback_data="maybe")
    await tg.press(chat, chat, card.message_id, callback_data="maybe", stale=True, wait=False)
    assert (await take_query(tg, bot)).data == "maybe"


async def test_repeated_tap_is_the_same_query(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A tap may come again under a new update_id: the query is the same."""
    card = await bot.send_message(chat, "?", reply_markup=KEYBOARD)
    pressed = await tg.press(chat, chat, card.message_id, callback_data="yes", wait=False)
    first = await take_query(tg, bot)
    update_id = await tg.repeat(pressed["update_id"], new_id=True)
    [again] = await take(tg, bot)
    assert again.update_id == update_id != pressed["update_id"]
    assert again.callback_query is not None
    assert again.callback_query.id == first.id


async def test_group_is_in_privacy_mode(tg: Telegram, bot: telegram.Bot) -> None:
    """In a group the bot gets commands and replies to itself, but neither talk nor mentions nor others' commands."""
    await tg.create_chat(-1001, title="Club")
    await tg.send(7, chat_id=-1001, text="talk among people")
    await tg.send(7, chat_id=-1001, text="@nanobanana_local_bot hello")
    await tg.send(7, chat_id=-1001, text="/image@other_bot cat")
    await tg.send(7, chat_id=-1001, text="/image cat")
    own = await bot.send_message(-1001, "Here")
    await tg.send(7, chat_id=-1001, text="thanks", reply_to_message_id=own.message_id)
    assert [message.text for message in await take_messages(tg, bot)] == ["/image cat", "thanks"]


async def test_administrator_sees_everything(tg: Telegram, bot: telegram.Bot) -> None:
    """A bot that is an administrator of a group gets every message."""
    await tg.create_chat(-1001, title="Club", sees_everything=True)
    await tg.send(7, chat_id=-1001, text="talk")
    [message] = await take_messages(tg, bot)
    assert (message.chat.type, message.chat.title) == ("supergroup", "Club")


async def test_topics_are_kept_apart(tg: Telegram, bot: telegram.Bot) -> None:
    """A message in a topic carries its thread, refers to the topic's first message, and is answered there."""
    await tg.create_chat(-1002, title="Forum", is_forum=True, topics={"5": "Pictures"}, sees_everything=True)
    await tg.send(7, chat_id=-1002, text="in general")
    await tg.send(7, chat_id=-1002, text="in pictures", message_thread_id=5)
    general, topical = await take_messages(tg, bot)
    assert (general.message_thread_id, general.is_topic_message) == (None, None)
    assert (topical.message_thread_id, topical.is_topic_message) == (5, True)
    assert topical.reply_to_message is not None
    assert topical.reply_to_message.forum_topic_created is not None
    answer = await bot.send_message(-1002, "x", message_thread_id=5)
    assert answer.message_thread_id == 5
    with refused("message thread not found"):
        await bot.send_message(-1002, "x", message_thread_id=6)
    with refused("message thread not found"):  # General is written to without naming it
        await bot.send_message(-1002, "x", message_thread_id=1)


async def test_block_is_told(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A person who blocks the bot sends a my_chat_member update."""
    await tg.block(chat)
    [update] = await take(tg, bot)
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == "kicked"
    await tg.block(chat)  # nothing changes
    assert await take(tg, bot) == []


async def test_any_update_can_be_sent(tg: Telegram, bot: telegram.Bot) -> None:
    """An update this server knows nothing of is delivered as it is, with an id."""
    update_id = await tg.send_raw({"subscription": {"user": {"id": 7}}})
    [update] = await take(tg, bot)
    assert update.update_id == update_id
    assert update.api_kwargs["subscription"] == {"user": {"id": 7}}


async def test_reset_forgets_but_counts_on(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """After a reset chats and logs are empty, and no id is used twice."""
    before = tg.messages(chat)[0]["message_id"]
    tg.reset()
    assert (tg.messages(chat), tg.calls(), tg.deliveries()) == ([], [], [])
    [sent] = await tg.send(chat, text="x")
    assert sent["message_id"] > before


async def test_waiting_tells_what_happened(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A wait in vain names the last calls."""
    await bot.send_chat_action(chat, "typing")
    with pytest.raises(TimeoutError, match="sendChatAction"):
        await tg.wait_for(chat, lambda messages: len(messages) > 5, timeout_seconds=0.05)
