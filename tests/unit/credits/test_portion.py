"""Parts of a payment that go back take its credits in proportion, and all of them take all."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.credits.portion import WHOLE, Portion


@given(paid=st.integers(1, 300_000), credit_count=st.integers(0, 3_000), cuts=st.lists(st.integers(0, 300_000)))
def test_parts_add_up(paid: int, credit_count: int, cuts: list[int]) -> None:
    """However a payment is cut, its parts take no more than their share, all take all, and no name comes twice."""
    totals = sorted({0, *(each for each in cuts if each < paid), paid})
    portions = [Portion(before, after, paid) for before, after in pairwise(totals)]
    taken, names = 0, []
    for each in portions:
        taken += each.of(credit_count)
        assert 0 <= taken * paid <= credit_count * each.after
        names += [each.name("charge", credit_count)] if each.of(credit_count) else []
    assert taken == credit_count
    assert len(set(names)) == len(names)
    assert names[:1] == ["charge"] * bool(credit_count)
    assert [each.is_rest for each in portions] == [False] * (len(portions) - 1) + [True]


def test_whole() -> None:
    """All at once takes all, under the plain name."""
    assert (WHOLE.of(60), WHOLE.name("charge", 60), WHOLE.is_rest) == (60, "charge", True)
