"""Time series, aligned and reduced as Cloud Monitoring does it.

https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#Aggregation: each series is first aligned
to windows that are counted back from the interval's end, then the series of a group are reduced to one.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

Labels = tuple[tuple[str, str], ...]
"""Full label names (`metric.label.status`) and values."""
Window = tuple[datetime, datetime]


@dataclass(frozen=True)
class Metric:
    """What a metric descriptor says; a DELTA metric, as all that come from logs."""

    value_type: str
    labels: frozenset[str]


@dataclass
class Sample:
    """What was measured in one moment: how many, or how often which value."""

    count: int = 0
    values: Counter[float] = field(default_factory=Counter)

    def include(self, other: "Sample") -> None:
        """Take another in."""
        self.count += other.count
        self.values.update(other.values)


@dataclass(frozen=True)
class Series:
    """One metric with one set of labels, by time."""

    metric: str
    labels: Labels
    """Full names, such as `resource.label.revision_name`."""
    samples: dict[datetime, Sample] = field(default_factory=dict)

    def until(self, end: datetime) -> "Series":
        """What of it is seen so far."""
        return Series(self.metric, self.labels, {at: sample for at, sample in self.samples.items() if at <= end})


@dataclass(frozen=True)
class Buckets:
    """A distribution's buckets: exponential, or explicit where there are bounds."""

    scale: float = 5.0
    growth_factor: float = 1.25
    finite: int = 50
    bounds: tuple[float, ...] = ()

    def list_bounds(self) -> list[float]:
        return list(self.bounds) or [self.scale * self.growth_factor**power for power in range(self.finite + 1)]

    def to_json(self) -> dict[str, Any]:
        if self.bounds:
            return {"explicitBuckets": {"bounds": list(self.bounds)}}
        facts = {"numFiniteBuckets": self.finite, "growthFactor": self.growth_factor, "scale": self.scale}
        return {"exponentialBuckets": facts}

    def count(self, values: Counter[float]) -> list[int]:
        """How many of the values are in each bucket; the first and the last have no end."""
        bounds = self.list_bounds()
        counts = [0] * (len(bounds) + 1)
        for value, times in values.items():
            counts[bisect_right(bounds, value)] += times
        return counts

    def percentile(self, values: Counter[float], percent: float) -> float:
        """As it is guessed from counts: in proportion within the bucket."""
        bounds, wanted = self.list_bounds(), values.total() * percent / 100
        ends = [0.0, *bounds, bounds[-1]]
        for count, (start, end) in zip(self.count(values), pairwise(ends), strict=True):
            if count and wanted <= count:
                return start + (end - start) * wanted / count
            wanted -= count
        return bounds[-1]


@dataclass
class Group:
    """One series of the answer."""

    labels: Labels
    windows: dict[Window, Sample] = field(default_factory=dict)


def split_windows(start: datetime, end: datetime, period: timedelta) -> list[Window]:
    """The alignment's windows, the newest first; the oldest is cut off at the start."""
    windows = []
    upper = end
    while upper > start:
        lower = max(upper - period, start)
        windows.append((lower, upper))
        upper = lower
    return windows


def group_series(found: Iterable[Series], names: Sequence[str] | None, windows: Sequence[Window]) -> list[Group]:
    """Reduced by the labels in `names`, not at all where it is None. A window's start is not in it, its end is."""
    groups: dict[Labels, Group] = {}
    for series in found:
        kept = (each for each in series.labels if names is None or each[0] in names)
        labels = tuple(sorted((name, value) for name, value in kept if value))
        for at, sample in series.samples.items():
            window = next((each for each in windows if each[0] < at <= each[1]), None)
            if window is not None:
                merged = groups.setdefault(labels, Group(labels)).windows.setdefault(window, Sample())
                merged.include(sample)
    for group in groups.values():
        group.windows = dict(sorted(group.windows.items(), reverse=True))
    return sorted(groups.values(), key=lambda group: group.labels)


def describe_distribution(values: Counter[float], buckets: Buckets) -> dict[str, Any]:
    """A distribution in the API's JSON; buckets without a count at the end are left out."""
    total = values.total()
    mean = sum(value * times for value, times in values.items()) / total
    counts = buckets.count(values)
    while counts and not counts[-1]:
        counts.pop()
    return {
        "count": str(total),
        "mean": mean,
        "sumOfSquaredDeviation": sum((value - mean) ** 2 * times for value, times in values.items()),
        "bucketOptions": buckets.to_json(),
        "bucketCounts": [str(count) for count in counts],
    }
