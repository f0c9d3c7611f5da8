"""The proof that the storm would notice."""

import pytest

from tests.simulation.planted import PLANTED, Plant
from tests.simulation.run import simulate

TRIALS = ((1, 800), (2, 800), (3, 1500), (4, 3000), (5, 6000))
"""Seeds and sizes that a planted fault gets to show itself, the cheap ones first."""


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
