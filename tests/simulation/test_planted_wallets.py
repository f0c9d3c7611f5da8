"""The proof that the storm would notice faults with groups' wallets, programs' orders and operators' presents."""

import pytest

from tests.simulation.planted_offices import PLANTED_IN_OFFICES
from tests.simulation.planted_payments import Plant
from tests.simulation.planted_wallets import PLANTED_IN_WALLETS
from tests.simulation.trials import WITH_PURSES, Trial, is_noticed

FIRST = {
    "the_day_never_ends": 1,
    "late_news_closes_a_supergroup": 1,
    "a_refund_for_each_admin": 1,
    "no_limit_of_the_day": 2,
    "keys_are_remembered": 3,
    "admins_agree_with_themselves": 3,
    "debts_first": 4,
    "every_hour_is_another_day": 5,
}
"""In which of these storms a fault was seen that the first does not show: that one is played before the others."""


BY_DAY = {
    "members_keep_what_is_released",
    "no_limit_of_the_day",
    "a_gift_for_each_update",
    "the_first_giver_gets_all",
    "debts_first",
    "members_pay_unasked",
    "incognito_is_forgotten",
    "each_call_is_an_order",
}
"""The others are planted every night: a storm takes a second and a half."""
PLANTS = [
    pytest.param(plant, id=plant.__name__, marks=() if plant.__name__ in BY_DAY else pytest.mark.long)
    for plant in (*PLANTED_IN_WALLETS, *PLANTED_IN_OFFICES)
]
TRIALS = [
    pytest.param(trial, id=str(number), marks=pytest.mark.long if number % 2 else ())
    for number, trial in enumerate(WITH_PURSES)
]
"""By day those in which the faults of the day are seen."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_fault_is_noticed(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that the simulation does not see is a missing check."""
    plant(monkeypatch)
    first = WITH_PURSES[FIRST.get(plant.__name__, 0)]
    assert is_noticed((first, *WITH_PURSES)), f"{plant.__name__} survived"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("trial", TRIALS)
def test_nothing_is_noticed_without_a_fault(trial: Trial) -> None:
    """What is noticed in these storms comes from the fault, and not from the storm."""
    assert trial.find_problems() == []
