"""The control API over HTTP, as benches and other processes use it."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import telegram

from infra.local.telegram import Telegram
from tests.infra.local.telegram.conftest import make_picture

Json = dict[str, Any]


@pytest.fixture
async def control(tg: Telegram) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{tg.url}/control", trust_env=False) as client:
        yield client


async def post(control: httpx.AsyncClient, verb: str, fields: Json) -> Json:
    answer = (await control.post(f"/{verb}", json=fields)).raise_for_status()
    body: Json = answer.json()
    return body


async def test_send_takes_photos_as_base64(control: httpx.AsyncClient) -> None:
    """JSON carries pictures as base64; the messages come back and stand in the chat."""
    picture = base64.b64encode(make_picture()).decode()
    sent = await post(control, "send", {"user": 7, "photos": [picture, picture], "caption": "two"})
    assert [message.get("caption") for message in sent["messages"]] == ["two", None]
    listed = (await control.get("/chats/7/messages")).json()["messages"]
    assert [message["message_id"] for message in listed] == [m["message_id"] for m in sent["messages"]]
    assert listed[0]["_versions"] == 1


async def test_send_takes_a_form(control: httpx.AsyncClient) -> None:
    """The page sends files as multipart."""
    fields = {"user": json.dumps({"id": 7, "first_name": "Ada"}), "caption": "as file"}
    files = {"document": ("cat.png", make_picture(), "image/png")}
    [message] = (await control.post("/send", data=fields, files=files)).json()["messages"]
    assert (message["document"]["file_name"], message["caption"]) == ("cat.png", "as file")


async def test_a_form_names_kinds(control: httpx.AsyncClient) -> None:
    """A file's field says what it is sent as; words are words, also where they look like numbers."""
    files = {"voice": ("voice.oga", b"x", "audio/ogg")}
    [message] = (await control.post("/send", data={"user": "7", "caption": "12"}, files=files)).json()["messages"]
    assert (message["voice"]["mime_type"], message["caption"]) == ("audio/ogg", "12")
    refused = await control.post("/send", data={"user": "7"}, files={"hologram": ("a", b"x")})
    assert "unknown kind 'hologram'" in refused.json()["error"]


async def test_a_draft_is_stopped(control: httpx.AsyncClient, bot: telegram.Bot) -> None:
    """The drafts of a chat stand beside its messages, and Stop has its verb; without a draft it is a 409."""
    await post(control, "send", {"user": 7, "text": "x"})
    await bot.send_message_draft(7, 3, "half a", api_kwargs={"can_stop": True})
    [shown] = (await control.get("/chats/7/messages")).json()["drafts"]
    assert (shown["draft_id"], shown["text"]) == (3, "half a")
    assert (await post(control, "stop", {"user_id": 7, "draft_id": 3}))["update_id"] > 0
    assert (await control.get("/chats/7/messages")).json()["drafts"] == []
    assert (await control.post("/stop", json={"user_id": 7})).status_code == 409


async def test_every_verb_works(control: httpx.AsyncClient, tg: Telegram, bot: telegram.Bot) -> None:
    """Each act of a person has its verb."""
    [sent] = (await post(control, "send", {"user": {"id": 7}, "text": "x"}))["messages"]
    place = {"chat_id": 7, "message_id": sent["message_id"]}
    assert (await post(control, "edit", {"user_id": 7, **place, "text": "y"}))["message"]["text"] == "y"
    card = await _send_card(bot)
    tap = {"user_id": 7, "chat_id": 7, "message_id": card, "row": 0, "wait": False}
    update_id = (await post(control, "press", tap))["update_id"]
    assert (await control.get("/updates")).json()["pending"] == 3
    await bot.get_updates()
    assert (await post(control, "repeat", {"update_id": update_id}))["update_id"] == update_id
    assert (await post(control, "raw", {"poll": {}}))["update_id"] > update_id
    assert (await post(control, "chats", {"id": -5, "title": "Club"}))["chat"]["title"] == "Club"
    assert len((await control.get("/chats")).json()["chats"]) == 2
    await post(control, "block", {"user_id": 7, "blocked": True})
    assert tg.world.chats[7].is_blocked
    await post(control, "delete", place)
    assert [message["message_id"] for message in tg.messages(7)] == [card]
    await post(control, "reset", {})
    assert tg.messages(7) == []


async def test_forwards_and_files_come_over_http(control: httpx.AsyncClient, tg: Telegram) -> None:
    """Files of any kind are base64 in JSON; a forward names messages of a chat."""
    sticker = {"kind": "sticker", "mime": "image/webp", "content": "Ynl0ZXM=", "emoji": "🍌"}
    [sent] = (await post(control, "send", {"user": 7, "attachments": [sticker]}))["messages"]
    assert sent["sticker"]["emoji"] == "🍌"
    fields = {"user": 7, "from_chat_id": 7, "message_ids": [sent["message_id"]], "comment": "look"}
    comment, copy = (await post(control, "forward", fields))["messages"]
    assert (comment["text"], copy["sticker"]) == ("look", sent["sticker"])
    assert copy["forward_origin"]["sender_user"]["id"] == 7


async def test_places_change_over_http(control: httpx.AsyncClient, tg: Telegram) -> None:
    """A group is upgraded, its topic closed, the bot removed, the update ids drawn anew."""
    await post(control, "chats", {"id": -5, "type": "group", "title": "Club"})
    new = (await post(control, "upgrade", {"chat_id": -5}))["chat"]
    assert (new["type"], new["title"]) == ("supergroup", "Club")
    await post(control, "chats", {"id": -6, "is_forum": True, "topics": {"5": "Pictures"}})
    closing = {"chat_id": -6, "message_thread_id": 5, "status": "closed"}
    assert (await post(control, "topic", closing))["closed"] == [5]
    await post(control, "bot", {"chat_id": -6, "status": "kicked"})
    assert tg.world.chats[-6].bot_status == "kicked"
    assert (await control.post("/update-id", json={})).status_code == 409
    tg.world.updates.clear()
    assert (await post(control, "update-id", {"next_id": 12}))["update_id"] == 12


async def _send_card(bot: telegram.Bot) -> int:
    button = telegram.InlineKeyboardButton("x", callback_data="x")
    return (await bot.send_message(7, "?", reply_markup=telegram.InlineKeyboardMarkup([[button]]))).message_id


async def test_calls_are_logged_without_bytes(control: httpx.AsyncClient, bot: telegram.Bot, chat: int) -> None:
    """The log tells method, readable parameters, status and time of each call; files by size."""
    await bot.send_photo(chat, make_picture(), caption="c")
    calls = (await control.get("/calls", params={"method": "sendphoto"})).json()["calls"]
    assert [(call["method"], call["status"]) for call in calls] == [("sendPhoto", 200)]
    assert calls[0]["params"]["caption"] == "c"
    assert calls[0]["params"]["photo"]["size"] == len(make_picture())
    assert calls[0]["ms"] >= 0
    later = (await control.get("/calls", params={"since": calls[0]["seq"]})).json()["calls"]
    assert later == []


async def test_faults_can_be_seen_and_cleared(control: httpx.AsyncClient) -> None:
    """Faults are added one or many, listed with their counters, and removed together."""
    await control.post("/faults", json=[{"kind": "flood", "count": 2}, {"kind": "slow"}])
    listed = (await control.get("/faults")).json()["faults"]
    assert [(fault["kind"], fault["left"]) for fault in listed] == [("flood", 2), ("slow", None)]
    assert (await control.delete("/faults")).json()["faults"] == []


@pytest.mark.parametrize(
    ("verb", "fields", "status"),
    [
        ("send", {"text": "x"}, 400),
        ("send", {"user": 7, "texts": "x"}, 400),
        ("send", {"user": 7}, 400),
        ("send", {"user": 7, "photo": "no base64!"}, 400),
        ("send", {"user": 7, "photo": "bm8gcGljdHVyZQ=="}, 400),
        ("send", {"user": 7, "text": "x", "chat_id": -9}, 404),
        ("send", {"user": 7, "text": "x", "reply_to_message_id": 5}, 404),
        ("press", {"user_id": 7, "chat_id": 7, "message_id": 5, "row": 0}, 404),
        ("chats", {"id": 5}, 400),
        ("repeat", {"update_id": 5}, 404),
        ("send", {"user": 7, "text": "x", "colour": "red"}, 400),
        ("send", {"user": 7, "attachments": [{"kind": "sticker"}]}, 400),
        ("forward", {"user": 7, "from_chat_id": 9, "message_ids": [1]}, 404),
        ("upgrade", {"chat_id": -9}, 404),
        ("faults", {"kind": "earthquake"}, 400),
    ],
)
async def test_nonsense_is_refused(control: httpx.AsyncClient, verb: str, fields: Json, status: int) -> None:
    """A control call that cannot mean anything is refused with a reason, not obeyed halfway."""
    answer = await control.post(f"/{verb}", json=fields)
    assert answer.status_code == status, answer.text
    assert answer.json()["ok"] is False
    assert answer.json()["error"]


async def test_unknown_chat_is_404(control: httpx.AsyncClient) -> None:
    """Messages of a chat nobody knows are not an empty list."""
    assert (await control.get("/chats/5/messages")).status_code == 404
