"""A model that is about to be shut down is noticed a month before."""

from dataclasses import replace
from datetime import date, timedelta

from infra.checks.shutdown_dates import NOTICE, find_ending_models
from shared.credits.catalogue import NANO_BANANA, OFFERS

END = date(2027, 3, 1)
ENDING = replace(OFFERS["best"], rungs=(replace(NANO_BANANA, shutdown_on=END),))


def test_an_ending_model_is_found_in_time() -> None:
    """From 30 days before its date a model is a finding, once for all offers that have it."""
    assert list(find_ending_models([ENDING], END - NOTICE)) == []
    [line] = find_ending_models([ENDING, ENDING], END - NOTICE + timedelta(days=1))
    assert "gemini/gemini-nano-banana-2.1 may be shut down on 2027-03-01" in line


def test_a_model_without_a_date_is_none() -> None:
    """Where no date is announced there is nothing to find."""
    assert list(find_ending_models([replace(ENDING, rungs=(NANO_BANANA,))], END)) == []
