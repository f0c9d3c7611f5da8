"""Fields of an update's JSON: what is used must have its documented type."""

from typing import Any, overload

from shared.errors import UnusableUpdateError

Json = dict[str, Any]

INTEGER_MAX = 2**63 - 1
"""What Firestore stores; Telegram's ids have at most 52 significant bits."""


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
    """A field that may be missing. Raises UnusableUpdateError when it is there with another type."""
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
    """A field that must be there. Raises UnusableUpdateError."""
    value = find(parent, name, kind)
    if value is None:
        raise UnusableUpdateError(f"{name}: missing")
    return value


def clean(text: str) -> str:
    """Text without lone surrogates, which JSON may carry and nothing after us can encode."""
    return text.encode("utf-8", "replace").decode("utf-8")
