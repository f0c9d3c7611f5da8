"""The only update that the webhook answers itself: Telegram waits 10 s, which is too short for a queue.

What is sold, to whom and until when stands in the invoice's payload, which we signed. So neither a database nor the
bot's token is needed. Whatever is doubtful is declined: no money moves.

Whether Telegram asks before it renews a subscription is documented nowhere. If it does, the query has nothing that says
so, and so a subscription's payload has no end: its person may pay its price at any time.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.payments.order import read_payload

Answer = dict[str, Any]
STARS = "XTR"
"""Telegram's name of the currency."""


def answer_checkout(body: bytes, keys: Sequence[bytes], now: datetime) -> Answer | None:
    """The Bot API call for the response if these bytes are a `pre_checkout_query`, otherwise None.

    Without keys nothing is sold, and every query is declined.
    """
    if b'"pre_checkout_query"' not in body:
        return None
    try:
        query = json.loads(body)["pre_checkout_query"]
        query_id, sender = str(query["id"]).encode("utf-8", "replace").decode(), query.get("from", {})
        reason = _find_reason(query, sender, keys, now)
        language_code = str(sender.get("language_code", ""))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None
    answer: Answer = {"method": "answerPreCheckoutQuery", "pre_checkout_query_id": query_id, "ok": reason is None}
    return answer if reason is None else answer | {"error_message": _explain(reason, language_code)}


def _find_reason(query: dict[str, Any], sender: dict[str, Any], keys: Sequence[bytes], now: datetime) -> str | None:
    """The text id of the reason to decline; None if the payment may be made."""
    if not keys:
        return "payments-closed"
    payload = query.get("invoice_payload")
    order = read_payload(payload, keys) if isinstance(payload, str) else None
    if order is None or (query.get("currency"), query.get("total_amount")) != (STARS, order.stars):
        return "payment-unknown"
    if sender.get("id") != order.user_id:
        return "payment-of-another"
    return "payment-expired" if order.expires_at is not None and now >= order.expires_at else None


def _explain(reason: str, language_code: str) -> str:
    from shared.people.users import language_of  # imported here: both would slow the webhook's start
    from shared.texts import plain_text

    return plain_text(language_of(None, language_code), reason)
