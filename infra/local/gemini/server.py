"""The HTTP face: the paths google-genai calls, their credentials, one record and one log line per call."""

import json
from collections.abc import AsyncIterator
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from infra.local.gemini import control, errors
from infra.local.gemini.calls import Call
from infra.local.gemini.errors import GoogleError
from infra.local.gemini.models import MODELS, ImageModel
from infra.local.gemini.request import Api
from infra.local.gemini.service import AbandonedError, Answer, LostAnswerError, Service

BODY_BYTES_MAX: Final = 20 * 1024 * 1024
_SLICE_BYTES: Final = 256 * 1024
ABORT: Final = "local.abort"  # in the ASGI scope's extensions, put there by running.AbortableProtocol
_VERSIONS: Final[dict[Api, frozenset[str]]] = {
    "developer": frozenset({"v1", "v1beta"}),
    "enterprise": frozenset({"v1", "v1beta1"}),
}
# A key with this word in it is refused as Google refuses a wrong one; any other is good.
_BAD_KEY: Final = "invalid"
_PUBLISHERS: Final = "/{version}/publishers/google/models"
_PROJECT: Final = "/{version}/projects/{project}/locations/{location}/publishers/google/models"


def create_app(service: Service, *, log: bool = False) -> Starlette:
    """The ASGI application."""
    endpoint = Endpoint(service, log=log)
    routes = [
        Route("/health", _answer_health),
        Route("/{version}/models/{model}:generateContent", endpoint.generate, methods=["POST"]),
        Route(_PROJECT + "/{model}:generateContent", endpoint.generate, methods=["POST"]),
        Route("/{version}/models", _list_models),
        Route("/{version}/models/{model}", _get_model),
        Route(_PUBLISHERS, _list_models),
        Route(_PUBLISHERS + "/{model}", _get_model),
        *control.routes(service),
    ]
    return Starlette(routes=routes, exception_handlers={GoogleError: _answer_error})


class Endpoint:
    """generateContent on both APIs."""

    def __init__(self, service: Service, *, log: bool) -> None:
        self.service = service
        self.log = log

    async def generate(self, request: Request) -> Response:
        """Record the call, answer it, record how it ended."""
        call = await self.service.calls.open(
            _api(request), request.path_params["version"], request.path_params["model"]
        )
        try:
            answer = await self._answer(request, call)
            call.outcome, call.image_bytes_out = answer.outcome, answer.image_bytes
            return _respond(answer)
        except GoogleError as error:
            call.outcome = f"{error.code} {error.status}"
            return _error_response(error)
        except LostAnswerError:
            call.outcome = "LOST"
            return _hang_up(request)
        except AbandonedError:
            call.outcome = "ABANDONED"
            return _hang_up(request)
        finally:
            await self.service.calls.close(call)
            if self.log:
                print(json.dumps(_log_event(call)), flush=True)

    async def _answer(self, request: Request, call: Call) -> Answer:
        body = await _read_body(request)
        _check_caller(request, call.api)
        model = _find_model(request, call.api)
        parsed = await self.service.read(body, model, call)

        async def hung_up() -> None:
            await request.receive()

        return await self.service.answer(parsed, call, hung_up)


async def _read_body(request: Request) -> bytes:
    """The whole body is taken off the wire even when it is too large, so that the caller sees the answer."""
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size <= BODY_BYTES_MAX:
            pieces.append(piece)
    if size > BODY_BYTES_MAX:
        raise errors.invalid_argument(f"Request payload size exceeds the limit: {BODY_BYTES_MAX} bytes.")
    return b"".join(pieces)


def _api(request: Request) -> Api:
    return "enterprise" if "/publishers/" in request.url.path else "developer"


def _check_caller(request: Request, api: Api) -> None:
    """A key in the header (never in the address, where Google takes it too), or a bearer token."""
    if api == "enterprise":
        if not request.headers.get("authorization", "").startswith("Bearer "):
            raise errors.credentials_missing()
        return
    key = request.headers.get("x-goog-api-key", "")
    if not key:
        raise errors.key_missing()
    if _BAD_KEY in key.lower():
        raise errors.key_invalid()


def _find_model(request: Request, api: Api) -> ImageModel:
    version, name = request.path_params["version"], request.path_params["model"]
    if name in MODELS and version in _VERSIONS[api]:
        return MODELS[name]
    resource = request.url.path.removeprefix(f"/{version}/").removesuffix(":generateContent")
    raise errors.model_not_found(name, version, resource if api == "enterprise" else "")


def _respond(answer: Answer) -> Response:
    if isinstance(answer.body, dict):
        return JSONResponse(answer.body)
    headers = {"content-length": str(sum(map(len, answer.body)))}
    return StreamingResponse(_stream(answer.body), headers=headers, media_type="application/json; charset=UTF-8")


async def _stream(pieces: list[bytes]) -> AsyncIterator[memoryview]:
    """In slices, so that a 22 MB picture is not copied whole into every connection's buffer."""
    for piece in pieces:
        view = memoryview(piece)
        for start in range(0, len(view), _SLICE_BYTES):
            yield view[start : start + _SLICE_BYTES]


def _hang_up(request: Request) -> Response:
    """Close the connection; the response that follows goes nowhere."""
    request.scope["extensions"][ABORT]["call"]()
    return Response(status_code=204)


def _error_response(error: GoogleError) -> JSONResponse:
    return JSONResponse(error.as_json(), error.code)


async def _answer_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, GoogleError)
    return _error_response(error)


async def _answer_health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _list_models(request: Request) -> Response:
    api = _api(request)
    _check_caller(request, api)
    key = "models" if api == "developer" else "publisherModels"
    return JSONResponse({key: [_describe(model, api) for model in MODELS.values()]})


async def _get_model(request: Request) -> Response:
    api = _api(request)
    _check_caller(request, api)
    return JSONResponse(_describe(_find_model(request, api), api))


def _describe(model: ImageModel, api: Api) -> dict[str, Any]:
    if api == "enterprise":
        return {"name": f"publishers/google/models/{model.name}", "versionId": "default", "launchStage": "GA"}
    return {
        "name": f"models/{model.name}",
        "version": "1",
        "displayName": model.display_name,
        "inputTokenLimit": 131_072,
        "outputTokenLimit": 32_768,
        "supportedGenerationMethods": ["generateContent"],
    }


def _log_event(call: Call) -> dict[str, Any]:
    """What `make run` shows of a call; the prompt stays out of it."""
    return {
        "event": "model_called",
        "model": call.model,
        "ratio": call.aspect_ratio or "any",
        "size": call.image_size,
        "images_in": call.images_in,
        "outcome": call.outcome,
        "seconds": round(call.ended - call.started, 1),
    }
