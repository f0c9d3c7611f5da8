"""The HTTP interface: the paths google-genai calls, their credentials, one record and one log line per call."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any, Final, TypeVar

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from infra.local.gemini import control, errors
from infra.local.gemini.caller import AbandonedError, HungUp, LostAnswerError, watch
from infra.local.gemini.calls import Call
from infra.local.gemini.contents import Api, read_json
from infra.local.gemini.errors import GoogleError
from infra.local.gemini.models import (
    MODELS,
    OUTPUT_TOKENS_MAX,
    SPEECH_MODELS,
    TEXT_MODELS,
    VEO_MODELS,
    VIDEO_MODELS,
    ImageModel,
    SpeechModel,
    TextModel,
    VideoModel,
)
from infra.local.gemini.service import Answer, Service
from infra.local.gemini.speech_service import SpeechService
from infra.local.gemini.talk_service import Plan, TalkService
from infra.local.gemini.transcoder import TranscoderEndpoint, TranscoderService
from infra.local.gemini.veo import VeoService, find_veo
from infra.local.gemini.video_server import VideoEndpoint
from infra.local.gemini.video_service import VideoService

BODY_BYTES_MAX: Final = 100_000_000
_SLICE_BYTES: Final = 256 * 1024
ABORT: Final = "local.abort"  # in the ASGI scope's extensions, put there by running.AbortableProtocol
_VERSIONS: Final[dict[Api, frozenset[str]]] = {
    "developer": frozenset({"v1", "v1beta"}),
    "enterprise": frozenset({"v1", "v1beta1"}),
}
# A key with this word in it is refused as Google refuses a wrong one; any other is good.
_BAD_KEY: Final = "invalid"
_GLOBAL: Final = "global"  # where the enterprise API has the models that make videos
_GENERATING: Final[dict[str, ImageModel | TextModel]] = {**MODELS, **TEXT_MODELS}
Listed = ImageModel | TextModel | SpeechModel | VideoModel
_LISTED: Final[dict[str, Listed]] = {**_GENERATING, **SPEECH_MODELS, **VIDEO_MODELS, **VEO_MODELS}
AnyModel = TypeVar("AnyModel", bound=Listed)
_PUBLISHERS: Final = "/{version}/publishers/google/models"
_PROJECT: Final = "/{version}/projects/{project}/locations/{location}/publishers/google/models"


def create_app(
    service: Service, videos: VideoService, transcoder: TranscoderService, *, log: bool = False
) -> Starlette:
    """The ASGI application."""
    endpoint = Endpoint(service, videos, log=log)
    routes = [
        Route("/health", _answer_health),
        Route("/{version}/models/{model}:generateContent", endpoint.generate, methods=["POST"]),
        Route(_PROJECT + "/{model}:generateContent", endpoint.generate, methods=["POST"]),
        Route("/{version}/models/{model}:streamGenerateContent", endpoint.stream, methods=["POST"]),
        Route(_PROJECT + "/{model}:streamGenerateContent", endpoint.stream, methods=["POST"]),
        Route(_PROJECT + "/{model}:predictLongRunning", endpoint.predict, methods=["POST"]),
        Route(_PROJECT + "/{model}:fetchPredictOperation", endpoint.fetch_operation, methods=["POST"]),
        Route("/{version}/interactions", endpoint.interact, methods=["POST"]),
        Route("/{version}/projects/{project}/locations/{location}/interactions", endpoint.interact, methods=["POST"]),
        Route("/{version}/models", _list_models),
        Route("/{version}/models/{model}", _get_model),
        Route(_PUBLISHERS, _list_models),
        Route(_PUBLISHERS + "/{model}", _get_model),
        *VideoEndpoint(videos, lambda request: _check_caller(request, _api(request)), _hang_up).routes(),
        *TranscoderEndpoint(transcoder, _hang_up).routes(),
        *control.routes(service),
    ]
    return Starlette(routes=routes, exception_handlers={GoogleError: _answer_error})


class EventStream(Response):
    """Server-sent events; `pour` sends them and handles errors on the way."""

    media_type = "text/event-stream"

    def __init__(self, pour: Callable[[Send], Awaitable[None]]) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._pour = pour

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 — ASGI's signature
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await self._pour(send)


class Endpoint:
    """generateContent and streamGenerateContent on both APIs."""

    def __init__(self, service: Service, videos: VideoService, *, log: bool) -> None:
        self.service = service
        self.videos = videos
        self.talks = TalkService(service)
        self.speeches = SpeechService(service)
        self.log = log

    async def generate(self, request: Request) -> Response:
        """Record the call, answer it, record how it ended."""
        call = await self._open(request)
        try:
            return await self._answer(request, call)
        except (GoogleError, LostAnswerError, AbandonedError) as error:
            return _end_early(request, call, error)
        finally:
            await self._close(call)

    async def stream(self, request: Request) -> Response:
        """`generate` as server-sent events; before the first words the call may still be refused."""
        call = await self._open(request)
        call.streamed = True
        try:
            plan = await self._begin(request, call)
        except (GoogleError, LostAnswerError, AbandonedError) as error:
            await self._close(call)
            return _end_early(request, call, error)

        async def pour(send: Send) -> None:
            try:
                async with watch(_wait_for_end(request), self.service.stopping) as caller:
                    async for event in self.talks.stream(plan, call, caller):
                        await send({"type": "http.response.body", "body": event, "more_body": True})
            except (LostAnswerError, AbandonedError) as error:
                _end_early(request, call, error)
            finally:
                await send({"type": "http.response.body"})  # goes nowhere where the connection is closed
                await self._close(call)

        return EventStream(pour)

    async def interact(self, request: Request) -> Response:
        """An interaction, which names its model in its body; here only those that speak or make videos."""
        call = await self._open(request)
        try:
            body = await _read_body(request)
            _check_caller(request, call.api)
            raw = await asyncio.to_thread(read_json, body)
            call.describe_body(raw)
            is_video = raw.get("model") in VIDEO_MODELS
            if is_video and request.path_params.get("location", _GLOBAL) != _GLOBAL:
                raise errors.model_not_found(str(raw["model"]), call.version, request.url.path)
            async with watch(_wait_for_end(request), self.service.stopping) as caller:
                answer = self.videos.create if is_video else self.speeches.answer
                return JSONResponse(await answer(raw, call, caller))
        except (GoogleError, LostAnswerError, AbandonedError) as error:
            return _end_early(request, call, error)
        finally:
            await self._close(call)

    async def predict(self, request: Request) -> Response:
        """A video by Veo begins."""
        call = await self._open(request)
        try:
            body = await _read_body(request)
            _check_caller(request, call.api)
            resource = _resource_of(request)
            find_veo(call.model, resource)
            raw = await asyncio.to_thread(read_json, body)
            call.describe_body(raw)
            async with watch(_wait_for_end(request), self.service.stopping) as caller:
                return JSONResponse(await VeoService(self.videos).begin(raw, call, caller, resource))
        except (GoogleError, LostAnswerError, AbandonedError) as error:
            return _end_early(request, call, error)
        finally:
            await self._close(call)

    async def fetch_operation(self, request: Request) -> Response:
        """How far it is; no call of a model."""
        _check_caller(request, "enterprise")
        raw = read_json(await _read_body(request))
        return JSONResponse(VeoService(self.videos).fetch(raw, _resource_of(request)))

    async def _open(self, request: Request) -> Call:
        parameters = request.path_params
        return await self.service.calls.open(_api(request), parameters["version"], parameters.get("model", ""))

    async def _close(self, call: Call) -> None:
        await self.service.calls.close(call)
        if self.log:
            print(json.dumps(_log_event(call)), flush=True)

    async def _answer(self, request: Request, call: Call) -> Response:
        body = await _read_body(request)
        _check_caller(request, call.api)
        model = replace(_find_model(request, call.api, _GENERATING), stage=self.service.behaviour.model_stage)
        async with watch(_wait_for_end(request), self.service.stopping) as caller:
            if isinstance(model, TextModel):
                plan = await self.talks.plan(body, model, call, caller)
                return JSONResponse(await self.talks.answer(plan, call, caller))
            parsed = await self.service.read(body, model, call)
            answer = await self.service.answer(parsed, call, caller)
        call.outcome, call.image_bytes_out = answer.outcome, answer.image_bytes
        return _respond(answer)

    async def _begin(self, request: Request, call: Call) -> Plan:
        body = await _read_body(request)
        _check_caller(request, call.api)
        model = replace(_find_model(request, call.api, _GENERATING), stage=self.service.behaviour.model_stage)
        if request.query_params.get("alt") != "sse" or isinstance(model, ImageModel):
            raise errors.invalid_argument("The local server streams words only, and only with alt=sse.")
        async with watch(_wait_for_end(request), self.service.stopping) as caller:
            return await self.talks.plan(body, model, call, caller)


def _resource_of(request: Request) -> str:
    """The model's full name, from the path."""
    version = request.path_params["version"]
    return request.url.path.removeprefix(f"/{version}/").partition(":")[0]


def _wait_for_end(request: Request) -> HungUp:
    """The caller has closed its connection when, after the whole body, something more arrives."""

    async def hung_up() -> None:
        await request.receive()

    return hung_up


def _end_early(request: Request, call: Call, error: Exception) -> Response:
    """Close the record of an unfinished call; returns the response to the caller."""
    if isinstance(error, GoogleError):
        call.outcome = f"{error.code} {error.status}"
        return _error_response(error)
    if isinstance(error, AbandonedError):
        call.outcome, call.hung_up = "ABANDONED", error.at
    else:
        call.outcome = call.outcome or "LOST"
    return _hang_up(request)


async def _read_body(request: Request) -> bytes:
    """Read the whole body even if it is too large, so that the caller sees the answer."""
    pieces: list[bytes] = []
    size = 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size <= BODY_BYTES_MAX:
                pieces.append(piece)
    except ClientDisconnect as error:
        raise AbandonedError(time.time()) from error
    if size > BODY_BYTES_MAX:
        raise errors.invalid_argument(f"Request payload size exceeds the limit: {BODY_BYTES_MAX} bytes.")
    return b"".join(pieces)


def _api(request: Request) -> Api:
    return "enterprise" if {"publishers", "projects"} & {*request.url.path.split("/")} else "developer"


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


def _find_model(request: Request, api: Api, models: dict[str, AnyModel]) -> AnyModel:
    version, name = request.path_params["version"], request.path_params["model"]
    found = models.get(name)
    if found is not None and version in _VERSIONS[api]:
        return found
    resource = request.url.path.removeprefix(f"/{version}/").partition(":")[0]
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
    return JSONResponse({key: [_describe(model, api) for model in _LISTED.values()]})


async def _get_model(request: Request) -> Response:
    api = _api(request)
    _check_caller(request, api)
    return JSONResponse(_describe(_find_model(request, api, _LISTED), api))


def _describe(model: Listed, api: Api) -> dict[str, Any]:
    if api == "enterprise":
        return {"name": f"publishers/google/models/{model.name}", "versionId": "default", "launchStage": "GA"}
    is_text = isinstance(model, TextModel)
    methods = ["generateContent", *(["streamGenerateContent"] if is_text else [])]
    return {
        "name": f"models/{model.name}",
        "version": "1",
        "displayName": model.display_name,
        "inputTokenLimit": 1_048_576 if is_text else 131_072,
        "outputTokenLimit": OUTPUT_TOKENS_MAX if is_text else 32_768,
        "supportedGenerationMethods": ["createInteraction"] if isinstance(model, VideoModel) else methods,
    }


def _log_event(call: Call) -> dict[str, Any]:
    """What `make run` shows of a call; the prompt stays out of it."""
    asked: dict[str, Any]
    if call.model in TEXT_MODELS:
        asked = {"tokens": call.tokens_out, "streamed": call.streamed}
    elif call.model in SPEECH_MODELS:
        asked = {"voice": call.voice, "sound_seconds": round(call.sound_seconds, 1)}
    elif call.model in VIDEO_MODELS or call.model in VEO_MODELS:
        asked = {"work": call.work, "size": call.image_size, "length": call.seconds, "images_in": call.images_in}
    else:
        asked = {"ratio": call.aspect_ratio or "any", "size": call.image_size, "images_in": call.images_in}
    seconds = round(call.ended - call.started, 1)
    return {"event": "model_called", "model": call.model, **asked, "outcome": call.outcome, "seconds": seconds}
