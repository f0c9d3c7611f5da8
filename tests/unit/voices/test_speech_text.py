"""What of an answer is said aloud."""

import pytest

from shared.voices.speech_text import SPEECH_CHARACTERS_MAX, is_cut, speakable


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("Hello **bold** and _leaning_, ***both***, ~~gone~~ and `x`.", "Hello bold and leaning, both, gone and x."),
        ("# Title #\n\nWords", "Title. Words"),
        ("- one\n* two\n1. three\n- [x] done", "one. two. 1. three. done"),
        ("> quoted\n> words", "quoted. words"),
        ("A [page](http://x.y/z_1), ![fox](f.png) <b>bold</b> https://a.b/c?d=e end", "A page, fox bold end"),
        ("Before.\n```py\nprint(1)\n```\nAfter.", "Before. After."),
        ("Before.\n```\nnever closed", "Before."),
        ("The formula $$x^2$$ or \\(y\\) holds.", "The formula or holds."),
        ("Two:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nEnd", "Two: End"),
        ("One\n\n---\n\nTwo", "One. Two"),
        ("2 * 3 * 4 is 24", "2 * 3 * 4 is 24"),
        ("Привет, **мир**!", "Привет, мир!"),
        ("```\ncode\n```", ""),
        ("👍 …", ""),
        ("", ""),
    ],
)
def test_words(markdown: str, words: str) -> None:
    """Words are left, without code, tables, formulas, addresses and marks; lines are heard as sentences."""
    assert speakable(markdown) == words
    assert not is_cut(markdown)


def test_a_long_text_ends_with_a_sentence() -> None:
    """What is too long for one message is cut behind a sentence, or at the limit where there is none."""
    long = "A sentence of words. " * 400
    assert is_cut(long)
    assert SPEECH_CHARACTERS_MAX - 30 < len(speakable(long)) <= SPEECH_CHARACTERS_MAX
    assert speakable(long).endswith("words.")
    assert speakable("word " * 2_000) == ("word " * 2_000)[:SPEECH_CHARACTERS_MAX]


@pytest.mark.parametrize("marks", ["a" + "\n" * 30_000 + "b", "![a" * 10_000, "[" * 30_000 + "b", "a| \n" * 9_000])
def test_a_text_of_marks(marks: str) -> None:
    """A text of nothing but marks takes time by its length, not by its square, which would be minutes here."""
    assert speakable(marks)[0] in {"a", "!", "["}
