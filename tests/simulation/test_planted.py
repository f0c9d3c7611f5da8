"""The proof that the storm would notice: half of the planted faults, the others at night."""

import pytest

from tests.simulation.chaos import RESTLESS, ROUGH, Odds
from tests.simulation.planted import PLANTED, PLANTED_IN_SLOW_WORK, Plant
from tests.simulation.run import simulate

TRIALS = (
    (1, 500, RESTLESS),
    (9, 500, RESTLESS),
    *((seed, 500, RESTLESS) for seed in range(2, 6)),
    *((6, 1500, ROUGH), (7, 3000, Odds()), (8, 6000, ROUGH)),
)
"""Seeds, sizes and weather in which a planted fault gets to show itself, the cheap ones first. Most do in the first: an
innocent change of the dice must not hide one. In the second the cap on what models cost is soon reached.
"""


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", PLANTED[::2], ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_noticed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that the simulation does not see is a missing check."""
    plant(monkeypatch)
    assert any(notices(*trial) for trial in TRIALS), f"{plant.__name__} survived"


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", PLANTED_IN_SLOW_WORK, ids=lambda plant: plant.__name__)
def test_a_fault_planted_in_slow_work_is_noticed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same where pictures take the provider minutes."""
    plant(monkeypatch)
    assert any(notices(*trial, is_slow=True) for trial in TRIALS), f"{plant.__name__} survived"


def notices(seed: int, updates: int, odds: Odds, **kind: bool) -> bool:
    """Whether this run ends with a problem, or does not end at all."""
    try:
        return bool(simulate(seed, updates, odds, **kind).problems)
    except (RecursionError, RuntimeError):
        return True
