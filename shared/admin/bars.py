"""Bars of a chart, as rectangles of an SVG. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 320, 90
GAP = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A day: two amounts, one upon the other, in the units of the drawing."""

    label: str
    x: float
    width: float
    good_height: float
    bad_height: float
    good: int
    bad: int


def draw_bars(days: Sequence[tuple[str, int, int]]) -> list[Bar]:
    """One bar for each day: its label, what went well, and what did not. The highest fills the drawing.

    None if there is nothing to draw.
    """
    highest = max((good + bad for _, good, bad in days), default=0)
    if not highest:
        return []
    width = WIDTH / len(days)
    return [
        Bar(
            label,
            round(number * width + GAP / 2, 1),
            round(width - GAP, 1),
            round(HEIGHT * good / highest, 1),
            round(HEIGHT * bad / highest, 1),
            good,
            bad,
        )
        for number, (label, good, bad) in enumerate(days)
    ]
