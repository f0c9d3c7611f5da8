"""What the server gives the chat page: the page, a chat's state, changes as they happen, pictures."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import telegram

from infra.local.telegram import Telegram
from tests.fakes.speech_model import make_ogg
from tests.infra.local.telegram.conftest import make_picture

Json = dict[str, Any]
STATIC = Path(__file__).parents[4] / "infra" / "local" / "telegram" / "static"


@pytest.fixture
async def page(tg: Telegram) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=tg.url, trust_env=False) as client:
        yield client


async def test_page_and_all_its_files_are_served(page: httpx.AsyncClient) -> None:
    """The page, and everything it, its styles and its scripts name, is there; nothing comes from elsewhere."""
    html = (await page.get("/")).text
    assert not re.search(r"(?:src|href)=\"https?:", html)
    names = re.findall(r"(?:src|href)=\"(/static/[^\"]+)\"", html)
    for script in STATIC.glob("*.js"):
        names += [f"/static/{name}" for name in re.findall(r"from \"\./([^\"]+)\"", script.read_text())]
    assert len(set(names)) >= 10
    for name in set(names):
        assert (await page.get(name)).status_code == 200, name


async def test_labels_exist_in_both_languages() -> None:
    """Every word the page uses is there in English and in Russian."""
    words = (STATIC / "words.js").read_text()
    english, russian = (set(re.findall(r"^    (\w+):", part, re.MULTILINE)) for part in words.split("  ru: {")[:2])
    assert english == russian
    used = set(re.findall(r"data-(?:word|label)=\"(\w+)\"", (STATIC / "index.html").read_text()))
    for script in STATIC.glob("*.js"):
        used |= set(re.findall(r"\bword\(\"(\w+)\"", script.read_text()))
    assert used <= english


async def test_state_tells_what_a_person_sees(page: httpx.AsyncClient, tg: Telegram, bot: telegram.Bot) -> None:
    """State holds the bot, the person, the messages and the commands of their language."""
    await bot.set_my_commands([telegram.BotCommand("help", "Помощь")], language_code="ru")
    await bot.set_my_description("Рисует", language_code="ru")
    empty = (await page.get("/page/state?user=2&lang=ru&name=Мария")).json()
    assert (empty["me"]["first_name"], empty["messages"]) == ("Мария", [])
    assert empty["bot"]["description"] == "Рисует"
    assert [command["description"] for command in empty["commands"]] == ["Помощь"]
    await tg.send(2, text="hi")
    assert len((await page.get("/page/state?user=2")).json()["messages"]) == 1


async def test_group_is_made_and_foreign_chats_are_not_shown(page: httpx.AsyncClient, tg: Telegram) -> None:
    """A group opens for whoever names it; another person's private chat does not."""
    assert (await page.get("/page/state?user=2&chat=-1001")).json()["chat"]["type"] == "supergroup"
    await tg.send(1, text="secret")
    assert (await page.get("/page/state?user=2&chat=1")).status_code == 403


async def test_changes_are_streamed(page: httpx.AsyncClient, tg: Telegram, bot: telegram.Bot) -> None:
    """Messages, edits, actions, toasts and deletions of one's chat come as they happen; others' do not."""
    async with page.stream("GET", "/page/events?user=7&chat=7", timeout=5) as stream:
        events = read_events(stream)
        assert (await anext(events))["kind"] == "ready"
        await tg.send(8, text="elsewhere")
        await tg.send(7, text="here")
        card = await bot.send_message(7, "card", reply_markup=_keyboard())
        await bot.send_chat_action(7, "upload_photo")
        await card.edit_text("edited")
        await bot.send_message_draft(7, 1, "draft")
        other = await bot.send_message(7, "x", reply_markup=_keyboard())
        await asyncio.gather(tg.press(7, 7, other.message_id, row=0), answer_tap(tg, bot))
        await card.delete()
        seen = [await anext(events) for _ in range(8)]
    kinds = ["message", "message", "action", "edited", "draft", "message", "toast", "deleted"]
    assert [event["kind"] for event in seen] == kinds
    assert seen[0]["message"]["text"] == "here"
    assert (seen[3]["message"]["text"], seen[3]["message"]["_versions"]) == ("edited", 2)
    assert seen[6]["text"] == "Done"


async def answer_tap(tg: Telegram, bot: telegram.Bot) -> None:
    await tg.wait_until(lambda: bool(tg.world.queries))
    await bot.answer_callback_query(next(iter(tg.world.queries)), "Done")


async def read_events(stream: httpx.Response) -> AsyncIterator[Json]:
    async for line in stream.aiter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


async def test_files_are_shown_without_the_token(page: httpx.AsyncClient, bot: telegram.Bot, chat: int) -> None:
    """The page loads pictures by file_id; a document is a download with its name; unknown ones are 404."""
    photo = await bot.send_photo(chat, make_picture())
    shown = await page.get(f"/page/file/{photo.photo[0].file_id}")
    assert shown.headers["content-type"] == "image/jpeg"
    sent = await bot.send_document(chat, b"bytes", filename="кот.html")
    assert sent.document is not None
    document = await page.get(f"/page/file/{sent.document.file_id}")
    assert document.content == b"bytes"
    assert document.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%D0%BA")
    assert (await page.get("/page/file/nothing")).status_code == 404


async def test_an_open_page_does_not_delay_the_end(page: httpx.AsyncClient, tg: Telegram) -> None:
    """A stream ends when the server stops."""
    async with page.stream("GET", "/page/events?user=7&chat=7") as stream:
        events = read_events(stream)
        await anext(events)
        tg.world.feed.close()
        assert [event["kind"] async for event in events] == ["closing"]


def _keyboard() -> telegram.InlineKeyboardMarkup:
    return telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("x", callback_data="x")]])


async def test_a_player_may_ask_for_a_part(page: httpx.AsyncClient, bot: telegram.Bot, chat: int) -> None:
    """A browser jumps to the end of a sound to learn how long it is: parts of a file are served as such."""
    sound = make_ogg(2)
    sent = await bot.send_voice(chat, sound, duration=2)
    assert sent.voice is not None
    path = f"/page/file/{sent.voice.file_id}"
    whole = await page.get(path)
    assert (whole.status_code, whole.content, whole.headers["accept-ranges"]) == (200, sound, "bytes")
    for wanted, part in (("bytes=0-", sound), ("bytes=4-7", sound[4:8]), (f"bytes=5-{10**6}", sound[5:])):
        answer = await page.get(path, headers={"Range": wanted})
        assert (answer.status_code, answer.content) == (206, part)
        assert answer.headers["content-range"].endswith(f"/{len(sound)}")
    for unknown in ("bytes=-5", "lines=1-2", f"bytes={len(sound)}-"):
        assert (await page.get(path, headers={"Range": unknown})).status_code == 200
