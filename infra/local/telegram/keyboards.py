"""`reply_markup`: read, checked as strictly as Telegram checks it, and given back as it is stored."""

from typing import Any

from telegram.constants import InlineKeyboardButtonLimit, InlineKeyboardMarkupLimit

from infra.local.telegram.errors import bad_request
from infra.local.telegram.reading import Call, require_known
from infra.local.telegram.signatures import known_fields

Json = dict[str, Any]
_DATA_BYTES_MAX = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)
_COPY_UNITS_MAX = int(InlineKeyboardButtonLimit.MAX_COPY_TEXT)
_BUTTONS_MAX = int(InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER)
_LOOKS = {"text", "style", "icon_custom_emoji_id"}
_STYLES = {"primary", "success", "danger"}
_KINDS = {
    "inline_keyboard": "InlineKeyboardMarkup",
    "keyboard": "ReplyKeyboardMarkup",
    "remove_keyboard": "ReplyKeyboardRemove",
    "force_reply": "ForceReply",
}


def read_markup(call: Call, *, inline_only: bool = False) -> Json | None:
    """The checked markup of a call, None for none or an empty inline keyboard."""
    markup = call.json("reply_markup")
    if markup is None or markup in ({}, ""):
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    kind = next((name for name in _KINDS if name in markup), None)
    if kind is None or (inline_only and kind != "inline_keyboard"):
        raise bad_request("inline keyboard expected" if inline_only else "can't parse reply keyboard markup")
    require_known(markup, known_fields(_KINDS[kind]), _KINDS[kind])
    if kind == "inline_keyboard":
        _check_inline(markup["inline_keyboard"])
        return (
            {"inline_keyboard": [row for row in markup["inline_keyboard"] if row]}
            if any(markup["inline_keyboard"])
            else None
        )
    if kind == "keyboard":
        markup = {**markup, "keyboard": [[_read_key(key) for key in row] for row in markup["keyboard"]]}
    return markup


def opens_apps(markup: Json | None) -> bool:
    """Whether a button of an inline keyboard opens a Mini App."""
    return any("web_app" in button for row in (markup or {}).get("inline_keyboard", []) for button in row)


def find_button(markup: Json | None, callback_data: str | None, place: tuple[int, int] | None) -> Json | None:
    """A button of an inline keyboard, by its data or by its row and column."""
    rows: list[list[Json]] = (markup or {}).get("inline_keyboard", [])
    if place is not None:
        row, column = place
        return rows[row][column] if row < len(rows) and column < len(rows[row]) else None
    return next((b for row in rows for b in row if b.get("callback_data") == callback_data), None)


def _check_inline(rows: Any) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    if sum(len(row) for row in rows) > _BUTTONS_MAX:
        raise bad_request("reply markup is too long")
    for row in rows:
        for button in row:
            _check_button(button)


def _check_button(button: Any) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request('can\'t parse inline keyboard button: field "text" must be of type String')
    require_known(button, known_fields("InlineKeyboardButton"), "InlineKeyboardButton")
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if button.get("style", "primary") not in _STYLES:
        raise bad_request("invalid button style specified")
    actions = [name for name in button if name not in _LOOKS and button[name] not in (None, "")]
    if not actions:
        raise bad_request("text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request("exactly one optional field must be used (refused by the local server only)")
    _check_action(button, actions[0])


def _check_action(button: Json, action: str) -> None:
    value = button[action]
    if action == "callback_data" and len(str(value).encode()) > _DATA_BYTES_MAX:
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "url" and not str(value).startswith(("http://", "https://", "tg://", "ton://")):
        raise bad_request("BUTTON_URL_INVALID")
    if action == "web_app" and not str(value.get("url", "")).startswith(("https://", "http://127.0.0.1:")):
        raise bad_request("BUTTON_URL_INVALID")  # Telegram itself opens https only
    if action == "copy_text" and not 0 < len(value.get("text", "")) <= _COPY_UNITS_MAX:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _read_key(key: Any) -> Json:
    """One key of a reply keyboard; a plain string is a key with that text."""
    button = {"text": key} if isinstance(key, str) else key
    if not isinstance(button, dict) or not button.get("text"):
        raise bad_request("keyboard button text must be non-empty")
    require_known(button, known_fields("KeyboardButton"), "KeyboardButton")
    return button
