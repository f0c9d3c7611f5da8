"""The rules of one queue: how fast it may dispatch, when a failed task is tried again, when it is given up.

Pure: time comes in as an argument, in seconds. Numbers and meanings come from the public API reference
(`Queue.rate_limits`, `Queue.retry_config`) and the quotas page.
"""

from dataclasses import dataclass
from math import inf

RETENTION_SECONDS = 31 * 24 * 3600.0
"""A task older than this is deleted, whatever its retry settings say."""

SLOWEST_DISPATCHES_PER_SECOND = 1.0
SLOW_DOWN_STEP_SECONDS = 0.1
SLOW_DOWN_RECOVERY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class RetryRules:
    """When a failed task runs again. `attempts_max` -1 and `duration_seconds` 0 mean "no limit of this kind".

    The defaults are the real service's.
    """

    attempts_max: int = 100
    duration_seconds: float = 0.0
    min_backoff_seconds: float = 0.1
    max_backoff_seconds: float = 3600.0
    doublings_max: int = 16

    def delay_seconds(self, failures: int) -> float:
        """Wait after the given number of failures (1 or more): doubling, then linear, then the maximum."""
        doubled = min(failures - 1, self.doublings_max, 60)  # more would overflow, and outlast any maximum
        longest_doubling = self.min_backoff_seconds * 2.0**doubled
        linear_steps = failures - doubled
        return min(longest_doubling * linear_steps, self.max_backoff_seconds)

    def is_spent(self, attempts: int, seconds_since_first: float) -> bool:
        """True when no further attempt is made: attempts *and* duration must both be used up."""
        if self.attempts_max < 0 and self.duration_seconds == 0:
            return False
        attempts_spent = attempts >= self.attempts_max
        return attempts_spent and seconds_since_first >= self.duration_seconds


@dataclass(frozen=True, slots=True)
class RateRules:
    """How fast and how wide a queue dispatches. The defaults are the real service's."""

    dispatches_per_second: float = 500.0
    concurrent_max: int = 1000

    @property
    def burst(self) -> float:
        """Size of the token bucket; the real one picks "at least the rate"."""
        return max(self.dispatches_per_second, 1.0)


class TokenBucket:
    """Limits dispatches per second, and slows down when workers answer 429 or 503.

    The real service lowers a queue's effective rate for a while and does not publish by how much. Here
    each such answer (at most one per 0.1 s counts) empties the bucket and halves the rate, down to one
    dispatch a second; the rate doubles again with every second without one.
    """

    def __init__(self, rates: RateRules, now: float) -> None:
        self._rates = rates
        self._tokens = rates.burst
        self._refilled_at = now
        self._slowed_rate = rates.dispatches_per_second
        self._slowed_at = -inf

    def rate_at(self, now: float) -> float:
        """Dispatches per second allowed at this moment."""
        quiet_seconds = now - self._slowed_at
        full_rate = self._rates.dispatches_per_second
        if quiet_seconds >= SLOW_DOWN_RECOVERY_SECONDS * 10:  # 2**10 is more than 500, the highest rate
            return full_rate
        return float(min(full_rate, self._slowed_rate * 2 ** (quiet_seconds / SLOW_DOWN_RECOVERY_SECONDS)))

    def wait_seconds(self, now: float) -> float:
        """Time until the next dispatch is allowed; 0 when one is allowed now."""
        self._refill(now)
        return max(0.0, (1.0 - self._tokens) / self.rate_at(now))

    def take(self) -> None:
        """Pay for one dispatch; call it only when `wait_seconds` said 0."""
        self._tokens -= 1.0

    def slow_down(self, now: float) -> None:
        """A worker answered 429 or 503."""
        if now - self._slowed_at < SLOW_DOWN_STEP_SECONDS:
            return
        full_rate = self._rates.dispatches_per_second
        self._slowed_rate = min(full_rate, max(self.rate_at(now) / 2, SLOWEST_DISPATCHES_PER_SECOND))
        self._slowed_at = now
        self._tokens = 0.0
        self._refilled_at = now

    def _refill(self, now: float) -> None:
        rate = self.rate_at(now)
        earned = max(0.0, now - self._refilled_at) * rate
        self._tokens = min(self._tokens + earned, max(rate, 1.0))
        self._refilled_at = now
