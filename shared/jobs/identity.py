"""Ids are deterministic hashes, not sequences.

A repeated delivery computes the same id and finds the existing document.
"""

import hashlib
import re
from base64 import urlsafe_b64encode

ID_CHARACTERS = 16
"""96 bits: no two of a billion ids collide, and three fit into the 64 bytes of callback data."""


def hash_id(*parts: object) -> str:
    """A 16-character id of [A-Za-z0-9_-] that stands for these parts, in this order."""
    text = "\x1f".join(str(part) for part in parts)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    made = urlsafe_b64encode(digest[:12]).decode("ascii")
    return made.replace("_", "-", 1) if made.startswith("__") else made  # Firestore refuses "__…__"


def is_id(text: str) -> bool:
    """Whether `hash_id` may have made this. Other texts may be no document's id at all ("a/b", "..", "__x__")."""
    return re.fullmatch(r"(?!__.*__$)[A-Za-z0-9_-]{16}", text) is not None


def update_key(bot_id: int, update_id: int) -> str:
    """The transport key: one per update that Telegram sends."""
    return hash_id("update", bot_id, update_id)


def query_key(bot_id: int, query_id: str) -> str:
    """The transport key of a tap: Telegram may send one callback query under several update ids."""
    return hash_id("query", bot_id, query_id)


def message_intent(bot_id: int, chat_id: int, message_id: int) -> str:
    """The intent of a message, however many updates bring it."""
    return hash_id("message", bot_id, chat_id, message_id)


def album_intent(bot_id: int, chat_id: int, media_group_id: str) -> str:
    """The intent of an album: one for all its parts."""
    return hash_id("album", bot_id, chat_id, media_group_id)


def tap_intent(bot_id: int, job_id: str, action: str, nonce: str) -> str:
    """The intent of a button: a nonce is good for one use of one action."""
    return hash_id("tap", bot_id, job_id, action, nonce)


def job_id_of(intent: str, index: int) -> str:
    """The job for picture number `index` (from 1) of an intent."""
    return hash_id("job", intent, index)
