"""Reading a dataclass from JSON, strictly: each error names the place in the file and what was expected there.

A number's unit follows from its field's name, and each unit has a plausible range. So $0.03 or 3 cents where
millionths of a dollar belong are an error, not a price.
"""

import dataclasses
import types
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from shared.errors import OffersError

NOTE = "note"
"""A field for people; every object may have one."""
UNITS = {
    "usd_micros": ("millionths of a US dollar", 100, 100_000_000),
    "credits": ("credits", 1, 10_000),
    "percent": ("per cent", 0, 500),
    "seconds": ("seconds", 1, 86_400),
    "tokens": ("tokens", 1, 10_000_000),
}
"""Unit, the smallest and the largest plausible number."""


def read(hint: Any, value: Any, path: str) -> Any:
    """The value as a type: a dataclass, tuple, frozenset, dict, Literal, date, optional or plain one.

    Raises OffersError.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {types.UnionType, Union}:
        return None if value is None else read(arguments[0], value, path)
    if origin is tuple:
        return _read_tuple(arguments, _checked(list, value, path), path)
    if origin is frozenset:
        return frozenset(_read_tuple((arguments[0], ...), _checked(list, value, path), path))
    if origin is dict:
        return _read_map(arguments, _checked(dict, value, path), path)
    if origin is Literal:
        return _one_of(arguments, value, path)
    if dataclasses.is_dataclass(hint):
        return read_fields(hint, value, path)
    return _read_plain(hint, value, path)


def read_fields(kind: Any, value: Any, path: str, known: Mapping[str, Any] = types.MappingProxyType({})) -> Any:
    """A dataclass from an object with all its fields that have no default; fields in `known` are not in the object.

    Raises OffersError.
    """
    hints = {name: hint for name, hint in _types_of(kind).items() if name not in known}
    given = read_object(value, path)
    refuse_others(given, hints, [name for name, (_, is_optional) in hints.items() if not is_optional], path)
    return kind(**known, **{name: read(hints[name][0], each, f"{path}.{name}") for name, each in given.items()})


def read_object(value: Any, path: str) -> dict[str, Any]:
    """The fields of an object, without its note. Raises OffersError."""
    return {name: each for name, each in _checked(dict, value, path).items() if name != NOTE}


def read_list(value: Any, path: str) -> list[Any]:
    """A list that is not empty. Raises OffersError."""
    if not value:
        raise OffersError(f"{path}: empty or missing")
    return list(_checked(list, value, path))


def refuse_others(given: Iterable[str], allowed: Iterable[str], needed: Iterable[str], path: str = "") -> None:
    """Raises OffersError for an unknown or a missing name."""
    given, allowed, prefix = set(given), set(allowed), f"{path}." if path else ""
    for name in sorted(given - allowed):
        raise OffersError(f"{prefix}{name}: unknown; there are {', '.join(sorted(allowed))}")
    for name in sorted(set(needed) - given):
        raise OffersError(f"{prefix}{name}: missing")


@cache
def _types_of(kind: Any) -> dict[str, tuple[Any, bool]]:
    """The fields of a dataclass, each with its type and whether it may be left out."""
    missing = dataclasses.MISSING
    return {each.name: (each.type, each.default is not missing) for each in dataclasses.fields(kind)}


def _read_tuple(arguments: tuple[Any, ...], items: list[Any], path: str) -> tuple[Any, ...]:
    if arguments[-1] is not ... and len(arguments) != len(items):
        raise OffersError(f"{path}: {len(items)} entries instead of {len(arguments)}")
    if arguments[-1] is ... and len({str(item) for item in items}) < len(items):
        raise OffersError(f"{path}: an entry is there twice")
    if _are_right(arguments, items):
        return tuple(items)
    hints = [arguments[0]] * len(items) if arguments[-1] is ... else arguments
    return tuple(read(hint, item, f"{path}[{n}]") for n, (hint, item) in enumerate(zip(hints, items, strict=True)))


def _are_right(arguments: tuple[Any, ...], items: list[Any]) -> bool:
    """Whether these are words of a Literal, or words at all: most of the file, which each start reads."""
    kind, *more = arguments
    if more != [...] or not all(type(item) is str and item for item in items):
        return False
    return kind is str or (get_origin(kind) is Literal and set(items) <= set(get_args(kind)))


def _read_map(arguments: tuple[Any, ...], items: dict[str, Any], path: str) -> dict[Any, Any]:
    if not items:
        raise OffersError(f"{path}: empty")
    names = {name: read(arguments[0], name, f"{path}.{name}") for name in items}
    return {names[name]: read(arguments[1], item, f"{path}.{name}") for name, item in items.items()}


def _one_of(choices: tuple[Any, ...], value: Any, path: str) -> Any:
    if value not in choices:
        raise OffersError(f"{path}: {value!r} instead of one of {', '.join(map(str, choices))}")
    return value


def _read_plain(kind: Any, value: Any, path: str) -> Any:
    if kind is date:
        try:
            return date.fromisoformat(_checked(str, value, path))
        except ValueError:
            raise OffersError(f"{path}: {value!r} instead of a date such as 2027-01-31") from None
    if kind is float and type(value) is int:
        return float(value)
    if kind is int:
        _check_unit(_checked(int, value, path), path)
    if kind is str and not value:
        raise OffersError(f"{path}: empty")
    return _checked(kind, value, path)


def _check_unit(number: int, path: str) -> None:
    """Raises OffersError for a number that is not plausible in the unit that the last names of its path tell."""
    *_, owner, name = ("", *path.replace("[", ".").rsplit(".", 2))
    unit = _unit_of(name) or _unit_of(owner)
    if unit is None:
        return
    words, least, most = UNITS[unit]
    if not least <= number <= most:
        raise OffersError(f"{path}: {number} is not plausible: {least} to {most} {words}")


@cache
def _unit_of(name: str) -> str | None:
    return next((unit for unit in UNITS if name.removesuffix("_max").removesuffix("_min").endswith(unit)), None)


def _checked(kind: Any, value: Any, path: str) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise OffersError(f"{path}: {type(value).__name__} instead of {kind.__name__}")
    return value
