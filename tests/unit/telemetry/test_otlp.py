"""OTLP in JSON: what its specification says of ids, numbers and enums."""

from typing import Any

from shared.settings import TelemetrySettings
from shared.telemetry import record
from shared.telemetry.collector import Collector
from shared.telemetry.names import HTTP_ACTIVE, HTTP_DURATION, UPDATE_OK
from shared.telemetry.otlp import describe_metrics, describe_traces
from shared.telemetry.resource import describe_process
from tests.unit.telemetry.conftest import Times

RESOURCE = {"service.name": "bot"}


def test_traces(collector: Collector, times: Times) -> None:
    """Ids in hexadecimal, times as strings, kinds as numbers, a failure as a status; a root has no parent."""
    size = {"messaging.message.body.size": 7}
    with record.open_span("outer", "server"), record.open_span("inner", "client", size) as span:
        times.ns += 1
        span.fail("503")
    said = describe_traces(RESOURCE, collector.drain())
    [resource] = said["resourceSpans"]
    assert resource["resource"] == {"attributes": [{"key": "service.name", "value": {"stringValue": "bot"}}]}
    inner, outer = resource["scopeSpans"][0]["spans"]
    assert (inner["parentSpanId"], inner["traceId"]) == (outer["spanId"], outer["traceId"])
    assert "parentSpanId" not in outer
    assert "status" not in outer
    assert (inner["kind"], outer["kind"], inner["status"]) == (3, 2, {"code": 2})
    assert int(inner["endTimeUnixNano"]) - int(inner["startTimeUnixNano"]) == 1
    assert {"key": "messaging.message.body.size", "value": {"intValue": "7"}} in inner["attributes"]


def test_metrics(collector: Collector, times: Times) -> None:
    """A counter only grows, a gauge may fall, a histogram has its buckets; all since the process began."""
    record.count(UPDATE_OK, {"telegram.update.kind": "tap"})
    record.count(HTTP_ACTIVE, amount=2)
    record.observe(HTTP_DURATION, 0.01)
    record.observe(HTTP_DURATION, 99.0)
    times.ns += 10
    said = describe_metrics(RESOURCE, collector)
    metrics: dict[str, Any] = {each["name"]: each for each in said["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]}
    updates, active, duration = metrics[UPDATE_OK], metrics[HTTP_ACTIVE], metrics[HTTP_DURATION]
    [point] = updates["sum"]["dataPoints"]
    assert int(point["timeUnixNano"]) - int(point["startTimeUnixNano"]) == 10
    assert (point["asDouble"], updates["sum"]["isMonotonic"], updates["sum"]["aggregationTemporality"]) == (1, True, 2)
    assert (active["sum"]["isMonotonic"], active["unit"]) == (False, "{request}")
    [point] = duration["histogram"]["dataPoints"]
    assert (point["count"], point["sum"]) == ("2", 99.01)
    assert point["bucketCounts"] == ["0", "1", *["0"] * 12, "1"]
    assert len(point["explicitBounds"]) == 14


def test_values_of_other_types(collector: Collector) -> None:
    """A truth is no number; a fraction stays one."""
    span = describe_traces({}, [])
    assert span["resourceSpans"][0]["resource"] == {"attributes": []}
    collector.series[UPDATE_OK] = {}
    labels = (("otel.metric.overflow", True), ("x", 0.5))
    collector.series[UPDATE_OK][labels] = collector._find_series(HTTP_ACTIVE, {})
    [metric, *_] = describe_metrics({}, collector)["resourceMetrics"][0]["scopeMetrics"][0]["metrics"]
    [point] = metric["sum"]["dataPoints"]
    assert [each["value"] for each in point["attributes"]] == [{"boolValue": True}, {"doubleValue": 0.5}]


def test_what_a_process_tells_of_itself() -> None:
    """Function, release, place; no secret."""
    env = {
        "GOOGLE_CLOUD_PROJECT": "p",
        "GOOGLE_CLOUD_LOCATION": "europe-west1",
        "SENTRY_DSN": "https://TESTkey@sentry.test/1",
        "IMAGE_DIGEST": "sha256:0",
        "APP_VERSION": "1.2.3",
        "K_REVISION": "bot-7",
    }
    told = describe_process("bot", TelemetrySettings.read(env))
    assert (told["service.name"], told["container.image.id"]) == ("bot", "sha256:0")
    assert told["cloud.region"] == "europe-west1"
    assert "TESTkey" not in str(told)
