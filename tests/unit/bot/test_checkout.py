"""A checkout is declined at once, in the person's language, and nothing else is taken for one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bot.checkout import answer_checkout


@pytest.mark.parametrize(
    ("language", "reason"),
    [("ru", "Оплата пока не открыта. Ничего не списано."), ("en", "Payments are not open yet. Nothing was charged.")],
)
def test_declined(language: str, reason: str) -> None:
    """The answer is the Bot API call that declines this query."""
    query = {"id": "q", "from": {"id": 501, "language_code": language}, "currency": "XTR"}
    assert answer_checkout(json.dumps({"update_id": 1, "pre_checkout_query": query}).encode()) == {
        "method": "answerPreCheckoutQuery",
        "pre_checkout_query_id": "q",
        "ok": False,
        "error_message": reason,
    }


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
    assert answer_checkout(body) is None


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_any_query(query: Any) -> None:
    """Whatever a query holds, it is answered or passed on."""
    answer = answer_checkout(json.dumps({"pre_checkout_query": query}).encode())
    assert answer is None or answer["ok"] is False


def test_answer_can_be_sent() -> None:
    """Half a character in the query's id does not break the answer."""
    answer = answer_checkout(b'{"pre_checkout_query": {"id": "\\ud800", "from": {"id": 1}}}')
    assert answer is None or json.dumps(answer, ensure_ascii=False).encode()
