"""The proof that the storm would notice faults in answers: half of them, the others at night."""

import pytest

from tests.simulation.chaos import ROUGH, Odds
from tests.simulation.planted_answers import PLANTED_IN_ANSWERS, Plant
from tests.simulation.test_planted import notices

TRIALS = (
    *((seed, 300, ROUGH) for seed in range(1, 7)),
    *((seed, 1500, ROUGH) for seed in range(7, 11)),
    (11, 3000, Odds()),
)
"""The cheap ones first; only people who talk."""


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", PLANTED_IN_ANSWERS[::2], ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_noticed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that the simulation does not see is a missing check."""
    plant(monkeypatch)
    assert any(notices(*trial, is_talkative=True) for trial in TRIALS), f"{plant.__name__} survived"


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", PLANTED_IN_ANSWERS[1::2], ids=lambda plant: plant.__name__)
def test_another_planted_fault_is_noticed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that the simulation does not see is a missing check."""
    plant(monkeypatch)
    assert any(notices(*trial, is_talkative=True) for trial in TRIALS), f"{plant.__name__} survived"
