"""Reading the metrics of releases from Cloud Monitoring: log-based metrics of terraform/modules/observability.

https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/list
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import Any

from infra.deploy.api import Api
from infra.deploy.context import Context
from infra.deploy.errors import DeployError
from infra.deploy.google_login import google_token
from infra.deploy.judge import Figures, Latency
from infra.functions import QUEUES, WORKERS

MONITORING_URL = "https://monitoring.googleapis.com"
PREFIX = "logging.googleapis.com/user/nanobanana"
PAGE_SIZE = 1000
SERVER_ERROR = 500
PERIOD_SECONDS_MIN = 60


class FiguresReader:
    """Reads the figures of one project's releases."""

    def __init__(self, project: str, context: Context) -> None:
        base = context.environment.get("MONITORING_API_URL") or MONITORING_URL
        self._api = Api(base, google_token(context, "MONITORING_API_URL"), context)
        self._project = project

    def read(self, revisions: Sequence[str], start: datetime, end: datetime) -> Figures:
        """The metrics of these revisions from start to end. Raises DeployError."""
        try:
            return self._read(_Span(self._api, self._project, revisions, start, end))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise DeployError(f"Monitoring's answer is not understood: {type(error).__name__}: {error}") from error

    def _read(self, span: "_Span") -> Figures:
        jobs = span.sum("jobs", "outcome")
        statuses = span.sum("requests", "status")
        return Figures(
            delivered=jobs.get("delivered", 0),
            failed=jobs.get("failed", 0),
            refused=jobs.get("refused", 0),
            declined=sum(span.sum("declines", "").values()),
            calls=sum(statuses.values()),
            calls_failed=sum(count for status, count in statuses.items() if int(status) >= SERVER_ERROR),
            latency={name: each for name, each in span.latency().items() if name in QUEUES and name in WORKERS},
            ledger_mismatches=sum(span.sum("ledger_mismatches", "").values()),
        )


class _Span:
    """One span of time of some revisions."""

    def __init__(self, api: Api, project: str, revisions: Sequence[str], start: datetime, end: datetime) -> None:
        self._api = api
        self._path = f"/v3/projects/{project}/timeSeries"
        self._revisions = ", ".join(f'"{each}"' for each in revisions)
        self._start, self._end = start, end

    def sum(self, metric: str, label: str) -> dict[str, int]:
        """The count for each value of a label; for the label "" one total under the key ""."""
        counted: dict[str, int] = {}
        for series in self._list(metric, label):
            value = series.get("metric", {}).get("labels", {}).get(label, "")
            points = series.get("points", ())
            counted[value] = counted.get(value, 0) + sum(int(each["value"]["int64Value"]) for each in points)
        return counted

    def latency(self) -> dict[str, Latency]:
        """Per function."""
        found: dict[str, Latency] = {}
        for series in self._list("request_ms", "function"):
            name = series.get("metric", {}).get("labels", {}).get("function", "")
            distributions = [each["value"]["distributionValue"] for each in series.get("points", ())]
            if distributions:
                found[name] = read_latency(distributions)
        return found

    def _list(self, metric: str, label: str) -> Iterator[Mapping[str, Any]]:
        seconds = max(PERIOD_SECONDS_MIN, ceil((self._end - self._start).total_seconds()))
        token = None
        while True:
            page = self._api.get(
                self._path,
                **{
                    "filter": f'metric.type = "{PREFIX}/{metric}" AND resource.type = "cloud_run_revision"'
                    f" AND resource.labels.revision_name = one_of({self._revisions})",
                    "interval.startTime": self._start.isoformat().replace("+00:00", "Z"),
                    "interval.endTime": self._end.isoformat().replace("+00:00", "Z"),
                    "aggregation.alignmentPeriod": f"{seconds}s",
                    "aggregation.perSeriesAligner": "ALIGN_DELTA",
                    "aggregation.crossSeriesReducer": "REDUCE_SUM",
                    "aggregation.groupByFields": f"metric.label.{label}" if label else None,
                    "pageSize": PAGE_SIZE,
                    "pageToken": token,
                },
            )
            refuse_part(page)
            yield from page.get("timeSeries", ())
            token = page.get("nextPageToken")
            if not token:
                return


def refuse_part(page: Mapping[str, Any]) -> None:
    """Raise DeployError for an answer that says itself that series may be missing: what failed may be among them."""
    if page.get("executionErrors") or page.get("unreachable"):
        raise DeployError("Monitoring's answer is only a part")


def read_latency(distributions: Sequence[Mapping[str, Any]]) -> Latency:
    """The 95th percentile of distributions with equal buckets: the upper end of its bucket, in ms."""
    counts: list[int] = []
    for each in distributions:
        for number, count in enumerate(each.get("bucketCounts", ())):
            counts.extend([0] * (number + 1 - len(counts)))
            counts[number] += int(count)
    total = sum(counts)
    bounds = list_bounds(distributions[0].get("bucketOptions", {}))
    seen = 0
    for number, count in enumerate(counts):
        seen += count
        if total and seen >= 0.95 * total:
            return Latency(total, bounds[min(number, len(bounds) - 1)] if bounds else 0.0)
    return Latency(total, 0.0)


def list_bounds(options: Mapping[str, Any]) -> list[float]:
    """The upper ends of a distribution's buckets but the last, which has none."""
    if explicit := options.get("explicitBuckets"):
        return [float(each) for each in explicit["bounds"]]
    if exponential := options.get("exponentialBuckets"):
        scale, factor = float(exponential["scale"]), float(exponential["growthFactor"])
        return [scale * factor**power for power in range(int(exponential["numFiniteBuckets"]) + 1)]
    if linear := options.get("linearBuckets"):
        offset, width = float(linear.get("offset", 0)), float(linear["width"])
        return [offset + width * step for step in range(int(linear["numFiniteBuckets"]) + 1)]
    return []
