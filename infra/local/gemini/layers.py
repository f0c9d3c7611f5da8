"""Soft shapes on a canvas: gradients, glows, clouds and hills."""

import math
import random
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageFilter

from infra.local.gemini.palette import Colour, mix

Point = tuple[float, float]
_GRADIENT_STEPS: Final = 512
_CLOUD_SHRINK: Final = 8


def vertical_gradient(size: tuple[int, int], stops: Sequence[Colour]) -> Image.Image:
    """Evenly spaced colours from top to bottom, blended."""
    column = Image.new("RGB", (1, _GRADIENT_STEPS))
    spans = len(stops) - 1
    for row in range(_GRADIENT_STEPS):
        place = row / (_GRADIENT_STEPS - 1) * spans
        left = min(int(place), spans - 1)
        column.putpixel((0, row), mix(stops[left], stops[left + 1], place - left))
    # First the height, then copies side by side: blending across the width would cost ten times as much.
    return column.resize((1, size[1]), Image.Resampling.BILINEAR).resize(size, Image.Resampling.NEAREST)


def add_glow(canvas: Image.Image, centre: Point, radius: float, colour: Colour, strength: float) -> None:
    """A light that fades to nothing at the radius."""
    side = max(2, round(2 * radius))
    fade = Image.radial_gradient("L").point([round(strength * (max(0, 180 - v) / 180) ** 2 * 255) for v in range(256)])
    place = (round(centre[0] - radius), round(centre[1] - radius))
    canvas.paste(colour, place, fade.resize((side, side), Image.Resampling.BILINEAR))


def add_disc(canvas: Image.Image, centre: Point, radius: float, colour: Colour) -> None:
    """A sun or a moon."""
    x, y = centre
    ImageDraw.Draw(canvas).ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def add_stars(canvas: Image.Image, dice: random.Random, count: int) -> None:
    """More of them, and brighter, towards the zenith."""
    draw = ImageDraw.Draw(canvas)
    unit = min(canvas.size) / 1000
    for _ in range(count):
        height = dice.random() ** 1.7
        x, y = dice.random() * canvas.width, height * canvas.height * 0.75
        radius = unit * dice.choice((0.7, 0.9, 1.1, 1.6, 2.2))
        behind = canvas.getpixel((int(x), int(y)))
        assert isinstance(behind, tuple)
        colour = mix((behind[0], behind[1], behind[2]), (255, 250, 235), dice.uniform(0.3, 1) * (1 - 0.6 * height))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def add_clouds(canvas: Image.Image, dice: random.Random, colour: Colour, *, horizon: float) -> None:
    """A few long banks of cloud above the horizon (a fraction of the height)."""
    width, height = (max(8, side // _CLOUD_SHRINK) for side in canvas.size)
    mask = Image.new("L", (width, height))
    draw = ImageDraw.Draw(mask)
    for _ in range(dice.randint(4, 7)):
        x, y = dice.uniform(-0.1, 1.1) * width, dice.uniform(0.08, horizon * 0.95) * height
        _draw_bank(draw, dice, (x, y), min(width, height) * dice.uniform(0.12, 0.3))
    mask = mask.filter(ImageFilter.GaussianBlur(min(width, height) / 70))
    canvas.paste(colour, (0, 0), mask.resize(canvas.size, Image.Resampling.BICUBIC))


def _draw_bank(draw: ImageDraw.ImageDraw, dice: random.Random, centre: Point, length: float) -> None:
    for _ in range(14):
        offset = dice.gauss(0, 0.45)
        thickness = length * 0.1 * math.exp(-offset * offset) * dice.uniform(0.5, 1.2)
        x, y = centre[0] + offset * length, centre[1] - abs(dice.gauss(0, thickness * 0.5))
        half = length * dice.uniform(0.2, 0.45)
        draw.ellipse((x - half, y - thickness, x + half, y + thickness), fill=dice.randint(40, 110))


def ridge(dice: random.Random, size: tuple[int, int], base: float, height: float, roughness: float) -> list[Point]:
    """The top line of a range of hills: `base` and `height` are fractions of the canvas, roughness 0 (dunes) to 1."""
    width, tall = size
    waves = [(2**octave, roughness**octave * dice.uniform(0.6, 1), dice.uniform(0, math.tau)) for octave in range(6)]
    stretch = dice.uniform(0.7, 1.5) * width / min(size)
    total = sum(amplitude for _, amplitude, _ in waves)
    points = []
    for step in range(301):
        x = step / 300
        wave = sum(a * math.sin(math.pi * stretch * f * x + phase) for f, a, phase in waves) / total
        points.append((x * width, (base - height * wave) * tall))
    return points


def add_water(canvas: Image.Image, dice: random.Random, light: Colour, *, level: float) -> None:
    """What stands above the level (a fraction of the height), darker and blurred, upside down below it."""
    top = round(level * canvas.height)
    depth = canvas.height - top
    mirrored = canvas.crop((0, max(0, top - depth), canvas.width, top)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    smooth = mirrored.resize((canvas.width // 6, depth // 24 or 1)).resize(
        (canvas.width, depth), Image.Resampling.BICUBIC
    )
    canvas.paste(Image.blend(smooth, Image.new("RGB", smooth.size, (20, 40, 80)), 0.22), (0, top))
    draw = ImageDraw.Draw(canvas, "RGBA")
    for _ in range(90):
        nearness = dice.random() ** 1.5
        y, half = top + nearness * depth, canvas.width * dice.uniform(0.01, 0.05) * (0.4 + nearness)
        x, thickness = dice.random() * canvas.width, max(1, round(depth * 0.004 * (0.5 + nearness)))
        draw.line((x - half, y, x + half, y), fill=(*light, dice.randint(25, 90)), width=thickness)


def add_hills(canvas: Image.Image, line: list[Point], top: Colour, mist: Colour) -> None:
    """Everything below the line, fading into mist towards the valley."""
    start = max(0, math.floor(min(y for _, y in line)))
    if start >= canvas.height:
        return
    size = (canvas.width, canvas.height - start)
    mask = Image.new("L", size)
    corners = [(float(canvas.width), float(size[1])), (0.0, float(size[1]))]
    ImageDraw.Draw(mask).polygon([(x, y - start) for x, y in line] + corners, fill=255)
    canvas.paste(vertical_gradient(size, (top, mix(top, mist, 0.35), mist)), (0, start), mask)
