"""Recording: spans below each other, values with few labels, and nothing at all where nobody wants it."""

import asyncio

import pytest

from shared.telemetry import record
from shared.telemetry.collector import SERIES_MAX, SPANS_MAX, Collector
from shared.telemetry.names import ERRORS, HTTP_ACTIVE, HTTP_DURATION, HTTP_ERROR, HTTP_OK, UPDATE_OK
from shared.telemetry.trace_context import read_traceparent
from tests.unit.telemetry.conftest import Times

CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


async def test_nothing_is_recorded_without_a_recorder() -> None:
    """Each call may be made, and there is no trace."""
    assert not record.is_recording()
    with record.open_span("work") as span, record.serve_request("POST", "/") as served:
        span.set({"http.route": "/"})
        span.fail("x")
        served.end(200)
        record.continue_trace(CALLER)
        assert (record.find_traceparent(), record.find_trace_id()) == ("", "")
    record.count(ERRORS)
    record.observe(HTTP_DURATION, 1.0)
    await record.export()


def test_a_span_and_its_child(collector: Collector, times: Times) -> None:
    """They share a trace, the child names its parent, and each has its times."""
    with record.open_span("outer", "server"):
        header = read_traceparent(record.find_traceparent())
        times.ns += 5
        with record.open_span("inner", "client", {"rpc.method": "sendMessage"}) as span:
            times.ns += 7
            span.set({"http.response.status_code": 200})
    inner, outer = collector.drain()
    assert (inner.context.trace_id, inner.parent_id, inner.ended_ns - inner.started_ns) == (
        outer.context.trace_id, outer.context.span_id, 7,
    )  # fmt: skip
    assert (outer.parent_id, outer.ended_ns - outer.started_ns, outer.context) == ("", 12, header)
    assert inner.attributes == {"rpc.method": "sendMessage", "http.response.status_code": 200}
    assert collector.drain() == []


def test_a_span_that_fails(collector: Collector, times: Times) -> None:
    """By an exception, by its class; by what was answered; a clock that goes back makes no negative time."""

    def divide() -> None:
        with record.open_span("first", "server"):
            times.ns -= 10
            raise ZeroDivisionError("private words")

    with pytest.raises(ZeroDivisionError):
        divide()
    with record.open_span("second", "server") as span:
        span.fail("503")
    first, second = collector.drain()
    assert (first.error_type, second.error_type) == ("ZeroDivisionError", "503")
    assert first.attributes == {"error.type": "ZeroDivisionError"}
    assert first.ended_ns == first.started_ns


def test_a_span_that_is_canceled(collector: Collector) -> None:
    """That is no failure: a worker stops showing that it works once it is done."""
    with pytest.raises(asyncio.CancelledError), record.open_span("first", "server"):
        raise asyncio.CancelledError
    assert collector.drain()[0].error_type == ""


async def test_spans_of_two_requests_do_not_meet(collector: Collector) -> None:
    """Each task has its own current span."""

    async def work(name: str) -> None:
        with record.open_span(name, "server"):
            await asyncio.sleep(0)
            with record.open_span(f"{name} inside"):
                await asyncio.sleep(0)

    await asyncio.gather(work("a"), work("b"))
    spans = {span.name: span for span in collector.drain()}
    for name in ("a", "b"):
        assert spans[f"{name} inside"].parent_id == spans[name].context.span_id
    assert spans["a"].context.trace_id != spans["b"].context.trace_id


def test_only_a_request_begins_a_trace(collector: Collector) -> None:
    """What a probe or a timer calls is in none."""
    with record.open_span("firestore batchGet", "client"), record.open_span("inside"):
        pass
    assert collector.drain() == []


def test_a_trace_is_continued(collector: Collector) -> None:
    """A request joins the trace of its caller, as that decided: exported or not."""
    with record.serve_request("POST", "/"):
        record.continue_trace("no trace")
        record.continue_trace(CALLER)
        with record.open_span("inside"):
            assert record.find_trace_id() == CALLER[3:35]
    inside, served = collector.drain()
    assert (served.context.trace_id, served.parent_id) == (CALLER[3:35], CALLER[36:52])
    assert inside.parent_id == served.context.span_id
    with record.serve_request("POST", "/"):
        record.continue_trace(f"{CALLER[:-2]}00")
    assert collector.drain() == []
    record.continue_trace(CALLER)  # outside of any span
    assert (record.find_trace_id(), record.find_traceparent()) == ("", "")


@pytest.mark.parametrize(
    ("status", "measure", "labels"),
    [
        (200, HTTP_OK, (("http.request.method", "POST"), ("http.route", "/drafts/{id}"))),
        (503, HTTP_ERROR, (("http.request.method", "POST"), ("http.route", "/drafts/{id}"))),
        (404, HTTP_ERROR, (("http.request.method", "POST"),)),
    ],
)
def test_a_request(collector: Collector, status: int, measure: str, labels: tuple[tuple[str, str], ...]) -> None:
    """Its counts, its time, and its span; a stranger's path is no label."""
    with record.serve_request("POST", "/drafts/Aa0_") as served:
        served.end(status)
    assert [*collector.series[measure]] == [labels]
    assert collector.series[measure][labels].total == 1
    assert collector.series[HTTP_ACTIVE][()].total == 0
    [duration] = collector.series[HTTP_DURATION].values()
    assert (duration.count, sum(duration.buckets)) == (1, 1)
    [span] = collector.drain()
    assert span.attributes["http.response.status_code"] == status
    assert span.error_type == ("503" if status == 503 else "")


def test_a_request_that_is_broken_off(collector: Collector) -> None:
    """Without a status it failed; a method that HTTP does not have is no label."""
    with pytest.raises(KeyboardInterrupt), record.serve_request("BREW", "/"):
        raise KeyboardInterrupt
    [[labels, series]] = collector.series[HTTP_ERROR].items()
    assert (dict(labels)["http.request.method"], series.total) == ("_OTHER", 1)


def test_labels_are_few(collector: Collector) -> None:
    """A label that the metric does not have is dropped, and too many values become one series."""
    record.count(UPDATE_OK, {"telegram.update.kind": "message", "http.route": "/", "user": "7"})
    assert [*collector.series[UPDATE_OK]] == [(("telegram.update.kind", "message"),)]
    for number in range(SERIES_MAX + 50):
        record.count(UPDATE_OK, {"telegram.update.kind": f"k{number}"}, 2)
    assert len(collector.series[UPDATE_OK]) == SERIES_MAX + 1
    assert collector.series[UPDATE_OK][(("otel.metric.overflow", True),)].total == 2 * 51


def test_memory_is_bounded(collector: Collector) -> None:
    """While nobody takes spans the oldest go; what could not be sent waits before what came meanwhile."""
    for number in range(SPANS_MAX + 10):
        with record.open_span(f"s{number}", "server"):
            pass
    spans = collector.drain()
    assert (len(spans), spans[0].name) == (SPANS_MAX, "s10")
    with record.open_span("new", "server"):
        pass
    collector.give_back(spans)
    waiting = collector.drain()
    assert (len(waiting), waiting[0].name, waiting[-1].name) == (SPANS_MAX, "s11", "new")
    collector.spans.extend(waiting)
    collector.give_back(spans)
    assert [span.name for span in collector.drain()] == [span.name for span in waiting]


def test_errors_are_counted_by_their_class(collector: Collector) -> None:
    """Not by their words; one that has no class by its event."""
    collector.count_error("request_failed", "ERROR", ZeroDivisionError("private words"), {})
    collector.count_error("books_wrong", "ERROR", None, {})
    assert [*collector.series[ERRORS]] == [(("error.type", "ZeroDivisionError"),), (("error.type", "books_wrong"),)]
