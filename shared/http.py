"""The kinds of endpoint: those that Telegram and other services call, those of Cloud Tasks and the scheduler, the site.

Every endpoint answers /health, /ready and /version. Every other path is work: authenticated, of bounded size, and one
log line at its end with outcome, duration and what it used. It is a POST, except on the site, which browsers read.
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from shared.delivery import DEFERRALS_HEADER, RECEIVED_HEADER, Delivery
from shared.errors import (
    BodyTooLargeError,
    BodyTooSlowError,
    ForbiddenError,
    UnauthenticatedError,
    UnavailableError,
    UnusableFormError,
    UnusableReportError,
    UnusableUpdateError,
)
from shared.hash_ids import is_id
from shared.logs import log_event, set_log_context, trace_fields, write_trace
from shared.settings import SCHEMA, ReleaseSettings
from shared.telemetry import record
from shared.usage import Usage, start_usage

TASK_BYTES_MAX = 1024 * 1024
"""Cloud Tasks' own limit for a task."""

DRAINED_BYTES_MAX = 1024 * 1024
"""How much of a too long body is still read: a caller that is cut off while sending does not see the response."""

COUNT_DIGITS_MAX = 9
"""The most digits of a count header: Python refuses to parse numbers of thousands of digits."""

READY_SECONDS = 5.0
"""For how long one look at the dependencies answers everybody: /ready is public, and each look costs us a call."""

READY_SECONDS_MAX = 10.0
"""How long a look may take; the deployer waits 15 s for an answer."""

Endpoint = Callable[[Request], Awaitable[Response]]
Authenticate = Callable[[Request], Awaitable[None]]
Work = Callable[[Request], Awaitable[Response]]
Check = Callable[[], Awaitable[None]]

PROBES = frozenset({"/health", "/ready", "/version"})
PROBE_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 — the header's name
STATUS: dict[type[Exception], int] = {
    UnauthenticatedError: 401,
    ForbiddenError: 403,
    UnusableFormError: 400,
    UnusableReportError: 400,
    UnusableUpdateError: 200,  # authentic but unusable: it must not be delivered again
    BodyTooLargeError: 413,
    BodyTooSlowError: 408,
    ClientDisconnect: 499,
    UnavailableError: 503,
}


def make_endpoint(
    function: str, release: ReleaseSettings, project: str, authenticate: Authenticate, work: Work, check: Check
) -> Endpoint:
    """The ASGI handler of a function: `work` for authenticated callers, the three probes for everybody.

    `check` raises if a service that the function depends on cannot be reached.
    """
    readiness = _Readiness(check)

    async def act(request: Request) -> Response:
        await authenticate(request)
        return await work(request)

    answer = partial(_account_for, function, project, act)

    async def endpoint(request: Request) -> Response:
        if request.method in {"GET", "HEAD"}:
            return await _probe(request.url.path, function, release, readiness)
        if request.method != "POST":
            return refuse_method()
        return await answer(request)

    return endpoint


def make_site(function: str, release: ReleaseSettings, project: str, show: Work, check: Check) -> Endpoint:
    """The ASGI handler of a function for browsers: the three probes, and `show` for everything else.

    `show` authenticates by itself, and refuses other methods, so that this answer too has its headers.
    """
    readiness, answer = _Readiness(check), partial(_account_for, function, project, show)

    async def endpoint(request: Request) -> Response:
        if request.method in {"GET", "HEAD"} and request.url.path in PROBES:
            return await _probe(request.url.path, function, release, readiness)
        return await answer(request)

    return endpoint


async def _account_for(function: str, project: str, work: Work, request: Request) -> Response:
    """The work with one log line at its end; each of its errors becomes a status."""
    started, usage = time.perf_counter(), start_usage()
    with record.serve_request(request.method, request.scope["path"]) as served:  # `request.url` takes 4 µs to build
        trace = write_trace(record.find_trace_id(), project)
        trace = trace or trace_fields(request.headers.get("X-Cloud-Trace-Context"), project)
        set_log_context(function=function, **trace)
        try:
            response = await work(request)
        except Exception as error:  # noqa: BLE001 — the outermost handler: every error becomes a status and a log line
            response = answer_error(error)
        used = {name: count for name in Usage.__slots__ if (count := getattr(usage, name))}
        milliseconds = round((time.perf_counter() - started) * 1000, 1)
        log_event("request_answered", status=response.status_code, ms=milliseconds, **used)
        served.end(response.status_code)
    await record.export()
    return response


def refuse_method() -> Response:
    """The response to a method that nothing here has."""
    return JSONResponse({"error": "method not allowed"}, 405, {"Allow": "GET, HEAD, POST"})


def slow_down(wait_seconds: int) -> Response:
    """The response to a caller who comes too often."""
    return JSONResponse({"error": "too many calls"}, 429, {"Retry-After": str(wait_seconds)})


def telegram_secret(secret: bytes) -> Authenticate:
    """Whether a call carries the webhook's secret, compared in constant time."""

    async def authenticate(request: Request) -> None:
        values = request.headers.getlist(SECRET_HEADER)
        given = values[0].encode("latin-1", "replace") if len(values) == 1 else b""
        if not hmac.compare_digest(given, secret):
            raise UnauthenticatedError("no or a wrong webhook secret")

    return authenticate


def find_caller(request: Request) -> str:
    """The caller's address: Google's front end adds it as the last of X-Forwarded-For; those before it may be lies."""
    forwarded = request.headers.getlist("X-Forwarded-For")
    if forwarded:
        return forwarded[-1].rpartition(",")[2].strip()
    return request.client.host if request.client is not None else ""


@dataclass(frozen=True, slots=True)
class Haste:
    """How fast a body has to come: whoever reads it holds a turn for which others wait."""

    grace_seconds: float
    bytes_per_second_min: float
    """On the average since the beginning, after the grace."""
    seconds_max: float


STRANGERS = Haste(grace_seconds=5.0, bytes_per_second_min=4_000.0, seconds_max=10.0)
"""For a small body, such as a form or what signs somebody in: who sends it may be nobody yet."""


async def read_body(request: Request, bytes_max: int, haste: Haste | None = None) -> bytes:
    """The body. Raises BodyTooLargeError if it is longer than `bytes_max`, after reading enough of the rest, and
    BodyTooSlowError if it does not make haste.
    """
    body, size_bytes, started = bytearray(), 0, asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout_at(_end_of(haste, started, 0)) as limit:
            async for chunk in request.stream():
                size_bytes += len(chunk)
                body += chunk[: bytes_max - len(body)]
                if haste is not None:
                    limit.reschedule(_end_of(haste, started, size_bytes))
                if size_bytes > bytes_max + DRAINED_BYTES_MAX:
                    break
    except TimeoutError as error:
        raise BodyTooSlowError(f"{size_bytes} bytes so far") from error
    if size_bytes > bytes_max:
        announced = request.headers.get("Content-Length", "unknown")
        digest = hashlib.sha256(body).hexdigest()
        raise BodyTooLargeError(f"announced {announced} bytes, the first {bytes_max} have SHA-256 {digest}")
    return bytes(body)


def _end_of(haste: Haste | None, started: float, size_bytes: int) -> float | None:
    """Until when more than so many bytes have to be there, by the loop's clock."""
    if haste is None:
        return None
    seconds = haste.grace_seconds + size_bytes / haste.bytes_per_second_min
    return started + min(seconds, haste.seconds_max)


async def read_id(request: Request, name: str) -> str:
    """The id in a task of ours, `{"<name>": "<id>"}`. Raises UnusableUpdateError."""
    return (await read_task(request, name))[0]


async def read_task(request: Request, name: str) -> tuple[str, dict[str, Any]]:
    """The id in a task, and the task's whole body. Raises UnusableUpdateError."""
    try:
        said = json.loads(await read_body(request, TASK_BYTES_MAX))
        found = said[name]
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise UnusableUpdateError(f"a task without a {name}") from error
    if not isinstance(found, str) or not is_id(found):
        raise UnusableUpdateError(f"a task with an impossible {name}")
    return found, said


def count_header(request: Request, name: str) -> int:
    """The number in a header; 0 if it is missing or not a number."""
    value = request.headers.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= COUNT_DIGITS_MAX else 0


def time_header(request: Request, name: str) -> datetime | None:
    """The time with zone (ISO 8601) in a header; None if it is missing or invalid."""
    try:
        value = datetime.fromisoformat(request.headers.get(name, ""))
    except ValueError:
        return None
    return value if value.tzinfo is not None else None


def read_delivery(request: Request, now: datetime) -> Delivery:
    """The delivery by the headers of an update's task; `now` replaces a missing time of receipt."""
    return Delivery(
        received_at=time_header(request, RECEIVED_HEADER) or now,
        deferrals=count_header(request, DEFERRALS_HEADER),
        failures=count_header(request, "X-CloudTasks-TaskRetryCount"),
    )


def done(**facts: object) -> Response:
    """The response 200, with these facts as JSON."""
    return JSONResponse({"ok": True, **facts})


async def _probe(path: str, function: str, release: ReleaseSettings, readiness: "_Readiness") -> Response:
    said: dict[str, object]
    match path:
        case "/health":
            said, status = {"status": "ok", "function": function}, 200
        case "/version":
            said, status = {"function": function, **asdict(release), "schema": SCHEMA}, 200
        case "/ready":
            is_ready = await readiness.look()
            said, status = ({"status": "ready"}, 200) if is_ready else ({"status": "unavailable"}, 503)
        case _:
            said, status = {"error": "not found"}, 404
    return JSONResponse(said, status, PROBE_HEADERS)


class _Readiness:
    """Whether the dependencies can be reached, looked at no more than once in READY_SECONDS, however many ask."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._lock = asyncio.Lock()
        self._looked_at: float | None = None
        self._is_ready = False

    async def look(self) -> bool:
        async with self._lock:
            if self._looked_at is None or monotonic() - self._looked_at >= READY_SECONDS:
                self._is_ready = await self._ask()
                self._looked_at = monotonic()
            return self._is_ready

    async def _ask(self) -> bool:
        try:
            async with asyncio.timeout(READY_SECONDS_MAX):
                await self._check()
        except Exception as error:  # noqa: BLE001 — not ready, whatever the reason
            log_event("dependency_missed", severity="WARNING", error=error)
            return False
        return True


def answer_error(error: Exception) -> Response:
    """The response to an error: its status and its name, and a line in the log."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
    severity = "ERROR" if status >= 500 else "WARNING"  # noqa: PLR2004 — HTTP's own border
    log_event("request_failed", severity=severity, error=error, status=status)
    return JSONResponse({"error": type(error).__name__}, status)
