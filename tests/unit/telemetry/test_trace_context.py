"""The header `traceparent`: what is believed of it, and what is written."""

import pytest

from shared.telemetry.trace_context import TraceContext, begin_trace, read_traceparent, write_traceparent

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def test_it_is_read_as_it_was_written() -> None:
    """A context goes through the header unchanged, sampled or not."""
    for context in (TraceContext(TRACE, SPAN, is_sampled=True), TraceContext(TRACE, SPAN, is_sampled=False)):
        assert read_traceparent(write_traceparent(context)) == context
    assert write_traceparent(TraceContext(TRACE, SPAN, is_sampled=True)) == f"00-{TRACE}-{SPAN}-01"


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "x",
        f"00-{TRACE}-{SPAN}",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}-01\n",
        f"01-{TRACE}-{SPAN}-01-{'x' * 300}",
    ],
)
def test_what_is_no_context(header: str | None) -> None:
    """Anything else is no trace, whoever sent it."""
    assert read_traceparent(header) is None


def test_a_later_version_is_read() -> None:
    """A version that adds fields still names trace, span and flags."""
    assert read_traceparent(f"01-{TRACE}-{SPAN}-03-more") == TraceContext(TRACE, SPAN, is_sampled=True)


def test_the_share_of_new_traces() -> None:
    """All, none, or about as many as wanted; no two have the same id."""
    assert all(begin_trace(1.0).is_sampled for _ in range(50))
    assert not any(begin_trace(0.0).is_sampled for _ in range(50))
    traces = [begin_trace(0.5) for _ in range(400)]
    assert 100 < sum(each.is_sampled for each in traces) < 300
    assert len({each.trace_id for each in traces}) == 400


def test_spans_of_one_trace() -> None:
    """A child has an id of its own in the same trace; a span that moves keeps its own."""
    root, caller = begin_trace(1.0), TraceContext(TRACE, SPAN, is_sampled=False)
    child = root.open_child()
    assert (child.trace_id, child.is_sampled) == (root.trace_id, True)
    assert child.span_id != root.span_id
    assert root.move_to(caller) == TraceContext(TRACE, root.span_id, is_sampled=False)
