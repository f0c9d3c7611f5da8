"""Encoding and decoding values for Firestore's REST API.

https://cloud.google.com/firestore/docs/reference/rest/v1/Value
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any

Json = dict[str, Any]
_NOT_FINITE = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
"""The API's names of numbers that JSON lacks."""
_SIMPLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Foreign:
    """A value of a type that we never write, set by hand in the console. It matches no type and is kept unchanged."""

    written: Json


def write_fields(fields: dict[str, Any]) -> Json:
    """The fields of a document or a map. Raises TypeError for a value that cannot be stored."""
    return {name: write_value(value) for name, value in fields.items()}


def write_value(value: Any) -> Json:
    """Encode a value. Raises TypeError for one that cannot be stored."""
    match value:
        case None:
            return {"nullValue": None}
        case bool():
            return {"booleanValue": value}
        case int() | float():
            return _write_number(value)
        case str():
            return {"stringValue": value}
        case bytes():
            return {"bytesValue": b64encode(value).decode("ascii")}
        case datetime():
            return {"timestampValue": value.astimezone(UTC).isoformat().replace("+00:00", "Z")}
        case list() | tuple():
            return {"arrayValue": {"values": [write_value(item) for item in value]}}
        case dict():
            return {"mapValue": {"fields": write_fields(value)}}
        case Foreign():
            return value.written
    raise TypeError(f"{type(value).__name__} cannot be stored")


def _write_number(value: float) -> Json:
    if isinstance(value, int):
        return {"integerValue": str(value)}
    return {"doubleValue": value if isfinite(value) else _NOT_FINITE[str(value)]}


def read_fields(written: Json) -> dict[str, Any]:
    """Decode what `write_fields` wrote; the API omits `fields` in empty maps and documents."""
    return {name: read_value(value) for name, value in written.get("fields", {}).items()}


def read_value(written: Json) -> Any:
    """Decode what `write_value` wrote."""
    ((kind, value),) = written.items()
    return _READERS[kind](value) if kind in _READERS else Foreign(written)


def write_path(name: str) -> str:
    """A field's name as a path: quoted, unless it is a plain word."""
    if _SIMPLE_NAME.fullmatch(name):
        return name
    quoted = name.replace("\\", "\\\\").replace("`", "\\`")
    return f"`{quoted}`"


_READERS: dict[str, Callable[[Any], Any]] = {
    "nullValue": lambda _: None,
    "booleanValue": bool,
    "integerValue": int,
    "doubleValue": float,
    "stringValue": str,
    "bytesValue": b64decode,
    "timestampValue": datetime.fromisoformat,
    "arrayValue": lambda value: [read_value(item) for item in value.get("values", [])],
    "mapValue": read_fields,
}
