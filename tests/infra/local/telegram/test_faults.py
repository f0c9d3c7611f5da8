"""Failures on purpose happen as told, as often as told, and to whom."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
import telegram
from telegram import InputMediaPhoto
from telegram.error import Forbidden, NetworkError, RetryAfter

from infra.local.telegram import Telegram
from infra.local.telegram.errors import ControlError
from tests.infra.local.telegram.conftest import Hook, make_picture


async def test_flood_is_429_with_retry_after(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """The client learns how long to wait; nothing was sent; after `count` times all is well."""
    tg.add_fault("flood", retry_after=3, count=1)
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(chat, "x")
    assert refused.value.retry_after == timedelta(seconds=3)
    assert len(tg.messages(chat)) == 1
    await bot.send_message(chat, "x")
    assert len(tg.messages(chat)) == 2


async def test_server_error_touches_only_its_methods(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A fault with `methods` leaves the others alone."""
    tg.add_fault("error", status=502, methods=["sendPhoto"])
    await bot.send_message(chat, "x")
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_photo(chat, make_picture())
    assert [call["status"] for call in tg.calls()][-2:] == [200, 502]


async def test_lost_answer_did_happen(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """The connection breaks after the work was done: the message is there, the sender does not know."""
    tg.add_fault("lost_answer", methods=["sendMessage"], count=1)
    with pytest.raises(NetworkError):
        await bot.send_message(chat, "x")
    assert tg.messages(chat)[-1]["text"] == "x"
    assert tg.calls("sendMessage")[-1]["lost"] is True


async def test_slow_call_takes_its_time(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A slow call answers after the delay; with `after` the work is done before it."""
    tg.add_fault("slow", delay_seconds=0.2, count=1)
    started = time.monotonic()
    await bot.send_message(chat, "x")
    assert time.monotonic() - started >= 0.2
    tg.add_fault("slow", delay_seconds=30, after=True, count=1)
    sending = asyncio.create_task(bot.send_message(chat, "y", read_timeout=60))
    await tg.wait_for(chat, lambda messages: messages[-1]["text"] == "y")
    assert not sending.done()
    sending.cancel()


async def test_blocked_touches_only_its_chats(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A fault with `chat_ids` is one person's, in the words of a blocked bot."""
    await tg.send(8, text="hi")
    tg.add_fault("blocked", chat_ids=[8])
    await bot.send_message(chat, "x")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(8, "x")


async def test_limits_refuse_the_second_message_of_a_second(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """With real flood limits one chat takes one message a second, another chat is not touched."""
    await tg.send(8, text="hi")
    tg.add_fault("limits", chat_per_second=1)
    await bot.send_message(chat, "x")
    with pytest.raises(RetryAfter):
        await bot.send_message(chat, "y")
    await bot.send_message(8, "z")


async def test_limits_count_each_call_once(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """Every kind of edit costs one message of the second, an upload too; a chat action is a call, but none of them."""
    card = await bot.send_message(chat, "card")
    limits = tg.add_fault("limits", chat_per_second=4)
    await bot.send_chat_action(chat, "upload_photo")
    await card.edit_text("drawing")
    await card.edit_media(InputMediaPhoto(make_picture()))
    await card.edit_caption("done")
    await card.edit_caption("done at last")
    with pytest.raises(RetryAfter):
        await card.edit_caption("once more")
    assert limits.happened == 6


async def test_chat_actions_and_reactions_are_no_messages(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A chat action and a reaction leave a chat's one message a second untouched, but count in all."""
    mine = tg.messages(chat)[0]["message_id"]
    tg.add_fault("limits", total_per_second=3)
    await bot.send_chat_action(chat, "upload_photo")
    await bot.set_message_reaction(chat, mine, "👀")
    await bot.send_message(chat, "x")
    with pytest.raises(RetryAfter):
        await bot.send_chat_action(chat, "upload_photo")


async def test_an_album_is_as_many_messages_as_it_has_parts(tg: Telegram, bot: telegram.Bot) -> None:
    """In a group an album of three leaves seventeen of the minute's twenty messages."""
    await tg.create_chat(-1001)
    tg.add_fault("limits", chat_per_second=100)
    await bot.send_media_group(-1001, [InputMediaPhoto(make_picture()) for _ in range(3)])
    for _ in range(17):
        await bot.send_message(-1001, "x")
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(-1001, "x")
    assert isinstance(refused.value.retry_after, timedelta)
    assert timedelta(seconds=50) <= refused.value.retry_after <= timedelta(seconds=60)


async def test_probability_is_repeatable(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """With half a chance about half of the calls fail, the same ones for the same seed."""
    tg.add_fault("error", status=500, probability=0.5)
    for _ in range(20):
        try:
            await bot.send_chat_action(chat, "typing")
        except NetworkError:
            continue
    failed = [call["status"] == 500 for call in tg.calls("sendChatAction")]
    assert 4 <= sum(failed) <= 16


async def test_duplicate_update_has_the_same_id(tg: Telegram, hook: Hook) -> None:
    """An update comes twice, with one update_id."""
    tg.add_fault("duplicate_update", count=1)
    await tg.send(7, text="x")
    first, second = await hook.wait_for(2)
    assert first == second


async def test_duplicate_intent_has_another_id(tg: Telegram, bot: telegram.Bot, hook: Hook) -> None:
    """The same message comes again under a new update_id."""
    tg.add_fault("duplicate_intent", kinds=["message"], count=1)
    await tg.send(7, text="x")
    first, second = await hook.wait_for(2)
    assert first["update_id"] != second["update_id"]
    assert first["message"] == second["message"]


async def test_shuffled_updates_all_arrive(tg: Telegram, hook: Hook) -> None:
    """Shuffled updates come in another order, each once."""
    tg.add_fault("shuffle", window_seconds=0.2)
    for number in range(20):
        await tg.send(7, text=str(number))
    got = [update["message"]["text"] for update in await hook.wait_for(20)]
    assert got != sorted(got, key=int)
    assert sorted(got, key=int) == [str(number) for number in range(20)]


@pytest.mark.parametrize(
    ("kind", "settings", "reason"),
    [
        ("earthquake", {}, "unknown fault 'earthquake'"),
        ("flood", {"retry_afer": 3}, "unknown field 'retry_afer'"),
    ],
)
async def test_misspelled_fault_is_refused(tg: Telegram, kind: str, settings: dict[str, Any], reason: str) -> None:
    """A fault that would never happen is refused."""
    with pytest.raises(ControlError, match=reason):
        tg.add_fault(kind, **settings)
