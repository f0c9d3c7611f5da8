"""The proof that the storm would notice faults in answers and in recordings."""

import pytest

from tests.simulation import planted_answers
from tests.simulation.planted_answers import PLANTED_IN_ANSWERS, Plant
from tests.simulation.planted_voices import PLANTED_IN_VOICES
from tests.simulation.trials import HURRIED, TALKATIVE, Trial, is_noticed

SHOWN_FIRST_BY: dict[Plant, tuple[Trial, ...]] = {planted_answers.edit_is_abandoned: HURRIED}
"""What shows itself only in a certain weather."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", PLANTED_IN_ANSWERS, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_noticed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that the simulation does not see is a missing check."""
    plant(monkeypatch)
    assert is_noticed((*SHOWN_FIRST_BY.get(plant, ()), *TALKATIVE)), f"{plant.__name__} survived"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", PLANTED_IN_VOICES, ids=lambda plant: plant.__name__)
def test_a_fault_planted_in_recordings_is_noticed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same where people speak."""
    plant(monkeypatch)
    assert is_noticed(TALKATIVE), f"{plant.__name__} survived"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("trial", [*TALKATIVE, *HURRIED], ids=str)
def test_nothing_is_noticed_without_a_fault(trial: Trial) -> None:
    """What is noticed in these storms comes from the fault, and not from the storm."""
    assert trial.find_problems() == []
