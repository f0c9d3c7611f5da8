"""A checkout is decided at once by what its invoice carries; nothing else is taken for one."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.hash_ids import hash_id
from shared.payments.checkout import answer_checkout
from shared.payments.order import Order, read_payload, write_payload

KEY = b"k" * 32
NOW = datetime(2026, 11, 29, 13, tzinfo=UTC)
ORDER = Order(hash_id("order", 1), 501, 50, 60, NOW + timedelta(hours=1))

NEAR = st.text("0123456789.-_AaZz=oO１٣ \n\0", max_size=3)
"""Digits, dots and signs of the payload's alphabet, and what only looks like them."""


def ask(keys: tuple[bytes, ...] = (KEY,), **changes: Any) -> Any:
    """What is answered to the checkout of ORDER, with some of its fields changed."""
    query = {
        "id": "q",
        "from": {"id": 501, "language_code": "en"},
        "currency": "XTR",
        "total_amount": 50,
        "invoice_payload": write_payload(ORDER, KEY),
    }
    return answer_checkout(json.dumps({"update_id": 1, "pre_checkout_query": query | changes}).encode(), keys, NOW)


def test_agreed() -> None:
    """Who pays his own order, at its price and in its time, may."""
    assert ask() == {"method": "answerPreCheckoutQuery", "pre_checkout_query_id": "q", "ok": True}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"total_amount": 49}, "not valid any more"),
        ({"total_amount": "50"}, "not valid any more"),
        ({"currency": "USD"}, "not valid any more"),
        ({"invoice_payload": "premium"}, "not valid any more"),
        ({"invoice_payload": None}, "not valid any more"),
        ({"from": {"id": 502}}, "for another person"),
        ({"from": {}}, "for another person"),
    ],
)
def test_declined(changes: dict[str, Any], reason: str) -> None:
    """Another price, currency, invoice or person: no money moves, and the reason is said in words."""
    answer = ask(**changes)
    assert answer["ok"] is False
    assert reason in answer["error_message"]


@pytest.mark.parametrize("after", [timedelta(0), timedelta(days=30), timedelta(days=730)])
def test_a_subscription_has_no_end(after: timedelta) -> None:
    """Its person may pay its price years later too: a renewal comes with the payload of the first payment."""
    payload = write_payload(replace(ORDER, expires_at=None, days=30), KEY)
    query = {"id": "q", "from": {"id": 501}, "currency": "XTR", "total_amount": 50, "invoice_payload": payload}
    for changes, is_agreed in (({}, True), ({"total_amount": 49}, False), ({"from": {"id": 502}}, False)):
        body = json.dumps({"update_id": 1, "pre_checkout_query": query | changes}).encode()
        answer = answer_checkout(body, [KEY], NOW + after)
        assert answer is not None
        assert answer["ok"] is is_agreed


def test_too_late() -> None:
    """An expired invoice is declined."""
    late = Order(ORDER.id, 501, 50, 60, NOW)
    assert "expired" in ask(invoice_payload=write_payload(late, KEY))["error_message"]


@pytest.mark.parametrize(
    ("language", "reason"),
    [("ru", "Оплата пока не открыта. Ничего не списано."), ("en", "Payments are not open yet. Nothing was charged.")],
)
def test_nothing_is_sold(language: str, reason: str) -> None:
    """Without a key everything is declined, in the person's language."""
    assert ask((), **{"from": {"id": 501, "language_code": language}})["error_message"] == reason


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"update_id": 1, "message": {"text": "\\"pre_checkout_query\\""}}',
        b'{"message": {"pre_checkout_query": 1}}',
        b'"pre_checkout_query"',
        b'{"pre_checkout_query"',
        b'{"pre_checkout_query": 1}',
        b'{"pre_checkout_query": {}}',
        b'{"pre_checkout_query": {"id": "q", "from": 1}}',
        b'["pre_checkout_query"]',
        b'{"pre_checkout_query": ' + b"[" * 100_000,
    ],
)
def test_not_a_checkout(body: bytes) -> None:
    """Other updates, and what only looks like a checkout, go the ordinary way."""
    assert answer_checkout(body, (KEY,), NOW) is None


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_any_query(query: Any) -> None:
    """Whatever a query holds, it is declined or passed on."""
    answer = answer_checkout(json.dumps({"pre_checkout_query": query}).encode(), (KEY,), NOW)
    assert answer is None or answer["ok"] is False


def test_answer_can_be_sent() -> None:
    """Half a character in the query's id does not break the answer."""
    answer = answer_checkout(b'{"pre_checkout_query": {"id": "\\ud800", "from": {"id": 1}}}', (KEY,), NOW)
    assert answer is None or json.dumps(answer, ensure_ascii=False).encode()


@st.composite
def mutated_payloads(draw: st.DrawFn) -> str:
    """A payload of ours with characters replaced, removed, added, doubled or moved; never the payload itself."""
    payload = write_payload(ORDER, KEY)
    for _ in range(draw(st.integers(1, 4))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, len(payload))] * 2)))
        put = draw(st.sampled_from(["", payload[start:end] * 2, payload[:start]]) | st.text(max_size=4) | NEAR)
        payload = payload[:start] + put + payload[end:]
    assume(payload != write_payload(ORDER, KEY))
    return payload


@pytest.mark.no_cover  # its thousands of steps go where smaller tests go too
@settings(max_examples=2_000, deadline=None)
@given(mutated_payloads())
def test_mutated_payload(payload: str) -> None:
    """Whatever is changed in a payload: no order is read from it, and nobody is agreed to at any price in it."""
    assert read_payload(payload, (KEY,)) is None
    stars = [50, *(int(part) for part in payload.split(".") if part.isascii() and part.isdigit() and len(part) < 6)]
    for amount in stars:
        assert ask(invoice_payload=payload, total_amount=amount)["ok"] is False
