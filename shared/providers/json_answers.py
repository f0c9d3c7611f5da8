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
