"""The result of one part of the bench: table rows, goals, and all raw numbers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Goal:
    """A bound and the measured value. `binding` False: an aim beyond the promise."""

    text: str
    value: float
    bound: Literal["at least", "at most", "more than"]
    limit: float
    unit: str = ""
    binding: bool = True

    @property
    def is_met(self) -> bool:
        match self.bound:
            case "at least":
                return self.value >= self.limit
            case "at most":
                return self.value <= self.limit
            case "more than":
                return self.value > self.limit

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "value": round(self.value, 3),
            "bound": f"{self.bound} {self.limit:g} {self.unit}".strip(),
            "binding": self.binding,
            "met": self.is_met,
        }


@dataclass
class Section:
    """One part's table: each row has as many cells as `columns`; the first cell is a name."""

    part: str
    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    """How long measuring took."""

    def to_json(self) -> dict[str, Any]:
        return {
            "part": self.part,
            "title": self.title,
            "table": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
            "goals": [goal.to_json() for goal in self.goals],
            "notes": self.notes,
            "seconds": self.seconds,
            "raw": self.raw,
        }


def find_percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` % of the values do not exceed (nearest rank). Raises ValueError."""
    if not values:
        raise ValueError("no values")
    rank = math.ceil(len(values) * percent / 100)
    return sorted(values)[max(rank, 1) - 1]


def find_median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two middle values. Raises ValueError."""
    if not values:
        raise ValueError("no values")
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def find_spread(values: Sequence[float]) -> float:
    """How noisy repeated measurements were: largest minus smallest, as a share of the median."""
    return (max(values) - min(values)) / find_median(values)


def show_number(value: float) -> str:
    """Two significant digits or all whole ones: `4,812`, `78`, `3.2`, `0.45`; an integer unchanged."""
    if isinstance(value, int):
        return f"{value:,}"
    if abs(value) >= 10:  # noqa: PLR2004 — from here on a decimal says nothing
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.2f}"
