"""What was received: OTLP in JSON becomes traces, the newest last, and the last value of each series."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

TRACES_MAX = 300
SERIES_MAX = 2_000
NS_PER_MS = 1_000_000
Json = dict[str, Any]
Series = tuple[str, str, tuple[tuple[str, str], ...]]
"""Metric, service, labels."""


@dataclass(frozen=True, slots=True)
class Span:
    """A span of a service."""

    trace_id: str
    id: str
    parent_id: str
    """Empty: it began the trace."""
    service: str
    name: str
    kind: int
    started_ms: float
    """Unix time."""
    ended_ms: float
    attributes: Mapping[str, str]
    has_failed: bool


@dataclass(frozen=True, slots=True)
class Value:
    """A sum, or of a histogram the sum of `count` values."""

    total: float
    count: int | None
    unit: str


class Received:
    """Of all processes."""

    def __init__(self) -> None:
        self.traces: dict[str, dict[str, Span]] = {}
        """By trace id and span id."""
        self._values: dict[tuple[Series, str], Value] = {}
        """The sums of each process, by series and instance."""

    def take_traces(self, said: Json) -> None:
        """Raises KeyError, TypeError, ValueError for what is no export of traces."""
        for service, _, scope in _list_scopes(said["resourceSpans"], "scopeSpans"):
            for each in scope["spans"]:
                span = _read_span(service, each)
                self.traces.setdefault(span.trace_id, {})[span.id] = span
        while len(self.traces) > TRACES_MAX:
            del self.traces[next(iter(self.traces))]

    def take_metrics(self, said: Json) -> None:
        """Raises as above."""
        for service, instance, scope in _list_scopes(said["resourceMetrics"], "scopeMetrics"):
            for metric in scope["metrics"]:
                for point in (metric.get("sum") or metric["histogram"])["dataPoints"]:
                    series = (str(metric["name"]), service, tuple(sorted(_read_attributes(point).items())))
                    if len(self._values) < SERIES_MAX:
                        self._values[series, instance] = _read_value(metric, point)

    def list_values(self) -> dict[Series, Value]:
        """Each series with the sum over its processes."""
        found: dict[Series, Value] = {}
        for (series, _), value in self._values.items():
            before = found.get(series, Value(0.0, None if value.count is None else 0, value.unit))
            count = None if value.count is None else (before.count or 0) + value.count
            found[series] = Value(before.total + value.total, count, value.unit)
        return dict(sorted(found.items()))


def _list_scopes(resources: list[Json], scopes: str) -> Iterator[tuple[str, str, Json]]:
    """The service, its instance, and what it says."""
    for each in resources:
        about = _read_attributes(each["resource"])
        for scope in each[scopes]:
            yield about.get("service.name", "?"), about.get("service.instance.id", ""), scope


def _read_span(service: str, said: Json) -> Span:
    started_ms, ended_ms = (int(said[name]) / NS_PER_MS for name in ("startTimeUnixNano", "endTimeUnixNano"))
    return Span(
        trace_id=str(said["traceId"]),
        id=str(said["spanId"]),
        parent_id=str(said.get("parentSpanId", "")),
        service=service,
        name=str(said["name"]),
        kind=int(said["kind"]),
        started_ms=started_ms,
        ended_ms=ended_ms,
        attributes=_read_attributes(said),
        has_failed="status" in said,
    )


def _read_value(metric: Json, point: Json) -> Value:
    if "histogram" in metric:
        return Value(float(point["sum"]), int(point["count"]), str(metric["unit"]))
    return Value(float(point["asDouble"]), None, str(metric["unit"]))


def _read_attributes(said: Json) -> dict[str, str]:
    return {str(each["key"]): str(*each["value"].values()) for each in said.get("attributes", ())}
