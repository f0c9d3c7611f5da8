"""Faults on purpose: what "at least once, in any order" looks like on a bad day."""

import random
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """What goes wrong for tasks created from now on. The default is: nothing.

    `duplicate_ratio`: this share of tasks is delivered a second time, even after it succeeded.
    `shuffle_seconds`: every first and every second delivery is late by a random time up to this.
    `lose_answer_ratio`: this share of 2xx answers is lost on the way back: the task counts as failed and
    is retried. `seed` makes the choices repeatable.
    """

    duplicate_ratio: float = 0.0
    shuffle_seconds: float = 0.0
    lose_answer_ratio: float = 0.0
    seed: int = 0


def read_fault_plan(document: Any) -> FaultPlan:
    """A plan from JSON; raises ValueError on an unknown name, a wrong type or a value out of range."""
    known = {field.name for field in fields(FaultPlan)}
    if not isinstance(document, dict) or not document.keys() <= known:
        raise ValueError(f"a fault plan is a JSON object with some of {sorted(known)}")
    if not all(isinstance(value, int | float) and value >= 0 for value in document.values()):
        raise ValueError("a fault plan's values are numbers of 0 or more")
    plan = FaultPlan(**document)
    if max(plan.duplicate_ratio, plan.lose_answer_ratio) > 1:
        raise ValueError("a ratio is at most 1")
    return plan


class Faults:
    """Throws the dice for the plan in force."""

    def __init__(self) -> None:
        self.set_plan(FaultPlan())

    def set_plan(self, plan: FaultPlan) -> None:
        """Replace the plan; the dice start again at its seed."""
        self.plan = plan
        self._random = random.Random(plan.seed)  # noqa: S311 — a test's dice must be repeatable

    def duplicates(self) -> bool:
        """Whether this task is delivered twice."""
        return self._happens(self.plan.duplicate_ratio)

    def loses_answer(self) -> bool:
        """Whether this 2xx answer is lost."""
        return self._happens(self.plan.lose_answer_ratio)

    def delay_seconds(self) -> float:
        """How late one delivery is."""
        longest = self.plan.shuffle_seconds
        return self._random.uniform(0.0, longest) if longest else 0.0

    def _happens(self, ratio: float) -> bool:
        return ratio > 0 and self._random.random() < ratio
