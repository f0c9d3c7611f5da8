"""What decides whether a person gets the operators' news: a field of the user's document. Pure."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class News:
    """See the module's docstring."""

    is_off: bool = False
    """The person wants none."""
    blocked_at: datetime | None = None
    """When a broadcast found that the bot cannot write to the person; None again once they write to the bot."""
    seen_on: str = ""
    """The last UTC day on which the person did something that was stored, as YYYY-MM-DD; empty: before this existed."""
    language: str = ""
    """The language in which the bot answered them on that day."""


def mark_seen(news: News, language: str, now: datetime, *, is_private: bool) -> News:
    """The news of a person who has just written; in a group that does not show that the bot may write to them."""
    blocked_at = None if is_private else news.blocked_at
    return replace(news, seen_on=now.astimezone(UTC).date().isoformat(), language=language, blocked_at=blocked_at)
