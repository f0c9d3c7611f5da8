"""What is wrong with a bot's webhook, by what Telegram says of it. Pure."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from shared.ports import WebhookState

PENDING_MAX = 100
"""Telegram has none waiting while we answer."""
FAILED_WITHIN = timedelta(minutes=3)
"""Telegram repeats a failed delivery after two minutes at most, so an outage has a failure this young."""


def find_trouble(state: WebhookState, url: str, now: datetime) -> str:
    """What is wrong, in one word; "none" if nothing is. `url` is our webhook's."""
    if not state.url:
        return "gone"
    if urlsplit(state.url).netloc != urlsplit(url).netloc:
        return "elsewhere"
    if state.failed_at is not None and now - state.failed_at <= FAILED_WITHIN:
        return "failing"
    return "waiting" if state.pending > PENDING_MAX else "none"
