"""Encoding the data of a button: a version, an action and its arguments, at most 64 bytes together."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

VERSION = "1"
"""To be incremented when the meaning of a button changes: taps on older keyboards then get the text `old-menu`."""


@dataclass(frozen=True, slots=True)
class Callback:
    """An action and its arguments."""

    action: str
    arguments: tuple[str, ...]


def write_callback(action: str, *arguments: object) -> str:
    """The `callback_data` of a button. No argument may hold a semicolon."""
    return ";".join((VERSION, action, *map(str, arguments)))


def read_callback(data: str) -> Callback | None:
    """Decode a tap's data; None for another version or invalid data."""
    version, *rest = data.split(";")
    if version != VERSION or not rest:
        return None
    return Callback(rest[0], tuple(rest[1:]))


def write_moment(at: datetime) -> str:
    """A time in a button, to a tenth of a second."""
    return f"{int(at.timestamp() * 10):x}"


def read_moment(text: str) -> datetime | None:
    """The time in a button; None if it is missing or invalid."""
    if re.fullmatch(r"[0-9a-f]{1,9}", text) is None:
        return None
    return datetime.fromtimestamp(int(text, 16) / 10, UTC)
