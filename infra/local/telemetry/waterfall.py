"""A trace as a tree: each span under its parent, in the order of time."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from infra.local.telemetry.received import Span

SHARE_MIN = 0.3
"""The narrowest bar, in percent of the whole trace."""


@dataclass(frozen=True, slots=True)
class Row:
    """A span's line."""

    span: Span
    depth: int
    left: float
    """Of the whole trace's time, in percent; the width too."""
    width: float


def list_rows(spans: Collection[Span]) -> list[Row]:
    """From the first span on. A span whose parent is not there stands at the edge."""
    first = min(span.started_ms for span in spans)
    whole = max(max(span.ended_ms for span in spans) - first, 0.001)
    children: dict[str, list[Span]] = {}
    known = {span.id for span in spans}
    for span in sorted(spans, key=lambda each: each.started_ms):
        children.setdefault(span.parent_id if span.parent_id in known else "", []).append(span)

    def walk(parent_id: str, depth: int) -> Iterator[Row]:
        for span in children.pop(parent_id, ()):
            left = min((span.started_ms - first) / whole * 100, 100 - SHARE_MIN)
            width = max((span.ended_ms - span.started_ms) / whole * 100, SHARE_MIN)
            yield Row(span, depth, left, min(width, 100 - left))
            yield from walk(span.id, depth + 1)

    return list(walk("", 0))


def find_root(spans: Collection[Span]) -> Span:
    """The first span."""
    return min(spans, key=lambda span: (bool(span.parent_id), span.started_ms))


def measure_ms(spans: Collection[Span]) -> float:
    """From the first beginning to the last end."""
    return max(span.ended_ms for span in spans) - min(span.started_ms for span in spans)
