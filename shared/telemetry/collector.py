"""Spans and values of one process, kept until they are exported. Pure memory: an exporter sends them."""

import asyncio
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import Self

from shared.telemetry.attributes import allow
from shared.telemetry.measures import MEASURES
from shared.telemetry.names import ERRORS
from shared.telemetry.record import Attributes, Kind, Served, Value
from shared.telemetry.scheduled_export import ScheduledExport
from shared.telemetry.serve import serve
from shared.telemetry.trace_context import TraceContext, begin_trace, read_traceparent, write_traceparent

SPANS_MAX = 2_000
"""The most that wait, about 1 MB. While nobody takes them, the oldest are dropped."""
SERIES_MAX = 200
"""Of one metric. More label values, and everything new is counted in one series marked as overflow:
https://opentelemetry.io/docs/specs/otel/metrics/sdk/#cardinality-limits
"""
Labels = tuple[tuple[str, Value], ...]
OVERFLOW: Labels = (("otel.metric.overflow", True),)
Now = Callable[[], int]
_current: ContextVar["OpenSpan | None"] = ContextVar("span", default=None)


@dataclass(frozen=True, slots=True)
class EndedSpan:
    """A span as it is exported; times in nanoseconds of Unix time."""

    name: str
    kind: Kind
    context: TraceContext
    parent_id: str
    """Empty: it began the trace."""
    started_ns: int
    ended_ns: int
    attributes: dict[str, Value]
    error_type: str
    """Empty: it did not fail."""


@dataclass(slots=True)
class Series:
    """The values of one metric with the same labels since the process began."""

    total: float = 0.0
    count: int = 0
    buckets: list[int] = field(default_factory=list)
    """How many values fell below each bound, and one more for the rest; empty: a counter."""


class OpenSpan:
    """A span that runs; it ends with its block."""

    def __init__(self, collector: "Collector", name: str, kind: Kind, attributes: Attributes) -> None:
        parent = _current.get()
        self._collector, self.name, self.kind = collector, name, kind
        self._attributes, self._error_type = dict(attributes), ""
        self._token: Token[OpenSpan | None] | None = None
        # Only a request begins a trace: what a probe or a timer calls would be a trace of one span.
        share = collector.share if kind == "server" else 0.0
        self.context: TraceContext = begin_trace(share) if parent is None else parent.context.open_child()
        self.parent_id = "" if parent is None else parent.context.span_id
        self.started_ns = collector.now()

    def set(self, attributes: Attributes) -> None:
        self._attributes.update(attributes)

    def fail(self, error_type: str) -> None:
        self._error_type = error_type

    def join(self, parent: TraceContext) -> None:
        """Move this span, which has no children yet, below its caller's."""
        self.context, self.parent_id = self.context.move_to(parent), parent.span_id

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        assert self._token is not None
        _current.reset(self._token)
        if kind is not None and issubclass(kind, Exception):  # a cancellation is no failure
            self._error_type = kind.__name__
        if self.context.is_sampled:
            self._collector.take(self._end())

    def _end(self) -> EndedSpan:
        attributes = allow(self._attributes | ({"error.type": self._error_type} if self._error_type else {}))
        ended_ns = self._collector.now()
        moments = (self.started_ns, max(ended_ns, self.started_ns))
        return EndedSpan(self.name, self.kind, self.context, self.parent_id, *moments, attributes, self._error_type)


class Collector:
    """One per process."""

    def __init__(self, share: float = 1.0, now: Now = time.time_ns) -> None:
        """`share` of the traces that begin here are exported; those that a caller began, as it decided."""
        self.share, self.now = share, now
        self.exports = list[ScheduledExport]()
        self.started_ns = now()
        self.spans: deque[EndedSpan] = deque(maxlen=SPANS_MAX)
        self.series: dict[str, dict[Labels, Series]] = {}

    def open_span(self, name: str, kind: Kind, attributes: Attributes) -> OpenSpan:
        return OpenSpan(self, name, kind, attributes)

    def serve(self, method: str, path: str) -> AbstractContextManager[Served]:
        return serve(method, path)

    def take(self, span: EndedSpan) -> None:
        """Keep a span that has ended."""
        self.spans.append(span)

    def add(self, measure: str, amount: float, labels: Attributes) -> None:
        self._find_series(measure, labels).total += amount

    def observe(self, measure: str, value: float, labels: Attributes) -> None:
        series, bounds = self._find_series(measure, labels), MEASURES[measure].bounds
        if not series.buckets:
            series.buckets = [0] * (len(bounds) + 1)
        series.buckets[bisect_left(bounds, value)] += 1
        series.total += value
        series.count += 1

    def count_error(self, event: str, _severity: str, error: BaseException | None, _fields: object) -> None:
        """Count an error that was logged (`report_errors_to` in shared/logs.py); one without a class by its event."""
        self.add(ERRORS, 1, {"error.type": event if error is None else type(error).__name__})

    def traceparent(self) -> str:
        span = _current.get()
        return "" if span is None else write_traceparent(span.context)

    def trace_id(self) -> str:
        span = _current.get()
        return "" if span is None else span.context.trace_id

    def continue_trace(self, header: str | None) -> None:
        span, parent = _current.get(), read_traceparent(header)
        if span is not None and parent is not None:
            span.join(parent)

    async def export(self) -> None:
        await asyncio.gather(*(each.run_if_due() for each in self.exports))

    def drain(self) -> list[EndedSpan]:
        """The spans that wait, which are forgotten here."""
        spans = list(self.spans)
        self.spans.clear()
        return spans

    def give_back(self, spans: list[EndedSpan]) -> None:
        """Spans that could not be sent wait again, as far as there is room beside those that came meanwhile."""
        room = SPANS_MAX - len(self.spans)
        self.spans.extendleft(reversed(spans[-room:] if room else []))

    def _find_series(self, measure: str, labels: Attributes) -> Series:
        """The series of these labels, as far as the metric has them."""
        known, all_series = MEASURES[measure].labels, self.series.setdefault(measure, {})
        key = tuple(sorted((name, value) for name, value in allow(labels).items() if name in known))
        if key not in all_series:
            key = key if len(all_series) < SERIES_MAX else OVERFLOW
            all_series.setdefault(key, Series())
        return all_series[key]
