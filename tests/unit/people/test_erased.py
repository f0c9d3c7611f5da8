"""What is remembered of the erased says nothing without the key; a nobody is none of Telegram's people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.people.erased import erased_keys, use_keys
from shared.people.nobody import FIRST_NOBODY, is_nobody, nobody_of

OLD, NEW = b"o" * 32, b"n" * 32


@given(secret=st.text(st.characters(codec="utf-8")))
def test_nobody_is_no_person(secret: str) -> None:
    """Its number is above all of Telegram's, and exact as a JSON number."""
    assert is_nobody(nobody_of(secret))
    assert FIRST_NOBODY <= nobody_of(secret) < 2 * FIRST_NOBODY == 2**53


@pytest.mark.parametrize("user_id", [1, 501, 2**33, 2**52 - 1])
def test_people_are_not_nobody(user_id: int) -> None:
    """No id that Telegram may give is a nobody's."""
    assert not is_nobody(user_id)


def test_marks() -> None:
    """Another key, person or code has another mark; the first key's comes first; none shows the number."""
    marks = erased_keys((NEW, OLD), 501)
    assert marks == [*erased_keys((NEW,), 501), *erased_keys((OLD,), 501)]
    others = [*erased_keys((NEW,), 502), *use_keys((NEW,), "A", 501), *use_keys((NEW,), "B", 501)]
    assert len({*marks, *others}) == 5
    assert not any("501" in key.id for key in erased_keys((b"k" * 32,), 501))
    assert erased_keys((), 501) == []
