"""One request that a function answers: the span above all others of it, and the metrics `http.server.*`."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from shared.telemetry.attributes import find_route
from shared.telemetry.names import HTTP_ACTIVE, HTTP_DURATION, HTTP_ERROR, HTTP_OK
from shared.telemetry.record import Attributes, count, observe, open_span

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
STRANGERS = frozenset({401, 403, 404, 405})
"""Answers to calls whose path may be anything."""


@dataclass(slots=True)
class ServedRequest:
    """A request while it is worked on. Without a status it failed."""

    method: str
    path: str
    status: int = int(HTTPStatus.INTERNAL_SERVER_ERROR)

    def end(self, status: int) -> None:
        self.status = status

    def describe(self) -> Attributes:
        """The labels of the counters. A stranger may ask for any path, so those requests have no route."""
        route = {} if self.status in STRANGERS else {"http.route": find_route(self.path)}
        return {"http.request.method": self.method, **route}

    def describe_outcome(self) -> Attributes:
        failed = self.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        error = {"error.type": str(self.status)} if failed else {}
        return {"http.response.status_code": self.status, **error}


@contextmanager
def serve(method: str, path: str) -> Iterator[ServedRequest]:
    """The request during the block. It begins a trace; see `continue_trace` for those that continue one."""
    served, started = ServedRequest(method if method in METHODS else "_OTHER", path), time.perf_counter()
    count(HTTP_ACTIVE)
    with open_span(f"{served.method} request", "server") as span:
        try:
            yield served
        finally:
            labels, outcome = served.describe(), served.describe_outcome()
            span.set({**labels, **outcome})
            if "error.type" in outcome:
                span.fail(str(served.status))
            count(HTTP_ACTIVE, amount=-1)
            count(HTTP_ERROR if served.status >= HTTPStatus.BAD_REQUEST else HTTP_OK, labels)
            observe(HTTP_DURATION, time.perf_counter() - started, {**labels, **outcome})
