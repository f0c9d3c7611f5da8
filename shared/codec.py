"""Encoding dataclasses as documents and decoding documents.

Decoding fills in defaults for missing fields, and encoding keeps unknown fields, at every depth. So two neighbouring
releases can read each other's documents, and the older one removes nothing that the newer one wrote.

A FLAT field holds a dataclass whose fields are stored among those of its owner.
"""

import dataclasses
import types
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from shared.errors import DocumentUnreadableError
from shared.ports import Record, Update, Version, Write

T = TypeVar("T")

Decoder = Callable[[Any, str], Any]

Parts = tuple[tuple[str, type[Any]], ...]
"""Names of fields with the concrete dataclass of each in this document, a subclass of the annotated one."""

FLAT = {"flat": True}
"""Metadata of a field whose dataclass is stored among the fields of its owner."""

PLAIN = frozenset({str, int, float, bool, bytes, datetime, types.NoneType})
"""The types that a document stores unchanged."""


def update(record: Record, value: Any) -> Update:
    """The update that stores this value in a document, with a precondition on the version that was read."""
    return Update(record.key, encode(value, record.fields), record.version)


def as_written(write: Write, version: Version) -> Record:
    """The record that reading would return after this write was committed."""
    return Record(write.key, write.fields, version)


def encode(value: Any, stored: Any = None) -> Any:
    """A dataclass as dicts, lists and plain values of a document.

    `stored` is the same value as stored now: fields in it that this release does not know are kept.
    """
    if type(value) in PLAIN:
        return value
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return [encode(item, _find_same(item, stored or ())) for item in value]
    if isinstance(value, dict):
        known = stored or {}
        return {name: encode(item, _find_same(item, [known.get(name)])) for name, item in value.items()}
    known = stored if isinstance(stored, dict) else {}
    fields = _fields(type(value))  # type: ignore[arg-type]  # a class is hashable
    flat = _flat(type(value))  # type: ignore[arg-type]
    for name in flat:
        known = encode(getattr(value, name), known)
    return known | {
        name: held if type(held := getattr(value, name)) in PLAIN else _encode_field(held, known.get(name), is_part)
        for name, is_part in fields
    }


def decode(kind: type[T], fields: Mapping[str, Any], parts: Parts = ()) -> T:
    """A dataclass from a document's fields. Raises DocumentUnreadableError, which names the field.

    `parts` give the concrete classes of fields whose owner knows only a base class.

    An unknown value of an enum becomes an unnamed member, which equals no known member and is written unchanged.
    """
    decoders, flat = _decoders(kind, parts)  # type: ignore[arg-type]  # a class is hashable
    try:
        values = {
            name: held if type(held := fields[name]) is plain else read(held, name)
            for name, plain, read in decoders
            if name in fields
        }
        return kind(**values, **{name: decode(part, fields) for name, part in flat})
    except TypeError as error:
        raise DocumentUnreadableError(str(error)) from None


def _encode_field(value: Any, stored: Any, is_part: bool) -> Any:  # noqa: FBT001 — called for every field
    """Encode a field. A required object is merged with the stored one; an optional one may be another object by now."""
    is_another = dataclasses.is_dataclass(value) and not is_part
    return encode(value, _find_same(value, [stored]) if is_another else stored)


def _find_same(value: Any, stored: Iterable[Any]) -> Any:
    """The stored element for the same value: one whose required fields are all equal."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return None
    facts = {name: encode(getattr(value, name)) for name in _required(type(value))}
    return next((each for each in stored if isinstance(each, dict) and facts.items() <= each.items()), None)


@cache
def _fields(kind: Any) -> tuple[tuple[str, bool], ...]:
    """The names of a dataclass's fields that are not flat, each with whether it is a required dataclass."""
    hints, flat = get_type_hints(kind), _flat(kind)
    return tuple((name, dataclasses.is_dataclass(hint)) for name, hint in hints.items() if name not in flat)


@cache
def _flat(kind: Any) -> tuple[str, ...]:
    return tuple(each.name for each in dataclasses.fields(kind) if each.metadata == FLAT)


@cache
def _required(kind: Any) -> tuple[str, ...]:
    """The fields without a default."""
    missing = dataclasses.MISSING
    fields = dataclasses.fields(kind)
    return tuple(each.name for each in fields if each.default is missing and each.default_factory is missing)


@cache
def _decoders(kind: Any, parts: Parts) -> tuple[tuple[tuple[str, Any, Decoder], ...], Parts]:
    """The ordinary fields, each with the type whose values are taken unchanged and the decoder of all other values; and
    the dataclasses of the flat fields.
    """
    hints, flat = get_type_hints(kind) | dict(parts), _flat(kind)
    own = {name: hint for name, hint in hints.items() if name not in flat}
    decoders = tuple((name, _plain_type(hint), _make_decoder(hint)) for name, hint in own.items())
    return decoders, tuple((name, hints[name]) for name in flat)


def _plain_type(hint: Any) -> Any:
    """The type whose values a document holds unchanged; None where there is none."""
    wanted = get_args(hint)[0] if get_origin(hint) in {types.UnionType, Union} else hint
    return wanted if wanted in PLAIN else None


def _make_decoder(hint: Any) -> Decoder:
    """The decoder for a type; it also gets the field's name, for errors. Made once per field of a dataclass."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {types.UnionType, Union}:
        return _decode_optional(_make_decoder(arguments[0]))
    if origin is tuple:
        return _decode_list(_make_decoder(arguments[0]))
    if origin is dict:
        return _decode_map(_make_decoder(arguments[1]))
    if origin is Literal:
        return partial(_checked, type(arguments[0]))
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return partial(_decode_object, hint)
    if issubclass(hint, StrEnum):
        return partial(_decode_member, hint)
    return _decode_float if hint is float else partial(_checked, hint)


def _decode_optional(decoder: Decoder) -> Decoder:
    return lambda value, name: None if value is None else decoder(value, name)


def _decode_list(decoder: Decoder) -> Decoder:
    return lambda value, name: tuple(decoder(item, name) for item in _checked(list, value, name))


def _decode_map(decoder: Decoder) -> Decoder:
    return lambda value, name: {
        key: decoder(item, f"{name}.{key}") for key, item in _checked(dict, value, name).items()
    }


def _decode_object(kind: type[T], value: Any, name: str) -> T:
    try:
        return decode(kind, _checked(dict, value, name))
    except DocumentUnreadableError as error:
        raise DocumentUnreadableError(f"{name}: {error}") from None


def _decode_member(kind: type[StrEnum], value: Any, name: str) -> StrEnum:
    text = _checked(str, value, name)
    try:
        return kind(text)
    except ValueError:
        unknown = str.__new__(kind, text)
        unknown._name_ = unknown._value_ = text
        return unknown


def _decode_float(value: Any, name: str) -> float:
    return float(value) if type(value) is int else _checked(float, value, name)  # a whole number


def _checked(kind: type[T], value: Any, name: str) -> T:
    """The value, after checking its type. Raises DocumentUnreadableError."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise DocumentUnreadableError(f"{name}: {type(value).__name__} instead of {kind.__name__}")
    return value
