"""A receiver of OpenTelemetry's OTLP that keeps the newest traces and metrics in memory and shows them on a page.

In a test::

    async with run_telemetry() as telemetry:
        ...                                     # something exports to telemetry.base_url
        [trace] = telemetry.traces.values()
"""

from infra.local.telemetry.received import Received, Span
from infra.local.telemetry.running import Telemetry, run_telemetry

__all__ = ["Received", "Span", "Telemetry", "run_telemetry"]
