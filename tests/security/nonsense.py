"""Bodies that no Telegram ever sends, one by one, each with what must become of it.

`fine` is handled or left alone, `unusable` is quarantined, `dropped` never becomes a task, `answered` is answered by
the webhook itself, `any` is whatever of these the code prefers: only an error is wrong.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from zlib import crc32

from shared.delivery import UPDATE_BYTES_MAX

Json = dict[str, Any]
Fate = Literal["fine", "unusable", "dropped", "answered", "any"]

DEPTH = 100_000
LONG = 200 * 1024
STRANGER = 719_000_001


@dataclass(frozen=True)
class Case:
    """A body and its fate."""

    name: str
    body: bytes
    fate: Fate


def list_nonsense() -> list[Case]:
    """All of them."""
    return [
        *(Case(f"not an object: {body[:12]!r}", body, "unusable") for body in NOT_OBJECTS),
        *(Case(f"update_id {value[:24]}", f'{{"update_id":{value}}}'.encode(), fate) for value, fate in UPDATE_IDS),
        *_nestings(),
        *_encodings(),
        *_sizes(),
        *_payloads(),
        *_long_fields(),
        *_checkouts(),
    ]


NOT_OBJECTS = (
    *(
        b"",
        b" ",
        b"\n",
        b"\0",
        b"\0" * 1000,
        b"null",
        b"true",
        b"0",
        b"-",
        b"1e999",
        b"NaN",
        b'"update"',
        b"[]",
        b"[{}]",
    ),
    *(b"{}", b"{", b"}", b"{]", b'{"update_id"}', b"{update_id:1}", b"{'update_id':1}", b'{"update_id":1,}', b"{}{}"),
    *(
        b"update_id=1&message=hello",
        b"<update/>",
        b"%7B%7D",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\x1f\x8b\x08\x00",
        b"\xed\xa0\x80",
    ),
    *(
        b'{"update_id":1}x',
        b'{"update_id":1}\0',
        b'{"update_id":1}{"update_id":2}',
        b'[{"update_id":1}]',
        b'{"UPDATE_ID":1}',
    ),
    *(
        b'{"update_id":1,"message":"\xff"}',
        b'{"update_id":1,"x":"\x01"}',
        b'{"update_id":01}',
        b'{"update_id":+1}',
        b"{" * 5000,
    ),
)
UPDATE_IDS: tuple[tuple[str, Fate], ...] = (
    *(("null", "unusable"), ("true", "unusable"), ('"1"', "unusable"), ("[1]", "unusable"), ("{}", "unusable")),
    *(
        ("1.0", "unusable"),
        ("NaN", "unusable"),
        ("Infinity", "unusable"),
        ("-Infinity", "unusable"),
        ("1e2", "unusable"),
    ),
    *((str(2**63), "unusable"), (str(-(2**64)), "unusable"), ("9" * 4000, "unusable"), ("9" * 5000, "unusable")),
    *(("0", "fine"), ("-1", "fine"), (str(2**63 - 1), "fine"), (str(-(2**63) + 1), "fine")),
)


def _nestings() -> Iterator[Case]:
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        inner = opening * DEPTH + "0" + closing * DEPTH if opening == "[" else opening * 40_000 + "0" + closing * 40_000
        yield Case(f"nothing but {opening}", (opening * DEPTH).encode()[:UPDATE_BYTES_MAX], "unusable")
        yield Case(f"an unread field of {opening}", f'{{"update_id":1,"poll":{inner}}}'.encode(), "unusable")
        text = json.dumps(_message({"text": "x"})).replace('"x"', inner)
        yield Case(f"a text of {opening}", text.encode(), "unusable")
    update = _message({"text": "/help"})
    for _ in range(200):
        update["message"] = {**_message({"text": "/help"})["message"], "reply_to_message": update["message"]}
    yield Case("200 replies in each other", json.dumps(update).encode(), "any")


def _encodings() -> Iterator[Case]:
    update = json.dumps({"update_id": 719_001, "poll": {"question": "Лиса? 🦊"}}, ensure_ascii=False)
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-32"):
        yield Case(f"in {encoding}", update.encode(encoding), "fine")
    for encoding in ("cp1251", "utf-7", "koi8-r"):
        yield Case(f"in {encoding}", update.replace("🦊", "").encode(encoding), "any")
    yield Case("raw surrogates", b'{"update_id":719002,"poll":{"question":"\xed\xa0\x80"}}', "fine")


def _sizes() -> Iterator[Case]:
    update = json.dumps({"update_id": 719_003, "poll": {}}).encode()
    for size in (LONG, UPDATE_BYTES_MAX - 1, UPDATE_BYTES_MAX):
        yield Case(f"{size} bytes", update.ljust(size), "fine")
        yield Case(f"{size} bytes of junk", b"\xfe" * size, "unusable")
    for size in (UPDATE_BYTES_MAX + 1, 1024 * 1024, 3 * 1024 * 1024):
        yield Case(f"{size} bytes", update.ljust(size), "dropped")
        yield Case(f"{size} bytes of junk", b"\xfe" * size, "dropped")


def _payloads() -> Iterator[Case]:
    no_objects: tuple[Any, ...] = (None, True, 0, "", "text", [], [{}], 2**70, float("nan"))
    odd_values: tuple[Any, ...] = ("\ud800", [], True, 2**63, 1.5, {"id": None}, [[]], [None])
    for kind in ("message", "edited_message", "callback_query"):
        for value in no_objects:
            yield _case(f"{kind}: {value!r}", {"update_id": 719_004, kind: value}, "unusable")
        yield _case(f"{kind}: empty", {"update_id": 719_005, kind: {}}, "fine")
    for kind in ("not_yet_invented", "", "__proto__", "\0", "\ud800", "MESSAGE", "message ", "k" * LONG, "update_id2"):
        yield _case(f"kind {kind[:20]!r}", {"update_id": 719_006, kind: {"message_id": 1}}, "fine")
    yield _case("10,000 kinds", {"update_id": 719_007} | {f"kind{n}": n for n in range(10_000)}, "fine")
    for name in ("from", "chat", "message_id", "text", "photo", "document", "entities", "reply_to_message"):
        for value in odd_values:
            yield _case(f"{name}: {value!r}", _message({"text": "/help", name: value}), "any")


def _long_fields() -> Iterator[Case]:
    """Texts and lists as long as a body may be: each must be told from a wish, or declined, in a moment."""
    for name, text in LONG_TEXTS.items():
        yield _case(f"text of {name}", _message({"text": text}), "fine")
        yield _case(
            f"new text of {name}", {"update_id": 719_008, "edited_message": _message({"text": text})["message"]}, "fine"
        )
    yield _case("long name", _message({"text": "/help"}, first_name="n" * LONG, language_code="e" * 1000), "fine")
    yield _case(
        "long file id", _message({"photo": [{"file_id": "f" * LONG, "width": 9, "height": 9}], "caption": "a"}), "any"
    )
    yield _case("long album", _message({"photo": [{"file_id": "f"}], "media_group_id": "9" * LONG}), "any")
    yield _case(
        "5,000 sizes", _message({"photo": [{"file_id": "f", "width": n, "height": n} for n in range(5000)]}), "any"
    )
    entities = [{"type": "bot_command", "offset": 0, "length": n} for n in range(4000)]
    yield _case("4,000 entities", _message({"text": "/help", "entities": entities}), "fine")
    yield _case("9,000 members", _message({"new_chat_members": [{"id": n} for n in range(9000)]}), "fine")


LONG_TEXTS = {
    "letters": "a" * LONG,
    "dots": "a" + "." * LONG + " b",
    "dots and spaces": " ." * (LONG // 2) + " b",
    "counts": "fox" + " x1" * (LONG // 3),
    "commas": "," * LONG + "b",
    "blanks": "a" + " " * LONG + "b",
    "mentions": "@a " * (LONG // 3),
    "lines": "a\n" * (LONG // 3),
    "tags": "<b>" * (LONG // 3),
}


def _checkouts() -> Iterator[Case]:
    """The question the webhook answers itself: what it echoes must be fit for an answer."""
    ids: tuple[Any, ...] = (
        *("1", 1, None, True, [], {}, {"a": [1]}, "\ud800", "\0", float("nan"), float("-inf"), 10**30, "q" * LONG),
    )
    senders: tuple[Any, ...] = (None, 1, "", [], *({"language_code": code} for code in (None, 5, "\ud800", "x" * LONG)))
    queries: tuple[Any, ...] = (None, 1, "id", [], ["id"], {})
    queries += tuple({"id": query_id} for query_id in ids) + tuple({"id": "719", "from": sender} for sender in senders)
    for query in queries:
        yield _case(f"checkout {query!r:.60}", {"update_id": 719_009, "pre_checkout_query": query}, "any")
    genuine = {"id": "719", "from": {"id": STRANGER, "language_code": "ru"}, "currency": "XTR", "total_amount": 2**80}
    yield _case("checkout", {"update_id": 719_012, "pre_checkout_query": genuine}, "answered")
    yield _case("named in a text", _message({"text": '/help "pre_checkout_query"'}), "fine")


def _message(fields: Json, **sender: Any) -> Json:
    """A message by a person who is nobody's bystander; with an entity where the text is a command."""
    text = fields.get("text")
    if isinstance(text, str) and text.startswith("/"):
        fields = {"entities": [{"type": "bot_command", "offset": 0, "length": 5}], **fields}
    person = {"id": STRANGER, "is_bot": False, "first_name": "Stranger", **sender}
    chat = {"id": STRANGER, "type": "private"}
    update_id = 719_100_000 + crc32(repr(fields).encode("utf-8", "replace")) % 1_000_000
    return {
        "update_id": update_id,
        "message": {"message_id": update_id, "date": 1, "from": person, "chat": chat} | fields,
    }


def _case(name: str, update: Json, fate: Fate) -> Case:
    return Case(name, json.dumps(update, ensure_ascii=True).encode(), fate)
