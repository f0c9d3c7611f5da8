"""Where the operators are told of something: a chat of Telegram, a channel of Slack, Sentry."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell, in plain text. It holds nothing of the bot's people."""

    subject: str
    """Which alarm rings."""
    is_over: bool
    summary: str
    """What was measured; may be empty."""
    advice: str
    """What to do; may be empty."""
    url: str
    """Where it can be seen; empty: nowhere."""


class NoticePlace(Protocol):
    """One place. The same notice may be told twice."""

    name: str
    """For the log."""

    async def tell(self, notice: Notice) -> None:
        """Raises UnavailableError if it may not have arrived, NoticeRefusedError if it never will."""
        ...
