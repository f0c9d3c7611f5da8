"""The HTTP interface: OTLP in JSON at /v1/traces and /v1/metrics, and the pages."""

import json
from collections.abc import Callable
from dataclasses import asdict

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from infra.local.telemetry.page import read_language, show_overview, show_waterfall
from infra.local.telemetry.received import Json, Received

BODY_BYTES_MAX = 8 * 1024 * 1024


class Door:
    """The handlers of one server."""

    def __init__(self, received: Received) -> None:
        self._received = received

    def make_app(self) -> Starlette:
        """The application."""
        return Starlette(
            routes=[
                Route("/health", self._tell_health),
                Route("/v1/traces", self._take_traces, methods=["POST"]),
                Route("/v1/metrics", self._take_metrics, methods=["POST"]),
                Route("/control/traces", self._list_traces),
                Route("/traces/{id}", self._show_trace),
                Route("/", self._show_overview),
            ]
        )

    async def _tell_health(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _take_traces(self, request: Request) -> Response:
        return await _take(request, self._received.take_traces)

    async def _take_metrics(self, request: Request) -> Response:
        return await _take(request, self._received.take_metrics)

    async def _list_traces(self, _: Request) -> Response:
        """For tests: every trace as a list of its spans."""
        return JSONResponse([[asdict(span) for span in spans.values()] for spans in self._received.traces.values()])

    async def _show_overview(self, request: Request) -> Response:
        return HTMLResponse(show_overview(self._received, _language_of(request)))

    async def _show_trace(self, request: Request) -> Response:
        spans = self._received.traces.get(request.path_params["id"], {})
        return HTMLResponse(show_waterfall(list(spans.values()), _language_of(request)), 200 if spans else 404)


async def _take(request: Request, take: Callable[[Json], None]) -> Response:
    """Strict where a collector is: another type is 415, what is no export 400."""
    if request.headers.get("Content-Type") != "application/json":
        return JSONResponse({"message": "only OTLP in JSON"}, 415)
    body = await request.body()
    try:
        if len(body) > BODY_BYTES_MAX:
            raise ValueError("too large")
        take(json.loads(body))
    except (KeyError, TypeError, ValueError) as error:
        return JSONResponse({"code": 3, "message": f"{type(error).__name__}: {error}"}, 400)
    return JSONResponse({"partialSuccess": {}})


def _language_of(request: Request) -> str:
    return read_language(request.query_params.get("lang", ""))
