"""What the verdict itself must know."""

from datetime import timedelta

from tests.simulation.people import Choice
from tests.simulation.verdict import find_last_choices
from tests.simulation.virtual_time import EPOCH


def test_the_last_tap_is_the_one_that_comes_last() -> None:
    """Between two quick taps another finger may come down: the second of the two is still the last."""
    seconds = {"ru": 0.0, "en": 0.1, "fr": 0.02}
    taps = [Choice(49, "language", value, EPOCH + timedelta(seconds=at)) for value, at in seconds.items()]
    assert find_last_choices(taps) == {(49, "language"): "en"}
