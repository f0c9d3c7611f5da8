"""The same fact has the same id, another fact another one."""

import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.hash_ids import hash_id, is_id
from shared.jobs.identity import album_intent, job_id_of, message_intent, tap_intent, update_key


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\x1f", codec=None)), max_size=4))
def test_any_parts_make_an_id(parts: list[str]) -> None:
    """Ids have 16 harmless characters, whatever they stand for, half a surrogate pair included."""
    assert re.fullmatch(r"[A-Za-z0-9_-]{16}", hash_id(*parts))
    assert is_id(hash_id(*parts))
    assert hash_id(*parts) == hash_id(*parts)


def test_facts_do_not_share_ids() -> None:
    """Kind, bot, chat, message, button and order all count."""
    ids = [
        update_key(1, 2), update_key(2, 1), update_key(1, 3), message_intent(1, 2, 3), message_intent(1, 3, 2),
        message_intent(2, 2, 3), album_intent(1, 2, "3"), tap_intent(1, "j", "again", "n"),
        tap_intent(1, "j", "original", "n"), tap_intent(1, "j", "again", "m"), job_id_of("i", 1), job_id_of("i", 2),
        hash_id("ab", "c"), hash_id("a", "bc"),
    ]  # fmt: skip
    assert len(set(ids)) == len(ids)


def test_no_id_is_reserved() -> None:
    """The store keeps names of the form __…__ for itself: no id begins like one, nor does it meet another for that."""
    plain = ((n, urlsafe_b64encode(sha256(str(n).encode()).digest()[:12]).decode()) for n in count())
    number, reserved = next((n, text) for n, text in plain if text.startswith("__"))
    assert hash_id(number) == "-" + reserved[1:]
    assert is_id(hash_id(number))


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("abcdefgh01234567", True),
        ("ABC_EFGH-1234567", True),
        ("__cdefgh01234567", True),
        ("abcdefgh012345__", True),
        ("__cdefgh012345__", False),
        ("", False),
        ("abcdefgh0123456", False),
        ("abcdefgh012345678", False),
        ("abcdefgh01234567\n", False),
        ("abcdefgh/1234567", False),
        ("..", False),
        ("абвгдежз01234567", False),
        ("abcdefgh٠١٢٣٤٥٦٧", False),
    ],
)
def test_is_id(text: str, *, possible: bool) -> None:
    """Only what may have been made here passes, so that nothing else is ever a document's name."""
    assert is_id(text) is possible
