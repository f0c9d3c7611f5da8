"""A local Cloud Monitoring for tests: `projects.timeSeries.list` of the API v3 over points that a test feeds in.

    with Monitoring(clock, project="p") as monitoring:
        monitoring.add_jobs("image-abc", "delivered", count=40)
        monitoring.add_requests("bot-abc", "bot", status=200, count=50, ms=120)
        …  # the code under test, with MONITORING_API_URL = monitoring.url

| control | what happens |
|---|---|
| `faults.fail(…)`, `faults.cut(…)` | see `tests.cloud.faults` |
| `lag_seconds = 60` | points are seen only so much later |
| `hush()` … `speak()` | what happens meanwhile is never seen, as when no metrics arrive |
| `page_points = 1` | answers come in pages of so many points at most, whatever was asked for |
| `buckets = Buckets(bounds=(…))` | explicit buckets instead of Terraform's exponential ones |

https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/list. Strict: exactly one metric type, which
must exist; known labels; a period of at least a minute; int64 as text; a page counts points, not series.
"""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from infra.deploy.context import Clock
from tests.cloud.clock import FakeClock
from tests.cloud.errors import ApiError
from tests.cloud.faults import Call, Faults
from tests.cloud.series import Buckets, Labels, Metric, Sample, Series
from tests.cloud.series_query import POINTS_MAX, answer_query, read_query
from tests.cloud.serving import Cut, Serving, route

PREFIX = "logging.googleapis.com/user/nanobanana/"
METRICS = {
    "requests": Metric("INT64", frozenset({"function", "status"})),
    "request_ms": Metric("DISTRIBUTION", frozenset({"function"})),
    "jobs": Metric("INT64", frozenset({"outcome", "code", "medium"})),
    "declines": Metric("INT64", frozenset({"code", "medium"})),
    "dead_work": Metric("INT64", frozenset({"event"})),
    "ledger_mismatches": Metric("INT64", frozenset()),
}
"""Those that the deployer may ask for, as terraform/modules/observability/metrics.tf makes them."""


class Monitoring(Serving):
    """One project's Cloud Monitoring."""

    def __init__(self, clock: Clock | None = None, project: str = "p", region: str = "europe-west1") -> None:
        self.clock = clock or FakeClock()
        self.project = project
        self.region = region
        self.faults = Faults()
        self.lag_seconds = 0.0
        self.page_points = POINTS_MAX
        self.buckets = Buckets()
        self.metrics = {PREFIX + name: metric for name, metric in METRICS.items()}
        self.calls: list[Call] = []
        self._series: dict[tuple[str, Labels], Series] = {}
        self._is_silent = False
        self._lock = threading.RLock()

    # --- feeding ---------------------------------------------------------------------------------------

    def add_jobs(
        self, revision: str, outcome: str, count: int = 1, *, at: datetime | None = None, code: str = ""
    ) -> None:
        """Jobs that ended: delivered, failed, refused."""
        labels = {"outcome": outcome, "code": code, "medium": "image"}
        self.add("jobs", labels, revision, count=count, at=at)

    def add_requests(
        self,
        revision: str,
        function: str,
        status: int = 200,
        count: int = 1,
        *,
        ms: float = 50,
        at: datetime | None = None,
    ) -> None:
        """Calls that were answered, each after so many milliseconds."""
        self.add("requests", {"function": function, "status": str(status)}, revision, count=count, at=at)
        self.add("request_ms", {"function": function}, revision, values=[ms] * count, at=at)

    def add(
        self,
        metric: str,
        labels: dict[str, str],
        revision: str,
        *,
        count: int = 0,
        values: Sequence[float] = (),
        at: datetime | None = None,
    ) -> None:
        """Anything that a metric of ours counts or measures, now or then. The service is the revision's first word."""
        assert set(labels) <= self.metrics[PREFIX + metric].labels, f"{metric} has no such labels: {labels}"
        service = revision.partition("-")[0]
        resource = {"project_id": self.project, "location": self.region, "service_name": service}
        resource |= {"configuration_name": service, "revision_name": revision}
        named = {f"metric.label.{name}": value for name, value in labels.items()}
        named |= {f"resource.label.{name}": value for name, value in resource.items()}
        key = (PREFIX + metric, tuple(sorted(named.items())))
        with self._lock:
            if self._is_silent or not (count or values):
                return
            samples = self._series.setdefault(key, Series(*key)).samples
            samples.setdefault(at or self.clock.now(), Sample()).include(Sample(count, Counter(values)))

    def hush(self) -> None:
        """Lose everything that happens from now on."""
        self._is_silent = True

    def speak(self) -> None:
        """Take in again what happens from now on."""
        self._is_silent = False

    def forget(self) -> None:
        """No points any more."""
        with self._lock:
            self._series.clear()

    # --- serving ---------------------------------------------------------------------------------------

    def make_app(self, cut: Cut) -> ASGIApp:
        return Starlette(routes=[route("/v3/projects/{project}/timeSeries", "GET", self._list, cut)])

    async def _list(self, request: Request) -> Response:
        status = 0
        try:
            self.faults.meet_call(request.method)
            body = self._answer(request)
            status = 200
        except ApiError as error:
            status = error.code
            raise
        finally:
            self.calls.append(Call(self.clock.now(), "GET", str(request.url.query), status))
        return JSONResponse(body)

    def _answer(self, request: Request) -> dict[str, object]:
        if request.path_params["project"] != self.project:
            raise ApiError(403, f"Permission denied on project {request.path_params['project']}.")
        query = read_query(request.query_params, self.metrics)
        query = replace(query, points_max=min(query.points_max, self.page_points))
        seen_until = self.clock.now() - timedelta(seconds=self.lag_seconds)
        with self._lock:
            return answer_query(query, [each.until(seen_until) for each in self._series.values()], self.buckets)
