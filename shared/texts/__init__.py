"""Every text a person reads, in Fluent files, one per language.

Variables are escaped for Telegram HTML here and nowhere else. Buttons and toasts, which have no HTML, use `plain_text`.
A text is parsed at its first use, because parsing all of them would take a fifth of a cold start. So no text may refer
to another one.
"""

import re
from datetime import date, datetime
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.people.users import Language

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

LOCALES: dict[Language, str] = {"ru": "ru-RU", "en": "en-US"}
_BEGINNING = re.compile(r"^(?=[a-z][\w-]* *=)", re.MULTILINE)
"""The beginning of a text in its file; the lines that belong to it are indented."""
_VARIABLE_CHARACTERS_MAX = 2_000
"""Fluent refuses more than 2,500 in one piece: what is longer is put into its place here."""


def html_text(language: Language, message_id: str, **variables: str | int) -> str:
    """A text in Telegram HTML."""
    safe = {name: escape(v, quote=False) if isinstance(v, str) else v for name, v in variables.items()}
    return plain_text(language, message_id, **safe)


def plain_text(language: Language, message_id: str, **variables: str | int) -> str:
    """A text for a button or a toast. Raises KeyError for an unknown text, ValueError for a missing variable."""
    bundle, pattern = _bundle(language), _pattern(language, message_id)
    long = {name: v for name, v in variables.items() if isinstance(v, str) and len(v) > _VARIABLE_CHARACTERS_MAX}
    text, errors = bundle.format_pattern(pattern, variables | {name: f"\0{name}\0" for name in long})
    if errors:
        raise ValueError(f"{language}/{message_id}: {errors[0]}")
    return re.sub("\0(.*?)\0", lambda found: long.get(found[1], found[0]), str(text)) if long else str(text)


def write_day(language: Language, day: date) -> str:
    """A day with its month in words, because 05.12 is December for some people and May for others."""
    return plain_text(language, "day-in-words", day=str(day.day), month=day.month, year=str(day.year))


def write_moment(language: Language, at: datetime) -> str:
    """A day, and the minute that a clock shows."""
    return f"{write_day(language, at)} {at:%H:%M}"


def write_short_moment(language: Language, at: datetime) -> str:
    """The same without a year, for the lines of a list."""
    day = plain_text(language, "day-short", day=str(at.day), month=at.month)
    return f"{day} {at:%H:%M}"


def unmark(text: str) -> str:
    """A text in Telegram HTML as a toast shows it."""
    return unescape(re.sub(r"<[^>]*>", "", text))


@cache
def _bundle(language: Language) -> "FluentBundle":
    from fluent.runtime import FluentBundle  # 25 ms, while the worker waits for its model

    # Isolation marks would be shown as boxes by some clients, and both languages run left to right.
    return FluentBundle([LOCALES[language]], use_isolating=False)


@cache
def _sources(language: Language) -> dict[str, str]:
    """Text id → the source of the text."""
    source = (Path(__file__).parent / f"{language}.ftl").read_text(encoding="utf-8")
    _, *texts = _BEGINNING.split(source)
    return {text.partition("=")[0].rstrip(): text for text in texts}


@cache
def _pattern(language: Language, message_id: str) -> Any:
    """The parsed text. Raises KeyError for an unknown id."""
    from fluent.runtime import FluentResource

    bundle = _bundle(language)
    bundle.add_resource(FluentResource(_sources(language)[message_id]))
    pattern = bundle.get_message(message_id).value
    assert pattern is not None, "a message of attributes alone"
    return pattern


def shorten(text: str, characters_max: int = 40) -> str:
    """The beginning of a text, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= characters_max:
        return line
    cut = line[:characters_max]
    return cut[: cut.rfind(" ")] + "…" if " " in cut else cut[:-1] + "…"
