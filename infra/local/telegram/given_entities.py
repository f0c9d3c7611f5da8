"""Entities that a bot gives beside a text: refused and dropped where TDLib does it, in TDLib's words.

Read in TDLib's `fix_formatted_text`, `clean_input_string_with_entities` and `check_link`, and in the Bot API server's
`get_text_entity_type`.
"""

from typing import Any
from urllib.parse import urlsplit

from infra.local.telegram.entities import Entity, count_units
from infra.local.telegram.errors import ApiError, bad_request
from infra.local.telegram.reading import require_known

_FIELDS = frozenset({"type", "offset", "length", "url", "user", "language", "custom_emoji_id"})
_NEEDED = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id"}
_STYLES = {
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "code",
    "pre",
    "blockquote",
    "expandable_blockquote",
}
_FOUND = {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"}
"""Telegram finds these itself."""
_NUMBER_MAX = 1_000_000
_PORT_MAX = 65_535


def check_entities(text: str, given: Any) -> list[Entity]:
    """What is kept of the given entities; ApiError where Telegram would refuse the message."""
    if not isinstance(given, list):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    for entity in given:
        _check_fields(entity)
    kept = [dict(entity) for entity in given if entity["type"] not in _FOUND and int(entity["length"]) > 0]
    for entity in sorted(kept, key=lambda entity: (int(entity["offset"]), -int(entity["length"]))):
        _check_place(text, int(entity["offset"]), int(entity["length"]))
    return kept


def _check_fields(entity: Any) -> None:
    require_known(entity, _FIELDS, "MessageEntity")
    kind = entity.get("type")
    if kind not in _STYLES | _FOUND | _NEEDED.keys():
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    needed = _NEEDED.get(kind, "type")
    if not entity.get(needed):
        raise bad_request(f"can't parse MessageEntity: Can't find field \"{needed}\"")
    for name in ("offset", "length"):
        if not 0 <= int(entity[name]) <= _NUMBER_MAX:
            raise bad_request(f"receive an entity with incorrect {name} {entity[name]}")
    if kind == "text_link" and (problem := find_url_problem(entity["url"])):
        raise bad_request(f"entity URL '{entity['url']}' is invalid: {problem}")


def find_url_problem(url: str) -> str:
    """Why Telegram takes no such link; empty where it does."""
    scheme, separator, _ = url.partition("://")
    if separator and scheme.lower() in {"tg", "ton", "tonsite"}:
        return ""
    if separator and scheme.lower() not in {"http", "https"}:
        return "Unsupported URL protocol"
    try:
        parts = urlsplit(url if separator else f"http://{url}")
        port = parts.port
    except ValueError:
        return "Wrong port number specified in the URL"
    if parts.netloc.endswith(":") or port == 0:
        return "Wrong port number specified in the URL"
    if not parts.hostname:
        return "URL host is empty"
    return "" if "." in parts.hostname else "Wrong HTTP URL"


def _check_place(text: str, offset: int, length: int) -> None:
    units = count_units(text)
    if offset > units:
        raise bad_request(f"entity begins after the end of the text at UTF-16 offset {offset}")
    _check_border(text, offset, "entity begins")
    if offset + length > units:
        end = f"ends after the end of the text at UTF-16 offset {offset + length}"
        raise bad_request(f"entity beginning at UTF-16 offset {offset} {end}")
    _check_border(text, offset + length, f"entity beginning at UTF-16 offset {offset} ends")


def _check_border(text: str, at: int, what: str) -> None:
    before = text.encode("utf-16-le")[: at * 2]
    try:
        before.decode("utf-16-le")
    except UnicodeDecodeError:
        bytes_before = len(before[:-2].decode("utf-16-le").encode()) + len("😀".encode())
        raise _in_the_middle(what, bytes_before) from None


def _in_the_middle(what: str, at: int) -> ApiError:
    return bad_request(f"{what} in a middle of a UTF-16 symbol at byte offset {at}")
