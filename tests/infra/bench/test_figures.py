"""Percentiles, medians, goals: what the bench's verdicts rest on."""

import pytest

from infra.bench.figures import Goal, find_median, find_percentile, find_spread, show_number


@pytest.mark.parametrize(("percent", "expected"), [(1, 1), (50, 50), (99, 99), (99.5, 100), (100, 100), (0, 1)])
def test_percentile_is_the_nearest_rank(percent: float, expected: int) -> None:
    """Of 1 to 100 in any order, the p-th percentile is p: never a value that was not measured."""
    assert find_percentile([*range(100, 0, -1)], percent) == expected


def test_percentile_of_one_value_is_that_value() -> None:
    """A single measurement is its own every percentile."""
    assert find_percentile([7.5], 50) == find_percentile([7.5], 99) == 7.5


@pytest.mark.parametrize("find", [find_median, lambda values: find_percentile(values, 50)])
def test_nothing_measured_is_an_error(find: object) -> None:
    """No values have no percentile: a part that measured nothing must not look good."""
    with pytest.raises(ValueError, match="no values"):
        find([])  # type: ignore[operator]


@pytest.mark.parametrize(("values", "expected"), [([3, 1, 2], 2), ([4, 1, 2, 3], 2.5), ([9], 9)])
def test_median(values: list[float], expected: float) -> None:
    """The middle one, or the mean of the middle two."""
    assert find_median(values) == expected


def test_spread_is_a_share_of_the_median() -> None:
    """Rounds of 90, 100 and 120 differ by 30 % of their median."""
    assert find_spread([120, 90, 100]) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("bound", "below", "equal", "above"),
    [("at least", False, True, True), ("at most", True, True, False), ("more than", False, False, True)],
)
def test_goal_is_met_on_its_side_of_the_limit(bound: str, below: bool, equal: bool, above: bool) -> None:  # noqa: FBT001
    """Each kind of bound holds below, at and above its limit as its words say."""
    verdicts = [Goal("speed", value, bound, 2.0).is_met for value in (1.99, 2.0, 2.01)]  # type: ignore[arg-type]
    assert verdicts == [below, equal, above]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(4812.4, "4,812"), (78.4, "78"), (3.24, "3.2"), (0.454, "0.45"), (4, "4"), (12_000, "12,000"), (0, "0")],
)
def test_numbers_are_short(value: float, shown: str) -> None:
    """Measured values keep the digits that mean something; counts stay whole."""
    assert show_number(value) == shown
