"""A run's comparison with the last kept run."""

import json
from pathlib import Path
from typing import Literal

import pytest

from infra.bench.compare import Kept, find_regressions, read_kept
from infra.bench.figures import Goal, Section

Bound = Literal["at least", "at most", "more than"]


def section(value: float, bound: Bound = "at most", text: str = "time") -> Section:
    return Section("cold", "starts", ("name",), goals=[Goal(text, value, bound, 1, "s")])


def kept(value: float) -> dict[str, Kept]:
    return {"cold": Kept("2026-11-21", 0.5, {"time": value})}


@pytest.mark.parametrize(
    ("bound", "before", "now", "is_worse"),
    [
        ("at most", 10, 11.2, True),
        ("at most", 10, 10.9, False),
        ("at most", 10, 5, False),
        ("at least", 10, 8.8, True),
        ("at least", 10, 9.1, False),
        ("more than", 10, 8.8, True),
        ("more than", 10, 20, False),
        ("at most", 0, 5, False),
    ],
)
def test_a_tenth_worse_is_named(bound: Bound, before: float, now: float, *, is_worse: bool) -> None:
    """More of what should be little, or less of what should be much, from a tenth on."""
    assert bool(list(find_regressions([section(now, bound)], kept(before)))) is is_worse


def test_a_line_says_what_changed_and_since_when() -> None:
    """The figure, before and now, by how much, and how busy the machine was then; once, whatever it is held to."""
    twice = section(12)
    twice.goals.append(Goal("time", 12, "at most", 5, "s", binding=False))
    [found] = find_regressions([twice], kept(10))
    assert str(found) == "cold: time: 10 → 12 s, 20% worse than on 2026-11-21, load then 0.5"


def test_what_is_new_has_nothing_to_be_compared_with() -> None:
    """A part or a figure that no kept run has is left out."""
    assert list(find_regressions([section(12, text="other")], kept(10))) == []
    assert list(find_regressions([section(12)], {})) == []


def test_the_last_run_of_each_part_counts(tmp_path: Path) -> None:
    """Runs of one part stand beside whole ones; the later is read, whatever the files are called."""

    def write(name: str, date: str, **values: float) -> None:
        goals = {part: [{"text": "time", "value": value}] for part, value in values.items()}
        parts = {part: {"goals": each} for part, each in goals.items()}
        (tmp_path / name).write_text(json.dumps({"date": date, "machine": {"load_before": 1}, "parts": parts}))

    write("b.json", "2026-11-21T08:00:00+00:00", cold=1, hops=2)
    write("a.json", "2026-11-22T08:00:00+00:00", cold=3)
    assert read_kept(tmp_path) == {
        "cold": Kept("2026-11-22", 1, {"time": 3}),
        "hops": Kept("2026-11-21", 1, {"time": 2}),
    }
