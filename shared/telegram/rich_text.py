"""Converting a model's Markdown into Telegram messages of plain text with entities.

Entities need no escaping, unlike a parse mode, so Telegram never refuses the unfinished text of a running answer. The
parser is telegramify-markdown's; this module decides which links are allowed and where a long text is split.

    markdown ──hide HTML──▶ convert ──▶ text, marks ──keep what Telegram allows──▶ cut ──▶ pieces
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from urllib.parse import urlsplit

from telegramify_markdown import MessageEntity, RenderConfig, convert

from shared.ports import Mark
from shared.providers.talk import is_visible

PIECE_UNITS_MAX = 4096
"""The most UTF-16 code units of a message's text."""
PIECE_MARKS_MAX = 100
"""The most entities of a message."""
SOURCE_CHARACTERS_MAX = 16_384
"""A longer text is not rendered, because parsing may take superlinear time. No answer of 2,048 tokens is longer."""
GROWTH_MAX, GROWTH_CHARACTERS = 4, 1_000
"""How much longer than its source the text may be: a table with padded cells reaches this. More growth is an attack:
nested lists are indented, so "- 1. - 1. …" on one line grows with the square of its length."""
PIECE_CHARACTERS_MIN = 2_000
"""Source characters per message after the first. If the marks would cause more messages, they are dropped."""
FORMULAS_MAX = 100
"""More formula openings in one text are an attack: searching their ends takes quadratic time."""
URL_CHARACTERS_MAX = 2048
_LESS, _DOLLAR = "\ue000", "\ue001"
"""Stand-ins for "<" and "$" during parsing; one UTF-16 unit each, so offsets do not change."""
_TAG_LIKE = re.compile(r"<(?!https?://[^\s<>]+>)")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+")
_FORMULA = re.compile(r"\\[(\[]")
_STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
_QUOTES = frozenset({"blockquote", "expandable_blockquote"})
_CODES = frozenset({"code", "pre"})
_KINDS = _STYLES | _QUOTES | _CODES | {"text_link"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One message's text."""

    text: str
    marks: tuple[Mark, ...] = ()


def is_web_address(url: str) -> bool:
    """Whether a link leads to a web page outside Telegram."""
    if len(url) > URL_CHARACTERS_MAX or any(character.isspace() or character < " " for character in url):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    is_plain = parts.username is None and port != 0 and not parts.netloc.endswith(":")
    return parts.scheme in {"http", "https"} and is_plain and _HOST.fullmatch(host) is not None


def render(markdown: str, is_welcome: Callable[[str], bool] = is_web_address) -> list[Piece]:
    """The messages of a text, split between blocks; a link that is not welcome becomes plain words.

    A text without visible characters gives no messages.
    """
    source = _clean(markdown[:SOURCE_CHARACTERS_MAX])
    text, entities = convert(_hide(source), latex_escape=_count_formulas(source) <= FORMULAS_MAX, config=_CONFIG)
    text, marks = _show(text), _allow([_read(entity) for entity in entities], is_welcome)
    if not is_visible(text) or len(text) > GROWTH_MAX * len(source) + GROWTH_CHARACTERS:
        text, marks = source, []  # "```" alone, only link definitions, or endlessly nested lists
    pieces_max = 1 + len(source) // PIECE_CHARACTERS_MIN
    for kept in (marks, []):
        pieces = _cut(text, kept)
        if len(pieces) <= pieces_max:
            return pieces
    return _cut(source, [])


def append(piece: Piece, other: Piece) -> list[Piece]:
    """Two texts in one message with a blank line between them if they fit, otherwise in two messages."""
    text = f"{piece.text}\n\n{other.text}"
    if count_units(text) > PIECE_UNITS_MAX or len(piece.marks) + len(other.marks) > PIECE_MARKS_MAX:
        return [piece, other]
    start = count_units(text) - count_units(other.text)
    return [Piece(text, (*piece.marks, *(replace(mark, offset=mark.offset + start) for mark in other.marks)))]


def count_units(text: str) -> int:
    """The length in UTF-16 code units, which Telegram uses."""
    return sum(2 if character > "\uffff" else 1 for character in text)


def _configure() -> RenderConfig:
    """The configuration of the parser: plain list signs instead of emoji."""
    config = RenderConfig.isolated()
    symbols = config.markdown_symbol
    symbols.heading_level_1 = symbols.heading_level_2 = symbols.heading_level_3 = symbols.heading_level_4 = ""
    symbols.image = ""
    symbols.unordered_list_item = "•"
    symbols.task_uncompleted = "☐"
    return config


_CONFIG = _configure()


def _clean(markdown: str) -> str:
    """The text without lone surrogates, our stand-ins and control characters."""
    whole = markdown.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return re.sub(rf"[\x00-\x08\x0b-\x1f{_LESS}{_DOLLAR}]", "", whole.replace("\r\n", "\n").replace("\r", "\n"))


def _count_formulas(source: str) -> int:
    return len(_FORMULA.findall(source))


def _hide(source: str) -> str:
    """Protect HTML as text: the parser would drop it, and with it half of "List<int>"."""
    hidden = _TAG_LIKE.sub(_LESS, source)
    return hidden.replace("$", _DOLLAR) if source.count("$") > FORMULAS_MAX else hidden


def _show(text: str) -> str:
    return text.replace(_LESS, "<").replace(_DOLLAR, "$")


def _read(entity: MessageEntity) -> Mark:
    return Mark(entity.type, entity.offset, entity.length, _show(entity.url or ""), _show(entity.language or ""))


def _allow(marks: list[Mark], is_welcome: Callable[[str], bool]) -> list[Mark]:
    """The entities that Telegram accepts, in its order: only welcome links, none inside code or its own kind."""
    kept: list[Mark] = []
    around: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.offset, -mark.length)):
        is_link = mark.kind == "text_link"
        if mark.kind not in _KINDS or (is_link and not (is_web_address(mark.url) and is_welcome(mark.url))):
            continue
        around = [other for other in around if other.end > mark.offset]
        if not any(_forbids(other, mark) for other in around):
            kept.append(mark)
            around.append(mark)
    return kept


def _forbids(outer: Mark, inner: Mark) -> bool:
    same_kind = outer.kind == inner.kind or {outer.kind, inner.kind} <= _QUOTES
    return same_kind or outer.kind in _CODES


def _cut(text: str, marks: list[Mark]) -> list[Piece]:
    """The text in pieces that fit into messages."""
    offsets = [0, *accumulate(2 if character > "\uffff" else 1 for character in text)]
    pieces, start = [], 0
    while start < len(text):
        end = _find_end(text, offsets, marks, start)
        piece = _slice(text, offsets, marks, start, end)
        if is_visible(piece.text):
            pieces.append(piece)
        start = end
    return pieces


def _find_end(text: str, offsets: list[int], marks: list[Mark], start: int) -> int:
    """The end of the piece that starts here: the end of the text, or the best border before the limit."""
    units_end = offsets[start] + PIECE_UNITS_MAX
    within = [mark for mark in marks if mark.end > offsets[start] and mark.offset < units_end]
    if len(within) > PIECE_MARKS_MAX:
        units_end = within[PIECE_MARKS_MAX].offset
    if offsets[-1] <= units_end:
        return len(text)
    limit = start
    while offsets[limit + 1] <= units_end:
        limit += 1
    blocks = [mark for mark in within if mark.kind in _CODES | _QUOTES]
    return next(_borders(text, offsets, blocks, start, limit), max(limit, start + 1))


def _borders(text: str, offsets: list[int], blocks: list[Mark], start: int, limit: int) -> Iterator[int]:
    """Possible ends, the best first: between blocks, between lines, between words."""
    half = start + (limit - start) // 2
    for separator, earliest in (("\n\n", half), ("\n", half), ("\n", start), (" ", half)):
        end = limit
        while (found := text.rfind(separator, earliest, end)) > start:
            border = found + len(separator)
            if separator != "\n\n" or not any(mark.offset < offsets[border] < mark.end for mark in blocks):
                yield border
            end = found


def _slice(text: str, offsets: list[int], marks: list[Mark], start: int, end: int) -> Piece:
    """A part of the text with its marks; code that continues in the next part is marked there again."""
    while start < end and text[start] in "\r\n":
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    first, last = offsets[start], offsets[end]
    clipped = [
        replace(mark, offset=max(mark.offset, first) - first, length=min(mark.end, last) - max(mark.offset, first))
        for mark in marks
        if mark.end > first and mark.offset < last
    ]
    return Piece(text[start:end], tuple(clipped))
