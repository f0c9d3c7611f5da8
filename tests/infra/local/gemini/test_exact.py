"""The local Gemini's pictures show that what had to stay has stayed."""

import pytest
from PIL import Image, ImageChops, ImageStat

from infra.local.gemini.edit import paint_edit

Colour = tuple[int, ...]
HALVES = Image.new("RGB", (64, 64), (20, 40, 60))
HALVES.paste((200, 180, 90), (32, 0, 64, 64))
LEFT, RIGHT = (20, 40, 60), (200, 180, 90)


def paint(prompt: str, size: tuple[int, int] = (128, 128), pictures: int = 1) -> Image.Image:
    return paint_edit([HALVES] * pictures, prompt, size, 1, "1:1 · 1K")


def at(picture: Image.Image, x: float, y: float) -> Colour:
    """The colour at a fraction of the width and of the height."""
    pixel = picture.getpixel((round(x * (picture.width - 1)), round(y * (picture.height - 1))))
    assert isinstance(pixel, tuple)
    return pixel


@pytest.mark.parametrize("words", ["as it is, at a higher resolution", "как есть, в более высоком разрешении"])
def test_larger(words: str) -> None:
    """A larger picture is the same picture: no tone, no frame, no caption."""
    larger = paint(f"Reproduce this picture {words}")
    assert larger.size == (128, 128)
    difference = ImageChops.difference(larger, HALVES.resize((128, 128), Image.Resampling.LANCZOS))
    assert max(ImageStat.Stat(difference).sum) == 0


@pytest.mark.parametrize("words", ["Extend this picture to 16:9", "Расширь изображение до 16:9"])
def test_wider(words: str) -> None:
    """An extended picture shows the whole of what it was, in the middle."""
    wide = paint(words, (256, 128))
    assert (at(wide, 0.3, 0), at(wide, 0.7, 0)) == (LEFT, RIGHT)
    assert (at(wide, 0.3, 1), at(wide, 0.7, 1)) == (LEFT, RIGHT)


@pytest.mark.parametrize(
    ("words", "corner"),
    [
        ("Remove the background: plain white", (255, 255, 255)),
        ("Убери фон: ровный белый", (255, 255, 255)),
        ("Replace only the background: light grey", (214, 214, 214)),
        ("Замени только фон: серый", (214, 214, 214)),
    ],
)
def test_another_background(words: str, corner: Colour) -> None:
    """The middle stays, the corners are the new background."""
    picture = paint(words)
    assert (at(picture, 0.45, 0.5), at(picture, 0.55, 0.5)) == (LEFT, RIGHT)
    assert {at(picture, x, y) for x in (0, 1) for y in (0, 1)} == {corner}


def test_a_place_behind() -> None:
    """A background that is described is painted: its corners are neither the old ones nor white."""
    picture = paint("Replace only the background: a city at night")
    assert at(picture, 0.45, 0.5) == LEFT
    assert at(picture, 0, 0) not in {LEFT, (255, 255, 255)}


@pytest.mark.parametrize(
    ("words", "middle"),
    [
        ("Change only this: the red hat → blue", (40, 80, 200)),
        ("Измени только это: шляпа → красная", (200, 30, 40)),
        ("Change only this: the hat → nothing", (245, 120, 200)),
    ],
)
def test_a_part(words: str, middle: Colour) -> None:
    """A part changes, in the colour that was named last; the rest stays."""
    picture = paint(words)
    assert at(picture, 0.5, 0.5) == middle
    assert (at(picture, 0, 0), at(picture, 1, 1)) == (LEFT, RIGHT)


def test_anything_else() -> None:
    """Other words change the whole picture, and several pictures make a collage."""
    assert at(paint("make it snow"), 0, 0) != LEFT
    assert at(paint("Change only this", pictures=2), 0, 0) != LEFT
