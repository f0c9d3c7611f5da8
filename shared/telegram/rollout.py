"""Choosing the queue of an update and, during a rollout, its release.

Only the chat's id decides, equally in every process and release. So all updates of a chat take the same way, and a chat
on the candidate stays with it while the share grows. A private chat has the id of its person; for an update without a
chat (an inline query) the person's id decides.
"""

import json
import re
from collections.abc import Collection
from hashlib import sha256
from typing import Any

ID_MAX = 2**63 - 1
"""Telegram's ids have at most 52 significant bits."""
_WRITTEN_CHAT = re.compile(rb'"chat":\{"id":(-?[0-9]{1,18})[,}]')


def lane_of(chat_id: int | None) -> int:
    """The lane of a chat's tasks for `bot` (updates, deferred updates, drafts); 0 if the chat is unknown."""
    return 0 if chat_id is None else place_of(chat_id)


def is_candidate_chat(chat_id: int | None, percent: int, staff_chat_ids: Collection[int]) -> bool:
    """Whether the candidate serves this chat: a staff chat, or one of the `percent` (0 to 100) of all.

    An update without a known chat stays with the stable release.
    """
    return chat_id is not None and (chat_id in staff_chat_ids or place_of(chat_id) < percent)


def place_of(chat_id: int) -> int:
    """A chat's number from 0 to 99: it joins when the percentage exceeds this number. Must never change."""
    digest = sha256(str(chat_id).encode("ascii")).digest()
    return int.from_bytes(digest[:8]) % 100


def find_chat(body: bytes) -> int | None:
    """The chat's id in an update of any kind, or else the person's; None if the bytes have neither.

    The webhook calls this for each update, and parsing all of one would take a tenth of its time. So the chat is
    searched as text, in the form in which Telegram writes it: without blanks, before any other chat. A person's words
    cannot match, because their quotation marks are escaped.
    """
    if (written := _WRITTEN_CHAT.search(body)) is not None:
        return int(written[1])
    found = (_find_place(payload) for payload in _read_payloads(body))
    return next((chat_id for chat_id in found if chat_id is not None), None)


def find_person(body: bytes) -> int | None:
    """The id of whoever an update comes from; None if the bytes do not say."""
    senders = (payload.get(name) for payload in _read_payloads(body) for name in ("from", "user"))
    return next((each["id"] for each in senders if isinstance(each, dict) and _is_id(each.get("id"))), None)


def _read_payloads(body: bytes) -> list[dict[str, Any]]:
    """What an update carries; nothing if it is no update."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return []
    return [each for each in update.values() if isinstance(each, dict)] if isinstance(update, dict) else []


def _find_place(payload: dict[str, Any]) -> int | None:
    """Look for a chat in the parsed update, then for a person."""
    message = payload.get("message")
    of_message = message.get("chat") if isinstance(message, dict) else None
    places = (payload.get("chat"), of_message, payload.get("from"), payload.get("user"), payload.get("voter_chat"))
    return next((place["id"] for place in places if isinstance(place, dict) and _is_id(place.get("id"))), None)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= ID_MAX
