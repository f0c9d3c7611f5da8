"""Updates by webhook: secret, order, repetition, answers; and by long polling."""

import asyncio
import json
from itertools import pairwise
from typing import Any

import pytest
import telegram
from starlette.responses import JSONResponse, Response
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import Conflict

from infra.local.telegram import Telegram
from tests.infra.local.telegram.conftest import Hook, Raw, respond

Json = dict[str, Any]


async def test_update_is_posted_with_the_secret(tg: Telegram, hook: Hook) -> None:
    """A message is delivered as JSON with the secret header, and ids of updates grow."""
    await tg.send(7, text="one")
    await tg.send(7, text="two")
    got = await hook.wait_for(2)
    assert [update["message"]["text"] for update in got] == ["one", "two"]
    assert got[0]["update_id"] < got[1]["update_id"]
    assert hook.headers[0]["x-telegram-bot-api-secret-token"] == "test-secret"
    assert hook.headers[0]["content-type"] == "application/json"


async def test_one_chat_waits_another_does_not(tg: Telegram, hook: Hook) -> None:
    """While a chat's first update is refused its second waits; other chats and taps go on."""
    accepting = asyncio.Event()

    async def answer(update: Json) -> Response:
        blocked = update.get("message", {}).get("text") == "poison" and not accepting.is_set()
        return respond(500 if blocked else 200)

    hook.answer = answer
    await tg.send(7, text="poison")
    await tg.send(7, text="later")
    await tg.send(8, text="other")
    await tg.wait_until(lambda: len(tg.deliveries()) >= 4)  # the poison thrice, the other once
    texts = [update["message"]["text"] for update in hook.got]
    assert "other" in texts
    assert "later" not in texts
    accepting.set()
    await tg.wait_until(lambda: tg.world.updates.count_pending() == 0)
    accepted = [entry for entry in tg.deliveries() if entry["status"] == "accepted"]
    assert [entry["update"]["message"]["text"] for entry in accepted] == ["other", "poison", "later"]


async def test_refused_update_comes_back_with_growing_gaps(tg: Telegram, hook: Hook) -> None:
    """The first repetition comes at once, the following after 0.2 s, 0.4 s, …"""

    async def answer(_update: Json) -> Response:
        return respond(200 if len(hook.got) == 4 else 503)

    hook.answer = answer
    await tg.send(7, text="x")
    await tg.wait_until(lambda: len(tg.deliveries()) == 4)
    assert len({update["update_id"] for update in hook.got}) == 1
    times = [entry["time"] for entry in tg.deliveries()]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps[0] < 0.15
    assert 0.15 < gaps[1] < gaps[2]


async def test_retry_after_is_honoured(tg: Telegram, hook: Hook) -> None:
    """A refusal with Retry-After is repeated after that time, not at once."""

    async def answer(_update: Json) -> Response:
        return respond(200) if len(hook.got) > 1 else respond(429, {"Retry-After": "1"})

    hook.answer = answer
    await tg.send(7, text="x")
    await tg.wait_until(lambda: len(tg.deliveries()) == 2)
    first, second = (entry["time"] for entry in tg.deliveries())
    assert second - first >= 0.9


async def test_unreachable_webhook_is_reported(tg: Telegram, bot: telegram.Bot, hook: Hook) -> None:
    """getWebhookInfo tells what waits and what went wrong last."""
    await bot.set_webhook("http://127.0.0.1:9/nobody")
    await tg.send(7, text="x")
    await tg.wait_until(lambda: bool(tg.deliveries()))
    info = await bot.get_webhook_info()
    assert (info.pending_update_count, info.last_error_message) == (1, "Connection failed: ConnectError")
    await bot.set_webhook(hook.url)
    assert (await hook.wait_for(1))[0]["message"]["text"] == "x"


async def test_webhook_answer_may_be_a_call(tg: Telegram, hook: Hook) -> None:
    """A method call in the answer is carried out and logged as such, its failure too."""

    async def answer(update: Json) -> Response:
        call = {"method": "sendMessage", "chat_id": update["message"]["chat"]["id"], "text": "hello"}
        return JSONResponse(call if len(hook.got) == 1 else {**call, "chat_id": 404})

    hook.answer = answer
    await tg.send(7, text="x")
    await tg.wait_for(7, lambda messages: messages[-1].get("text") == "hello")
    await tg.send(7, text="y")
    await tg.wait_until(lambda: len(tg.calls("sendMessage")) == 2)
    assert [(call["via"], call["status"]) for call in tg.calls("sendMessage")] == [
        ("webhook", 200),
        ("webhook", 400),
    ]


async def test_only_allowed_kinds_are_delivered(tg: Telegram, bot: telegram.Bot, hook: Hook) -> None:
    """With allowed_updates only those kinds come; leaving it out keeps the choice; [] means the default."""
    await bot.set_webhook(hook.url, allowed_updates=["callback_query"])
    await bot.set_webhook(hook.url)
    sent = await tg.send(7, text="unwanted")
    card = await bot.send_message(7, "?", reply_markup=_keyboard())
    await tg.press(7, 7, card.message_id, callback_data="yes", wait=False)
    await hook.wait_for(1)
    await bot.set_webhook(hook.url, allowed_updates=[])
    await tg.edit(7, 7, sent[0]["message_id"], text="wanted")
    got = await hook.wait_for(2)
    assert [min(update) for update in got] == ["callback_query", "edited_message"]


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"url": "http://example.org/hook"}, "An HTTPS URL must be provided"),
        ({"url": "nonsense"}, "invalid webhook URL"),
        ({"url": "https://example.org", "secret_token": "no spaces"}, "unallowed characters"),
        ({"url": "https://example.org", "secret_token": "a" * 257}, "secret token is too long"),
        ({"url": "https://example.org", "allowed_updates": ["massage"]}, "unknown update kind 'massage'"),
    ],
)
async def test_webhook_is_refused(raw: Raw, params: Json, reason: str) -> None:
    """An address or secret Telegram would not take is refused."""
    refusal = await raw("setWebhook", params)
    assert refusal["error_code"] == 400
    assert reason in refusal["description"]


async def test_updates_can_be_polled(tg: Telegram, bot: telegram.Bot) -> None:
    """Without a webhook updates wait for getUpdates until an offset confirms them."""
    await tg.send(7, text="one")
    await tg.send(8, text="two")
    first = await bot.get_updates(limit=1)
    assert [update.message.text for update in first if update.message] == ["one"]
    rest = await bot.get_updates(offset=first[0].update_id + 1)
    assert [update.message.text for update in rest if update.message] == ["two"]
    waiting = asyncio.create_task(bot.get_updates(offset=rest[0].update_id + 1, timeout=10))
    await tg.wait_until(lambda: tg.world.updates.count_pending() == 0)
    await tg.send(7, text="three")
    assert [update.message.text for update in await waiting if update.message] == ["three"]


async def test_webhook_and_polling_exclude_each_other(bot: telegram.Bot, hook: Hook) -> None:
    """getUpdates with a webhook is a conflict."""
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()


async def test_newer_poll_ends_the_older(tg: Telegram, bot: telegram.Bot) -> None:
    """Two pollers of one bot: the first is told to stop."""
    first = asyncio.create_task(bot.get_updates(timeout=10))
    await tg.wait_until(lambda: tg.world.updates._poll_number == 1)
    second = asyncio.create_task(_poll(tg))
    with pytest.raises(Conflict, match="terminated by other getUpdates"):
        await first
    await tg.send(7, text="x")
    assert len((await second)["result"]) == 1


async def _poll(tg: Telegram) -> Json:
    """A poll of another process, over a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", tg.port)
    writer.write(f"GET /bot{tg.token}/getUpdates?timeout=10 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    found: Json = json.loads(answer.partition(b"\r\n\r\n")[2])
    return found


def _keyboard() -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
