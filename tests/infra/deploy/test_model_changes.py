"""What is about to change with the models is noticed a month before."""

from dataclasses import replace
from datetime import date, timedelta

from infra.deploy.model_changes import NOTICE, find_ending_models, find_price_changes
from shared.credits.catalogue import GEMINI_FLASH, NANO_BANANA, VIDEO
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
    """A price is a finding in the month before it begins, and none from then on."""
    prices = (TokenPrice(date(2026, 1, 1), 500_000, 2_000_000), TokenPrice(END, 1_000_000, 4_000_000))
    rungs = (NANO_BANANA, replace(GEMINI_FLASH, prices=prices))
    assert list(find_price_changes(rungs, END - NOTICE)) == []
    [line] = find_price_changes(rungs, END - NOTICE + timedelta(days=1))
    assert "costs $0.5/$2 → $1/$4 from 2027-03-01 on" in line
    assert list(find_price_changes(rungs, END)) == []


def test_a_table_that_changes_is_found_in_time() -> None:
    """The same for what a picture or a second of a video costs."""
    painter = replace(NANO_BANANA, costs_usd_micros={"1K": 33_600}, later_costs=((END, {"1K": 67_200}),))
    assert list(find_price_changes([painter, VIDEO.rungs[0]], END - NOTICE)) == []
    [line] = find_price_changes([painter, VIDEO.rungs[0]], END - timedelta(days=1))
    assert "gemini/gemini-nano-banana-2.1 costs 1K $0.0336 → 1K $0.0672 from 2027-03-01 on" in line
