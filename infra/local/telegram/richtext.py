"""Telegram's HTML: text with tags in, plain text and entities out; refused exactly where Telegram refuses.

The rules were read in TDLib's parser: which tags exist, which four named references are decoded, that tags
must close in order, and how each refusal is worded. Offsets in refusals count UTF-8 bytes.
"""

import re
from dataclasses import dataclass

from infra.local.telegram.entities import Entity, count_units
from infra.local.telegram.errors import ApiError, bad_request

_STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_TAGS = {*_STYLES, "a", "pre", "code", "blockquote", "tg-emoji", "tg-time"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([A-Za-z]+));?")
_TAG = re.compile(r"<(/?)([^\s>]*)")
_NAME = re.compile(r"[^\s=>/\"']*")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_SPACE = re.compile(r"\s*")


@dataclass
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    characters: int


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text = ""
        self.units = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def run(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            character = self.source[self.at]
            if character == "<":
                self._read_tag()
            else:
                self._add(*_decode(self.source, self.at))
        if self.open:
            raise _refused(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return self.text, self.entities

    def _add(self, text: str, at: int) -> None:
        self.text += text
        self.units += count_units(text)
        self.at = at

    def _read_tag(self) -> None:
        start = self.at
        match = _TAG.match(self.source, start)
        assert match is not None
        self.at = match.end()
        if match[1]:
            self._close(match[2].lower(), start)
        else:
            self._begin(match[2].lower(), start)

    def _begin(self, tag: str, start: int) -> None:
        if self.at >= len(self.source):
            raise self._refused_at("Unclosed start tag", start)
        if tag not in _TAGS:
            raise self._refused_at(f'Unsupported start tag "{tag}"', start)
        attributes = self._read_attributes(tag, start)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._refused_at('Tag "span" must have class "tg-spoiler"', start)
        self.open.append(_Open(tag, attributes, self.units, len(self.text)))

    def _read_attributes(self, tag: str, start: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            self._skip_space()
            if self._peek() == ">":
                self.at += 1
                return attributes
            name = self._take(_NAME)
            if not name:
                problem = "Empty attribute name in the tag" if self._peek() else "Unclosed start tag"
                raise self._refused_at(f'{problem} "{tag}"', start)
            self._skip_space()
            attributes[name] = self._read_value(start) if self._peek() == "=" else ""

    def _read_value(self, start: int) -> str:
        self.at += 1
        self._skip_space()
        quote = self._peek()
        if quote not in {"'", '"'}:
            value_start = self.at
            value = self._take(_TOKEN).lower()
            if self._peek() and self._peek() != ">" and not self._peek().isspace():
                raise self._refused_at("Unexpected end of name token", value_start)
            return value
        end = self.source.find(quote, self.at + 1)
        if end < 0:
            raise self._refused_at("Unclosed start tag", start)
        value, self.at = self.source[self.at + 1 : end], end + 1
        return _decode_all(value)

    def _close(self, tag: str, start: int) -> None:
        if not self.open:
            raise self._refused_at("Unexpected end tag", start)
        self._skip_space()
        if self._peek() != ">":
            raise self._refused_at("Unclosed end tag", start)
        self.at += 1
        opened = self.open.pop()
        if tag not in {"", opened.tag}:
            raise self._refused_at(
                f'Unmatched end tag at byte offset {self._bytes(start)}, expected "</{opened.tag}>", found "</{tag}>"',
                None,
            )
        if self.units > opened.offset:
            self._add_entity(opened)

    def _add_entity(self, opened: _Open) -> None:
        place = {"offset": opened.offset, "length": self.units - opened.offset}
        entity = _make_entity(opened, place, self.text[opened.characters :])
        twin = self.entities[-1] if self.entities else {}
        same_place = twin.get("offset") == place["offset"] and twin.get("length") == place["length"]
        if opened.tag == "pre" and same_place and twin.get("type") == "code":
            self.entities.pop()  # <pre><code class="language-x">: one entity with a language
            if entity is not None and twin.get("language"):
                entity["language"] = twin["language"]
        if entity is not None:
            self.entities.append(entity)

    def _peek(self) -> str:
        return self.source[self.at : self.at + 1]

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.source, self.at)
        assert match is not None
        self.at = match.end()
        return match.group()

    def _skip_space(self) -> None:
        self._take(_SPACE)

    def _bytes(self, at: int) -> int:
        return len(self.source[:at].encode())

    def _refused_at(self, reason: str, at: int | None) -> ApiError:
        return _refused(reason if at is None else f"{reason} at byte offset {self._bytes(at)}")


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Plain text and entities of Telegram HTML; ApiError `can't parse entities: …` where it is malformed."""
    text, entities = _Parser(source).run()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return text, _without_styles_in_code(entities)


def _make_entity(opened: _Open, place: Entity, covered: str) -> Entity | None:
    tag, attributes = opened.tag, opened.attributes
    if tag in _STYLES:
        return {"type": _STYLES[tag], **place}
    if tag == "a":
        return _make_link(attributes.get("href") or covered, covered, place)
    if tag == "blockquote":
        return {"type": "expandable_blockquote" if "expandable" in attributes else "blockquote", **place}
    if tag == "code":
        language = attributes.get("class", "").removeprefix("language-")
        return {"type": "code", **place, **({"language": language} if language else {})}
    if tag == "tg-emoji":
        return _make_emoji(attributes.get("emoji-id", ""), place)
    return {"type": "pre", **place} if tag == "pre" else None


def _make_link(url: str, text: str, place: Entity) -> Entity | None:
    user = re.fullmatch(r"tg://user\?id=(\d+)", url)
    if user:
        return {"type": "text_mention", **place, "user": {"id": int(user[1]), "is_bot": False, "first_name": text}}
    if re.match(r"(?:https?|tg|ton|tonsite|ftp)://", url):
        return {"type": "text_link", **place, "url": url}
    # a bare host name is accepted; anything else leaves plain text behind
    return {"type": "text_link", **place, "url": f"http://{url}/"} if re.fullmatch(r"[\w-]+(\.[\w-]+)+", url) else None


def _make_emoji(emoji_id: str, place: Entity) -> Entity:
    if not emoji_id.isdigit() or int(emoji_id) == 0:
        raise _refused("Invalid custom emoji identifier specified")
    return {"type": "custom_emoji", **place, "custom_emoji_id": emoji_id}


def _without_styles_in_code(entities: list[Entity]) -> list[Entity]:
    """Code holds no other entity: Telegram drops what is inside."""
    blocks = [entity for entity in entities if entity["type"] in {"pre", "code"}]
    return [entity for entity in entities if not any(_is_inside(entity, block) for block in blocks)]


def _is_inside(entity: Entity, block: Entity) -> bool:
    ends_inside = entity["offset"] + entity["length"] <= block["offset"] + block["length"]
    return entity is not block and entity["offset"] >= block["offset"] and ends_inside


def _decode(source: str, at: int) -> tuple[str, int]:
    """The character at `at`, its reference decoded, and where the next one begins."""
    match = _REFERENCE.match(source, at) if source[at] == "&" else None
    if match is None:
        return source[at], at + 1
    if match[3]:
        named = _NAMED.get(match[3])
        return ("&", at + 1) if named is None else (named, match.end())
    code = int(match[1], 16) if match[1] else int(match[2])
    valid = 0 < code < 0x10FFFF and not 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 — Unicode's own bounds
    return (chr(code), match.end()) if valid else ("&", at + 1)


def _decode_all(source: str) -> str:
    text, at = "", 0
    while at < len(source):
        character, at = _decode(source, at)
        text += character
    return text


def _refused(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")
