"""A question to `projects.timeSeries.list`: what may be asked, and the answer out of samples."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.datastructures import QueryParams

from tests.cloud.errors import ApiError
from tests.cloud.filters import Comparison, Node, compare_texts, holds, list_comparisons, parse_filter
from tests.cloud.series import (
    Buckets,
    Group,
    Metric,
    Sample,
    Series,
    Window,
    describe_distribution,
    group_series,
    split_windows,
)

RESOURCE: Final = "cloud_run_revision"
RESOURCE_LABELS: Final = frozenset({"project_id", "service_name", "revision_name", "configuration_name", "location"})
PERIOD_SECONDS_MIN: Final = 60
POINTS_MAX: Final = 100_000
ONE_OF_MAX: Final = 100
PERCENTILE = re.compile(r"(?:ALIGN|REDUCE)_PERCENTILE_(05|50|95|99)")
COMMON: Final = {"alt", "$alt", "prettyPrint", "key", "fields", "view"}
ASKED: Final = {
    "filter",
    "interval.startTime",
    "interval.endTime",
    "aggregation.alignmentPeriod",
    "aggregation.perSeriesAligner",
    "aggregation.crossSeriesReducer",
    "aggregation.groupByFields",
    "pageSize",
    "pageToken",
}


@dataclass(frozen=True)
class Query:
    """One question, checked."""

    metric: str
    kind: Metric
    filter: Node
    windows: tuple[Window, ...]
    aligner: str
    reducer: str
    names: tuple[str, ...]
    """The labels that groups are made by."""
    offset: int
    points_max: int
    mark: str
    """What a page token must come from: all the rest of the question."""

    def fits(self, series: Series) -> bool:
        labels = dict(series.labels)
        return series.metric == self.metric and holds(self.filter, lambda each: _test(series.metric, labels, each))


def read_query(asked: QueryParams, metrics: Mapping[str, Metric]) -> Query:
    """Raises ApiError for what Cloud Monitoring would refuse."""
    for name in asked:
        if name not in ASKED | COMMON:
            raise ApiError(400, f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.')
    node = parse_filter(asked.get("filter", ""))
    metric = _find_metric(node, metrics)
    _check_filter(node, metrics[metric])
    aligner = asked.get("aggregation.perSeriesAligner", "ALIGN_NONE")
    reducer = asked.get("aggregation.crossSeriesReducer", "REDUCE_NONE")
    names = tuple(_full_name(each) for each in asked.getlist("aggregation.groupByFields"))
    _check_aggregation(metrics[metric], aligner, reducer, names)
    mark = hashlib.sha256(str(sorted(each for each in asked.multi_items() if "page" not in each[0])).encode())
    return Query(
        metric=metric,
        kind=metrics[metric],
        filter=node,
        windows=tuple(split_windows(*_read_interval(asked), _read_period(asked))),
        aligner=aligner,
        reducer=reducer,
        names=names,
        offset=_read_token(asked.get("pageToken", ""), mark.hexdigest()[:12]),
        points_max=_read_size(asked.get("pageSize", "")),
        mark=mark.hexdigest()[:12],
    )


def answer_query(query: Query, found: Iterable[Series], buckets: Buckets) -> dict[str, Any]:
    """A page of it: as many points as a page may have, so that one series may go on in the next page."""
    names = None if query.reducer == "REDUCE_NONE" else query.names
    groups = group_series(filter(query.fits, found), names, query.windows)
    points = [(group, window) for group in groups for window in group.windows]
    end = query.offset + query.points_max
    described: dict[int, dict[str, Any]] = {}
    for group, window in points[query.offset : end]:
        series = described.setdefault(id(group), _describe(query, group))
        series["points"].append(_point(query, window, group.windows[window], buckets))
    body: dict[str, Any] = {"timeSeries": list(described.values())} if described else {}
    return body | ({"nextPageToken": f"{query.mark}.{end}"} if end < len(points) else {})


def _describe(query: Query, group: Group) -> dict[str, Any]:
    labels: dict[str, dict[str, str]] = {"metric": {}, "resource": {}}
    for name, value in group.labels:
        labels[name.partition(".")[0]][name.rpartition(".")[2]] = value
    is_number = _percent(query) is not None
    return {
        "metric": {"type": query.metric} | ({"labels": labels["metric"]} if labels["metric"] else {}),
        "resource": {"type": RESOURCE} | ({"labels": labels["resource"]} if labels["resource"] else {}),
        "metricKind": "GAUGE" if is_number else "DELTA",
        "valueType": "DOUBLE" if is_number else query.kind.value_type,
        "points": [],
    }


def _point(query: Query, window: Window, sample: Sample, buckets: Buckets) -> dict[str, Any]:
    start, end = (_write_time(each) for each in window)
    percent = _percent(query)
    if percent is not None:
        value = {"doubleValue": buckets.percentile(sample.values, percent)}
        return {"interval": {"startTime": end, "endTime": end}, "value": value}
    if query.kind.value_type == "INT64":
        counted: dict[str, Any] = {"int64Value": str(sample.count)}
        return {"interval": {"startTime": start, "endTime": end}, "value": counted}
    described = {"distributionValue": describe_distribution(sample.values, buckets)}
    return {"interval": {"startTime": start, "endTime": end}, "value": described}


def _percent(query: Query) -> float | None:
    found = PERCENTILE.fullmatch(query.reducer) or PERCENTILE.fullmatch(query.aligner)
    return float(found.group(1)) if found else None


# --- checks ------------------------------------------------------------------------------------------------


def _find_metric(node: Node, metrics: Mapping[str, Metric]) -> str:
    types = [each for each in list_comparisons(node) if each.field == "metric.type"]
    if len(types) != 1 or types[0].operator != "=" or types[0].function or len(types[0].values) != 1:
        raise ApiError(400, "Field filter had an invalid value: must specify a single metric type.")
    metric = types[0].values[0]
    if metric not in metrics:
        raise ApiError(404, f'Cannot find metric(s) that match type = "{metric}".')
    return metric


def _check_filter(node: Node, kind: Metric) -> None:
    for each in list_comparisons(node):
        if each.field not in {"metric.type", "resource.type", "project"}:
            _check_label(_full_name(each.field), kind)
        if each.field == "resource.type" and each.values != (RESOURCE,):
            raise ApiError(400, "The supplied filter does not specify a valid combination of metric and resource.")
        if len(each.values) > ONE_OF_MAX or (each.function and each.operator != "="):
            raise ApiError(400, f"Field filter had an invalid value: {each.function} of {len(each.values)}")
        if len(each.values) > 1 and each.function != "one_of":
            raise ApiError(400, "Field filter had an invalid value: several values are one_of's")


def _check_label(name: str, kind: Metric) -> None:
    owner, _, label = name.rpartition(".")
    known = {"metric.label": kind.labels, "resource.label": RESOURCE_LABELS}.get(owner, frozenset())
    if label not in known:
        raise ApiError(400, f"Field had an invalid value: unknown label {name}")


def _check_aggregation(kind: Metric, aligner: str, reducer: str, names: Sequence[str]) -> None:
    for name in names:
        _check_label(name, kind)
    if aligner == "ALIGN_NONE":
        raise ApiError(501, "unaligned series are not for this local server")
    if aligner != "ALIGN_DELTA" and not PERCENTILE.fullmatch(aligner):
        raise ApiError(400, f"Field aggregation.perSeriesAligner had an invalid value of {aligner!r}")
    if reducer not in {"REDUCE_NONE", "REDUCE_SUM"} and not PERCENTILE.fullmatch(reducer):
        raise ApiError(400, f"Field aggregation.crossSeriesReducer had an invalid value of {reducer!r}")
    wants_percentile = PERCENTILE.fullmatch(aligner) or PERCENTILE.fullmatch(reducer)
    if wants_percentile and kind.value_type != "DISTRIBUTION":
        raise ApiError(400, f"The aggregation {aligner}, {reducer} is not for a metric of {kind.value_type}")
    if PERCENTILE.fullmatch(aligner) and reducer != "REDUCE_NONE":
        raise ApiError(400, f"{reducer} of {aligner} is no percentile of all: align by ALIGN_DELTA")
    if names and reducer == "REDUCE_NONE":
        raise ApiError(400, "aggregation.groupByFields needs a crossSeriesReducer")


def _read_interval(asked: QueryParams) -> tuple[datetime, datetime]:
    start, end = (read_time(asked.get(f"interval.{name}", ""), name) for name in ("startTime", "endTime"))
    if end <= start:
        raise ApiError(400, "Field interval.startTime had an invalid value: not before the end time")
    return start, end


def read_time(text: str, name: str) -> datetime:
    """A time as RFC 3339 writes it. Raises ApiError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ApiError(400, f"Field {name} had an invalid value {text!r}") from error
    if found.tzinfo is None:
        raise ApiError(400, f"Field {name} had an invalid value {text!r}: no time zone")
    return found


def _read_period(asked: QueryParams) -> timedelta:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)s", asked.get("aggregation.alignmentPeriod", ""))
    if not found or float(found.group(1)) < PERIOD_SECONDS_MIN:
        raise ApiError(400, f"Field aggregation.alignmentPeriod must be at least {PERIOD_SECONDS_MIN}s")
    return timedelta(seconds=float(found.group(1)))


def _read_size(text: str) -> int:
    if text and not text.isdigit():
        raise ApiError(400, f"Invalid value at 'page_size': {text!r}")
    return min(int(text or 0) or POINTS_MAX, POINTS_MAX)


def _read_token(token: str, mark: str) -> int:
    """Where to go on. A token belongs to its question."""
    if not token:
        return 0
    found = re.fullmatch(rf"{mark}\.(\d+)", token)
    if not found:
        raise ApiError(400, "Field pageToken had an invalid value: it belongs to another request")
    return int(found.group(1))


def _test(metric: str, labels: Mapping[str, str], comparison: Comparison) -> bool:
    name = _full_name(comparison.field)
    here = {"metric.type": metric, "resource.type": RESOURCE, "project": labels.get("resource.label.project_id", "")}
    return compare_texts(here.get(name, labels.get(name, "")), comparison)


def _full_name(field: str) -> str:
    """Both spellings are allowed: `metric.labels.x` and `metric.label.x`."""
    return re.sub(r"^(metric|resource)\.labels\.", r"\1.label.", field)


def _write_time(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")
