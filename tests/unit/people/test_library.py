"""Prompts of a person's own: how they are read, filled, shared and erased."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from shared.people.library import (
    TITLE_CHARACTERS_MAX,
    Prompt,
    erase,
    fill,
    find_variables,
    may_read,
    read_link,
    read_prompt,
    read_values,
    write_link,
)

NOW = datetime(2026, 11, 29, tzinfo=UTC)
TOKEN = "AbCdEfGhIjKlMnOpQrStU_"
MINE = Prompt("0123456789abcdef", 501, "Letter", "Write to {whom}", NOW)
SHARED = replace(MINE, token=TOKEN)


@pytest.mark.parametrize(
    ("words", "title", "text"),
    [
        ("Letter: write to {whom}", "Letter", "write to {whom}"),
        ("Letter\nwrite: to {whom}\nnow", "Letter", "write: to {whom}\nnow"),
        ("write to {whom}", "write to {whom}", "write to {whom}"),
        ("see https://a.example", "see https://a.example", "see https://a.example"),
        ("Letter:\n", "Letter:", "Letter:"),
        ("x" * 50, "x" * (TITLE_CHARACTERS_MAX - 1) + "…", "x" * 50),
    ],
)
def test_read_prompt(words: str, title: str, text: str) -> None:
    """A title stands before a colon or on the first line; else the words name themselves."""
    assert read_prompt(words) == (title, text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{a} and {b c} and {a}", ("a", "b c")),
        ("{{topic}} — {{ topic }}", ("topic",)),
        ("{} { } {a\nb} none", ()),
        ('as {"name": "x", "age": 1} or p {color: red} for {whom?}', ("whom?",)),
    ],
)
def test_variables(text: str, names: tuple[str, ...]) -> None:
    """Text in braces on one line is a variable; each counts once."""
    assert find_variables(text) == names


@pytest.mark.parametrize(
    ("names", "words", "values"),
    [
        (("a",), " one\ntwo ", {"a": "one\ntwo"}),
        (("a",), " ", {}),
        (("a", "b"), "one\n\n two", {"a": "one", "b": "two"}),
        (("a", "b"), "one", {"a": "one"}),
        (("a", "b"), "one\ntwo\nthree", {"a": "one", "b": "two\nthree"}),
    ],
)
def test_values(names: tuple[str, ...], words: str, values: dict[str, str]) -> None:
    """One variable is the whole text; of several each is a line, and what is left belongs to the last."""
    assert read_values(names, words) == values


def test_fill() -> None:
    """A value goes in as it is, wherever its name stands; braces in it name nothing, and unknown names stay."""
    filled = fill("{a} {{ a }} {b} {c}", {"a": "{b}", "b": "\\1"})
    assert filled == "{b} {b} \\1 {c}"


def test_link() -> None:
    """The link carries id and token, fits into a deep link, and is read back; anything else is none."""
    payload = write_link(SHARED)
    assert len(payload) <= 64
    assert read_link(payload) == (SHARED.id, TOKEN)
    for odd in ("balance", "p-", payload[:-1], payload + "x", payload.replace(SHARED.id, "__0123456789ab__")):
        assert read_link(odd) is None


def test_who_may_read() -> None:
    """Its owner, and who has its link while it is shared; nobody once it is erased."""
    assert may_read(MINE, 501, "")
    assert not may_read(MINE, 502, "")
    assert may_read(SHARED, 502, TOKEN)
    assert not may_read(SHARED, 502, TOKEN[:-1] + "A")
    gone = erase(SHARED, NOW)
    assert (gone.text, gone.title, gone.token) == ("", "", "")
    assert not may_read(gone, 501, "")
