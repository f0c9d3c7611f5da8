"""Parsing JSON that a model wrote, which is untrusted data."""

import json
from typing import Any


def read_object(text: str, characters_max: int) -> dict[str, Any] | None:
    """The JSON object in the text; None if it is not one, or is too long."""
    if len(text) > characters_max:
        return None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def read_line(value: object, characters_max: int) -> str | None:
    """A string of the object on one line, without invisible characters; None if it is none, or is too long."""
    if not isinstance(value, str) or len(value) > characters_max:
        return None
    seen = "".join(each if each.isprintable() else " " for each in value.encode("utf-8", "replace").decode("utf-8"))
    return " ".join(seen.split())
