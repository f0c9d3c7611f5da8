"""The paths of interactions that are under way, and of the Files API."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from infra.local.gemini.caller import LostAnswerError
from infra.local.gemini.errors import GoogleError, invalid_argument
from infra.local.gemini.spoiling import HUGE_BYTES
from infra.local.gemini.video_service import VideoService

Check = Callable[[Request], None]
HangUp = Callable[[Request], Response]
_PROJECT = "/{version}/projects/{project}/locations/{location}"


class VideoEndpoint:
    """Get, cancel and delete of an interaction; upload, get and download of a file."""

    def __init__(self, videos: VideoService, check_caller: Check, hang_up: HangUp) -> None:
        """`check_caller` raises GoogleError."""
        self._videos = videos
        self._check_caller = check_caller
        self._hang_up = hang_up

    def routes(self) -> list[Route]:
        """The paths with their methods."""
        interaction = self._guard(self._get_or_delete)
        cancel = self._guard(self._cancel)
        return [
            Route("/{version}/interactions/{name}", interaction, methods=["GET", "DELETE"]),
            Route("/{version}/interactions/{name}/cancel", cancel, methods=["POST"]),
            Route(_PROJECT + "/interactions/{name}", interaction, methods=["GET", "DELETE"]),
            Route(_PROJECT + "/interactions/{name}/cancel", cancel, methods=["POST"]),
            Route("/control/interactions", self._list_kept),
            Route("/.well-known/jwks.json", self._tell_keys),
            Route("/upload/{version}/files", self._guard(self._upload), methods=["POST"]),
            Route("/{version}/files/{name}:download", self._guard(self._download)),
            Route("/{version}/files/{name}", self._guard(self._get_file), methods=["GET", "DELETE"]),
        ]

    def _guard(self, answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            self._check_caller(request)
            try:
                return await answer(request)
            except LostAnswerError:
                return self._hang_up(request)

        return guarded

    async def _tell_keys(self, _: Request) -> Response:
        """With which notices are signed; anybody may ask."""
        return JSONResponse(self._videos.notifier.signer.jwks())

    async def _list_kept(self, _: Request) -> Response:
        """For tests; the real API has no list."""
        kept = [{"id": each.id, "labels": dict(each.request.labels)} for each in self._videos.interactions.values()]
        return JSONResponse({"interactions": kept})

    async def _get_or_delete(self, request: Request) -> Response:
        name = request.path_params["name"]
        interaction = self._videos.find(name)
        if request.method == "DELETE":
            self._videos.delete(name)
            return JSONResponse({})
        interaction.polls += 1
        return JSONResponse(self._videos.describe(interaction))

    async def _cancel(self, request: Request) -> Response:
        return JSONResponse(self._videos.cancel(request.path_params["name"]))

    async def _upload(self, request: Request) -> Response:
        """Two calls: one begins, the other brings all bytes (the resumable protocol of Google's uploads)."""
        command = request.headers.get("x-goog-upload-command", "")
        if command == "start":
            mime_type = request.headers.get("x-goog-upload-header-content-type", "")
            upload = self._videos.begin_upload(mime_type)
            address = f"{request.url.replace(query=f'upload_id={upload}&upload_protocol=resumable')}"
            return JSONResponse({}, headers={"x-goog-upload-url": address, "x-goog-upload-status": "active"})
        if command.replace(" ", "") != "upload,finalize":
            raise invalid_argument("The local server takes a file in one piece.")
        told: dict[str, Any] = self._videos.end_upload(request.query_params.get("upload_id", ""), await request.body())
        return JSONResponse(told)

    async def _get_file(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._videos.find_file(request.path_params["name"])
            del self._videos.files[request.path_params["name"]]
            return JSONResponse({})
        return JSONResponse(self._videos.describe_file(request.path_params["name"]))

    async def _download(self, request: Request) -> Response:
        name = request.path_params["name"]
        if self._videos.describe_file(name)["state"] != "ACTIVE":
            raise GoogleError("FAILED_PRECONDITION", "The file is not in an ACTIVE state.")
        file = self._videos.find_file(name)
        if file.is_huge:
            return _announce(file.content, file.mime_type)
        return Response(file.content, media_type=file.mime_type)


def _announce(content: bytes, mime_type: str) -> Response:
    """An answer that says it has 2 GB, and brings less."""

    async def pour() -> Any:
        yield content

    return StreamingResponse(pour(), media_type=mime_type, headers={"content-length": str(HUGE_BYTES)})
