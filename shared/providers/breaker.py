"""A circuit breaker: after failures in a row one job probes the provider, the others wait.

    CLOSED ──failures in a row──▶ OPEN ──its pause is over──▶ one job PROBES ──success──▶ CLOSED
                                   ▲                              │
                                   └───────────failure────────────┘

There is one breaker per process, with a gauge for each rung. Instances do not know each other: each probes once per
pause, so ten instances make about one call a second while the provider is down.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.providers.outcomes import Busy, Gone, ModelOutcome, TimedOut

FAILURES_MAX = 2
"""After so many rejected calls in a row the breaker opens."""
PROBE_PAUSE_SECONDS = 4.0
"""The pause before the first probe; it doubles each time."""
PROBE_PAUSE_DOUBLINGS_MAX = 1
PROBE_SECONDS_MAX = 30.0
"""A probe without an outcome in this time was stopped or has died; then another job may probe."""


@dataclass(slots=True)
class _Gauge:
    """The state of one model."""

    failures: int = 0
    probes: int = 0
    """Failed probes since it opened."""
    opened_at: datetime | None = None
    next_probe_at: datetime | None = None
    prober: str = ""
    """The job that may ask while it is open."""
    is_fault: bool = False


class Breaker:
    """See the module's docstring."""

    def __init__(self) -> None:
        self._gauges: dict[str, _Gauge] = {}

    def admits(self, rung_name: str, job_id: str, now: datetime) -> bool:
        """Whether this job may ask now; while the breaker is open, only the probing job may."""
        gauge = self._gauges.get(rung_name)
        if gauge is None or gauge.next_probe_at is None:
            return True
        if now >= gauge.next_probe_at:
            gauge.prober, gauge.next_probe_at = job_id, now + timedelta(seconds=PROBE_SECONDS_MAX)
        return gauge.prober == job_id

    def is_faulty(self, rung_name: str) -> bool:
        """Whether the last rejection was a fault instead of *busy*."""
        gauge = self._gauges.get(rung_name)
        return gauge is not None and gauge.is_fault

    def record(
        self, rung_name: str, outcome: ModelOutcome | Gone, started_at: datetime, now: datetime, jitter: float
    ) -> None:
        """Note how a call ended. A success does not close the breaker if its call began before the breaker opened."""
        gauge = self._gauges.setdefault(rung_name, _Gauge())
        match outcome:
            case Busy():
                gauge.failures, gauge.is_fault = gauge.failures + 1, outcome.is_fault
                self._open(gauge, started_at, now, jitter)
            case TimedOut():
                return
            case _ if gauge.opened_at is None or started_at >= gauge.opened_at:
                del self._gauges[rung_name]

    def _open(self, gauge: _Gauge, started_at: datetime, now: datetime, jitter: float) -> None:
        if gauge.opened_at is None:
            if gauge.failures < FAILURES_MAX:
                return
            gauge.opened_at = now
        elif started_at < gauge.opened_at:  # the call began before the breaker opened
            return
        else:
            gauge.probes += 1
        seconds = PROBE_PAUSE_SECONDS * 2 ** min(gauge.probes, PROBE_PAUSE_DOUBLINGS_MAX) * (1 + jitter / 2)
        gauge.prober, gauge.next_probe_at = "", now + timedelta(seconds=seconds)
