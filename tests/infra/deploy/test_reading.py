"""What the deployer reads out of the real APIs' answers, as their references write them: no number is misread."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from google.cloud.run_v2 import Service

from infra.deploy.cloud_run import is_serving, list_serving
from infra.deploy.context import Context
from infra.deploy.deployment import Deployment, Function
from infra.deploy.errors import DeployError
from infra.deploy.judge import Figures, Latency
from infra.deploy.metrics import FiguresReader
from infra.deploy.probes import Prober
from infra.deploy.record import Release
from tests.cloud.clock import FakeClock
from tests.contracts.http_server import Reply, Server, serve_http
from tests.infra.deploy.conftest import DEPLOYMENT_FILE

END = datetime(2026, 11, 29, 20, 0, 0, tzinfo=UTC)
START = END - timedelta(minutes=10, milliseconds=500)
ONE = f"sha256:{'1' * 64}"
Json = dict[str, Any]

# --- Monitoring: https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/list -----------------


def write_series(metric: str, labels: dict[str, str], *values: Json) -> Json:
    """One series as `timeSeries.list` answers it; int64 comes as text."""
    interval = {"startTime": "2026-11-29T19:49:59.500Z", "endTime": "2026-11-29T20:00:00Z"}
    return {
        "metric": {"type": f"logging.googleapis.com/user/nanobanana/{metric}", "labels": labels},
        "resource": {"type": "cloud_run_revision"},
        "metricKind": "DELTA",
        "valueType": "DISTRIBUTION" if "distributionValue" in values[0] else "INT64",
        "points": [{"interval": interval, "value": value} for value in values],
    }


def counted(number: int) -> Json:
    return {"int64Value": str(number)}


def spread(*counts: int) -> Json:
    """A distribution over the buckets that end at 100, 200, 400 and 800 ms; the last has no end."""
    value = {"count": str(sum(counts)), "mean": 1.0, "bucketCounts": [str(each) for each in counts]}
    return {"distributionValue": value | {"bucketOptions": {"explicitBuckets": {"bounds": [100, 200, 400, 800]}}}}


RECORDED: dict[str, list[Json]] = {
    "jobs": [
        write_series("jobs", {"outcome": "delivered"}, counted(40), counted(2)),
        write_series("jobs", {"outcome": "failed"}, counted(3)),
        write_series("jobs", {"outcome": "refused"}, counted(5)),
    ],
    "requests": [
        write_series("requests", {"status": status}, counted(number))
        for status, number in {"200": 100, "404": 7, "429": 11, "499": 13, "500": 17, "503": 19}.items()
    ],
    "declines": [write_series("declines", {}, counted(23))],
    "ledger_mismatches": [write_series("ledger_mismatches", {}, counted(1))],
    "request_ms": [
        write_series("request_ms", {"function": "bot"}, spread(50, 45, 3, 2)),
        write_series("request_ms", {"function": "image"}, spread(50, 44, 0, 6), spread(0, 0, 100)),
        write_series("request_ms", {"function": "sweep"}, spread(0, 0, 0, 0, 9)),
    ],
}


@pytest.fixture
def monitoring() -> Iterator[Server]:
    """Each metric's answer in pages of one series."""
    with serve_http(answer_series) as server:
        yield server


def answer_series(request: Any) -> Reply:
    asked = parse_qs(urlsplit(request.path).query)
    found = RECORDED[asked["filter"][0].partition("nanobanana/")[2].partition('"')[0]]
    page = int(asked.get("pageToken", ["0"])[0])
    body: Json = {"timeSeries": found[page : page + 1]}
    if page + 1 < len(found):
        body["nextPageToken"] = str(page + 1)
    return Reply(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


def read(monitoring: Server) -> Figures:
    context = Context({"MONITORING_API_URL": monitoring.url}, clock=FakeClock(END), say=lambda _: None)
    return FiguresReader("p", context).read(["bot-1", "image-1"], START, END)


def test_each_figure_is_its_own_series(monitoring: Server) -> None:
    """All pages and points are summed; only 5xx are failed calls; functions without a queue have no latency here."""
    found = read(monitoring)
    assert (found.delivered, found.failed, found.refused, found.declined) == (42, 3, 5, 23)
    assert (found.calls, found.calls_failed) == (167, 36)
    assert found.ledger_mismatches == 1
    assert set(found.latency) == {"bot", "image"}


@pytest.mark.parametrize("more", [{"executionErrors": [{"code": 4}]}, {"unreachable": ["europe-west1"]}])
def test_a_part_of_the_figures_is_no_figures(more: Json) -> None:
    """An answer that says that series may be missing is no evidence that nothing failed."""

    def answer_part(request: Any) -> Reply:
        whole = answer_series(request)
        return replace(whole, body=json.dumps(json.loads(whole.body) | more).encode())

    with serve_http(answer_part) as server, pytest.raises(DeployError, match="only a part"):
        read(server)


def test_latency_is_the_95th_percentile(monitoring: Server) -> None:
    """The upper end of the bucket of the 95th of a hundred calls; over several points, of all of them together."""
    assert read(monitoring).latency == {"bot": Latency(100, 200.0), "image": Latency(200, 400.0)}


def test_what_is_asked_of_monitoring(monitoring: Server) -> None:
    """From the start to the end, in one window that is no shorter; these revisions; summed by the one label."""
    read(monitoring)
    labels = set()
    for request in monitoring.requests:
        asked = {name: values for name, values in parse_qs(urlsplit(request.path).query).items() if name != "pageToken"}
        labels.add(tuple(asked.pop("aggregation.groupByFields", ())))
        (words,) = asked.pop("filter")
        assert words.endswith('resource.labels.revision_name = one_of("bot-1", "image-1")')
        assert asked == {
            "interval.startTime": ["2026-11-29T19:49:59.500000Z"],
            "interval.endTime": ["2026-11-29T20:00:00Z"],
            "aggregation.alignmentPeriod": ["601s"],
            "aggregation.perSeriesAligner": ["ALIGN_DELTA"],
            "aggregation.crossSeriesReducer": ["REDUCE_SUM"],
            "pageSize": ["1000"],
        }
    wanted = {("metric.label.outcome",), ("metric.label.status",), ("metric.label.function",), ()}
    assert labels == wanted


# --- Cloud Run: https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services ------------------


def write_service(asked: str, served: str, *, reconciling: bool = False) -> Service:
    """A service whose traffic was asked to go to one revision and goes to another."""
    target = {"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "percent": 100}
    found = {
        "name": "projects/p/locations/r/services/bot",
        "traffic": [target | {"revision": asked}],
        "trafficStatuses": [target | {"revision": served}],
        "reconciling": reconciling,
    }
    service: Service = Service.from_json(json.dumps(found))
    return service


def test_what_is_served_is_not_what_was_asked() -> None:
    """Only the status says what is served, and only once Cloud Run has finished; both count for what may be served."""
    assert is_serving(write_service("bot-2", "bot-2"), "bot-2", {})
    assert not is_serving(write_service("bot-2", "bot-1"), "bot-2", {})
    assert not is_serving(write_service("bot-2", "bot-2", reconciling=True), "bot-2", {})
    assert not is_serving(write_service("bot-2", "bot-2"), "bot-2", {"r-2": "bot-2"})
    assert list_serving(write_service("bot-2", "bot-1")) == {"bot-1", "bot-2"}


# --- what a revision says of itself -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "reply", "words"),
    [
        ("", Reply(), ""),
        ("/health", Reply(500), "bot: /health answered 500"),
        ("/ready", Reply(503), "bot: /ready answered 503"),
        ("/ready", Reply(204), "bot: /ready answered 204"),
        ("/version", Reply(body=b'{"digest": "sha256:other"}'), "bot: /version says sha256:other, not"),
        ("/version", Reply(body=b"{}"), "bot: /version says nothing, not"),
        ("/version", Reply(body=b"[]"), "bot: /version is not what ours answers"),
    ],
)
def test_a_probe_believes_nothing_but_the_digest_that_was_asked_for(path: str, reply: Reply, words: str) -> None:
    """Each of the three paths has to answer 200, and the last with this very image."""
    good = Reply(body=json.dumps({"digest": ONE}).encode())
    with serve_http(lambda request: reply if request.path == path else good) as server:
        context = Context({"PROBE_BASE_URL": server.url}, clock=FakeClock(END), say=lambda _: None)
        deployment = Deployment.parse(DEPLOYMENT_FILE.read_text())
        function: Function = replace(deployment.functions["bot"])
        problem = Prober(deployment, context).probe(function, function.url, Release("1", ONE, "1", "", END))
    assert problem.startswith(words)
    assert bool(problem) is bool(words)
