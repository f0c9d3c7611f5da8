"""Descriptions that need no model; the labelled ones are in `tests/corpus/labelled`."""

import pytest

from shared.conversations.descriptions import CHARACTERS_MAX, is_description, is_flagged


@pytest.mark.parametrize(
    "words",
    [
        "a red cat on a fence, watercolour",
        "Рыжий кот на заборе, акварель.",
        "a lonely lighthouse in a storm, rain, oil on canvas, soft light",
        "red fox, watercolor",
        "16:9 a red fox",
        "рыжая лиса 16х9",
        "sticker for kids: a cat and a vacuum cleaner",
    ],
)
def test_description(words: str) -> None:
    """Something that can be seen, and how the picture is made, its kind, or its wide format."""
    assert is_description(words)


@pytest.mark.parametrize(
    "words",
    [
        "a red fox in the snow",
        "a red fox 3:2",
        "a red fox in the snow, watercolour x4",
        "a red fox in the snow, watercolour 4K",
        "a red fox in the snow, watercolour 5:7",
        "a red fox in the snow, watercolour --v 6",
        "foxes in the snow, watercolour",
        "something in the snow, watercolour",
        "a fox in the snow, watercolour, by whom",
        "a fox in my garden, watercolour",
        "a fox in the snow? watercolour",
        "list: a fox in the snow",
        "sticker: a fox",
        "sticker: a fox on glass, how to remove",
        "watercolour",
        "16:9",
        "",
        "a fox in the snow, " + "snow, " * (CHARACTERS_MAX // 6) + "watercolour",
    ],
)
def test_no_description(words: str) -> None:
    """What lacks a part of that, says more, would cost more than one small picture, or is too long."""
    assert not is_description(words)


@pytest.mark.parametrize(
    ("words", "is_one"),
    [
        ("a lonely tram at night --ar 3:4", True),
        ("трамвай в тумане —ar 16:9 --v 6 --style raw", True),
        ("tram --ar 3:4", False),
        ("ffmpeg -i tram.mp4 --ar 16:9", False),
        ("what does my tram look like --ar 16:9", False),
        ("a lonely tram --ar 3:4 please explain", False),
        ("a lonely tram", False),
        ("a lonely tram " * CHARACTERS_MAX + "--ar 3:4", False),
    ],
)
def test_flags(words: str, *, is_one: bool) -> None:
    """A prompt with the parameters of another picture bot at its end is one, whatever it shows."""
    assert is_flagged(words) is is_one
