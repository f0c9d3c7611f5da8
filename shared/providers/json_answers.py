"""JSON that a model was asked for: data of somebody else, checked before it is believed."""

import json
from typing import Any


def read_object(text: str, characters_max: int) -> dict[str, Any] | None:
    """The object that it is; None where it is none, or longer than that."""
    if len(text) > characters_max:
        return None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None
