"""Reads fields of an update's JSON; used fields must have their documented type."""

from typing import Any, overload

from shared.errors import UnusableUpdateError

Json = dict[str, Any]

INTEGER_MAX = 2**63 - 1
"""Firestore's largest integer; Telegram's ids have at most 52 significant bits."""


@overload
def find(parent: Json, name: str, kind: type[bool]) -> bool | None: ...
@overload
def find(parent: Json, name: str, kind: type[int]) -> int | None: ...
@overload
def find(parent: Json, name: str, kind: type[str]) -> str | None: ...
@overload
def find(parent: Json, name: str, kind: type[list[Any]]) -> list[Any] | None: ...
@overload
def find(parent: Json, name: str, kind: type[Json]) -> Json | None: ...
def find(parent: Json, name: str, kind: type[Any]) -> Any:
    """An optional field. Raises UnusableUpdateError if it has another type."""
    value = parent.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise UnusableUpdateError(f"{name}: not {kind.__name__}")
    if kind is int and abs(value) > INTEGER_MAX:
        raise UnusableUpdateError(f"{name}: out of range")
    return value


@overload
def get(parent: Json, name: str, kind: type[int]) -> int: ...
@overload
def get(parent: Json, name: str, kind: type[str]) -> str: ...
@overload
def get(parent: Json, name: str, kind: type[Json]) -> Json: ...
def get(parent: Json, name: str, kind: Any) -> Any:
    """A required field. Raises UnusableUpdateError."""
    value = find(parent, name, kind)
    if value is None:
        raise UnusableUpdateError(f"{name}: missing")
    return value


def clean(text: str) -> str:
    """Text without lone surrogates, which JSON allows but UTF-8 cannot encode."""
    return text.encode("utf-8", "replace").decode("utf-8")
