"""What is encrypted in documents, and how one value is.

    plain      {"title": "My cat", "user_id": 501}
    encrypted  {"title": {"data_key": "2026-11", "ciphertext": b"…"}, "user_id": 501}

AES-SIV (RFC 5297) takes no nonce: the same words in the same field give the same ciphertext. So an update that changes
nothing still changes nothing, and there is no nonce that could be used twice. Whoever has a copy sees how long a text
is, and whether it changed from one copy to the next. The document's key and the field's path are authenticated with it:
a ciphertext that is moved to another place cannot be read there.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from shared.adapters.firestore_values import read_value, write_value
from shared.ports import Fields, Key

_REQUEST = ("prompt", "words", "unused", "without", "quoted", "name", "manner.own", "message", "references", "files",
            "picture", "more")  # fmt: skip
_ARTEFACTS = ("said", "reworded", "sources", "transcript", "lines", "sound.words", "archive.filename", "model_said")
ENCRYPTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "admin_requests": ("reason",),
        "asked_orders": ("job", "requests", "draft_words"),
        "audit_log": ("reason",),
        "card_orders": ("email",),
        "card_requests": ("email",),
        "conversations": ("title", "turns", "summary"),
        "drafts": ("parts", "texts", "caption", "prompts", "asks"),
        "inbox": ("answer",),
        "jobs": (*(f"request.{name}" for name in _REQUEST), *_ARTEFACTS, "order_hash"),
        "messages": ("text",),
        "prompts": ("title", "text"),
        "proposals": ("words", "references", "variants"),
        "quarantine": ("body", "reason"),
        "shares": ("name",),
        "users": ("talk.facts", "library", "filling.values", "manner.own", "gallery.shelves", "card.email", "webhooks"),
        "words": ("words",),
    }
)
"""Collection → the paths of what people wrote, said or are called. No query names one of them, the books need none,
and what is not here is stored as it is: numbers of Telegram, times, states, credits, choices, names of files of ours.
A hash of short words is guessed, so one that is nothing else is encrypted too.
"""
_DATA_KEY, _CIPHERTEXT = "data_key", "ciphertext"
_KEY_ID = re.compile(r"[0-9]{4}-[0-9]{2}")
"""A year and a month: what stands there becomes a part of an address."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key that encrypts values."""

    id: str
    cipher: AESSIV


def encrypt_fields(key: Key, fields: Fields, paths: tuple[str, ...], data_key: DataKey) -> Fields:
    """The fields with their values at these paths encrypted. Raises TypeError, ValueError for what cannot be stored."""
    return _change(fields, paths, lambda value, path: _encrypt(value, _place(key, path), data_key))


def decrypt_fields(key: Key, fields: Fields, paths: tuple[str, ...], data_keys: Mapping[str, DataKey]) -> Fields:
    """The fields with their values at these paths decrypted.

    A value whose key is missing, or that belongs elsewhere, stays encrypted: no type matches it, so that its document
    is unreadable, and no other one.
    """
    return _change(fields, paths, lambda value, path: _decrypt(value, _place(key, path), data_keys))


def find_data_keys(fields: Fields, paths: tuple[str, ...]) -> Iterator[str]:
    """The ids of the data keys that these fields need."""
    for path in paths:
        value = _get(fields, path)
        if _is_encrypted(value):
            yield value[_DATA_KEY]


def has_plain(fields: Fields, paths: tuple[str, ...]) -> bool:
    """Whether something that should be encrypted is not."""
    return any(_is_plain(_get(fields, path)) for path in paths)


def _change(fields: Fields, paths: tuple[str, ...], change: Callable[[Any, str], Any]) -> Fields:
    """The fields with the values at these paths changed; what is given stays as it is."""
    changed = dict(fields)
    for path in paths:
        value = _get(fields, path)
        if value and (other := change(value, path)) is not value:
            _put(changed, fields, path, other)
    return changed


def _put(changed: Fields, given: Fields, path: str, value: Any) -> None:
    """Put a value at a path that exists, into copies of the given maps on its way."""
    *maps, name = _split(path)
    for each in maps:
        if changed[each] is given[each]:
            changed[each] = dict(given[each])
        changed, given = changed[each], given[each]
    changed[name] = value


def _get(fields: Fields, path: str) -> Any:
    """The value at a path; None where there is none."""
    value: Any = fields
    for name in _split(path):
        value = value.get(name) if isinstance(value, dict) else None
    return value


@cache
def _split(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def _encrypt(value: Any, place: list[bytes], data_key: DataKey) -> Any:
    if not _is_plain(value):
        return value
    text = json.dumps(write_value(value), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return {_DATA_KEY: data_key.id, _CIPHERTEXT: data_key.cipher.encrypt(text.encode(), place)}


def _decrypt(value: Any, place: list[bytes], data_keys: Mapping[str, DataKey]) -> Any:
    data_key = data_keys.get(value[_DATA_KEY]) if _is_encrypted(value) else None
    if data_key is None:
        return value
    try:
        return read_value(json.loads(data_key.cipher.decrypt(value[_CIPHERTEXT], place)))
    except InvalidTag:
        return value


def _place(key: Key, path: str) -> list[bytes]:
    return [key.collection.encode(), key.id.encode(), path.encode()]


def _is_encrypted(value: Any) -> bool:
    """Whether this is what `_encrypt` makes. People write no bytes, so none of their maps looks like it."""
    if not isinstance(value, dict) or value.keys() != {_DATA_KEY, _CIPHERTEXT}:
        return False
    return type(value[_CIPHERTEXT]) is bytes and _KEY_ID.fullmatch(str(value[_DATA_KEY])) is not None


def _is_plain(value: Any) -> bool:
    """Whether there is something to hide: of nothing only that it is nothing could be hidden."""
    return bool(value) and not _is_encrypted(value)
