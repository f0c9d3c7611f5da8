"""Things that make a scene recognisable: a banana, trees, birds, a cat, a city."""

import math
import random
from typing import Final

from PIL import Image, ImageDraw

from infra.local.gemini.layers import Point
from infra.local.gemini.palette import Colour, mix, rgb

_PEEL: Final = rgb("ffd84d")
_PEEL_SHADE: Final = rgb("e0a526")
_PEEL_LIGHT: Final = rgb("fff0a6")
_STALK: Final = rgb("6b4a1e")
_WINDOW: Final = rgb("ffd98a")
_LIT_CHANCE: Final = 0.3


def draw_banana(canvas: Image.Image, centre: Point, length: float, tilt: float) -> None:
    """A banana lying on its back, `tilt` in radians."""
    draw = ImageDraw.Draw(canvas)

    def band(outer: float, inner: float, start: float, end: float) -> list[Point]:
        """A crescent between two offsets from the middle line, from one end (-1) to the other (1)."""
        steps = [start + (end - start) * step / 40 for step in range(41)]
        there = [_on_banana(place, outer) for place in steps]
        back = [_on_banana(place, inner) for place in reversed(steps)]
        return [_turned(point, centre, length, tilt) for point in there + back]

    draw.polygon(band(1, -1, -1, 1), fill=_PEEL)
    draw.polygon(band(1, 0.35, -0.97, 0.97), fill=_PEEL_SHADE)
    draw.polygon(band(-0.35, -0.6, -0.75, 0.8), fill=_PEEL_LIGHT)
    draw.polygon(band(1, -1, 0.93, 1.12), fill=_STALK)
    draw.polygon(band(1, -1, -1.01, -0.95), fill=_STALK)


def _on_banana(place: float, offset: float) -> Point:
    """A point of a banana of length 1: an arc, thick in the middle, with blunt ends."""
    angle = math.pi / 2 + place * 0.95
    thickness = 0.105 * max(0.16, 1 - abs(place) ** 2.6) ** 0.75
    radius = 0.52 + offset * thickness
    return -math.cos(angle) * radius, math.sin(angle) * radius - 0.47


def _turned(point: Point, centre: Point, scale: float, tilt: float) -> Point:
    x, y = point[0] * scale, point[1] * scale
    return (
        centre[0] + x * math.cos(tilt) - y * math.sin(tilt),
        centre[1] + x * math.sin(tilt) + y * math.cos(tilt),
    )


def draw_pines(canvas: Image.Image, dice: random.Random, line: list[Point], colour: Colour, count: int) -> None:
    """A loose row of pines along a hill's line."""
    draw = ImageDraw.Draw(canvas)
    unit = min(canvas.size)
    for _ in range(count):
        x, y = line[min(len(line) - 1, int(dice.betavariate(0.6, 0.6) * len(line)))]
        height = unit * dice.uniform(0.05, 0.15)
        _draw_pine(draw, x + dice.uniform(-0.01, 0.01) * unit, y + height * 0.12, height, colour)


def _draw_pine(draw: ImageDraw.ImageDraw, x: float, foot: float, height: float, colour: Colour) -> None:
    for tier in range(5):
        top = foot - height * (1 - tier * 0.17)
        half = height * (0.075 + tier * 0.045)
        bottom = top + height * 0.36
        draw.polygon([(x, top), (x - half, bottom), (x, bottom - height * 0.05), (x + half, bottom)], fill=colour)
    draw.rectangle((x - height * 0.02, foot - height * 0.2, x + height * 0.02, foot), fill=colour)


def draw_birds(canvas: Image.Image, dice: random.Random, colour: Colour) -> None:
    """A small flock."""
    draw = ImageDraw.Draw(canvas)
    unit = min(canvas.size)
    x, y = dice.uniform(0.2, 0.7) * canvas.width, dice.uniform(0.15, 0.35) * canvas.height
    for _ in range(dice.randint(3, 6)):
        place = (x + dice.gauss(0, 0.07) * unit, y + dice.gauss(0, 0.035) * unit)
        _draw_bird(draw, place, unit * dice.uniform(0.012, 0.022), colour, max(2, round(unit * 0.003)))


def _draw_bird(draw: ImageDraw.ImageDraw, place: Point, wing: float, colour: Colour, stroke: int) -> None:
    x, y = place
    for side in (-1, 1):
        curve = [(x + side * wing * t, y - wing * 0.5 * math.sin(math.pi * t * 0.75)) for t in (0, 0.25, 0.5, 0.75, 1)]
        draw.line(curve, fill=colour, width=stroke, joint="curve")


def draw_cat(canvas: Image.Image, dice: random.Random, line: list[Point], colour: Colour) -> None:
    """A cat that sits on the hill and looks at the light."""
    x, y = line[int(len(line) * dice.uniform(0.2, 0.4))]
    size = min(canvas.size) * 0.17
    draw = ImageDraw.Draw(canvas)

    def at(*points: Point) -> list[Point]:
        return [(x + across * size, y + size * 0.08 - up * size) for across, up in points]

    draw.ellipse(at((-0.27, 0.62), (0.25, -0.05)), fill=colour)
    draw.polygon(at((-0.2, 0.3), (-0.1, 0.8), (0.16, 0.8), (0.24, 0.25)), fill=colour)
    draw.ellipse(at((-0.2, 1.05), (0.22, 0.68)), fill=colour)
    draw.polygon(at((-0.19, 0.9), (-0.19, 1.2), (-0.02, 1.0)), fill=colour)
    draw.polygon(at((0.21, 0.9), (0.21, 1.2), (0.04, 1.0)), fill=colour)
    tail = [(0.2 + 0.3 * math.sin(t * 0.16), 0.02 + t * 0.045) for t in range(14)]
    draw.line(at(*tail), fill=colour, width=round(size * 0.085), joint="curve")


def draw_city(canvas: Image.Image, dice: random.Random, line: list[Point], colour: Colour) -> None:
    """A skyline with lit windows standing on the hill's line."""
    draw = ImageDraw.Draw(canvas)
    unit = min(canvas.size)
    x = -unit * 0.02
    while x < canvas.width:
        width, height = unit * dice.uniform(0.04, 0.1), unit * dice.uniform(0.08, 0.32) * dice.uniform(0.6, 1)
        ground = line[min(len(line) - 1, int(x / canvas.width * len(line)))][1] + unit * 0.06
        tower = mix(colour, (90, 90, 130), dice.uniform(0, 0.35))
        draw.rectangle((x, ground - height, x + width, canvas.height), fill=tower)
        _light_windows(draw, dice, (x, ground - height, x + width, ground), unit * 0.014)
        x += width * dice.uniform(0.85, 1.25)


def _light_windows(
    draw: ImageDraw.ImageDraw, dice: random.Random, house: tuple[float, float, float, float], step: float
) -> None:
    left, top, right, bottom = house
    for row in range(int((bottom - top) / step) - 1):
        for column in range(int((right - left) / step) - 1):
            if dice.random() < _LIT_CHANCE:
                x, y = left + (column + 0.75) * step, top + (row + 0.75) * step
                draw.rectangle((x, y, x + step * 0.45, y + step * 0.55), fill=_WINDOW)
