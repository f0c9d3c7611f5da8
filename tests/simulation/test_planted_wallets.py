"""The proof that the storm would notice faults with groups' wallets."""

import pytest

from tests.simulation.planted_payments import Plant
from tests.simulation.planted_wallets import PLANTED_IN_WALLETS
from tests.simulation.trials import WITH_PURSES, Trial, is_noticed


@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", PLANTED_IN_WALLETS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_noticed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that the simulation does not see is a missing check."""
    plant(monkeypatch)
    assert is_noticed(WITH_PURSES), f"{plant.__name__} survived"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("trial", WITH_PURSES, ids=str)
def test_nothing_is_noticed_without_a_fault(trial: Trial) -> None:
    """What is noticed in these storms comes from the fault, and not from the storm."""
    assert trial.find_problems() == []
