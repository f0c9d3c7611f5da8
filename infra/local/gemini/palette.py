"""The colours of a scene, chosen by words of the prompt or by chance."""

import random
from dataclasses import dataclass
from typing import Final

Colour = tuple[int, int, int]


def rgb(code: str) -> Colour:
    """`"ff9e5e"` as (255, 158, 94)."""
    red, green, blue = bytes.fromhex(code)
    return red, green, blue


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`share` of the second colour in the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


@dataclass(frozen=True)
class Palette:
    """`sky` runs from the zenith to the horizon, hills from `far` to `near`; `words` start a word of the prompt."""

    sky: tuple[Colour, ...]
    light: Colour
    far: Colour
    near: Colour
    words: tuple[str, ...]
    dark: bool = False


def _palette(sky: str, light: str, far: str, near: str, words: str, *, dark: bool = False) -> Palette:
    stops = tuple(map(rgb, sky.split()))
    return Palette(stops, rgb(light), rgb(far), rgb(near), tuple(words.split()), dark)


PALETTES: Final = (
    _palette(
        "1d1a4a 5b2a70 c2416f ff8a5c ffd48a",
        "fff0c4",
        "b8506f",
        "1a1030",
        "sunset evening dusk закат вечер",
    ),
    _palette(
        "04091f 0d1d4a 27427f 6a83b8",
        "fff6d6",
        "3a558a",
        "050a18",
        "night moon space star dark astronaut ночь ночн луна лунн космо звезд космос",
        dark=True,
    ),
    _palette("2b3a67 8a5a83 e58a8a fcc7a0 ffe9c4", "fff4d9", "c08f9c", "2a2444", "dawn morning рассвет утр"),
    _palette("2f86d6 7cc0ee cfe8ee fbf1dc", "fffbe6", "9cc4cd", "1c5848", "day sun summer день солн лет"),
    _palette("5fa3ad a9d2cb f0ead2 fbd6ac", "fffaf0", "a3c1b3", "143c3c", "forest fog mist лес туман"),
    _palette("3c2a6b 7a5aa8 c99ac9 f7c9c4 fde7cf", "fff3e2", "a486b8", "251a45", "dream magic мечт волшеб"),
    _palette("2d6a8f 8fb8b5 f4d9a8 f5a962", "fff2cf", "d9905c", "54261d", "desert sand пустын песок"),
    _palette("4f76a3 a3bfd9 e6edf2 fbe9de", "ffffff", "b4c6d8", "2b4560", "snow winter ice снег зим лёд мороз"),
)


def choose_palette(prompt: str, dice: random.Random) -> Palette:
    """The palette of the first word of the prompt that belongs to one, else any."""
    for word in prompt.lower().split():
        for palette in PALETTES:
            if word.startswith(palette.words):
                return palette
    return dice.choice(PALETTES)
