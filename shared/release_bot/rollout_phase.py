"""The parts of what a rollout reports as its phase. Pure.

    stage canary; 25 %; candidate: 0.2 % errors, 840 ms; stable: 0.1 % errors, 800 ms; verdict: good

Every part is optional. Anything else is shown as it is.
"""

import re
from dataclasses import dataclass

PERCENT_WIDTH = 10
"""Squares of the bar."""
_FIGURES = re.compile(r"([0-9.]+) ?% errors, ([0-9.]+) ?(ms|s)")
_PERCENT = re.compile(r"([0-9]{1,3}) ?%")


@dataclass(frozen=True, slots=True)
class RolloutPhase:
    """What a person sees of a running rollout; empty parts were not reported."""

    stage: str = ""
    percent: int | None = None
    """Of the people who meet the candidate."""
    candidate: str = ""
    stable: str = ""
    verdict: str = ""
    rest: str = ""


def read_rollout_phase(phase: str) -> RolloutPhase:
    """The parts of a phase."""
    found = dict[str, str]()
    percent, rest = None, []
    for part in (each.strip() for each in phase.split(";")):
        name, _, value = part.partition(": ")
        if (shown := _PERCENT.fullmatch(part)) and int(shown[1]) <= 100:  # noqa: PLR2004 — percent
            percent = int(shown[1])
        elif name in {"candidate", "stable", "verdict"} and value:
            found[name] = value
        elif part.startswith("stage "):
            found["stage"] = part.removeprefix("stage ")
        elif part:
            rest.append(part)
    return RolloutPhase(percent=percent, rest="; ".join(rest), **found)


def draw_percent(percent: int) -> str:
    """A bar of a fixed width."""
    full = percent * PERCENT_WIDTH // 100
    return "▰" * full + "▱" * (PERCENT_WIDTH - full)


def read_figures(figures: str) -> tuple[str, str, str] | None:
    """Percent of errors, and latency with its unit; None: figures of another form."""
    found = _FIGURES.fullmatch(figures)
    return None if found is None else (found[1], found[2], found[3])
