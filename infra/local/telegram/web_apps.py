"""Mini Apps: the button beside the message field, and what Telegram opens an app with.

https://core.telegram.org/bots/api#setchatmenubutton, https://docs.telegram-mini-apps.com/platform/launch-parameters.
The page shows the app in a frame, as Telegram's web apps do (`static/webapp.js`).
"""

import json
import secrets
from typing import Any

from infra.local.telegram.content import read_seconds
from infra.local.telegram.errors import ControlError, bad_request
from infra.local.telegram.people import People
from infra.local.telegram.reading import Call, require_known
from infra.local.telegram.signatures import known_fields
from infra.local.telegram.signing import sign_init_data
from infra.local.telegram.world import Chat, Json, World

HERE = "http://127.0.0.1:"
"""Apps on this machine, without TLS: Telegram itself opens https only."""
_KINDS = {"commands": "MenuButtonCommands", "default": "MenuButtonDefault", "web_app": "MenuButtonWebApp"}
_TEXT_MAX = 64


async def set_chat_menu_button(world: World, call: Call) -> bool:
    """https://core.telegram.org/bots/api#setchatmenubutton: of one private chat, or of all that have none."""
    if call.text("chat_id") and not world.find_chat(call).is_private:
        raise bad_request("chat must be private (refused by the local server only)")
    button = call.json("menu_button") or {"type": "default"}
    kind = button.get("type")
    if kind not in _KINDS:
        raise bad_request("unsupported MenuButton type specified")
    require_known(button, known_fields(_KINDS[kind]), _KINDS[kind])
    if kind == "web_app":
        if not 1 <= len(button.get("text") or "") <= _TEXT_MAX:
            raise bad_request("menu button text must be non-empty and short")
        check_app_url(button.get("web_app"))
    world.profile["menu_button"][call.text("chat_id")] = button
    world.feed.publish({"kind": "commands"})
    return True


async def get_chat_menu_button(world: World, call: Call) -> Json:
    """https://core.telegram.org/bots/api#getchatmenubutton."""
    return read_menu_button(world, call.text("chat_id"))


def read_menu_button(world: World, chat_id: str) -> Json:
    """The button that a chat shows: its own, or else everybody's."""
    buttons: dict[str, Json] = world.profile["menu_button"]
    own = buttons.get(chat_id, {"type": "default"})
    return buttons.get("", {"type": "commands"}) if own["type"] == "default" else own


def check_app_url(given: Any) -> None:
    """Refuse the address of an app that Telegram would not open."""
    if not isinstance(given, dict) or not str(given.get("url", "")).startswith(("https://", HERE)):
        raise bad_request("BUTTON_URL_INVALID")


async def open_app(people: People, user_id: int, chat_id: int, url: str) -> Json:
    """A person opens an app that the bot offers in this chat: `{url}`, with what Telegram says in the fragment."""
    world = people.world
    person, chat = people.meet(user_id), world.chats.get(chat_id)
    if chat_id != user_id:
        raise ControlError(403, "apps are opened in private chats")
    if url not in _list_offered(world, chat, chat_id):
        raise ControlError(409, f"the bot offers no app at {url}")
    about = {name: value for name, value in person.items() if name != "is_bot"} | {"allows_write_to_pm": True}
    fields = {
        "query_id": f"AAH{secrets.token_urlsafe(12)}",
        "user": json.dumps(about, ensure_ascii=False, separators=(",", ":")),
        "auth_date": str(read_seconds()),
    }
    return {"url": url, "init_data": sign_init_data(fields, world.account.token)}


def _list_offered(world: World, chat: Chat | None, chat_id: int) -> set[str]:
    buttons = [read_menu_button(world, str(chat_id))]
    for message in chat.messages.values() if chat else ():
        rows = message.body.get("reply_markup", {}).get("inline_keyboard", [])
        buttons += [button for row in rows for button in row]
    return {button["web_app"]["url"] for button in buttons if "web_app" in button}
