"""The REST API over HTTP, for programs that prove themselves with a key of their person.

GET  /api/docs, /api/openapi.json       for everybody
POST /api/v1/webhooks/telegram          308 to `webhook`, which alone has its secret
…    /api/v1/…                          `shared/rest_routes.py`
Everything that is refused is a problem (RFC 9457).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from shared.errors import BeingErasedError, UnusableReportError
from shared.http import STRANGERS, answer_error, find_caller, read_body
from shared.miniapp.headers import NO_DEVICES
from shared.miniapp.pace import Pace
from shared.ports import AppPorts
from shared.problems import read_object, show_problem
from shared.providers.price_day import set_price_day
from shared.rest.calls import KIND_PREFIX, Problem
from shared.rest.description import describe_api
from shared.rest.docs_page import POLICY, draw_docs
from shared.rest.program import RestCall, admit_program, note_call
from shared.rest_routes import ROUTES, RestRoute, find_routes

PREFIX = "/api/"
VERSION_PREFIX = "/api/v1"
DOCS, DESCRIPTION = "/api/docs", "/api/openapi.json"
WEBHOOK = f"{VERSION_PREFIX}/webhooks/telegram"
BODY_BYTES_MAX = 64 * 1024
KEY_CHARACTERS_MAX = 200
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": NO_DEVICES,
}
"""Of every answer that does not say otherwise. No header lets a page of another site read it."""


def is_of_api(path: str) -> bool:
    """Whether this address belongs to the API; all others are the Mini App's."""
    return path.startswith(PREFIX)


class RestSite:
    """The API, one per process."""

    def __init__(
        self, ports: Callable[[], AppPorts], webhook_url: str = "", routes: Sequence[RestRoute] = ROUTES
    ) -> None:
        self._ports, self._webhook_url, self._routes = ports, webhook_url, routes
        self._strangers, self._people = Pace(), Pace()

    async def show(self, request: Request) -> Response:
        """The answer; an error becomes a problem."""
        try:
            response = await self._answer(request)
        except Exception as error:  # noqa: BLE001 — so that every error is a problem
            status = answer_error(error).status_code
            detail = str(error) if isinstance(error, UnusableReportError) else ""
            wait = {"Retry-After": "60"} if isinstance(error, BeingErasedError) else {}
            response = show_problem(status, detail, headers=wait)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    async def _answer(self, request: Request) -> Response:
        method, path = "GET" if request.method == "HEAD" else request.method, request.url.path
        if path == DOCS and method == "GET":
            document = describe_api(self._ports().sellers)
            return Response(draw_docs(document), headers={"Content-Security-Policy": POLICY}, media_type="text/html")
        if path == DESCRIPTION and method == "GET":
            return JSONResponse(describe_api(self._ports().sellers))
        if path == WEBHOOK and method == "POST" and self._webhook_url:
            return Response(status_code=308, headers={"Location": self._webhook_url})
        found = find_routes(path.removeprefix(VERSION_PREFIX), self._routes) if path.startswith(VERSION_PREFIX) else {}
        if not found:
            return show_problem(404)
        if method not in found:
            return show_problem(405, headers={"Allow": ", ".join(sorted(found))})
        return await self._call(request, *found[method])

    async def _call(self, request: Request, route: RestRoute, parameters: Mapping[str, str]) -> Response:
        """What the route answers a caller that has a key with its scope."""
        ports = self._ports()
        now = ports.clock.now()
        if wait_seconds := self._strangers.take(find_caller(request), now.timestamp()):
            return _slow_down(wait_seconds)
        call = await admit_program(ports, request.headers.getlist("Authorization"))
        if wait_seconds := self._people.take(call.user_id, now.timestamp(), route.counts_as):
            return _slow_down(wait_seconds)
        if route.scope not in call.key.scopes:
            members = {"scope": route.scope}
            return show_problem(403, "The key may not do this.", f"{KIND_PREFIX}scope", members=members)
        set_price_day(now)
        call = await _read_rest(request, replace(call, parameters=parameters, query=dict(request.query_params)), route)
        answer = await route.handle(ports, call)
        await note_call(ports, call)
        if isinstance(answer, Problem):
            return _refuse(answer)
        return JSONResponse(answer.content, answer.status, dict(answer.headers))


async def _read_rest(request: Request, call: RestCall, route: RestRoute) -> RestCall:
    """The call with its body. Raises UnusableReportError, BodyTooLargeError, BodyTooSlowError."""
    if not (route.is_order or route.has_body):
        return call
    body = read_object(await read_body(request, BODY_BYTES_MAX, STRANGERS))
    if not route.is_order:
        return replace(call, body=body)
    keys = request.headers.getlist("Idempotency-Key")
    key = keys[0] if len(keys) == 1 else ""
    if not (key.isascii() and key.isprintable() and 0 < len(key) <= KEY_CHARACTERS_MAX):
        raise UnusableReportError(f"Idempotency-Key: a header of 1 to {KEY_CHARACTERS_MAX} printable characters")
    return replace(call, body=body, idempotency_key=key)


def _refuse(problem: Problem) -> Response:
    headers = {"Retry-After": str(problem.wait_seconds)} if problem.wait_seconds else {}
    return show_problem(problem.status, problem.detail, problem.kind, headers, problem.members)


def _slow_down(wait_seconds: int) -> Response:
    return show_problem(429, "Too many calls.", f"{KIND_PREFIX}pace", {"Retry-After": str(wait_seconds)})
