"""The same fact has the same id, another fact another one."""

import re

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.identity import (
    album_intent,
    first_nonce,
    hash_id,
    job_id_of,
    message_intent,
    next_nonce,
    tap_intent,
    update_key,
)


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\x1f", codec=None)), max_size=4))
def test_any_parts_make_an_id(parts: list[str]) -> None:
    """Ids have 16 harmless characters, whatever they stand for, half a surrogate pair included."""
    assert re.fullmatch(r"[A-Za-z0-9_-]{16}", hash_id(*parts))
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


def test_nonces_form_a_chain() -> None:
    """Rendering a keyboard again twice gives the same new nonce, which is none of the earlier ones."""
    nonces = [first_nonce("job")]
    for _ in range(50):
        assert next_nonce(nonces[-1]) == next_nonce(nonces[-1])
        nonces.append(next_nonce(nonces[-1]))
    assert len(set(nonces)) == len(nonces)
    assert {len(nonce) for nonce in nonces} == {8}
