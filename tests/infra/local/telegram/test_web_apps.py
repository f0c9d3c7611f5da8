"""Mini Apps: what the bot may offer, and what an app is opened with."""

import hashlib
import hmac
import json
from urllib.parse import parse_qsl

import httpx
import pytest
import telegram
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MenuButtonCommands,
    MenuButtonDefault,
    MenuButtonWebApp,
    WebAppInfo,
)

from infra.local.telegram import Telegram
from tests.infra.local.telegram.conftest import Raw, refused

URL, OTHER = "http://127.0.0.1:9999/", "https://app.example/other"
GROUP = -1001


async def test_the_button_beside_the_message_field(bot: telegram.Bot, chat: int) -> None:
    """A chat shows its own button, or else everybody's; without any it is the list of commands."""
    assert await bot.get_chat_menu_button() == MenuButtonCommands()
    everybodys, own = MenuButtonWebApp("App", WebAppInfo(URL)), MenuButtonWebApp("Mine", WebAppInfo(OTHER))
    await bot.set_chat_menu_button(menu_button=everybodys)
    assert await bot.get_chat_menu_button(chat) == everybodys
    await bot.set_chat_menu_button(chat, own)
    assert await bot.get_chat_menu_button(chat) == own
    await bot.set_chat_menu_button(chat, MenuButtonDefault())
    assert await bot.get_chat_menu_button(chat) == everybodys


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"type": "web_app", "text": "", "web_app": {"url": URL}}, "menu button text must be non-empty"),
        ({"type": "web_app", "text": "App", "web_app": {"url": "http://app.example/"}}, "BUTTON_URL_INVALID"),
        ({"type": "web_app", "text": "App"}, "BUTTON_URL_INVALID"),
        ({"type": "game"}, "unsupported MenuButton type"),
    ],
)
async def test_buttons_are_checked(raw: Raw, button: dict[str, object], reason: str) -> None:
    """A button has a text and an address with TLS, or one on this machine."""
    assert reason in (await raw("setChatMenuButton", {"menu_button": button}))["description"]


async def test_apps_are_for_private_chats(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """A button of a message that opens an app is refused in a group."""
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Open", web_app=WebAppInfo(URL))]])
    await bot.send_message(chat, "Here", reply_markup=markup)
    await tg.create_chat(GROUP, title="Club")
    with refused("BUTTON_TYPE_INVALID"):
        await bot.send_message(GROUP, "Here", reply_markup=markup)
    with refused("chat must be private"):
        await bot.set_chat_menu_button(GROUP, MenuButtonCommands())


async def test_what_an_app_is_opened_with(tg: Telegram, bot: telegram.Bot, chat: int) -> None:
    """The person and the time, with a MAC by the bot's token; only where the bot offers this app, and to the person."""
    async with httpx.AsyncClient(base_url=tg.url) as page:

        async def open_app(url: str, user_id: int = chat) -> httpx.Response:
            return await page.post("/control/app", json={"user_id": user_id, "chat_id": chat, "url": url})

        assert (await open_app(URL)).status_code == 409
        await bot.set_chat_menu_button(menu_button=MenuButtonWebApp("App", WebAppInfo(URL)))
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("Open", web_app=WebAppInfo(OTHER))]])
        await bot.send_message(chat, "Here", reply_markup=markup)
        assert (await open_app(URL, chat + 1)).status_code == 403
        for url in (URL, OTHER):
            fields = dict(parse_qsl((await open_app(url)).json()["init_data"], strict_parsing=True))
            mac = fields.pop("hash")
            lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
            secret = hmac.new(b"WebAppData", tg.token.encode(), hashlib.sha256).digest()
            assert mac == hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()
            assert json.loads(fields["user"])["id"] == chat
        shown = (await page.get(f"/page/state?user={chat}")).json()["menu_button"]
        assert shown == {"type": "web_app", "text": "App", "web_app": {"url": URL}}
