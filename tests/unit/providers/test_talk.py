"""When an answer that was cut is worth keeping."""

import time

import pytest

from shared.providers.talk import holds_a_sentence


@pytest.mark.parametrize(
    "text",
    [
        "A fox is an animal.",
        "A fox is an animal. It li",
        "Why?",
        "Лиса - зверь! И",
        'He said "no." Then',
        "It is **red.** And",
        "So it goes…",
        "狐は動物です。そ",
        "हाँ। औ",
        "# Foxes\nA fox",
        "1. Foxes are red.\n2. ",
    ],
)
def test_a_whole_sentence_or_line_is_kept(text: str) -> None:
    """In any script, in any markup, and whatever follows it."""
    assert holds_a_sentence(text)


@pytest.mark.parametrize(
    "text", ["", " \n ", "A fox is an ani", "1.", "1. ", "**", "...", "1. A fox", "see a.b", "3.5 km"]
)
def test_less_is_not_kept(text: str) -> None:
    """Half a sentence, signs, the number of a point, a full stop within a word."""
    assert not holds_a_sentence(text)


def test_a_long_text_without_an_end_is_read_once() -> None:
    """Its length does not count twice: half a million letters take less than a second."""
    started = time.process_time()
    assert not holds_a_sentence("a" * 500_000)
    assert time.process_time() - started < 1
