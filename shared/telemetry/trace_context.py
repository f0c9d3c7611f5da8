"""The W3C Trace Context header: which trace a call belongs to, and which span has made it.

https://www.w3.org/TR/trace-context/#traceparent-header
"""

import re
import secrets
from dataclasses import dataclass

_FORM = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.{0,200})?")
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16
_SAMPLED = 1
_RATIO_BITS = 56
"""Of a trace id these last bits are random (https://www.w3.org/TR/trace-context-2/#random-trace-id-flag)."""


@dataclass(frozen=True, slots=True)
class TraceContext:
    """A span's place in its trace."""

    trace_id: str
    """32 hexadecimal digits."""
    span_id: str
    """16 hexadecimal digits."""
    is_sampled: bool
    """Whether the spans of this trace are exported."""

    def open_child(self) -> "TraceContext":
        """The context of a new span in the same trace."""
        return TraceContext(self.trace_id, _make_span_id(), self.is_sampled)

    def move_to(self, parent: "TraceContext") -> "TraceContext":
        """The same span in the trace of its caller."""
        return TraceContext(parent.trace_id, self.span_id, parent.is_sampled)


def begin_trace(share: float) -> TraceContext:
    """The context of a new trace; `share` of all traces, 0 to 1, are sampled. Every process chooses the same ones."""
    trace_id = secrets.token_hex(16)
    chance = int(trace_id[-_RATIO_BITS // 4 :], 16)
    return TraceContext(trace_id, _make_span_id(), chance < share * 2**_RATIO_BITS)


def read_traceparent(header: str | None) -> TraceContext | None:
    """The caller's span; None if the header is missing or not valid. Versions above 00 are read as 00."""
    found = _FORM.fullmatch(header or "")
    if found is None or found[1] == _NO_TRACE or found[2] == _NO_SPAN:
        return None
    if (header or "").startswith("00") and found[4]:
        return None
    return TraceContext(found[1], found[2], bool(int(found[3], 16) & _SAMPLED))


def write_traceparent(context: TraceContext) -> str:
    """The header for a call that this span makes."""
    return f"00-{context.trace_id}-{context.span_id}-{int(context.is_sampled):02x}"


def _make_span_id() -> str:
    return secrets.token_hex(8)
