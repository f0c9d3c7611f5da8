"""Which release serves an update while a candidate is being tried on some chats.

Only the chat's id decides, equally in every process and release. So all updates of a chat go to one release, and a chat
that meets the candidate stays with it while the share grows. A private chat has the id of its person: an update without
a chat (an inline query) is decided by the person's id.
"""

import json
from collections.abc import Collection
from hashlib import sha256
from typing import Any

ID_MAX = 2**63 - 1
"""Telegram's have at most 52 significant bits."""


def takes_candidate(body: bytes, percent: int, staff_chat_ids: Collection[int]) -> bool:
    """Whether the candidate gets the update in these bytes. What cannot be read stays with the stable release."""
    chat_id = find_chat(body)
    return chat_id is not None and is_candidate_chat(chat_id, percent, staff_chat_ids)


def is_candidate_chat(chat_id: int, percent: int, staff_chat_ids: Collection[int]) -> bool:
    """Whether the candidate serves this chat: one of the staff's, or of the `percent` (0 to 100) of all."""
    return chat_id in staff_chat_ids or place_of(chat_id) < percent


def place_of(chat_id: int) -> int:
    """Where among a hundred a chat stands: it joins when the share exceeds this number. Never to be changed."""
    digest = sha256(str(chat_id).encode("ascii")).digest()
    return int.from_bytes(digest[:8]) % 100


def find_chat(body: bytes) -> int | None:
    """The chat of an update of any kind, or else its person; None where the bytes tell neither."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    payloads = update.values() if isinstance(update, dict) else ()
    found = (_find_place(payload) for payload in payloads if isinstance(payload, dict))
    return next((chat_id for chat_id in found if chat_id is not None), None)


def _find_place(payload: dict[str, Any]) -> int | None:
    """The fields in which Telegram says where, and then those in which it says who."""
    message = payload.get("message")
    of_message = message.get("chat") if isinstance(message, dict) else None
    places = (payload.get("chat"), of_message, payload.get("from"), payload.get("user"), payload.get("voter_chat"))
    return next((place["id"] for place in places if isinstance(place, dict) and _is_id(place.get("id"))), None)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= ID_MAX
