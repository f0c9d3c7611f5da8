"""Finds the figures that are worse than in the last kept run."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.bench.figures import Goal, Section, show_number

REGRESSION_MIN = 0.10
"""A smaller loss is within the noise between two runs of the same code."""


@dataclass(frozen=True)
class Kept:
    """A part of an earlier run."""

    date: str
    load_before: float
    values: dict[str, float]
    """By the text of their goals."""


@dataclass(frozen=True)
class Regression:
    """A figure that is worse than before."""

    part: str
    goal: Goal
    before: Kept

    @property
    def share(self) -> float:
        """How much worse, as a share of the earlier value."""
        return find_loss(self.goal, self.before.values[self.goal.text])

    def __str__(self) -> str:
        old, new = show_number(self.before.values[self.goal.text]), show_number(self.goal.value)
        unit = f" {self.goal.unit}" if self.goal.unit else ""
        since = f"than on {self.before.date}, load then {self.before.load_before:g}"
        return f"{self.part}: {self.goal.text}: {old} → {new}{unit}, {self.share:.0%} worse {since}"


def find_loss(goal: Goal, before: float) -> float:
    """How much worse the figure is, as a share of what it was; negative where it is better."""
    if not before:
        return 0.0
    change = (goal.value - before) / abs(before)
    return change if goal.bound == "at most" else -change


def find_regressions(sections: Sequence[Section], kept: dict[str, Kept]) -> Iterator[Regression]:
    """Each figure with a goal that lost more than REGRESSION_MIN; goals with the same text are listed once."""
    for section in sections:
        before = kept.get(section.part)
        told: set[str] = set()
        for goal in section.goals:
            if before is None or goal.text not in before.values or goal.text in told:
                continue
            told.add(goal.text)
            if find_loss(goal, before.values[goal.text]) > REGRESSION_MIN:
                yield Regression(section.part, goal, before)


def read_kept(folder: Path) -> dict[str, Kept]:
    """The last run of each part among the files."""
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    found: dict[str, Kept] = {}
    for run in sorted(runs, key=lambda run: str(run["date"])):
        found |= {name: read_part(run, part) for name, part in run["parts"].items()}
    return found


def read_part(run: dict[str, Any], part: dict[str, Any]) -> Kept:
    """One part of a kept run."""
    values = {goal["text"]: float(goal["value"]) for goal in part["goals"]}
    return Kept(str(run["date"]).partition("T")[0], float(run["machine"].get("load_before", 0)), values)
