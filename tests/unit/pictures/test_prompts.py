"""Parameters are read wherever they stand, in either alphabet, and nothing else is taken away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.pictures.prompts import PARAMETERS_MAX, Missed, ParsedPrompt, parse_prompt


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a red fox", ParsedPrompt("a red fox")),
        ("", ParsedPrompt("")),
        ("  \n ", ParsedPrompt("")),
        ("a red fox 16:9", ParsedPrompt("a red fox", ratio="16:9")),
        ("16:9 a red fox", ParsedPrompt("a red fox", ratio="16:9")),
        ("a red 16:9 fox", ParsedPrompt("a red fox", ratio="16:9")),
        ("a red fox 16x9", ParsedPrompt("a red fox", ratio="16:9")),
        ("a red fox 16х9", ParsedPrompt("a red fox", ratio="16:9")),
        ("a red fox --ar 16:9", ParsedPrompt("a red fox", ratio="16:9")),
        ("a red fox —ar 3x2", ParsedPrompt("a red fox", ratio="3:2")),
        ("a red fox --aspect 16:9, --v 6", ParsedPrompt("a red fox", ratio="16:9", unused=("--v 6",))),
        ("a red fox --tile --style raw", ParsedPrompt("a red fox", unused=("--tile", "--style raw"))),
        ("a red fox --ar", ParsedPrompt("a red fox", unused=("--ar",))),
        ("a red fox --no hat", ParsedPrompt("a red fox", without="hat")),
        ("a red fox 4K", ParsedPrompt("a red fox", size="4K")),
        ("4k fox, running", ParsedPrompt("fox, running", size="4K")),
        ("рыжая лиса 4К", ParsedPrompt("рыжая лиса", size="4K")),
        ("рыжая лиса 2к", ParsedPrompt("рыжая лиса", size="2K")),
        ("a red fox x3", ParsedPrompt("a red fox", count=3)),
        ("x4 fox", ParsedPrompt("fox", count=4)),
        ("a red fox 4x", ParsedPrompt("a red fox", count=4)),
        ("a red fox, X3", ParsedPrompt("a red fox", count=3)),
        ("рыжая лиса х3", ParsedPrompt("рыжая лиса", count=3)),
        ("a red fox ×4", ParsedPrompt("a red fox", count=4)),
        ("a red fox x3 16:9 4K", ParsedPrompt("a red fox", "16:9", "4K", 3)),
        ("a red fox 4K, x3; 16:9", ParsedPrompt("a red fox", "16:9", "4K", 3)),
        ("a red fox 16:9.", ParsedPrompt("a red fox", ratio="16:9")),
        ("a red fox (16:9)", ParsedPrompt("a red fox", ratio="16:9")),
        ("a red fox\n16:9\n2K", ParsedPrompt("a red fox", "16:9", "2K")),
        ("a red fox 9:16 · 4K", ParsedPrompt("a red fox", "9:16", "4K")),
        ("a red fox 16 x 9", ParsedPrompt("a red fox", ratio="16:9")),
        ("рыжая лиса 16 на 9", ParsedPrompt("рыжая лиса", ratio="16:9")),
        ("9 к 16, рыжая лиса", ParsedPrompt("рыжая лиса", ratio="9:16")),
        ("a red fox 16 by 9", ParsedPrompt("a red fox", ratio="16:9")),
        ("a red fox in 4K", ParsedPrompt("a red fox", size="4K")),
        ("рыжая лиса 9 на 16 и в 4к", ParsedPrompt("рыжая лиса", "9:16", "4K")),
        ("16:9 4K x2", ParsedPrompt("", "16:9", "4K", 2)),
        ("a fox 1:1 2K 16:9 4K", ParsedPrompt("a fox", "16:9", "4K")),
    ],
)
def test_parameters(text: str, expected: ParsedPrompt) -> None:
    """Any place and order, both alphabets, both cases, other bots' flags; of two of a kind the last one counts."""
    assert parse_prompt(text) == expected


@pytest.mark.parametrize(
    ("text", "rest", "missed"),
    [
        ("a fox 5:7", "a fox", Missed("5:7", "3:4")),
        ("5x7 fox", "fox", Missed("5x7", "3:4")),
        ("a fox --ar 17:9", "a fox", Missed("17:9", "16:9")),
        ("a fox, 8K, detailed", "a fox, detailed", Missed("8K", "4K")),
        ("a fox 3k", "a fox", Missed("3k", "4K")),
        ("a fox x10", "a fox", Missed("x10", "x4")),
        ("х7 лис", "лис", Missed("х7", "x4")),
        ("a fox 1920x1080", "a fox", Missed("1920x1080", "16:9 · 2K")),
    ],
)
def test_what_cannot_be_had(text: str, rest: str, missed: Missed) -> None:
    """A format, size or number that is not sold is named with the nearest one that is."""
    parsed = parse_prompt(text)
    assert (parsed.text, parsed.missed) == (rest, (missed,))
    assert parsed.names_something


@pytest.mark.parametrize(
    "text",
    [
        "a clock at 10:30", "a train at 9:05 in the rain", "a red BMW X3", "a BMW X5 in the snow", "2x speed",
        "10K runners", "a fox x0", "fox4K", "a score of 5:7 on a board", "x10 in the middle of x10 words",
        "an x12 engine, drawn", "0:0", "they won 3 to 2", "счёт 3 к 2", "a fox in a box and in",
    ],
)  # fmt: skip
def test_words_stay(text: str) -> None:
    """Times, scores, cars and races are part of the picture."""
    parsed = parse_prompt(text)
    if text.startswith("x10"):  # only the one in the middle stays
        assert parsed.text == "in the middle of x10 words"
    else:
        assert parsed == ParsedPrompt(text)


def test_shape_of_nothing() -> None:
    """A flag with a shape that is none is left out and said so."""
    assert parse_prompt("a fox --ar 0:9") == ParsedPrompt("a fox", unused=("0:9",))


@given(st.text(max_size=80))
def test_any_text(text: str) -> None:
    """Whatever is written, the words that stay are words of it, in their order."""
    parsed = parse_prompt(text)
    rest = iter(text)
    assert all(letter in rest for letter in parsed.text)


def test_an_endless_row_of_parameters() -> None:
    """Reading stops after PARAMETERS_MAX of them: a quarter of a megabyte of "x1" costs nothing."""
    parsed = parse_prompt("x1 " * 80_000)
    assert parsed.count == 1
    assert parsed.text.count("x1") == 80_000 - PARAMETERS_MAX


def test_a_forged_text_costs_little() -> None:
    """A quarter of a megabyte of what looks like parameters and is none is read once, not once for each word."""
    assert parse_prompt("X3 " * 80_000).text.count("X3") > 79_000


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("a park --no cars, people 16:9", ParsedPrompt("a park", ratio="16:9", without="cars, people")),
        ("a park —no cars --seed 7 x2", ParsedPrompt("a park", count=2, seed=7, without="cars")),
        ("a park, no: cars and people", ParsedPrompt("a park", without="cars and people")),
        ("Без: людей. Парк, 4K", ParsedPrompt("Парк", size="4K", without="людей")),
        ("a park. Negative prompt: cars; no: dogs!", ParsedPrompt("a park", without="cars, dogs")),
        ("a street without cars, no people", ParsedPrompt("a street without cars, no people")),
        ("a kimono: silk", ParsedPrompt("a kimono: silk")),
        ("--no cats", ParsedPrompt("--no cats")),
        ("a park --no", ParsedPrompt("a park --no")),
        ("a park no: ", ParsedPrompt("a park")),
        ("Без: снега", ParsedPrompt("Без: снега")),
        ("a fox --seed 2147483647", ParsedPrompt("a fox", seed=2**31 - 1)),
        ("a fox --seed 2147483648", ParsedPrompt("a fox", unused=("--seed 2147483648",))),
        ("a fox --seed", ParsedPrompt("a fox", unused=("--seed",))),
        ("a fox --no text --seed 3 --no dogs 8K", ParsedPrompt(
            "a fox", size="4K", missed=(Missed("8K", "4K"),), seed=3, without="text, dogs")),
        ("a fox --no dogs --v 6", ParsedPrompt("a fox", unused=("--v 6",), without="dogs")),
    ],
)  # fmt: skip
def test_what_shall_not_be_shown_and_the_seed(words: str, expected: ParsedPrompt) -> None:
    """What a flag or a colon excludes is kept apart, with the parameters behind it; a plain "without" stays a word."""
    assert parse_prompt(words) == expected


def test_the_longest_forged_exclusions() -> None:
    """A text of nothing but exclusions is parsed to its end."""
    assert parse_prompt("x " + "no: " * 2_000).text == "x"
    assert parse_prompt("x " + "--no a " * 1_000).without.startswith("a, a")
