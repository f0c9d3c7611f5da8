"""The only update that the webhook answers itself: Telegram waits 10 s, which is too short for a queue."""

import json
from typing import Any

Answer = dict[str, Any]


def answer_checkout(body: bytes) -> Answer | None:
    """The Bot API call for the response if these bytes are a `pre_checkout_query`, otherwise None.

    Nothing is sold yet, so every query is declined: an old or forged invoice cannot take money.
    """
    if b'"pre_checkout_query"' not in body:
        return None
    from shared.people.users import language_of  # imported here: both would slow the webhook's start
    from shared.texts import plain_text

    try:
        query = json.loads(body)["pre_checkout_query"]
        query_id, sender = str(query["id"]).encode("utf-8", "replace").decode(), query.get("from", {})
        language = language_of(None, str(sender.get("language_code", "")))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None
    reason = plain_text(language, "payments-closed")
    return {
        "method": "answerPreCheckoutQuery",
        "pre_checkout_query_id": query_id,
        "ok": False,
        "error_message": reason,
    }
