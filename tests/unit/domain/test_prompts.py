"""Parameters are read off the end of a prompt, in either alphabet, and nothing else is taken away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.prompts import PARAMETERS_MAX, ParsedPrompt, parse_prompt


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a red fox", ParsedPrompt("a red fox")),
        ("", ParsedPrompt("")),
        ("  \n ", ParsedPrompt("")),
        ("a red fox 16:9", ParsedPrompt("a red fox", ratio="16:9")),
        ("a red fox 4K", ParsedPrompt("a red fox", size="4K")),
        ("a red fox 4k", ParsedPrompt("a red fox", size="4K")),
        ("рыжая лиса 4К", ParsedPrompt("рыжая лиса", size="4K")),
        ("рыжая лиса 2к", ParsedPrompt("рыжая лиса", size="2K")),
        ("a red fox x3", ParsedPrompt("a red fox", count=3)),
        ("a red fox X3", ParsedPrompt("a red fox", count=3)),
        ("рыжая лиса х3", ParsedPrompt("рыжая лиса", count=3)),
        ("рыжая лиса Х2", ParsedPrompt("рыжая лиса", count=2)),
        ("a red fox ×4", ParsedPrompt("a red fox", count=4)),
        ("a red fox x3 16:9 4K", ParsedPrompt("a red fox", "16:9", "4K", 3)),
        ("a red fox 4K, x3; 16:9", ParsedPrompt("a red fox", "16:9", "4K", 3)),
        ("a red fox 16:9.", ParsedPrompt("a red fox", ratio="16:9")),
        ("a red fox, 16:9", ParsedPrompt("a red fox", ratio="16:9")),
        ("a red fox,16:9", ParsedPrompt("a red fox", ratio="16:9")),
        ("a red fox\n16:9\n2K", ParsedPrompt("a red fox", "16:9", "2K")),
        ("16:9 4K x2", ParsedPrompt("", "16:9", "4K", 2)),
        ("16:9", ParsedPrompt("", ratio="16:9")),
    ],
)
def test_parameters_at_the_end(text: str, expected: ParsedPrompt) -> None:
    """Any order, both alphabets, both cases, with punctuation between them, with or without words."""
    assert parse_prompt(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a 4K screen on a wall",
        "make it 16:9 please",
        "x3 dogs",
        "at 12:30",
        "a red fox x5",
        "8K",
        "17:9",
        "x0",
        "fox4K",
    ],
)
def test_words_stay(text: str) -> None:
    """What stands in the middle, or is no parameter of ours, is part of the picture."""
    assert parse_prompt(text) == ParsedPrompt(text)


def test_last_of_a_kind_wins() -> None:
    """Who corrects themselves means the correction; neither stays in the prompt."""
    assert parse_prompt("a fox 1:1 2K 16:9 4K") == ParsedPrompt("a fox", "16:9", "4K")


@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    """Whatever is written, the prompt is a beginning of it, and reading it again takes nothing more away."""
    parsed = parse_prompt(text)
    assert text.strip().startswith(parsed.text)
    assert parse_prompt(parsed.text).text == parsed.text


def test_an_endless_tail_of_parameters() -> None:
    """Reading stops after PARAMETERS_MAX of them: a quarter of a megabyte of "x1" costs nothing."""
    parsed = parse_prompt("x1 " * 80_000)
    assert parsed.count == 1
    assert parsed.text.startswith("x1 x1")
    assert parsed.text.count("x1") == 80_000 - PARAMETERS_MAX
