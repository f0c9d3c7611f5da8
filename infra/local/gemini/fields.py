"""Strict reading of protobuf JSON: known fields only, the right types, both spellings of a name.

Google's servers take `imageConfig` and `image_config` alike (google-genai sends a mixture: `inlineData` with
`mime_type` inside), treat null as absent, refuse an unknown name, and take bytes in either base64 alphabet.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from infra.local.gemini.errors import GoogleError, bad_field

Leaf = Literal["string", "bool", "number", "bytes", "any"]


@dataclass(frozen=True)
class Many:
    """A repeated field."""

    of: "Kind"


Kind = Leaf | Many | Mapping[str, Any]
_LEAF_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "bool": (bool,),
    "number": (int, float),
    "bytes": (str,),
}
_TO_STANDARD_ALPHABET: Final = str.maketrans("-_", "+/")


def read_message(value: Any, shape: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """The message with snake_case names and decoded bytes; raises GoogleError for what the shape lacks."""
    if not isinstance(value, dict):
        raise _wrong_value(path, "MESSAGE")
    message: dict[str, Any] = {}
    for name, content in value.items():
        field = _snake_case(name)
        if field not in shape or not _is_spelling_of(name, field):
            raise _unknown_field(name, path)
        if content is not None:
            message[field] = _read_value(content, shape[field], f"{path}.{field}" if path else field)
    return message


def _read_value(value: Any, kind: Kind, path: str) -> Any:
    if isinstance(kind, Many):
        return _read_list(value, kind.of, path)
    if isinstance(kind, Mapping):
        return read_message(value, kind, path)
    if kind == "any":
        return value
    types = _LEAF_TYPES[kind]
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise _wrong_value(path, kind.upper())
    return decode_bytes(str(value), path) if kind == "bytes" else value


def _read_list(value: Any, kind: Kind, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise _wrong_value(path, "LIST")
    return [_read_value(item, kind, f"{path}[{position}]") for position, item in enumerate(value)]


def decode_bytes(text: str, path: str) -> bytes:
    """Bytes from standard or URL-safe base64, padded or not."""
    padded = text.translate(_TO_STANDARD_ALPHABET).rstrip("=")
    padded += "=" * (-len(padded) % 4)
    try:
        return base64.b64decode(padded, validate=True)
    except (binascii.Error, ValueError) as error:
        message = f"Invalid value at '{path}' (TYPE_BYTES), Base64 decoding failed for \"{text[:20]}\""
        raise bad_field(path, message) from error


def _snake_case(name: str) -> str:
    return re.sub(r"[A-Z]", lambda match: "_" + match[0].lower(), name)


def _is_spelling_of(name: str, field: str) -> bool:
    first, *rest = field.split("_")
    return name in {field, first + "".join(word.capitalize() for word in rest)}


def _unknown_field(name: str, path: str) -> GoogleError:
    where = f" at '{path}'" if path else ""
    message = f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.'
    return bad_field(path, message)


def _wrong_value(path: str, type_name: str) -> GoogleError:
    return bad_field(path, f"Invalid value at '{path}' (TYPE_{type_name})")
