"""The proof that the storm would notice: faults are planted into the code one by one."""

import pytest

from tests.simulation import planted
from tests.simulation.planted import PLANTED, PLANTED_IN_SLOW_WORK, Plant
from tests.simulation.trials import (
    CAPPED,
    CROWDED,
    DELETED,
    FINGERED,
    FRUGAL,
    MOVED,
    ORIGINALS,
    PATIENT,
    REPEATED,
    SLOW,
    Trial,
    is_noticed,
)

SHOWN_FIRST_BY: dict[Plant, tuple[Trial, ...]] = {
    planted.format_pressed_twice: FINGERED,
    planted.double_press_buys_twice: REPEATED,
    planted.files_stay: DELETED,
    planted.original_per_press: ORIGINALS,
    planted.blind_retry_of_a_send: ORIGINALS,
    planted.caps_are_not_checked: CAPPED,
    planted.no_patience: PATIENT,
    planted.no_limits: FRUGAL,
    planted.no_look_before_the_move: MOVED,
}
"""What shows itself only in a certain weather."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_noticed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that the simulation does not see is a missing check."""
    plant(monkeypatch)
    assert is_noticed((*SHOWN_FIRST_BY.get(plant, ()), *CROWDED)), f"{plant.__name__} survived"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", PLANTED_IN_SLOW_WORK, ids=lambda plant: plant.__name__)
def test_a_fault_planted_in_slow_work_is_noticed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same where pictures take the provider minutes."""
    plant(monkeypatch)
    assert is_noticed(SLOW), f"{plant.__name__} survived"


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "trial",
    [*CROWDED, *CAPPED, *PATIENT, *FRUGAL, *FINGERED, *REPEATED, *DELETED, *ORIGINALS, *MOVED, SLOW[0]],
    ids=str,
)
def test_nothing_is_noticed_without_a_fault(trial: Trial) -> None:
    """What is noticed in these storms comes from the fault, and not from the storm."""
    assert trial.find_problems() == []
