"""Which way an update goes: through which queue, and to which release while a candidate is being tried on some chats.

Only the chat's id decides, equally in every process and release. So all updates of a chat go the same way, and a chat
that meets the candidate stays with it while the share grows. A private chat has the id of its person: an update without
a chat (an inline query) is decided by the person's id.
"""

import json
import re
from collections.abc import Collection
from hashlib import sha256
from typing import Any

ID_MAX = 2**63 - 1
"""Telegram's have at most 52 significant bits."""
_WRITTEN_CHAT = re.compile(rb'"chat":\{"id":(-?[0-9]{1,18})[,}]')


def lane_of(chat_id: int | None) -> int:
    """The lane of a chat's tasks for `bot`: its updates, those that were put off, its drafts. What tells no chat: 0."""
    return 0 if chat_id is None else place_of(chat_id)


def is_candidate_chat(chat_id: int | None, percent: int, staff_chat_ids: Collection[int]) -> bool:
    """Whether the candidate serves this chat: one of the staff's, or of the `percent` (0 to 100) of all.

    What tells no chat stays with the stable release.
    """
    return chat_id is not None and (chat_id in staff_chat_ids or place_of(chat_id) < percent)


def place_of(chat_id: int) -> int:
    """Where among a hundred a chat stands: it joins when the share exceeds this number. Never to be changed."""
    digest = sha256(str(chat_id).encode("ascii")).digest()
    return int.from_bytes(digest[:8]) % 100


def find_chat(body: bytes) -> int | None:
    """The chat of an update of any kind, or else its person; None where the bytes tell neither.

    The webhook asks this of each update, and to read all of one costs it a tenth of its time. So the chat is looked for
    in the form in which Telegram writes it: without blanks, before whatever else has a chat. No words of a person can
    look like it, since their quotation marks are escaped.
    """
    if (written := _WRITTEN_CHAT.search(body)) is not None:
        return int(written[1])
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
