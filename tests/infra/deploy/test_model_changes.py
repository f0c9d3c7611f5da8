"""What is about to change with the models is noticed a month before."""

from dataclasses import replace
from datetime import date, timedelta

from infra.deploy.model_changes import NOTICE, find_ending_models, find_losses, find_price_changes
from shared.credits.catalogue import GEMINI_FLASH, NANO_BANANA, NANO_BANANA_PRO, OFFERS
from shared.providers.ladder import TokenPrice

END = date(2027, 3, 1)
ENDING = replace(NANO_BANANA, shutdown_on=END)


def test_an_ending_model_is_found_in_time() -> None:
    """From 30 days before its date a model is a finding."""
    assert list(find_ending_models([ENDING], END - NOTICE)) == []
    [line] = find_ending_models([ENDING], END - NOTICE + timedelta(days=1))
    assert "gemini/gemini-nano-banana-2.1 may be shut down on 2027-03-01" in line


def test_a_model_without_a_date_is_none() -> None:
    """Where no date is announced there is nothing to find."""
    assert list(find_ending_models([replace(ENDING, shutdown_on=None)], END)) == []


def test_a_price_that_changes_is_found_in_time() -> None:
    """A price is a finding in the month before it begins, and none from then on; pictures have no such prices."""
    prices = (TokenPrice(date(2026, 1, 1), 500_000, 2_000_000), TokenPrice(END, 1_000_000, 4_000_000))
    rungs = (NANO_BANANA, replace(GEMINI_FLASH, prices=prices))
    assert list(find_price_changes(rungs, END - NOTICE)) == []
    [line] = find_price_changes(rungs, END - NOTICE + timedelta(days=1))
    assert "costs $0.5/$2 → $1/$4 from 2027-03-01 on" in line
    assert list(find_price_changes(rungs, END)) == []


def test_a_loss_is_found() -> None:
    """A size that costs more than it earns is a finding; nothing that is sold today is one."""
    assert list(find_losses(OFFERS.values())) == []
    cheap = replace(OFFERS["fast"], rungs=(NANO_BANANA_PRO,), prices={"1K": 4, "4K": 24})
    assert list(find_losses([cheap])) == ["Nano Banana at 1K earns $0.040 and costs $0.134"]
