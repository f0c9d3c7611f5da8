"""A function with an address for telemetry, as deployed: whose trace it continues, and what it exports."""

from collections.abc import AsyncIterator

import pytest

from infra.local.telemetry import Span, Telemetry, run_telemetry
from shared.logs import log_event
from shared.telemetry import record
from shared.wiring import Once
from tests.contracts.http_server import serve_http
from tests.functions.conftest import Function, Load
from tests.world import World

OURS, STRANGERS = "4bf92f3577b34da6a3ce929d0e0e4736", "a" * 32


def name_caller(trace_id: str) -> str:
    return f"00-{trace_id}-00f067aa0ba902b7-01"


@pytest.fixture
async def telemetry() -> AsyncIterator[Telemetry]:
    async with run_telemetry() as running:
        yield running


@pytest.fixture
def sweep(load_task: Load, world: World, telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch) -> Function:
    function = load_task("sweep", OTEL_EXPORTER_OTLP_ENDPOINT=telemetry.base_url)
    monkeypatch.setattr(function.module, "ports", Once(lambda: world.repair_ports))
    return function


def list_spans(telemetry: Telemetry) -> dict[str, Span]:
    """Trace id → its only span."""
    return {trace_id: span for trace_id, spans in telemetry.received.traces.items() for span in spans.values()}


async def test_a_task_continues_the_trace_of_its_creator(sweep: Function, telemetry: Telemetry) -> None:
    """The answer waits until the span of the request is exported: after it an instance gets no CPU."""
    assert (await sweep.post(traceparent=name_caller(OURS))).status_code == 200
    [(trace_id, span)] = list_spans(telemetry).items()
    assert (trace_id, span.parent_id, span.service) == (OURS, "00f067aa0ba902b7", "sweep")
    assert (span.attributes["http.route"], span.attributes["http.response.status_code"]) == ("/", "200")
    names = {name for name, _, _ in telemetry.received.list_values()}
    assert {"http.server.request.duration", "http.server.ok.request.total"} <= names


async def test_a_stranger_chooses_no_trace(sweep: Function, telemetry: Telemetry) -> None:
    """Without a valid token the request is counted, and is in no trace that its header names."""
    sweep.token = ""
    assert (await sweep.post(traceparent=name_caller(STRANGERS))).status_code == 403
    [(trace_id, span)] = list_spans(telemetry).items()
    assert (trace_id != STRANGERS, span.parent_id) == (True, "")
    assert "http.route" not in span.attributes


async def test_nothing_is_recorded_without_an_address(load_task: Load) -> None:
    """Neither variable is set."""
    load_task("sweep")
    assert not record.is_recording()


@pytest.mark.parametrize("path", ["/mp/collect/G-TEST", "/import"])
async def test_business_events_leave_with_the_answer(
    load_task: Load, world: World, monkeypatch: pytest.MonkeyPatch, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A day that is summed reaches the service that the address tells, and a line of its own reaches the log."""
    with serve_http() as server:
        dsn = server.url.replace("http://", "http://TESTnotarealkey@") + path
        sweep = load_task("sweep", ANALYTICS="on", ANALYTICS_DSN=dsn)
        monkeypatch.setattr(sweep.module, "ports", Once(lambda: world.repair_ports))
        log_event("day_summed", day="2026-11-29", people=3, ends={"delivered picture": 4})
        assert (await sweep.post()).status_code == 200
        [request] = server.requests
    assert b"2026-11-29" in request.body
    assert b"picture" not in request.body
    lines = capsys.readouterr().out
    assert (
        '{"severity": "INFO", "event": "business_event", "name": "day_summed", "day": "2026-11-29", "people": 3}'
        in lines
    )
    assert "TESTnotarealkey" not in lines


async def test_business_events_without_a_service(load_task: Load, capsys: pytest.CaptureFixture[str]) -> None:
    """For the sink alone nothing is recorded and nothing is sent; without the switch there is no such line."""
    load_task("sweep")
    log_event("person_erased")
    assert "business_event" not in capsys.readouterr().out
    load_task("sweep", ANALYTICS="on")
    log_event("person_erased")
    assert "business_event" in capsys.readouterr().out
    assert not record.is_recording()


async def test_an_alarm_reaches_slack_and_sentry(load_task: Load) -> None:
    """Both places beside Telegram, of which none is set here."""
    from tests.unit.telegram.test_tell_alarm import INCIDENT, push

    with serve_http() as server:
        dsn = server.url.replace("http://", "http://TESTnotarealkey@") + "/42"
        sweep = load_task("sweep", SLACK_WEBHOOK_URL=f"{server.url}/services/T/B/TEST", SENTRY_DSN=dsn)
        assert (await sweep.post("/alarms", push(INCIDENT))).status_code == 200
        assert [request.path for request in server.requests] == ["/services/T/B/TEST", "/api/42/envelope/"]
