"""What an invoice carries: only what we signed is believed, to the letter."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.hash_ids import hash_id
from shared.payments.order import PAYLOAD_BYTES_MAX, Order, read_payload, write_payload

KEY, OLD_KEY = b"k" * 32, b"o" * 32
ORDER = Order(hash_id("order", 1), 501, 50, 60, datetime(2026, 11, 29, 13, tzinfo=UTC))

orders = st.builds(
    Order,
    st.text().map(hash_id),
    st.integers(1, 2**52),
    st.integers(1, 25_000),
    st.integers(1, 9_999_999),
    st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)


subscriptions = st.builds(
    Order,
    st.text().map(hash_id),
    st.integers(1, 2**52),
    st.integers(1, 10_000),
    st.integers(1, 9_999_999),
    st.none(),
    st.integers(1, 400),
)


@given(orders | subscriptions)
def test_there_and_back(order: Order) -> None:
    """Every order fits into Telegram's 128 bytes and comes back as it was."""
    payload = write_payload(order, KEY)
    assert len(payload.encode()) <= PAYLOAD_BYTES_MAX
    assert read_payload(payload, [KEY]) == order


@given(st.integers(0, 200), st.characters())
def test_one_changed_character(place: int, character: str) -> None:
    """A payload in which anything was changed is no order."""
    payload = write_payload(ORDER, KEY)
    changed = payload[: place % len(payload)] + character + payload[place % len(payload) + 1 :]
    assert (read_payload(changed, [KEY]) is None) == (changed != payload)


@pytest.mark.parametrize("other", [replace(ORDER, user_id=1), replace(ORDER, stars=1), replace(ORDER, credits=999)])
def test_signature_of_another_order(other: Order) -> None:
    """The signature of one order does not serve another."""
    payload, forged = write_payload(ORDER, KEY), write_payload(other, KEY)
    mixed = forged.rpartition(".")[0] + "." + payload.rpartition(".")[2]
    assert read_payload(mixed, [KEY]) is None


def test_key_is_replaced() -> None:
    """Invoices of the previous key can be paid while both are known, and not afterwards."""
    payload = write_payload(ORDER, OLD_KEY)
    assert read_payload(payload, [KEY, OLD_KEY]) == ORDER
    assert read_payload(payload, [KEY]) is None


@pytest.mark.parametrize("payload", ["", "o1", "o1.x", "٣" * 60, "o1." * 40, "\ud800"])
def test_nonsense(payload: str) -> None:
    """Anything else is no order."""
    assert read_payload(payload, [KEY]) is None
