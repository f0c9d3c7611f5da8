"""The HTTP interface: which of fal's hosts is meant, who may call it, one record and one log line per call."""

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from infra.local.fal.calls import Call
from infra.local.fal.errors import FalError, LostAnswerError, model_error, refusal
from infra.local.fal.faults import read_fault
from infra.local.fal.models import ENDPOINTS
from infra.local.fal.service import Behaviour, Queued, Service

RUN, QUEUE, PLATFORM, MEDIA = "fal.run", "queue.fal.run", "api.fal.ai", "v3b.fal.media"
_METHODS: Final = ["GET", "POST", "PUT", "DELETE"]
_REQUEST: Final = re.compile(r"/([\w-]+/[\w.-]+)/requests/([\w-]+)(/status|/cancel)?")
_PAYLOADS: Final = re.compile(r"/v1/models/requests/([\w-]+)/payloads")
_FILE: Final = re.compile(r"/files/b/([\w.-]+)")
_HUGE_BYTES: Final = 2 * 1024**3
_ACCEPTED: Final = 202
# As in the local Gemini: words in a key that make it a wrong one, or one with fewer rights.
_BAD_KEY, _NO_ADMIN = "invalid", "no-admin"


class Door:
    """One handler for every path, because the host decides what a path means."""

    def __init__(self, service: Service, hang_up: Callable[[Request], Response], *, log: bool) -> None:
        self._service = service
        self._hang_up = hang_up
        self._log = log

    async def answer(self, request: Request) -> Response:
        """Answer as the host would whose name is in the header."""
        host = request.headers.get("host", "").partition(":")[0]
        try:
            match host:
                case "fal.run":
                    return await self._run(request)
                case "queue.fal.run":
                    return await self._queue(request)
                case "api.fal.ai":
                    return self._list_models(request) if request.method == "GET" else self._delete(request)
                case "v3b.fal.media":
                    return self._give_file(request)
                case _:
                    return await self._control(request)
        except FalError as error:
            return JSONResponse(error.body, error.status, headers=error.headers)
        except (LostAnswerError, ClientDisconnect):
            return self._hang_up(request)

    async def _run(self, request: Request) -> Response:
        call = self._open(request, RUN)
        try:
            told = await self._service.run(call, await _read_body(request))
        except FalError as error:
            call.outcome = f"{error.status} {error.word}".strip()
            raise
        except LostAnswerError:
            call.outcome = "LOST"
            raise
        finally:
            self._close(call)
        if self._is_nonsense(call):
            return PlainTextResponse("<html>", headers={"x-fal-request-id": call.request_id})
        return JSONResponse(told, headers={"x-fal-request-id": call.request_id})

    async def _queue(self, request: Request) -> Response:
        if request.method == "POST":
            return await self._submit(request)
        _check_key(request)
        found = _REQUEST.fullmatch(request.url.path)
        if found is None:
            raise refusal(404, "Not found")
        app, request_id, verb = found[1], found[2], found[3] or ""
        queued = self._service.find(app, request_id)
        if request.method == "PUT" and verb == "/cancel":
            return JSONResponse(self._service.cancel(queued), _ACCEPTED)
        if request.method != "GET" or verb == "/cancel":
            raise refusal(405, "Method Not Allowed")
        if verb == "/status":
            told = self._service.describe(queued)
            return JSONResponse(told, 200 if told["status"] == "COMPLETED" else _ACCEPTED)
        return JSONResponse(self._service.result_of(queued), headers={"x-fal-request-id": queued.id})

    async def _submit(self, request: Request) -> Response:
        call = self._open(request, QUEUE)
        timeout = request.headers.get("x-fal-request-timeout")
        try:
            body = await _read_body(request)
            notice_url = request.query_params.get("fal_webhook", "")
            seconds = float(timeout) if timeout else None
            queued: Queued = await self._service.submit(call, body, seconds, notice_url)
            call.outcome = "QUEUED"
        except FalError as error:
            call.outcome = f"{error.status} {error.word}".strip()
            raise
        except LostAnswerError:
            call.outcome = "LOST"
            raise
        finally:
            self._close(call)
        if self._is_nonsense(call):
            return PlainTextResponse("<html>")
        return JSONResponse(self._service.describe(queued) | {"status": "IN_QUEUE", "queue_position": 0})

    def _list_models(self, request: Request) -> Response:
        """*Model search* by ids; a key is optional."""
        if "authorization" in request.headers:
            _check_key(request)
        if request.url.path != "/v1/models":
            raise refusal(404, "Not found")
        behaviour = self._service.behaviour
        models = [
            {"endpoint_id": each, "metadata": {"status": "deprecated" if each == behaviour.deprecated else "active"}}
            for each in request.query_params.getlist("endpoint_id")
            if each in ENDPOINTS and each != behaviour.missing
        ]
        return JSONResponse({"models": models, "next_cursor": None, "has_more": False})

    def _delete(self, request: Request) -> Response:
        key = _check_key(request)
        found = _PAYLOADS.fullmatch(request.url.path)
        if request.method != "DELETE" or found is None:
            raise refusal(404, "Not found")
        if _NO_ADMIN in key:
            raise refusal(403, "An admin key is required")
        return JSONResponse(self._service.delete(found[1]))

    def _give_file(self, request: Request) -> Response:
        if "authorization" in request.headers:
            raise refusal(400, "A key was sent to a public file")
        found = _FILE.fullmatch(request.url.path)
        file = self._service.files.get(found[1]) if found else None
        if file is None or request.method != "GET":
            raise refusal(404, "File not found")
        if not file.is_huge:
            return Response(file.content, media_type=file.mime_type)

        async def pour() -> Any:
            yield file.content

        return StreamingResponse(pour(), media_type=file.mime_type, headers={"content-length": str(_HUGE_BYTES)})

    async def _control(self, request: Request) -> Response:
        service = self._service
        try:
            match request.url.path, request.method:
                case "/health", "GET":
                    return JSONResponse({"status": "ok"})
                case "/.well-known/jwks.json", "GET":  # of rest.fal.ai
                    return JSONResponse(service.notifier.signer.jwks())
                case "/control/calls", "GET":
                    return JSONResponse({"calls": [call.as_json() for call in service.calls]})
                case "/control/faults", "DELETE":
                    service.faults.faults.clear()
                case "/control/faults", "POST":
                    sent = await request.json()
                    service.faults.faults += map(read_fault, sent if isinstance(sent, list) else [sent])
                case "/control/behaviour", "GET" | "POST":
                    if request.method == "POST":
                        service.behaviour = _changed(service.behaviour, await request.json())
                    return JSONResponse(asdict(service.behaviour))
                case "/control/faults", "GET":
                    pass
                case _:
                    return JSONResponse({"error": "no such path, and no host of fal"}, 404)
        except (ValueError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse({"faults": service.faults.as_json()})

    def _open(self, request: Request, host: str) -> Call:
        call = self._service.open_call(host, request.url.path.strip("/"), dict(request.headers))
        try:
            if request.method != "POST":
                raise refusal(405, "Method Not Allowed")
            _check_key(request)
        except FalError as error:
            call.outcome = str(error.status)
            raise
        return call

    def _close(self, call: Call) -> None:
        call.outcome = call.outcome or "OK"
        if self._log:
            seconds = round(time.time() - call.started, 3)
            told = {"event": "model_called", "model": call.endpoint, "outcome": call.outcome, "seconds": seconds}
            print(json.dumps(told), flush=True)

    def _is_nonsense(self, call: Call) -> bool:
        faults = self._service.faults.faults
        return any(fault.kind == "nonsense" and fault.prompt in call.prompt for fault in faults)


def create_app(service: Service, hang_up: Callable[[Request], Response], *, log: bool = False) -> Starlette:
    """The ASGI application. `hang_up` closes the connection without an answer."""
    return Starlette(routes=[Route("/{path:path}", Door(service, hang_up, log=log).answer, methods=_METHODS)])


def _check_key(request: Request) -> str:
    """The caller's key. Raises FalError."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme != "Key" or not key or _BAD_KEY in key:
        raise refusal(401, "No user found for Key ID and Secret")
    return key


async def _read_body(request: Request) -> Any:
    """The JSON. Raises FalError."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise model_error("json_invalid", "The body is not JSON")
    body = await request.body()
    try:
        return await asyncio.to_thread(json.loads, body)
    except ValueError as error:
        raise model_error("json_invalid", "The body is not JSON") from error


def _changed(behaviour: Behaviour, changes: Any) -> Behaviour:
    known = {field.name for field in fields(Behaviour)}
    if not isinstance(changes, dict) or changes.keys() - known:
        raise ValueError(f"expected an object with some of {', '.join(sorted(known))}")
    return replace(behaviour, **changes)
