"""New messages: what is stored, and every refusal Telegram is known for."""

from typing import Any

import pytest
import telegram
from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.constants import ChatAction
from telegram.error import Forbidden, InvalidToken

from infra.local.telegram import Telegram
from tests.infra.local.telegram.conftest import Json, Raw, refused


async def test_message_is_stored_and_returned(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A sent text comes back with its entities, its keyboard, and stands in the chat."""
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Again", callback_data="v1:again")]])
    sent = await bot.send_message(chat, "<b>Hi</b> there", parse_mode="HTML", reply_markup=keyboard)
    assert (sent.text, sent.entities[0].type, sent.entities[0].length) == ("Hi there", "bold", 2)
    assert sent.reply_markup == keyboard
    assert sent.from_user is not None
    assert sent.from_user.id == bot.id
    assert tg.messages(chat)[-1]["text"] == "Hi there"


async def test_unknown_token_is_unauthorized(tg: Telegram) -> None:
    """A token that is not the bot's gets 401."""
    stranger = telegram.Bot("999:WRONG-not-a-real-token", base_url=tg.base_url)
    async with stranger.request:
        with pytest.raises(InvalidToken, match="Unauthorized"):
            await stranger.send_message(1, "x")


async def test_unknown_method_is_not_found(bot: telegram.Bot) -> None:
    """A method Telegram does not have gets 404."""
    with pytest.raises(telegram.error.EndPointNotFound, match="sendMassage"):
        await bot.do_api_request("sendMassage", {"chat_id": 7})


async def test_unknown_parameter_is_refused(bot: telegram.Bot, chat: int) -> None:
    """A misspelled parameter, which Telegram would ignore, is refused by name."""
    with refused("unknown parameter 'parsemode' of sendMessage"):
        await bot.send_message(chat, "x", api_kwargs={"parsemode": "HTML"})


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"text": "x"}, "chat_id is empty"),
        ({"chat_id": 404, "text": "x"}, "chat not found"),
        ({"chat_id": 7}, "message text is empty"),
        ({"chat_id": 7, "text": "  \n"}, "text must be non-empty"),
        ({"chat_id": 7, "text": "a" * 4097}, "message is too long"),
        ({"chat_id": 7, "text": "🍌" * 2049}, "message is too long"),
        ({"chat_id": 7, "text": "<b>x", "parse_mode": "HTML"}, "can't parse entities"),
        ({"chat_id": 7, "text": "*x*", "parse_mode": "Markdown"}, "unsupported parse_mode"),
        ({"chat_id": 7, "text": "x", "message_thread_id": 5}, "message thread not found"),
        ({"chat_id": 7, "text": "x", "reply_parameters": 1}, "can't parse the request"),
        ({"chat_id": 7, "text": "x", "link_preview_options": {"disabled": True}}, "unknown parameter 'disabled'"),
        ({"chat_id": 7, "text": "x", "reply_parameters": {"message_id": 1}}, "message to be replied not found"),
        ({"chat_id": 7, "text": "x", "entities": [{"type": "bold", "offset": 0, "length": 9}]}, "ends after the end"),
    ],
)
async def test_message_is_refused(raw: Raw, chat: int, params: dict[str, Any], reason: str) -> None:
    """Each malformed message is refused in the words Telegram uses."""
    refusal = await raw("sendMessage", params)
    assert refusal["error_code"] == 400
    assert reason in refusal["description"]


async def test_limit_counts_after_parsing(bot: telegram.Bot, chat: int) -> None:
    """4,096 characters are allowed, tags not counted."""
    sent = await bot.send_message(chat, f"<b>{'a' * 4096}</b>", parse_mode="HTML")
    assert len(sent.text or "") == 4096


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"text": "x", "callback_data": "я" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x"}, "text buttons are unallowed"),
        ({"text": " ", "callback_data": "a"}, "text must be non-empty"),
        ({"text": "x", "url": "ftp//nowhere"}, "BUTTON_URL_INVALID"),
        ({"text": "x", "callback_data": "a", "colour": "red"}, "unknown parameter 'colour'"),
        ({"text": "x", "callback_data": "a", "style": "golden"}, "invalid button style"),
        ({"text": "x", "callback_data": "a", "url": "https://example.org"}, "exactly one optional field"),
    ],
)
async def test_button_is_refused(raw: Raw, chat: int, button: dict[str, Any], reason: str) -> None:
    """A button Telegram would refuse, or would silently change, is refused."""
    params = {"chat_id": chat, "text": "x", "reply_markup": {"inline_keyboard": [[button]]}}
    refusal = await raw("sendMessage", params)
    assert refusal["error_code"] == 400
    assert reason in refusal["description"]


async def test_callback_data_of_64_bytes_is_accepted(bot: telegram.Bot, chat: int) -> None:
    """The limit counts bytes and includes the 64th."""
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="я" * 32)]])
    assert (await bot.send_message(chat, "x", reply_markup=keyboard)).reply_markup == keyboard


async def test_reply_names_the_message_and_may_do_without(bot: telegram.Bot, chat: int) -> None:
    """A reply holds the message it answers; a missing one is fine when the caller says so."""
    first = await bot.send_message(chat, "one")
    second = await bot.send_message(chat, "two", reply_parameters=ReplyParameters(first.message_id))
    assert second.reply_to_message is not None
    assert second.reply_to_message.text == "one"
    alone = await bot.send_message(chat, "three", reply_parameters=ReplyParameters(1, allow_sending_without_reply=True))
    assert alone.reply_to_message is None


async def test_force_reply_reaches_the_page_but_is_not_returned(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """Only inline keyboards belong to a message the bot gets; the person's app sees every markup."""
    sent = await bot.send_message(chat, "Which?", reply_markup=ForceReply(input_field_placeholder="a cat"))
    assert sent.reply_markup is None
    assert tg.messages(chat)[-1]["reply_markup"]["force_reply"] is True


async def test_bot_cannot_write_first(tg: Telegram, bot: telegram.Bot) -> None:
    """A person known from a group, who never wrote to the bot, cannot be written to."""
    await tg.create_chat(-1001)
    await tg.send(9, chat_id=-1001, text="hi")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(9, "x")


async def test_blocked_bot_is_forbidden(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """After a person blocked the bot every send is 403, and works again when they let it."""
    await tg.block(chat)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(chat, "x")
    await tg.block(chat, blocked=False)
    assert (await bot.send_message(chat, "x")).text == "x"


async def test_commands_and_links_are_found_in_the_bots_text(bot: telegram.Bot, chat: int) -> None:
    """Telegram marks commands, mentions and links by itself, except inside code."""
    sent = await bot.send_message(
        chat, "try /help@some_bot or https://example.org, not <code>/this</code>", parse_mode="HTML"
    )
    assert [str(entity.type) for entity in sent.entities] == ["bot_command", "url", "code"]


async def test_chat_actions_are_checked(bot: telegram.Bot, chat: int) -> None:
    """Every action that Telegram has passes, under its older name too; another one does not."""
    for action in (*ChatAction, "record_audio", "pick_up_location", "cancel"):
        assert await bot.send_chat_action(chat, action)
    with refused("wrong parameter action"):
        await bot.send_chat_action(chat, "juggling")


@pytest.mark.parametrize("extra", [{}, {"parse_mode": "HTML"}, {"entities": []}])
async def test_a_source_of_32_kilobytes_is_the_most(raw: Raw, chat: int, extra: Json) -> None:
    """Past 32,768 bytes a text is refused before its characters are counted, marked up or not."""
    over = await raw("sendMessage", {"chat_id": chat, "text": "я" * 16_385, **extra})
    assert over["description"] == "Bad Request: text is too long"
    fits = await raw("sendMessage", {"chat_id": chat, "text": "я" * 16_384, **extra})
    assert fits["description"] == "Bad Request: message is too long"
    caption = await raw("sendPhoto", {"chat_id": chat, "photo": "x", "caption": "я" * 16_385})
    assert caption["description"] == "Bad Request: text is too long"


async def test_reaction_is_kept_and_checked(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A bot may react with one of Telegram's emoji to a message that exists."""
    mine = tg.messages(chat)[0]["message_id"]
    await bot.set_message_reaction(chat, mine, "👀")
    assert tg.messages(chat)[0]["_reactions"] == [{"type": "emoji", "emoji": "👀"}]
    with refused("REACTION_INVALID"):
        await bot.set_message_reaction(chat, mine, [telegram.ReactionTypeEmoji("🍌🍌")])
    with refused("message to react not found"):
        await bot.set_message_reaction(chat, 1, "👀")
