"""A local Cloud Logging for tests: `entries.list` of the API v2 over entries that a test writes.

    with Logging(clock, project="p") as logging_api:
        logging_api.write("bot-abc", "ERROR", event="ledger_mismatched")
        …  # the code under test, with LOGGING_API_URL = logging_api.url

| control | what happens |
|---|---|
| `faults.fail(…)`, `faults.cut(…)` | see `tests.cloud.faults` |
| `lag_seconds = 30` | entries are seen only so much later |
| `empty_pages = 2` | so many pages of each search say "nothing yet, go on", as a long search in the real one does |

https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list. A page without entries and with a
`nextPageToken` is not the end.
"""

import itertools
import json
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from infra.deploy.context import Clock
from tests.cloud.clock import FakeClock
from tests.cloud.errors import ApiError
from tests.cloud.faults import Call, Faults
from tests.cloud.filters import Comparison, Node, compare_texts, holds, list_comparisons, parse_filter
from tests.cloud.series_query import read_time
from tests.cloud.serving import Cut, Serving, route

SEVERITIES = ("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")
TEXT_FIELDS = ("resource.labels.", "labels.", "jsonPayload.")
WHOLE_FIELDS = {"resource.type", "logName", "insertId", "trace", "textPayload"}
BODY = {"resourceNames", "filter", "orderBy", "pageSize", "pageToken"}
PAGE_SIZE, PAGE_SIZE_MAX = 50, 1000
Entry = dict[str, Any]


class Logging(Serving):
    """One project's Cloud Logging."""

    def __init__(self, clock: Clock | None = None, project: str = "p", region: str = "europe-west1") -> None:
        self.clock = clock or FakeClock()
        self.project = project
        self.region = region
        self.faults = Faults()
        self.lag_seconds = 0.0
        self.empty_pages = 0
        self.calls: list[Call] = []
        self._entries: list[tuple[datetime, Entry]] = []
        self._counter = itertools.count(1)
        self._lock = threading.RLock()

    def write(self, revision: str, severity: str = "INFO", *, at: datetime | None = None, **fields: object) -> None:
        """A line of a revision, with `fields` as its jsonPayload. The service is the revision's first word."""
        assert severity in SEVERITIES
        when, service = at or self.clock.now(), revision.partition("-")[0]
        labels = {"project_id": self.project, "location": self.region, "service_name": service}
        entry = {
            "insertId": f"{next(self._counter):012x}",
            "logName": f"projects/{self.project}/logs/run.googleapis.com%2Fstdout",
            "resource": {
                "type": "cloud_run_revision",
                "labels": labels | {"configuration_name": service, "revision_name": revision},
            },
            "severity": severity,
            "timestamp": when.isoformat().replace("+00:00", "Z"),
            "receiveTimestamp": when.isoformat().replace("+00:00", "Z"),
            "jsonPayload": fields,
        }
        with self._lock:
            self._entries.append((when, entry))

    def make_app(self, cut: Cut) -> ASGIApp:
        return Starlette(routes=[route("/v2/entries:list", "POST", self._list, cut)])

    async def _list(self, request: Request) -> Response:
        body = await request.body()
        status = 0
        try:
            self.faults.meet_call(request.method)
            answer = self._search(_read_body(body, self.project))
            status = 200
        except ApiError as error:
            status = error.code
            raise
        finally:
            self.calls.append(Call(self.clock.now(), "POST", body.decode(errors="replace"), status))
        return JSONResponse(answer)

    def _search(self, body: Mapping[str, Any]) -> Entry:
        node = parse_filter(body["filter"]) if body.get("filter") else None
        for each in list_comparisons(node) if node else ():
            _check(each)
        seen_until = self.clock.now() - timedelta(seconds=self.lag_seconds)
        with self._lock:
            seen = sorted((each for each in self._entries if each[0] <= seen_until), key=lambda each: each[0])
        found = [entry for when, entry in seen if node is None or _fits(node, when, entry)]
        if body.get("orderBy") == "timestamp desc":
            found.reverse()
        return self._page(found, body)

    def _page(self, found: list[Entry], body: Mapping[str, Any]) -> Entry:
        """A page token is how many pages were empty, and where to go on."""
        empty, _, offset = str(body.get("pageToken") or "0.0").partition(".")
        if not empty.isdigit() or not offset.isdigit():
            raise ApiError(400, "page_token is not valid")
        if int(empty) < self.empty_pages:
            return {"nextPageToken": f"{int(empty) + 1}.{offset}"}
        end = int(offset) + min(int(body.get("pageSize") or PAGE_SIZE), PAGE_SIZE_MAX)
        page = found[int(offset) : end]
        return ({"entries": page} if page else {}) | ({"nextPageToken": f"{empty}.{end}"} if end < len(found) else {})


def _read_body(text: bytes, project: str) -> Mapping[str, Any]:
    try:
        body = json.loads(text)
    except ValueError as error:
        raise ApiError(400, "Invalid JSON payload received.") from error
    if not isinstance(body, dict) or set(body) - BODY:
        raise ApiError(400, f"Invalid JSON payload received. Unknown name in {sorted(body)}")
    if not body.get("resourceNames"):
        raise ApiError(400, "resource_names must be set")
    if set(body["resourceNames"]) != {f"projects/{project}"}:
        raise ApiError(403, "The caller does not have permission")
    if body.get("orderBy", "") not in {"", "timestamp asc", "timestamp desc"}:
        raise ApiError(400, f"order_by {body['orderBy']!r} is not valid")
    if not isinstance(body.get("pageSize", 0), int) or body.get("pageSize", 0) < 0:
        raise ApiError(400, "page_size must not be negative")
    return body


def _check(comparison: Comparison) -> None:
    """Raises ApiError for a field or value that no entry can have."""
    if comparison.function:
        raise ApiError(400, f"Unparseable filter: unrecognized function {comparison.function}")
    if comparison.field == "timestamp":
        for value in comparison.values:
            read_time(value, "timestamp")
    elif comparison.field == "severity":
        if set(comparison.values) - set(SEVERITIES):
            raise ApiError(400, f"Unparseable filter: no severity {comparison.values}")
    elif comparison.field not in WHOLE_FIELDS and not comparison.field.startswith(TEXT_FIELDS):
        raise ApiError(400, f"Field not found: '{comparison.field}'.")


def _fits(node: Node, when: datetime, entry: Entry) -> bool:
    def test(comparison: Comparison) -> bool:
        if comparison.field == "timestamp":
            moments = [read_time(value, "timestamp") for value in comparison.values]
            return any(_compare(when, comparison.operator, moment) for moment in moments)
        if comparison.field == "severity":
            level = SEVERITIES.index(entry["severity"])
            return any(_compare(level, comparison.operator, SEVERITIES.index(each)) for each in comparison.values)
        return compare_texts(_look_up(entry, comparison.field), comparison)

    return holds(node, test)


def _compare(found: Any, operator: str, wanted: Any) -> bool:
    match operator:
        case "=":
            return bool(found == wanted)
        case "!=":
            return bool(found != wanted)
        case ">":
            return bool(found > wanted)
        case ">=":
            return bool(found >= wanted)
        case "<":
            return bool(found < wanted)
        case "<=":
            return bool(found <= wanted)
        case _:
            raise ApiError(400, f"Unparseable filter: {operator} is for texts")


def _look_up(entry: Entry, path: str) -> str:
    found: Any = entry
    for part in path.split("."):
        found = found.get(part, "") if isinstance(found, dict) else ""
    return str(found)
