"""Prepared inline messages: saved for one person, sent by them to a chat of an allowed type."""

import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InlineQueryResultCachedPhoto

from infra.local.telegram import Telegram
from infra.local.telegram.errors import ControlError
from infra.local.telegram.people import People
from infra.local.telegram.prepared import list_chats_for, share
from tests.infra.local.telegram.conftest import make_picture, refused

GROUP, CHANNEL = -1001, -1002


async def save(bot: telegram.Bot, chat: int, *allowed: str) -> str:
    photo = (await bot.send_photo(chat, make_picture())).photo[-1].file_id
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("More", url="https://example.org")]])
    result = InlineQueryResultCachedPhoto("p", photo, caption="Fox", reply_markup=keys)
    flags = {f"allow_{kind}_chats": True for kind in allowed}
    return (await bot.save_prepared_inline_message(chat, result, **flags)).id  # type: ignore[arg-type]


async def test_it_is_sent(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """Its person sends it to a group of theirs, as a message of their own with its buttons."""
    people = People(tg.world)
    await tg.create_chat(GROUP, title="Club", members={str(chat): "member"})
    await tg.create_chat(CHANNEL, type="channel", title="News", members={str(chat): "administrator"})
    prepared = await save(bot, chat, "group")
    assert await list_chats_for(people, chat, prepared) == {"chats": [{"id": GROUP, "title": "Club"}]}
    message = (await share(people, chat, prepared, GROUP))["message"]
    assert (message["from"]["id"], message["via_bot"]["id"], message["caption"]) == (chat, bot.id, "Fox")
    assert message["reply_markup"]["inline_keyboard"][0][0]["text"] == "More"
    for elsewhere in (CHANNEL, chat):
        with pytest.raises(ControlError, match="MESSAGE_SEND_FAILED"):
            await share(people, chat, prepared, elsewhere)
    everywhere = await save(bot, chat, "bot", "channel")
    assert [each["id"] for each in (await list_chats_for(people, chat, everywhere))["chats"]] == [chat, CHANNEL]


async def test_for_its_person_and_for_a_time(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """Nobody else knows it, and after its time nobody does."""
    people = People(tg.world)
    prepared = await save(bot, chat, "group")
    people.meet(chat + 1)
    with pytest.raises(ControlError, match="MESSAGE_SEND_FAILED"):
        await list_chats_for(people, chat + 1, prepared)
    tg.world.prepared[prepared]["expires_at"] = 0
    with pytest.raises(ControlError, match="MESSAGE_EXPIRED"):
        await list_chats_for(people, chat, prepared)


async def test_what_is_refused(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A stranger, no type of chats, and a file that does not exist."""
    result = InlineQueryResultCachedPhoto("p", "no-such-file")
    with refused("USER_ID_INVALID"):
        await bot.save_prepared_inline_message(999, result, allow_user_chats=True)
    with refused("at least one type of chats"):
        await bot.save_prepared_inline_message(chat, result)
    with refused("wrong file identifier"):
        await bot.save_prepared_inline_message(chat, result, allow_user_chats=True)
