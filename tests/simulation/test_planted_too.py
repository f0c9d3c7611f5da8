"""The other half of the planted faults, at night."""

import pytest

from tests.simulation.planted import PLANTED, Plant
from tests.simulation.test_planted import TRIALS, notices


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", PLANTED[1::2], ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_noticed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that the simulation does not see is a missing check."""
    plant(monkeypatch)
    assert any(notices(*trial) for trial in TRIALS), f"{plant.__name__} survived"
