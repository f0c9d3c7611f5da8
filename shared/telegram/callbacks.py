"""What is written into a button and read back from a tap: a version, an action and its arguments, 64 bytes at most."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

VERSION = "1"
"""Raised when the meaning of a button changes: older keyboards are then answered as old menus."""


@dataclass(frozen=True, slots=True)
class Callback:
    """An action and its arguments."""

    action: str
    arguments: tuple[str, ...]


def write_callback(action: str, *arguments: object) -> str:
    """The `callback_data` of a button. No argument may hold a semicolon."""
    return ";".join((VERSION, action, *map(str, arguments)))


def read_callback(data: str) -> Callback | None:
    """What a tap means; None for data of another version or of nobody's making."""
    version, *rest = data.split(";")
    if version != VERSION or not rest:
        return None
    return Callback(rest[0], tuple(rest[1:]))


def write_moment(at: datetime) -> str:
    """A time in a button, to a tenth of a second."""
    return f"{int(at.timestamp() * 10):x}"


def read_moment(text: str) -> datetime | None:
    """The time that a button carries; None where it carries none."""
    if re.fullmatch(r"[0-9a-f]{1,9}", text) is None:
        return None
    return datetime.fromtimestamp(int(text, 16) / 10, UTC)
