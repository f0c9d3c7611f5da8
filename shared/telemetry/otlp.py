"""Spans and metrics as OTLP in JSON, for POST /v1/traces and /v1/metrics.

https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: ids in hexadecimal, 64-bit integers as strings, enums
as numbers. A contract test lets OpenTelemetry's own messages read it (`tests/contracts/test_otlp.py`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from shared.telemetry.collector import Collector, EndedSpan, Labels, Series
from shared.telemetry.measures import MEASURES, Measure
from shared.telemetry.record import Kind, Value

TRACES_PATH, METRICS_PATH = "/v1/traces", "/v1/metrics"
_KINDS: Mapping[Kind, int] = {"internal": 1, "server": 2, "client": 3, "producer": 4}
_ERROR = 2
_CUMULATIVE = 2
_SCOPE = {"name": "nanobanana"}
Resource = Mapping[str, str]


def describe_traces(resource: Resource, spans: Iterable[EndedSpan]) -> dict[str, Any]:
    """The body of an export of these spans."""
    scope = {"scope": _SCOPE, "spans": [_describe_span(span) for span in spans]}
    return {"resourceSpans": [{"resource": _describe_resource(resource), "scopeSpans": [scope]}]}


def describe_metrics(resource: Resource, collector: Collector) -> dict[str, Any]:
    """The body of an export of all metrics: their sums since the process began."""
    times = {"startTimeUnixNano": str(collector.started_ns), "timeUnixNano": str(collector.now())}
    metrics = [_describe_metric(name, series, times) for name, series in collector.series.items()]
    scope = {"scope": _SCOPE, "metrics": metrics}
    return {"resourceMetrics": [{"resource": _describe_resource(resource), "scopeMetrics": [scope]}]}


def _describe_resource(resource: Resource) -> dict[str, Any]:
    return {"attributes": _describe_attributes(resource.items())}


def _describe_span(span: EndedSpan) -> dict[str, Any]:
    described: dict[str, Any] = {
        "traceId": span.context.trace_id,
        "spanId": span.context.span_id,
        "name": span.name,
        "kind": _KINDS[span.kind],
        "startTimeUnixNano": str(span.started_ns),
        "endTimeUnixNano": str(span.ended_ns),
        "attributes": _describe_attributes(span.attributes.items()),
    }
    if span.parent_id:
        described["parentSpanId"] = span.parent_id
    if span.error_type:
        described["status"] = {"code": _ERROR}
    return described


def _describe_metric(name: str, series: Mapping[Labels, Series], times: Mapping[str, str]) -> dict[str, Any]:
    measure = MEASURES[name]
    points = [{"attributes": _describe_attributes(labels), **times, **_describe_point(measure, each)}
              for labels, each in series.items()]  # fmt: skip
    data: dict[str, Any] = {"dataPoints": points, "aggregationTemporality": _CUMULATIVE}
    kind = {"histogram": data} if measure.bounds else {"sum": data | {"isMonotonic": not measure.falls}}
    return {"name": name, "unit": measure.unit, "description": measure.about, **kind}


def _describe_point(measure: Measure, series: Series) -> dict[str, Any]:
    if not measure.bounds:
        return {"asDouble": series.total}
    return {
        "count": str(series.count),
        "sum": series.total,
        "bucketCounts": [str(each) for each in series.buckets],
        "explicitBounds": list(measure.bounds),
    }


def _describe_attributes(attributes: Iterable[tuple[str, Value]]) -> list[dict[str, Any]]:
    return [{"key": name, "value": _describe_value(value)} for name, value in attributes]


def _describe_value(value: Value) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}
