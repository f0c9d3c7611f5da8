"""The storm, at the size of every day and of the night; and the proof that it would notice."""

import os
import time

import pytest

from tests.simulation.planted import PLANTED, Plant
from tests.simulation.run import simulate

UPDATES = 10_000
FIXED_SEED = 1
TRIALS = ((1, 800), (2, 1500), (3, 3000), (4, 6000))
"""Seeds and sizes that a planted fault gets to show itself, the cheap ones first."""


def fresh_seed() -> int:
    """SIMULATION_SEED repeats a run that failed."""
    return int(os.environ.get("SIMULATION_SEED", time.time()))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [FIXED_SEED, fresh_seed()])
def test_nothing_is_lost_doubled_or_left_held(seed: int) -> None:
    """10,000 updates with duplicates, disorder, kills, stalls and outages leave the books and the chats right."""
    outcome = simulate(seed, UPDATES)
    assert outcome.problems == [], f"repeat with: make simulate SEED={seed}"
    assert outcome.facts["kills"] > 100
    assert outcome.facts["duplicates"] > UPDATES * 0.2
    assert outcome.facts["jobs"] > UPDATES * 0.2


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("offset", range(6))
def test_more_seeds_at_night(offset: int) -> None:
    """Six more storms, never the same twice."""
    seed = fresh_seed() + 1000 + offset
    assert simulate(seed, UPDATES).problems == [], f"repeat with: make simulate SEED={seed}"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_noticed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that the simulation does not see is a missing check."""
    plant(monkeypatch)
    assert any(notices(seed, updates) for seed, updates in TRIALS), f"{plant.__name__} survived"


def notices(seed: int, updates: int) -> bool:
    """Whether this run ends with a problem, or does not end at all."""
    try:
        return bool(simulate(seed, updates).problems)
    except (RecursionError, RuntimeError):
        return True
