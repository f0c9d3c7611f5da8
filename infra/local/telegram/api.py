"""The Bot API endpoint: token, method, faults, parameters, the work, the answer, the log line."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from infra.local.telegram.errors import ApiError, bad_request, too_many_requests
from infra.local.telegram.faults import Fault
from infra.local.telegram.methods import METHODS, Handler
from infra.local.telegram.reading import Call, read_call, require_known
from infra.local.telegram.signatures import known_parameters
from infra.local.telegram.world import Json, World

# cuts the connection of a request; given by the server, which alone knows its sockets
Cut = Callable[[Request], None]
_TERSE = {
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class BotApi:
    """Serves one bot's methods and files."""

    def __init__(self, world: World, cut: Cut) -> None:
        self._world = world
        self._cut = cut
        world.updates.call_back = self.call_from_webhook

    async def serve_method(self, request: Request) -> Response:
        """`/bot<token>/<method>`."""
        started = time.perf_counter()
        call = Call(request.path_params["method"])
        try:
            handler = self._find_handler(request, call.method)
            call = await read_call(request, call.method)
            result = await self._run(handler, call)
            status, body = 200, {"ok": True, "result": result}
        except ApiError as error:
            status, body = error.code, error.to_body()
        lost = status == 200 and self._draw("lost_answer", call) is not None  # noqa: PLR2004 — HTTP OK
        self._record(call, status, body, started, lost=lost)
        if lost:
            self._cut(request)
        return JSONResponse(body, status)

    async def call_from_webhook(self, fields: Json) -> None:
        """A method call that stood in a webhook's answer; its result is only logged."""
        started = time.perf_counter()
        call = Call(str(fields["method"]), {k: v for k, v in fields.items() if k != "method"})
        try:
            result = await self._run(_find_method(call.method), call)
            status, body = 200, {"ok": True, "result": result}
        except ApiError as error:
            status, body = error.code, error.to_body()
        self._record(call, status, body, started, via="webhook")

    async def serve_file(self, request: Request) -> Response:
        """`/file/bot<token>/<path>`."""
        file = self._world.files.find_path(request.path_params["path"])
        content = self._world.files.read(file) if file else None
        if request.path_params["token"] != self._world.account.token:
            return JSONResponse(ApiError(401, "Unauthorized").to_body(), 401)
        if file is None or content is None:
            return JSONResponse(ApiError(404, "Not Found").to_body(), 404)
        return Response(content, media_type="application/octet-stream")

    def _find_handler(self, request: Request, method: str) -> Handler:
        if request.path_params["token"] != self._world.account.token:
            raise ApiError(401, "Unauthorized")
        return _find_method(method)

    async def _run(self, handler: Handler, call: Call) -> Any:
        slow = self._draw("slow", call)
        if slow is not None and not slow.get("after", False):
            await self._wait(slow)
        self._refuse_on_purpose(call)
        require_known({*call.params}, known_parameters(call.method.lower()), call.method)
        try:
            result = await handler(self._world, call)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # JSON of another shape than the method's: Telegram answers 400 too
            raise bad_request(f"can't parse the request: {type(error).__name__}: {error}") from error
        if slow is not None and slow.get("after", False):
            await self._wait(slow)
        return result

    def _refuse_on_purpose(self, call: Call) -> None:
        flood = self._draw("flood", call)
        if flood is not None:
            raise too_many_requests(int(flood.get("retry_after", 1)))
        error = self._draw("error", call)
        if error is not None:
            status = int(error.get("status", 500))
            raise ApiError(status, str(error.get("description", _TERSE.get(status, "Error"))))

    def _draw(self, kind: str, call: Call) -> Fault | None:
        return self._world.faults.draw(kind, method=call.method, chat_id=call.integer("chat_id"))

    async def _wait(self, slow: Fault) -> None:
        closing = self._world.feed.closing
        try:
            await asyncio.wait_for(closing.wait(), float(slow.get("delay_seconds", 1.0)))
        except TimeoutError:
            return

    def _record(
        self, call: Call, status: int, body: Json, started: float, *, via: str = "http", lost: bool = False
    ) -> None:
        entry: Json = {"method": call.method, "params": call.to_log(), "status": status, "via": via}
        entry["ms"] = round((time.perf_counter() - started) * 1000, 1)
        if status == 200:  # noqa: PLR2004 — HTTP OK
            entry["result"] = _shorten(body["result"])
        else:
            entry["description"] = body["description"]
        if lost:
            entry["lost"] = True
        self._world.record_call(entry)


def _find_method(name: str) -> Handler:
    handler = METHODS.get(name.lower())
    if handler is None:
        raise ApiError(404, "Not Found: method not found")
    return handler


def _shorten(result: Any) -> Any:
    """For the log: of messages their ids."""
    if isinstance(result, dict) and "message_id" in result:
        return {"message_id": result["message_id"]}
    if isinstance(result, list):
        return [_shorten(item) for item in result]
    return result
