"""Our exports over real HTTP, read by OpenTelemetry's own messages; and what becomes of them when nobody takes them."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from google.protobuf.json_format import Parse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from infra.local.telemetry import run_telemetry
from shared.adapters.metadata_token import MetadataToken
from shared.adapters.otlp import OtlpExporter
from shared.errors import UnavailableError
from shared.telemetry import record
from shared.telemetry.collector import Collector
from shared.telemetry.measures import MEASURES
from shared.telemetry.names import UPDATE_OK
from tests.contracts.http_server import Reply, Server, serve_http

IDS = ("traceId", "spanId", "parentSpanId")


@pytest.fixture
def server() -> Iterator[Server]:
    with serve_http() as running:
        yield running


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    record.record_with(collector)
    yield collector
    record.record_with(None)


@pytest.fixture
async def exporter(server: Server, collector: Collector) -> AsyncIterator[OtlpExporter]:
    exporter = OtlpExporter(f"{server.url}/otlp", {"service.name": "bot"}, collector)
    yield exporter
    await exporter.close()


def work() -> None:
    """A request with a failed call, and a value of every metric."""
    with record.serve_request("POST", "/") as served:
        with record.open_span("telegram sendMessage", "client", {"http.response.status_code": 403}) as span:
            span.fail("403")
        served.end(200)
    for name, measure in MEASURES.items():
        if measure.bounds:
            record.observe(name, 1)
        else:
            record.count(name)


def as_protobuf(value: Any) -> Any:
    """JSON of OTLP as JSON of protobuf, which differ in how they write ids."""
    if isinstance(value, list):
        return [as_protobuf(each) for each in value]
    if isinstance(value, dict):
        return {
            name: b64encode(bytes.fromhex(each)).decode() if name in IDS else as_protobuf(each)
            for name, each in value.items()
        }
    return value


async def test_spans_are_read_by_opentelemetry(server: Server, exporter: OtlpExporter) -> None:
    """Its messages know every field, and find the ids, kinds, status and times."""
    work()
    await exporter.export_spans()
    await exporter.export_spans()  # nothing is left
    [request] = server.requests
    assert (request.path, request.headers["content-type"]) == ("/otlp/v1/traces", "application/json")
    body = json.dumps(as_protobuf(json.loads(request.body)))
    said = Parse(body, ExportTraceServiceRequest())  # type: ignore[no-untyped-call]
    about = {each.key: each.value.string_value for each in said.resource_spans[0].resource.attributes}
    assert about["service.name"] == "bot"
    assert len(about["service.instance.id"]) == 16
    inner, outer = said.resource_spans[0].scope_spans[0].spans
    assert (len(outer.trace_id), len(outer.span_id)) == (16, 8)
    assert (inner.trace_id, inner.parent_span_id) == (outer.trace_id, outer.span_id)
    assert (inner.kind, outer.kind) == (Span.SPAN_KIND_CLIENT, Span.SPAN_KIND_SERVER)
    assert (inner.status.code, outer.status.code) == (Status.STATUS_CODE_ERROR, Status.STATUS_CODE_UNSET)
    assert 0 < outer.start_time_unix_nano <= inner.start_time_unix_nano <= inner.end_time_unix_nano


async def test_metrics_are_read_by_opentelemetry(server: Server, exporter: OtlpExporter) -> None:
    """All of them, cumulative, with their units and as many buckets as bounds and one."""
    await exporter.export_metrics()  # there is none yet
    work()
    await exporter.export_metrics()
    [request] = server.requests
    assert request.path == "/otlp/v1/metrics"
    said = Parse(request.body, ExportMetricsServiceRequest())  # type: ignore[no-untyped-call]
    metrics = {each.name: each for each in said.resource_metrics[0].scope_metrics[0].metrics}
    assert metrics.keys() == MEASURES.keys()
    for name, measure in MEASURES.items():
        data = metrics[name].histogram if measure.bounds else metrics[name].sum
        assert data.aggregation_temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
        assert metrics[name].unit == measure.unit
        for point in data.data_points:
            assert point.time_unix_nano >= point.start_time_unix_nano > 0
            if measure.bounds:
                assert len(point.bucket_counts) == len(point.explicit_bounds) + 1
                assert sum(point.bucket_counts) == point.count


async def test_spans_wait_while_nobody_takes_them(server: Server, exporter: OtlpExporter, collector: Collector) -> None:
    """After 503 they are sent again, with those that came meanwhile."""
    work()
    server.answer = lambda _: Reply(503)
    with pytest.raises(UnavailableError):
        await exporter.export_spans()
    work()
    server.answer = lambda _: Reply()
    await exporter.export_spans()
    spans = json.loads(server.requests[-1].body)["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert len(spans) == 4
    assert not collector.spans


@pytest.mark.parametrize("reply", [Reply(400), Reply(200, b'{"partialSuccess":{"rejectedSpans":"2"}}')])
async def test_what_is_refused_is_dropped(
    server: Server, exporter: OtlpExporter, reply: Reply, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sending it again would not help; the log says so."""
    work()
    server.answer = lambda _: reply
    await exporter.export_spans()
    await exporter.export_spans()
    assert len(server.requests) == 1
    assert json.loads(capsys.readouterr().out)["event"] == "telemetry_refused"


async def test_nobody_listens(collector: Collector) -> None:
    """The caller is told, and nothing is lost."""
    work()
    exporter = OtlpExporter("http://127.0.0.1:1", {}, collector)
    with pytest.raises(UnavailableError):
        await exporter.export_spans()
    assert len(collector.spans) == 2


def test_google_gets_the_accounts_token(collector: Collector) -> None:
    """Only its own endpoint does."""
    google = OtlpExporter("https://telemetry.googleapis.com", {}, collector)
    assert isinstance(google._poster._token, MetadataToken)
    for other in ("https://telemetry.googleapis.com.evil.test", "http://127.0.0.1:4318"):
        assert OtlpExporter(other, {}, collector)._poster._token is None


async def test_the_local_receiver_keeps_and_shows_them(collector: Collector) -> None:
    """It takes what we export, refuses what is none, and its pages show it in both languages, escaped."""
    async with run_telemetry() as telemetry, httpx.AsyncClient(base_url=telemetry.base_url) as client:
        assert "Write to the bot" in (await client.get("/")).text
        work()
        record.count(UPDATE_OK, {"telegram.update.kind": "tap"}, 2)
        exporter = OtlpExporter(telemetry.base_url, {"service.name": "<bot>"}, collector)
        await exporter.export_spans()
        await exporter.export_metrics()
        await exporter.close()
        [trace_id] = telemetry.received.traces
        overview, trace = (await client.get("/?lang=ru")).text, (await client.get(f"/traces/{trace_id}")).text
        assert "Трассы" in overview
        assert UPDATE_OK in overview
        assert "telegram sendMessage" in trace
        assert "<bot>" not in overview + trace
        assert (await client.get("/traces/unknown")).status_code == 404
        for path in ("/v1/traces", "/v1/metrics"):
            assert (await client.post(path, content=b"{}")).status_code == 415
            assert (await client.post(path, json={"resourceSpans": 1})).status_code == 400
