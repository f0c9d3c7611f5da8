"""Answers to queries in PromQL over recorded series, as Cloud Monitoring gives them.

https://cloud.google.com/monitoring/promql/promql-mapping: a metric of kind DELTA counts as a counter, so `increase` is
the sum of what was counted in the window; a GAUGE without a window is its newest value of the last five minutes.
"""

import math
import operator
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from statistics import mean

from tests.cloud.promql_parse import Aggregation, Binary, Function, Node, Number, PromqlError, Selector

STALE_SECONDS = 300
Labels = frozenset[tuple[str, str]]
Vector = dict[Labels, float]
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}


REDUCERS: dict[str, Callable[[list[float]], float]] = {"sum": sum, "min": min, "max": max, "avg": mean}


@dataclass
class Series:
    """One metric with one set of labels: values by time, the oldest first."""

    labels: Mapping[str, str]
    times: list[int] = field(default_factory=list)
    """Seconds."""
    values: list[float] = field(default_factory=list)
    sums: list[float] = field(default_factory=list)
    """Of all values so far, made when the series is first asked for."""

    def between(self, after: float, until: float) -> slice:
        """Which values are later than `after` and not later than `until`."""
        return slice(bisect_right(self.times, after), bisect_right(self.times, until))

    def total(self, part: slice) -> float:
        """The sum of these values."""
        if len(self.sums) != len(self.values) + 1:
            self.sums = list(accumulate(self.values, initial=0.0))
        begin, end = int(part.start), int(part.stop)
        return self.sums[end] - self.sums[begin]


class Recording:
    """What was measured: names as PromQL has them, with `_bucket`, `_count` and `_sum` of distributions."""

    def __init__(self) -> None:
        self._series: dict[str, dict[Labels, Series]] = defaultdict(dict)
        self._chosen: dict[Selector, list[tuple[Labels, Series]]] = {}

    def add(self, name: str, at: int, value: float, **labels: str) -> None:
        """A value at a time in seconds, later than those before."""
        key = frozenset(labels.items())
        series = self._series[name].setdefault(key, Series(labels))
        series.times.append(at)
        series.values.append(value)
        self._chosen.clear()

    def choose(self, selector: Selector) -> list[tuple[Labels, Series]]:
        """The series that a selector names. The monitored resource is what the name says already."""
        if selector not in self._chosen:
            tests = [test for test in selector.tests if test[0] != "monitored_resource"]
            found = self._series.get(selector.name, {})
            self._chosen[selector] = [
                (key, series) for key, series in found.items() if all(_fits(series.labels, *test) for test in tests)
            ]
        return self._chosen[selector]


def evaluate(node: Node, recording: Recording, now: int) -> Vector | float:
    """The value of a query at a time. Raises PromqlError for what makes no sense."""
    match node:
        case Number(value):
            return value
        case Selector():
            series = recording.choose(node)
            parts = ((key, each, each.between(now - STALE_SECONDS, now)) for key, each in series)
            return {key: each.values[part.stop - 1] for key, each, part in parts if part.stop > part.start}
        case Function():
            return _call(node, recording, now)
        case Aggregation(name, labels, of):
            return _aggregate(name, labels, _vector(evaluate(of, recording, now)))
        case Binary():
            return _combine(node, evaluate(node.left, recording, now), evaluate(node.right, recording, now))


def _fits(labels: Mapping[str, str], label: str, sign: str, value: str) -> bool:
    found = labels.get(label, "")
    is_equal = found == value if sign in {"=", "!="} else re.fullmatch(value, found) is not None
    return is_equal is (sign in {"=", "=~"})


def _call(node: Function, recording: Recording, now: int) -> Vector:
    *numbers, last = node.arguments
    if node.name == "vector":
        return {frozenset(): _scalar(evaluate(last, recording, now))}
    if node.name == "histogram_quantile":
        share = _scalar(evaluate(numbers[0], recording, now))
        return _quantile(share, _vector(evaluate(last, recording, now)))
    if not isinstance(last, Selector) or not last.window_seconds:
        raise PromqlError(f"{node.name} wants a selector with a window")
    found: Vector = {}
    for key, series in recording.choose(last):
        part = series.between(now - last.window_seconds, now)
        if part.stop > part.start:
            found[key] = _reduce(node.name, series, part, last.window_seconds)
    return found


def _reduce(name: str, series: Series, part: slice, seconds: int) -> float:
    match name:
        case "increase":
            return series.total(part)
        case "rate":
            return series.total(part) / seconds
        case "min_over_time":
            return min(series.values[part])
        case _:
            return max(series.values[part])


def _aggregate(name: str, labels: tuple[str, ...], vector: Vector) -> Vector:
    groups: dict[Labels, list[float]] = defaultdict(list)
    for key, value in vector.items():
        groups[frozenset(each for each in key if each[0] in labels)].append(value)
    return {key: float(REDUCERS[name](values)) for key, values in groups.items()}


def _quantile(share: float, buckets: Vector) -> Vector:
    """In proportion within the bucket; the last one has no end, so it counts as its start."""
    groups: dict[Labels, list[tuple[float, float]]] = defaultdict(list)
    for key, count in buckets.items():
        bound = float(dict(key)["le"].replace("+Inf", "inf"))
        groups[frozenset(each for each in key if each[0] != "le")].append((bound, count))
    return {key: _interpolate(share, sorted(found)) for key, found in groups.items() if max(found)[1] > 0}


def _interpolate(share: float, found: list[tuple[float, float]]) -> float:
    wanted, start, below = share * found[-1][1], 0.0, 0.0
    for bound, count in found:
        if count >= wanted:
            return start if math.isinf(bound) else start + (bound - start) * (wanted - below) / (count - below)
        start, below = bound, count
    return start


def _combine(node: Binary, left: Vector | float, right: Vector | float) -> Vector | float:
    if node.operator in {"and", "or", "unless"}:
        return _match_sets(node, _vector(left), _vector(right))
    if isinstance(left, float) and isinstance(right, float):
        return _calculate(node.operator, left, right)
    pairs = list(_pair(node, left, right))
    if compare := COMPARISONS.get(node.operator):
        return {key: one for key, one, other in pairs if compare(one, other)}
    return {key: _calculate(node.operator, one, other) for key, one, other in pairs}


def _pair(node: Binary, left: Vector | float, right: Vector | float) -> list[tuple[Labels, float, float]]:
    if isinstance(right, float):
        return [(key, value, right) for key, value in _vector(left).items()]
    if isinstance(left, float):
        return [(key, left, value) for key, value in right.items()]
    by_match = {_match(node, key): value for key, value in right.items()}
    return [(key, value, by_match[_match(node, key)]) for key, value in left.items() if _match(node, key) in by_match]


def _match_sets(node: Binary, left: Vector, right: Vector) -> Vector:
    theirs = {_match(node, key) for key in right}
    if node.operator == "or":
        ours = {_match(node, key) for key in left}
        return left | {key: value for key, value in right.items() if _match(node, key) not in ours}
    return {key: value for key, value in left.items() if (_match(node, key) in theirs) is (node.operator == "and")}


def _match(node: Binary, key: Labels) -> Labels:
    return key if node.on is None else frozenset(each for each in key if each[0] in node.on)


def _calculate(sign: str, left: float, right: float) -> float:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right if right else math.nan
        case _:
            raise PromqlError(f"{sign} of two numbers")


def _vector(value: Vector | float) -> Vector:
    if isinstance(value, float):
        raise PromqlError("a number where series are wanted")
    return value


def _scalar(value: Vector | float) -> float:
    if not isinstance(value, float):
        raise PromqlError("series where a number is wanted")
    return value
