"""The name of a picture's main colour."""

from typing import TYPE_CHECKING

from infra.local.gemini.phrases import COLOURS
from infra.local.gemini.question import Language

if TYPE_CHECKING:
    from PIL.Image import Image


def name_colour(picture: "Image", language: Language) -> str:
    """The known colour nearest to the mean of the picture."""
    pixel = picture.resize((1, 1)).getpixel((0, 0))
    assert isinstance(pixel, tuple)
    mean = pixel[:3]

    def distance(colour: tuple[int, int, int]) -> float:
        return sum((one - other) ** 2 for one, other in zip(colour, mean, strict=True))

    colours = COLOURS[language]
    return min(colours, key=lambda name: distance(colours[name]))
