"""The local Cloud Monitoring answers `timeSeries.list` as the real one does."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.cloud.clock import START, FakeClock
from tests.cloud.monitoring import PREFIX, Monitoring
from tests.cloud.series import Buckets

Ask = Callable[..., httpx.Response]
JOBS = f'metric.type = "{PREFIX}jobs"'
MS = f'metric.type = "{PREFIX}request_ms"'
BY_OUTCOME = {"aggregation.groupByFields": "metric.label.outcome"}
SUM = {"aggregation.crossSeriesReducer": "REDUCE_SUM"}


@pytest.fixture
def monitoring(clock: FakeClock) -> Iterator[Monitoring]:
    with Monitoring(clock) as running:
        yield running


@pytest.fixture
def ask(monitoring: Monitoring, clock: FakeClock, web: httpx.Client) -> Ask:
    """`ask(filter, **more)`: what happened since the start, a window for all of it; None leaves a parameter out."""

    def send(filter_: str, **more: Any) -> httpx.Response:
        parameters = {
            "filter": filter_,
            "interval.startTime": (START - timedelta(seconds=1)).isoformat(),
            "interval.endTime": clock.now().isoformat().replace("+00:00", "Z"),
            "aggregation.alignmentPeriod": "86400s",
            "aggregation.perSeriesAligner": "ALIGN_DELTA",
            **more,
        }
        asked = {name: value for name, value in parameters.items() if value is not None}
        return web.get(f"{monitoring.url}/v3/projects/p/timeSeries", params=asked)

    return send


def read_sums(answer: httpx.Response, label: str) -> dict[str, str]:
    """Label → the only point's number."""
    series = answer.raise_for_status().json().get("timeSeries", [])
    return {each["metric"]["labels"][label]: each["points"][0]["value"]["int64Value"] for each in series}


def test_jobs_are_counted_by_outcome(monitoring: Monitoring, ask: Ask) -> None:
    """Counts of one revision, whatever else their labels say, sum up under the label that is asked for; as text."""
    monitoring.add_jobs("image-a", "delivered", 40)
    monitoring.add_jobs("image-a", "failed", 1, code="E1")
    monitoring.add_jobs("image-a", "failed", 2, code="E2")
    monitoring.add_jobs("image-b", "delivered", 1000)
    answer = ask(f'{JOBS} AND resource.labels.revision_name = one_of("image-a", "bot-a")', **SUM, **BY_OUTCOME)
    assert read_sums(answer, "outcome") == {"delivered": "40", "failed": "3"}


def test_answer_has_the_apis_shape(monitoring: Monitoring, ask: Ask) -> None:
    """A reduced series names its metric, kind and type, and a point its window."""
    monitoring.add_jobs("image-a", "delivered", 2)
    (series,) = ask(JOBS, **SUM).json()["timeSeries"]
    assert series == {
        "metric": {"type": f"{PREFIX}jobs"},
        "resource": {"type": "cloud_run_revision"},
        "metricKind": "DELTA",
        "valueType": "INT64",
        "points": [
            {
                "interval": {"startTime": "2026-01-02T03:04:04Z", "endTime": "2026-01-02T03:04:05Z"},
                "value": {"int64Value": "2"},
            }
        ],
    }


def test_nothing_is_an_empty_answer(ask: Ask, clock: FakeClock) -> None:
    """Without points there is no list at all."""
    clock.sleep(60)
    assert ask(JOBS, **SUM).json() == {}


def test_windows_are_counted_from_the_end(monitoring: Monitoring, ask: Ask, clock: FakeClock) -> None:
    """Each window has its start excluded and its end included; the newest comes first."""
    for _ in range(3):
        clock.sleep(60)
        monitoring.add_jobs("image-a", "delivered", 1)
    clock.sleep(30)
    (series,) = ask(JOBS, **SUM, **{"aggregation.alignmentPeriod": "120s"}).json()["timeSeries"]
    assert sorted(each["value"]["int64Value"] for each in series["points"]) == ["1", "2"]


def test_latency_is_a_distribution(monitoring: Monitoring, ask: Ask) -> None:
    """Counts per bucket, in the buckets that Terraform declares, and without the empty ones at the end."""
    monitoring.add_requests("bot-a", "bot", count=95, ms=5)
    monitoring.add_requests("bot-a", "bot", count=5, ms=7)
    answer = ask(MS, **SUM, **{"aggregation.groupByFields": "metric.labels.function"})
    (series,) = answer.json()["timeSeries"]
    value = series["points"][0]["value"]["distributionValue"]
    assert series["metric"]["labels"] == {"function": "bot"}
    assert (value["count"], value["bucketCounts"]) == ("100", ["0", "95", "5"])
    assert value["bucketOptions"]["exponentialBuckets"] == {"numFiniteBuckets": 50, "growthFactor": 1.25, "scale": 5.0}


def test_percentile_is_guessed_from_buckets(monitoring: Monitoring, ask: Ask) -> None:
    """A percentile is a number, in proportion within its bucket."""
    monitoring.buckets = Buckets(bounds=(100, 200, 400))
    monitoring.add_requests("bot-a", "bot", count=90, ms=150)
    monitoring.add_requests("bot-a", "bot", count=10, ms=300)
    (series,) = ask(MS, **{"aggregation.crossSeriesReducer": "REDUCE_PERCENTILE_95"}).json()["timeSeries"]
    assert (series["metricKind"], series["valueType"]) == ("GAUGE", "DOUBLE")
    assert series["points"][0]["value"] == {"doubleValue": 300.0}


def test_explicit_buckets(monitoring: Monitoring, ask: Ask) -> None:
    """A test may choose other buckets."""
    monitoring.buckets = Buckets(bounds=(100, 200))
    monitoring.add_requests("bot-a", "bot", count=3, ms=150)
    (series,) = ask(MS, **SUM).json()["timeSeries"]
    value = series["points"][0]["value"]["distributionValue"]
    assert (value["bucketOptions"], value["bucketCounts"]) == ({"explicitBuckets": {"bounds": [100, 200]}}, ["0", "3"])


def test_points_come_late(monitoring: Monitoring, ask: Ask, clock: FakeClock) -> None:
    """What happened is seen only after the lag."""
    monitoring.lag_seconds = 60
    monitoring.add_jobs("image-a", "delivered", 1)
    clock.sleep(59)
    assert ask(JOBS, **SUM).json() == {}
    clock.sleep(1)
    assert ask(JOBS, **SUM).json() != {}


def test_silence_loses_what_happens(monitoring: Monitoring, ask: Ask) -> None:
    """While it is hushed, nothing is taken in; what was there before stays."""
    monitoring.add_jobs("image-a", "delivered", 1)
    monitoring.hush()
    monitoring.add_jobs("image-a", "delivered", 2)
    monitoring.speak()
    monitoring.add_jobs("image-a", "delivered", 4)
    assert read_sums(ask(JOBS, **SUM, **BY_OUTCOME), "outcome") == {"delivered": "5"}


def test_answers_come_in_pages(monitoring: Monitoring, ask: Ask) -> None:
    """A page has so many points; its token leads on, for the same question only."""
    for outcome in ("delivered", "failed", "refused"):
        monitoring.add_jobs("image-a", outcome, 1)
    monitoring.page_points = 2
    first = ask(JOBS, **SUM, **BY_OUTCOME)
    token = first.json()["nextPageToken"]
    second = ask(JOBS, **SUM, **BY_OUTCOME, pageToken=token)
    assert [len(each.json()["timeSeries"]) for each in (first, second)] == [2, 1]
    assert "nextPageToken" not in second.json()
    assert ask(JOBS, **SUM, pageToken=token).status_code == 400


REFUSED: dict[str, tuple[int, str, dict[str, Any]]] = {
    "no filter": (400, "", {}),
    "no metric": (400, 'resource.type = "cloud_run_revision"', {}),
    "two metrics": (400, f"{JOBS} OR {MS}", {}),
    "metric that is not there": (404, f'metric.type = "{PREFIX}nothing"', {}),
    "no operator": (400, f"{JOBS} AND resource.labels.revision_name", {}),
    "lower case": (400, f'{JOBS} and resource.type = "cloud_run_revision"', {}),
    "open parenthesis": (400, f"({JOBS}", {}),
    "nobody to choose from": (400, f"{JOBS} AND resource.labels.revision_name = one_of()", {}),
    "open text": (400, f'{JOBS} AND resource.labels.revision_name = "a', {}),
    "unknown label": (400, f'{JOBS} AND metric.labels.status = "200"', {}),
    "unknown field": (400, f'{JOBS} AND severity = "ERROR"', {}),
    "other resource": (400, f'{JOBS} AND resource.type = "gce_instance"', {}),
    "unknown group": (400, JOBS, {**SUM, "aggregation.groupByFields": "metric.label.status"}),
    "group without reducer": (400, JOBS, BY_OUTCOME),
    "short period": (400, JOBS, {"aggregation.alignmentPeriod": "59s"}),
    "no period": (400, JOBS, {"aggregation.alignmentPeriod": None}),
    "unknown aligner": (400, JOBS, {"aggregation.perSeriesAligner": "ALIGN_MEDIAN"}),
    "percentile of a count": (400, JOBS, {"aggregation.perSeriesAligner": "ALIGN_PERCENTILE_95"}),
    "no end": (400, JOBS, {"interval.endTime": None}),
    "no time zone": (400, JOBS, {"interval.startTime": "2026-01-02T03:04:05"}),
    "backwards": (400, JOBS, {"interval.startTime": "2027-01-01T00:00:00Z"}),
    "unknown parameter": (400, JOBS, {"interval.start": "2026-01-01T00:00:00Z"}),
}


@pytest.mark.parametrize(("status", "filter_", "more"), REFUSED.values(), ids=REFUSED)
def test_wrong_questions_are_refused(ask: Ask, status: int, filter_: str, more: dict[str, Any]) -> None:
    """What the real one would refuse does not look like an answer here."""
    answer = ask(filter_, **more)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, status)


def test_faults(monitoring: Monitoring, ask: Ask) -> None:
    """Calls fail and break on purpose."""
    monitoring.faults.fail(1, status=503)
    assert ask(JOBS).json()["error"]["status"] == "UNAVAILABLE"
    monitoring.faults.cut(1)
    with pytest.raises(httpx.HTTPError):
        ask(JOBS)
    assert [call.status for call in monitoring.calls] == [503, 0]


def test_other_projects_are_closed(monitoring: Monitoring, web: httpx.Client) -> None:
    """Nobody reads another project's figures."""
    assert web.get(f"{monitoring.url}/v3/projects/other/timeSeries").status_code == 403
