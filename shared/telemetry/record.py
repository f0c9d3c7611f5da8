"""Where the product says what it does: spans of a trace, and values of metrics.

Without a recorder each of these functions only looks at one variable. `start_telemetry` (`shared/wiring.py`) sets one
where telemetry is exported, and loads the rest of this package only then.

    with open_span("telegram sendMessage", "client") as span:
        span.set({"http.response.status_code": await send()})
    count(ERRORS, {"error.type": "UnavailableError"})
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from typing import Literal, Protocol, Self

Value = str | int | float
Attributes = Mapping[str, Value]
Kind = Literal["internal", "server", "client", "producer"]
NONE: Attributes = {}


class Span(Protocol):
    """A piece of work, from entering the block to leaving it."""

    def set(self, attributes: Attributes) -> None:
        """Add attributes, which need a rule in `shared/telemetry/attributes.py`; others are dropped."""
        ...

    def fail(self, error_type: str) -> None:
        """Mark it as failed. An exception that leaves the block does so by its class."""
        ...


class Served(Protocol):
    """A request while it is worked on."""

    def end(self, status: int) -> None:
        """It is answered with this status."""
        ...


class Recorder(Protocol):
    """What keeps spans and values until they are exported."""

    def serve(self, method: str, path: str) -> AbstractContextManager[Served]: ...

    def open_span(self, name: str, kind: Kind, attributes: Attributes) -> AbstractContextManager[Span]: ...

    def add(self, measure: str, amount: float, labels: Attributes) -> None: ...

    def observe(self, measure: str, value: float, labels: Attributes) -> None: ...

    def traceparent(self) -> str:
        """The header for calls of the current span; empty outside of any."""
        ...

    def trace_id(self) -> str:
        """Of the current span; empty outside of any."""
        ...

    def continue_trace(self, header: str | None) -> None:
        """Move the current span, before it has children, into the trace of its caller."""
        ...

    async def export(self) -> None:
        """Send what is due. Raises nothing."""
        ...


class _Nothing:
    """A span, and a request, where nothing is recorded."""

    def set(self, attributes: Attributes) -> None:
        """Nothing to keep."""

    def fail(self, error_type: str) -> None:
        """Nothing to mark."""

    def end(self, status: int) -> None:
        """Nothing to count."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""


_NOTHING = _Nothing()
_recorder: Recorder | None = None
_further: list[Callable[[], Awaitable[None]]] = []


def record_with(recorder: Recorder | None) -> None:
    """From now on this process records with it; None: it records nothing."""
    global _recorder  # noqa: PLW0603 — like a log, it belongs to the process and not to a call
    _recorder = recorder


def export_also(run: Callable[[], Awaitable[None]]) -> None:
    """Have this run at the end of each request too, whether a recorder is set or not. It must raise nothing."""
    _further.append(run)


def is_recording() -> bool:
    return _recorder is not None


def open_span(name: str, kind: Kind = "internal", attributes: Attributes = NONE) -> AbstractContextManager[Span]:
    """A span below the current one of this context; for the block it is the current one."""
    return _NOTHING if _recorder is None else _recorder.open_span(name, kind, attributes)


def serve_request(method: str, path: str) -> AbstractContextManager[Served]:
    """One request of this function; see `shared/telemetry/serve.py`."""
    return _NOTHING if _recorder is None else _recorder.serve(method, path)


def count(measure: str, labels: Attributes = NONE, amount: float = 1) -> None:
    """Add to a counter of `shared/telemetry/measures.py`."""
    if _recorder is not None:
        _recorder.add(measure, amount, labels)


def observe(measure: str, value: float, labels: Attributes = NONE) -> None:
    """One more value of a histogram of `shared/telemetry/measures.py`."""
    if _recorder is not None:
        _recorder.observe(measure, value, labels)


def find_traceparent() -> str:
    """The `traceparent` header for a call that is made now; empty: there is none."""
    return "" if _recorder is None else _recorder.traceparent()


def find_trace_id() -> str:
    """The current trace, for the log; empty: there is none."""
    return "" if _recorder is None else _recorder.trace_id()


def continue_trace(header: str | None) -> None:
    """Join the trace that the caller names. Only for callers that have proven to be ours: others could flood it."""
    if _recorder is not None:
        _recorder.continue_trace(header)


async def export() -> None:
    """Send what is due, at the end of a request: Cloud Run gives no CPU after it. Raises nothing."""
    for run in _further:
        await run()
    if _recorder is not None:
        await _recorder.export()
