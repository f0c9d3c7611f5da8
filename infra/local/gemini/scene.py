"""A landscape for a prompt: sky, light, hills in the haze, and what the words ask for."""

import random
from typing import Final

from PIL import Image, ImageFilter

from infra.local.gemini import layers, motifs
from infra.local.gemini.caption import add_caption
from infra.local.gemini.layers import Point
from infra.local.gemini.palette import Palette, choose_palette, mix

_RANGES: Final = 5  # of hills, one behind the other
_CITY_ON: Final = 2
_WATER_BEFORE: Final = 2
_BANANA_MOON_CHANCE: Final = 0.5
# How words begin, in English and Russian.
_BANANA: Final = ("banan", "банан")
_CAT: Final = ("cat", "kitten", "кот", "кош")
_CITY: Final = ("city", "town", "skyline", "street", "город", "улиц")
_WATER: Final = ("lake", "sea", "ocean", "river", "water", "beach", "море", "озер", "океан", "река", "вод")
# Drawn between 1K and 2K whatever is asked for: shrinking smooths the edges, a large picture costs no more.
_CANVAS_PIXELS: Final = 1792 * 1792


def paint_scene(prompt: str, size: tuple[int, int], seed: int, label: str) -> Image.Image:
    """The picture in the size asked for; the same prompt, size and seed give the same picture."""
    canvas = paint_landscape(prompt, canvas_size(size), seed)
    return finish(canvas, size, prompt, label)


def canvas_size(size: tuple[int, int]) -> tuple[int, int]:
    """The shape of `size` at the drawing's own resolution."""
    scale = (_CANVAS_PIXELS / (size[0] * size[1])) ** 0.5
    return round(size[0] * scale), round(size[1] * scale)


def finish(canvas: Image.Image, size: tuple[int, int], prompt: str, label: str) -> Image.Image:
    """Scaled to the size asked for, captioned there so that letters are sharp."""
    enlarged = size[0] >= canvas.width
    sized = canvas.resize(size, Image.Resampling.BICUBIC if enlarged else Image.Resampling.LANCZOS)
    return add_caption(sized.filter(ImageFilter.SMOOTH) if enlarged else sized, prompt, label)


def paint_landscape(prompt: str, size: tuple[int, int], seed: int) -> Image.Image:
    """The scene without a caption."""
    dice = random.Random(seed)  # noqa: S311 — a picture, not a secret
    palette = choose_palette(prompt, dice)
    horizon = dice.uniform(0.52, 0.66)
    canvas = layers.vertical_gradient(size, palette.sky)
    if palette.dark:
        layers.add_stars(canvas, dice, 420)
    _add_light(canvas, dice, palette, horizon, wants_banana=mentions(prompt, _BANANA))
    if not palette.dark:
        layers.add_clouds(canvas, dice, mix(palette.light, (255, 255, 255), 0.4), horizon=horizon)
        motifs.draw_birds(canvas, dice, mix(palette.near, palette.far, 0.3))
    _add_land(canvas, dice, palette, horizon, prompt)
    return canvas


def mentions(prompt: str, starts: tuple[str, ...]) -> bool:
    """Whether a word of the prompt starts like this."""
    return any(word.startswith(starts) for word in prompt.lower().split())


def _add_light(
    canvas: Image.Image, dice: random.Random, palette: Palette, horizon: float, *, wants_banana: bool
) -> None:
    """A sun low over the hills, a moon high up, or a banana in its place."""
    unit = min(canvas.size)
    high = palette.dark or wants_banana
    height = dice.uniform(0.24, 0.32) if high else horizon - dice.uniform(0.08, 0.2)
    centre = (dice.uniform(0.3, 0.7) * canvas.width, height * canvas.height)
    wide, narrow = (0.3, 0.5) if palette.dark else (0.55, 0.75)
    layers.add_glow(canvas, centre, unit * 0.75, palette.light, wide)
    layers.add_glow(canvas, centre, unit * 0.3, palette.light, narrow)
    if wants_banana or (palette.dark and dice.random() < _BANANA_MOON_CHANCE):
        motifs.draw_banana(canvas, centre, unit * (0.5 if wants_banana else 0.26), dice.uniform(-0.5, 0.3))
    else:
        layers.add_disc(canvas, centre, unit * dice.uniform(0.055, 0.085), palette.light)


def _add_land(canvas: Image.Image, dice: random.Random, palette: Palette, horizon: float, prompt: str) -> None:
    """Hills from far to near, with a city, water, trees or a cat among them."""
    roughness = dice.uniform(0.25, 0.6)
    mist = mix(palette.sky[-1], palette.far, 0.45)
    wants_water = mentions(prompt, _WATER)
    line: list[Point] = []
    for number in range(_RANGES):
        nearness = number / (_RANGES - 1)
        if wants_water and number == _WATER_BEFORE:
            layers.add_water(canvas, dice, palette.light, level=horizon + 0.04)
        if not wants_water or not _WATER_BEFORE <= number < _RANGES - 1:
            base, height = horizon + (0.9 - horizon) * nearness**1.15, 0.1 - 0.05 * abs(nearness - 0.35)
            line = layers.ridge(dice, canvas.size, base, height, roughness * (1 - 0.4 * nearness))
            colour = mix(palette.far, palette.near, nearness**0.9)
            layers.add_hills(canvas, line, colour, mix(colour, mist, 0.5 * (1 - nearness)))
        if number == _CITY_ON and mentions(prompt, _CITY):
            motifs.draw_city(canvas, dice, line, mix(palette.far, palette.near, 0.6))
    _add_foreground(canvas, dice, palette, line, wants_cat=mentions(prompt, _CAT))


def _add_foreground(
    canvas: Image.Image, dice: random.Random, palette: Palette, line: list[Point], *, wants_cat: bool
) -> None:
    if wants_cat:
        motifs.draw_cat(canvas, dice, line, palette.near)
    motifs.draw_pines(canvas, dice, line, palette.near, dice.randint(3, 8) if wants_cat else dice.randint(8, 26))
