"""The headers of an update's task: a contract between `webhook`, `bot`, `chat` and the queue."""

from dataclasses import dataclass
from datetime import datetime

RECEIVED_HEADER = "X-Nanobanana-Received"
"""When the webhook received the update (ISO 8601 with its zone): up to there Telegram keeps the order of a chat."""
DEFERRALS_HEADER = "X-Nanobanana-Deferrals"
"""How often the update was deferred."""
UPDATES_PATH = "/updates"
"""The path at which `chat` takes updates whose words a model has to read."""
STOPS_PATH = "/stops"
"""The path at which `chat` is told to check a running job at once, because its person pressed *Stop*."""
ACTS_PATH = "/acts"
"""The path at which `bot` does what the Mini App's function, which has no bot token, asks for."""
RECONCILE_PATH = "/payments"
"""The path at which `bot` compares Telegram's list of payments with ours."""
ALARMS_PATH = "/alarms"
"""The path at which `sweep` is told of alarms."""
LOOK_PATH = "/webhook"
"""The path at which `bot` asks Telegram about its webhook."""
UPDATE_BYTES_MAX = 256 * 1024
"""The longest update that the webhook forwards; Telegram's own are a few KiB."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery of an update to `bot` or `chat`."""

    received_at: datetime
    deferrals: int = 0
    failures: int = 0
    """How many deliveries ended in an error, outages of ours included."""

    @property
    def is_repeat(self) -> bool:
        """Whether this task was delivered before; a repeated update comes as a new task."""
        return bool(self.deferrals or self.failures)
