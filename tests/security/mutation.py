"""Breaking an update: seeded changes of values, fields and shapes, and then of the bytes themselves."""

import json
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from random import Random
from typing import Any

Json = dict[str, Any]
Slot = tuple[Any, Any]
"""A container and the key or index of one thing in it."""

NUMBERS: tuple[Any, ...] = (
    *(0, 1, -1, 255, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) + 1, -(2**63), -(2**63) - 1, 10**40, 10**4000),
    *(1.5, -0.0, 1e308, float("inf"), float("-inf"), float("nan")),
)
TEXTS: tuple[str, ...] = (
    *("", " ", "\n\t", "\0", "a\0b", "\ud800", "fox \udfff\ud83d", "\ufeff", "\u2028\u2029", "\x1b[31m", "%s%n{0}${x}"),
    *(
        "💩" * 40,
        "👩‍👩‍👧‍👦🏳️‍🌈",
        "\u202eelif.gnp",
        "كلب أحمر",
        "e\u0301" * 30,
        "<b>&lt;\"'</b><a href='x'>",
        "&#0;&bogus;",
    ),
    *("../../etc/passwd", "a/b", "..", "__x__", "jobs/AAAA", "{}", "null", "1e999", "0x10", "٣", "²", "١٦:٩"),
    *("' OR 1=1 --", "; rm -rf /", "$(id)", "http://127.0.0.1:1/", "private", "supergroup", "x" * 5000, "🦊" * 3000),
)
SHAPES: tuple[Any, ...] = (
    *(None, True, False, [], {}, [[]], [None], {"": ""}, {"id": 1}, [{}], {"id": {"id": {"id": []}}}, ["a", 1, None]),
)
ODD_VALUES = (*NUMBERS, *TEXTS, *SHAPES)
ENUM_FIELDS = ("type", "status", "mime_type", "language_code", "currency", "emoji", "chat_type")


def mutate(update: Json, chance: Random) -> Json:
    """A copy with one to three things wrong; a tenth of the copies are untouched."""
    broken = deepcopy(update)
    for _ in range(chance.choice((0, 1, 1, 1, 1, 1, 2, 2, 2, 3))):
        with suppress(RecursionError):  # too deep by now for `deepcopy`: deep enough
            chance.choice(CHANGES)(broken, chance)
    return broken


def write_bytes(update: Any, chance: Random) -> bytes:
    """An update's bytes, mostly as `json.dumps` writes them, now and then with something wrong in them."""
    body = json.dumps(update, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    return chance.choice(BYTE_CHANGES)(body, chance) if chance.random() < 0.15 else body


def list_slots(value: Any) -> list[Slot]:
    """Every place in a value that holds something."""
    slots: list[Slot] = []
    waiting = [value]
    while waiting:
        current = waiting.pop()
        keys: Any = current if isinstance(current, dict) else range(len(current)) if isinstance(current, list) else ()
        slots += [(current, key) for key in keys]
        waiting += [current[key] for key in keys]
    return slots


def choose_slot(value: Any, chance: Random) -> Slot | None:
    """One of them, those near the top as often as the many below."""
    slots = list_slots(value)
    return chance.choice(slots[: chance.choice((6, 20, len(slots)))]) if slots else None


def replace_value(update: Json, chance: Random) -> None:
    slot = choose_slot(update, chance)
    if slot:
        slot[0][slot[1]] = deepcopy(chance.choice(ODD_VALUES))


def drop_value(update: Json, chance: Random) -> None:
    slot = choose_slot(update, chance)
    if slot:
        del slot[0][slot[1]]


def wrap_value(update: Json, chance: Random) -> None:
    slot = choose_slot(update, chance)
    if slot:
        old = slot[0][slot[1]]
        slot[0][slot[1]] = chance.choice(([old], {"value": old}, [old, old], str(old)))


def swap_values(update: Json, chance: Random) -> None:
    one, two = choose_slot(update, chance), choose_slot(update, chance)
    if one and two and one[0] is not two[0]:
        moved, kept = deepcopy(two[0][two[1]]), deepcopy(one[0][one[1]])
        one[0][one[1]] = moved
        two[0][two[1]] = kept


def rename_field(update: Json, chance: Random) -> None:
    slot = choose_slot(update, chance)
    if slot and isinstance(slot[0], dict):
        slot[0][str(chance.choice((*TEXTS, str(slot[1]).upper(), f"{slot[1]} ")))] = slot[0].pop(slot[1])


def add_field(update: Json, chance: Random) -> None:
    """A field that belongs elsewhere, with a value that belongs nowhere."""
    parents = [slot[0][slot[1]] for slot in list_slots(update) if isinstance(slot[0][slot[1]], dict)]
    names = ("photo", "text", "reply_to_message", "entities", "new_chat_members", "media_group_id", "message", "data")
    chance.choice([update, *parents])[chance.choice(names)] = deepcopy(chance.choice(ODD_VALUES))


def change_enum(update: Json, chance: Random) -> None:
    slots = [slot for slot in list_slots(update) if slot[1] in ENUM_FIELDS]
    if slots:
        parent, name = chance.choice(slots)
        parent[name] = chance.choice(("not_yet_invented", "", "PRIVATE", "image/", "image/\0", "ru-" * 40, "xx"))


def nest_value(update: Json, chance: Random) -> None:
    slot = choose_slot(update, chance)
    if slot:
        for _ in range(chance.choice((20, 100, 250))):
            slot[0][slot[1]] = chance.choice(([slot[0][slot[1]]], {"reply_to_message": slot[0][slot[1]]}))


def multiply_list(update: Json, chance: Random) -> None:
    lists = [slot[0][slot[1]] for slot in list_slots(update) if isinstance(slot[0][slot[1]], list)]
    if lists:
        chosen = chance.choice(lists)
        chosen.extend(deepcopy(chosen) * chance.choice((1, 10, 100)))


CHANGES: tuple[Callable[[Json, Random], None], ...] = (
    *(replace_value, replace_value, replace_value, drop_value, drop_value, wrap_value, swap_values),
    *(rename_field, add_field, change_enum, nest_value, multiply_list),
)


def truncate(body: bytes, chance: Random) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def flip_byte(body: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(body))
    return body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :]


def insert_bytes(body: bytes, chance: Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    return body[:at] + chance.choice((b"\xff\xfe", b"\xed\xa0\x80", b"\0", b"\xc0\xaf", b"\r\n", b"\x80")) + body[at:]


def double_key(body: bytes, chance: Random) -> bytes:
    """The same object twice over: JSON lets the last of equal keys win."""
    extra = chance.choice((b'"update_id":0', b'"message":null', b'"message":{"message_id":1}', b'"update_id":"7"'))
    return chance.choice((b"{" + extra + b"," + body[1:], body[:-1] + b"," + extra + b"}"))


def change_encoding(body: bytes, chance: Random) -> bytes:
    text = body.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-32-le", "utf-8-sig", "utf-7", "cp1251")), "replace")


def append_text(body: bytes, chance: Random) -> bytes:
    return body + chance.choice((b"{}", b" garbage", b"\0", b"\n" * 2000, b"]", body))


BYTE_CHANGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    *(truncate, flip_byte, insert_bytes, double_key, change_encoding, append_text),
)
