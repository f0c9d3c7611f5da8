"""How often one person, or one address of the net, may call: a bucket of calls that fills again.

Pure, in the memory of one process.

Several processes allow several times as much. That is bounded too, and needs no document.
"""

import math
from dataclasses import dataclass

CALLS_AT_ONCE = 240
"""A page of the gallery is a call, and one for each of its 24 small pictures."""
CALLS_PER_SECOND = 8.0
UPLOAD_CALLS = 16
"""What an upload counts as: as many at once as a form takes, then one in two seconds. It is decoded and stored."""
INVOICE_CALLS = 16
"""What an order, an invoice, a call of Telegram or a file of all transfers counts as: each is work for others too."""
PEOPLE_MAX = 10_000
"""How many people one process remembers; beyond it the one who has called least recently is forgotten."""


@dataclass(slots=True)
class _Bucket:
    calls: float
    filled_at: float


class Pace:
    """The buckets of one process."""

    def __init__(self) -> None:
        self._buckets: dict[int | str, _Bucket] = {}

    def take(self, who: int | str, seconds: float, calls: int = 1) -> int:
        """Take so many calls at this instant (in seconds); 0, or after how many whole seconds to try again."""
        bucket = self._buckets.pop(who, None) or _Bucket(CALLS_AT_ONCE, seconds)
        filled = bucket.calls + max(0.0, seconds - bucket.filled_at) * CALLS_PER_SECOND
        bucket.calls, bucket.filled_at = min(float(CALLS_AT_ONCE), filled), seconds
        self._buckets[who] = bucket
        if len(self._buckets) > PEOPLE_MAX:
            del self._buckets[next(iter(self._buckets))]
        if bucket.calls < calls:
            return math.ceil((calls - bucket.calls) / CALLS_PER_SECOND)
        bucket.calls -= calls
        return 0
