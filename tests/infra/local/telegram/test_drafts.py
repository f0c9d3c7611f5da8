"""Texts that are still being written: shown, changed, stopped, and gone without a trace."""

from typing import Any

import pytest
import telegram
from telegram.error import Forbidden, RetryAfter

from infra.local.telegram import Telegram
from infra.local.telegram.errors import ControlError
from tests.infra.local.telegram.conftest import Hook, Json, Raw, refused

STOPPABLE = {"can_stop": True}


async def draft(bot: telegram.Bot, chat: int, draft_id: int, text: str = "half a", **more: Any) -> bool:
    """A draft that can be stopped."""
    return await bot.send_message_draft(chat, draft_id, text, api_kwargs=STOPPABLE | more)


async def test_a_draft_is_shown_and_is_no_message(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """It begins empty, grows under its id, another id takes its place, and the chat has no new message."""
    assert await draft(bot, chat, 3, "")
    assert [shown["text"] for shown in tg.drafts(chat)] == [""]
    await bot.send_message_draft(chat, 3, "<b>half</b> a sentence", parse_mode="HTML")
    [shown] = tg.drafts(chat)
    assert (shown["text"], shown["can_stop"]) == ("half a sentence", False)
    assert shown["entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    await draft(bot, chat, -4, "another")
    assert [shown["draft_id"] for shown in tg.drafts(chat)] == [-4]
    assert len(tg.messages(chat)) == 1


async def test_a_message_ends_a_draft_and_so_do_thirty_seconds(
    tg: Telegram, bot: telegram.Bot, chat: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot's next message takes the draft away; without one it fades."""
    await draft(bot, chat, 3)
    await bot.send_message(chat, "whole")
    assert tg.drafts(chat) == []
    await draft(bot, chat, 4)
    assert 29 < tg.drafts(chat)[0]["seconds_left"] <= 30
    now = tg.world.now()
    monkeypatch.setattr(tg.world, "now", lambda: now + 31)
    assert tg.drafts(chat) == []
    with pytest.raises(ControlError, match="no draft"):
        await tg.stop(chat)


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"draft_id": 0}, "RANDOM_ID_INVALID"),
        ({"draft_id": 2**63}, "RANDOM_ID_INVALID"),
        ({"draft_id": "x"}, "RANDOM_ID_INVALID"),
        ({"draft_id": None}, "RANDOM_ID_INVALID"),
        ({"chat_id": "@somebody"}, "chat not found"),
        ({"text": "a" * 4097}, "message is too long"),
        ({"text": "я" * 16_385}, "text is too long"),
        ({"text": "<b>half", "parse_mode": "HTML"}, "can't parse entities: Can't find end tag"),
        ({"entities": [{"type": "bold", "offset": 9, "length": 1}]}, "entity begins after the end of the text"),
        ({"message_thread_id": 77}, "message thread not found"),
        ({"reply_markup": {"inline_keyboard": []}}, "unknown parameter 'reply_markup'"),
        ({"reply_parameters": {"message_id": 1}}, "unknown parameter 'reply_parameters'"),
    ],
)
async def test_a_draft_is_checked_as_a_message_is(raw: Raw, tg: Telegram, chat: int, params: Json, reason: str) -> None:
    """Ids, texts, marks and topics are refused in Telegram's words; buttons and replies a draft cannot have."""
    answer = await raw("sendMessageDraft", {"chat_id": chat, "draft_id": 3, "text": "half", **params})
    assert answer["error_code"] == 400
    assert reason.lower() in answer["description"].lower()
    assert tg.drafts(chat) == []


async def test_drafts_are_for_private_chats(tg: Telegram, bot: telegram.Bot) -> None:
    """In a group a draft is refused as the real server refuses it."""
    await tg.create_chat(-1001, title="Club")
    with refused("TEXTDRAFT_PEER_INVALID"):
        await draft(bot, -1001, 3)


async def test_a_draft_meets_the_faults_of_messages(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A draft counts against the flood limits, and a blocked bot shows none."""
    tg.add_fault("limits")
    await draft(bot, chat, 3)
    with pytest.raises(RetryAfter):
        await draft(bot, chat, 3, "half a sentence")
    assert tg.drafts(chat)[0]["text"] == "half a"
    tg.clear_faults()
    await tg.block(chat)
    with pytest.raises(Forbidden, match="blocked"):
        await draft(bot, chat, 3)


async def test_stop_tells_the_bot(tg: Telegram, bot: telegram.Bot, chat: int, hook: Hook) -> None:
    """Stop takes the draft away and sends an update with chat and draft, without a user; later frames are not shown."""
    await draft(bot, chat, 3)
    update_id = await tg.stop(chat)
    [update] = await hook.wait_for(1)
    assert update["update_id"] == update_id
    stopped = update["stopped_message_generation"]
    assert stopped == {"chat": {"id": chat, "type": "private", "first_name": "Ada"}, "draft_id": 3}
    assert tg.drafts(chat) == []
    assert await draft(bot, chat, 3, "half a sentence")
    assert tg.drafts(chat) == []
    with pytest.raises(ControlError, match="no draft"):
        await tg.stop(chat)


async def test_a_kept_draft_stays_without_stop(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """With `keep_on_stop` the words stay until they fade, and cannot be stopped once more."""
    await draft(bot, chat, 3, keep_on_stop=True)
    await tg.stop(chat, draft_id=3)
    assert [(shown["text"], shown["can_stop"]) for shown in tg.drafts(chat)] == [("half a", False)]


async def test_only_a_draft_that_can_be_stopped_is_stopped(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """Without `can_stop` there is no Stop, and another draft's number stops nothing."""
    await bot.send_message_draft(chat, 3, "half a")
    with pytest.raises(ControlError, match="no draft"):
        await tg.stop(chat)
    await draft(bot, chat, 3)
    with pytest.raises(ControlError, match="no draft"):
        await tg.stop(chat, draft_id=4)


async def test_a_bot_that_asks_for_other_updates_is_not_told(
    tg: Telegram, bot: telegram.Bot, chat: int, hook: Hook
) -> None:
    """The update comes only if `allowed_updates` has its kind, which the client's own list lacks."""
    await bot.set_webhook(hook.url, allowed_updates=telegram.Update.ALL_TYPES)
    await draft(bot, chat, 3)
    assert await tg.stop(chat) is None
    await bot.set_webhook(hook.url, allowed_updates=["stopped_message_generation"])
    await draft(bot, chat, 4)
    await tg.stop(chat)
    assert [update["stopped_message_generation"]["draft_id"] for update in await hook.wait_for(1)] == [4]


async def test_a_wrong_stop_names_the_bot(tg: Telegram, bot: telegram.Bot, chat: int, hook: Hook) -> None:
    """With the fault the update's chat is the bot's own, as it has been in Telegram; only the draft id is right."""
    tg.add_fault("wrong_stop")
    await draft(bot, chat, 3)
    await tg.stop(chat)
    [update] = await hook.wait_for(1)
    stopped = update["stopped_message_generation"]
    assert (stopped["chat"]["id"], stopped["draft_id"]) == (bot.id, 3)
