"""Notices as events of Sentry; apart from `sentry.py`, because the ports would add 50 ms to a cold start of webhook."""

import secrets
from datetime import UTC, datetime

from shared.adapters.sentry import SentryErrors
from shared.ports.notices import Notice


class SentryNotices:
    """A `NoticePlace`: an alarm becomes an event of its own. Its words are Monitoring's, not of the bot's people."""

    name = "sentry"

    def __init__(self, errors: SentryErrors) -> None:
        self._errors = errors

    async def tell(self, notice: Notice) -> None:
        words = [part for part in (notice.summary, notice.advice, notice.url) if part]
        described = {
            "event_id": secrets.token_hex(16),
            "timestamp": datetime.now(UTC).isoformat(),
            "platform": "other",
            "level": "info" if notice.is_over else "error",
            "logger": "alarm",
            "message": notice.subject,
            "extra": {"words": words},
            "fingerprint": ["alarm", notice.subject],
            **self._errors.describe_origin(),
        }
        await self._errors.send(described)
