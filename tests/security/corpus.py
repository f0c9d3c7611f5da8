"""The genuine-looking updates in `tests/corpus/updates`, read once."""

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]

FOLDER = Path(__file__).resolve().parent.parent / "corpus" / "updates"


@cache
def read_files() -> dict[str, bytes]:
    """Every update's bytes by the name of its file: `message.text`, `poll_answer.one`, …"""
    return {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.json"))}


def load_update(name: str) -> Json:
    """A fresh copy of one update."""
    update: Json = json.loads(read_files()[name])
    return update


def load_all() -> dict[str, Json]:
    """Fresh copies of all of them."""
    return {name: load_update(name) for name in read_files()}


def kind_of(name: str) -> str:
    """The update kind in a file's name."""
    return name.partition(".")[0]


def find_message(update: Json) -> Json | None:
    """The message in an update, whatever it is called there."""
    for payload in update.values():
        if isinstance(payload, dict):
            found = payload if "message_id" in payload else payload.get("message")
            if isinstance(found, dict):
                return found
    return None


def find_people(update: Json) -> list[Json]:
    """The objects that say who an update is from: a message's, a query's, or what they quote."""
    return [person for person in _walk(deepcopy(update)) if "first_name" in person and person.get("is_bot") is False]


def _walk(value: Any) -> list[Json]:
    if isinstance(value, dict):
        return [value, *(found for item in value.values() for found in _walk(item))]
    if isinstance(value, list):
        return [found for item in value for found in _walk(item)]
    return []
