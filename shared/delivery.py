"""What the task of an update says of the update's way to us: a contract between `webhook`, `bot` and the queue."""

from dataclasses import dataclass
from datetime import datetime

RECEIVED_HEADER = "X-Nanobanana-Received"
"""When the webhook got the update (ISO 8601 with its zone): Telegram keeps the order of one chat until there."""
DEFERRALS_HEADER = "X-Nanobanana-Deferrals"
"""How often `bot` put the update off."""
UPDATES_PATH = "/updates"
"""Where `chat` takes updates whose words a model has to read."""
STOPS_PATH = "/stops"
"""Where `chat` hears of jobs that somebody wants it to stop, and looks at those that it is working on."""
UPDATE_BYTES_MAX = 256 * 1024
"""The longest update the webhook forwards; Telegram's own are a few KiB."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One call of `bot` with an update."""

    received_at: datetime
    deferrals: int = 0
    failures: int = 0
    """How many deliveries ended in an error, our outages too."""

    @property
    def is_repeat(self) -> bool:
        """Whether this is a task of before that did not end well, and not the update a second time."""
        return bool(self.deferrals or self.failures)
