"""The count in a button says which press it is, and which came before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.jobs.limits import ACTIVE_JOBS_MAX
from shared.telegram.press_count import FIRST, earlier_presses, next_press


@pytest.mark.parametrize(
    ("count", "following", "earlier"),
    [
        (FIRST, "1", ()),
        ("2", "3", ("0", "1")),
        ("", "1", ()),
        ("hAsH-8_x", "hAsH-8_x.1", ()),
        ("hAsH-8_x.2", "hAsH-8_x.3", ("hAsH-8_x", "hAsH-8_x.1")),
        ("12345678", "12345678.1", ()),
        ("²", "².1", ()),
        ("a.b", "a.b.1", ()),
    ],
)
def test_count(count: str, following: str, earlier: tuple[str, ...]) -> None:
    """Numbers count; whatever else a keyboard carries counts on from itself."""
    assert next_press(count) == following
    assert earlier_presses(count) == earlier


@given(st.text(alphabet="abc019._-", max_size=12), st.integers(1, 30))
def test_presses_do_not_meet(first: str, presses: int) -> None:
    """Each press has a count of its own, and knows as many before it as can still be under way."""
    counts = [first]
    for _ in range(presses):
        counts.append(next_press(counts[-1]))
    assert len(set(counts)) == len(counts)
    assert len(earlier_presses(counts[-1])) <= ACTIVE_JOBS_MAX
    assert counts[-2] in {*earlier_presses(counts[-1]), first}
