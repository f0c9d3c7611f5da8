"""A local server in a thread of its own, so that synchronous clients in a test can call it."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.local.telegram.server import serve_app
from tests.cloud.errors import ApiError, CutError

START_SECONDS_MAX = STOP_SECONDS_MAX = 10.0
Cut = Callable[[Request], None]
Endpoint = Callable[[Request], Awaitable[Response]]


class Serving:
    """Serves an application on 127.0.0.1 while the block runs; `url` says where."""

    url = ""

    def __enter__(self) -> Self:
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        if not self._up.wait(START_SECONDS_MAX) or not self.url:
            raise RuntimeError(f"{type(self).__name__} did not start")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(STOP_SECONDS_MAX)
        assert not self._thread.is_alive(), f"{type(self).__name__} did not stop"

    def make_app(self, cut: Cut) -> ASGIApp:
        """The application; `cut` breaks the connection a request came on."""
        raise NotImplementedError

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._up.set()  # also when it failed: whoever waits for it must hear of it

    async def _serve(self) -> None:
        async with serve_app(self.make_app) as port:
            await self._stay(f"http://127.0.0.1:{port}")

    async def _stay(self, url: str) -> None:
        """Serve there until the block ends."""
        self.url = url
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._up.set()
        await self._over.wait()


def route(path: str, method: str, endpoint: Endpoint, cut: Cut) -> Route:
    """A route whose refusals are answered as Google's are, and whose lost answers are lost."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ApiError as error:
            return JSONResponse(error.to_json(), error.code)
        except CutError:
            cut(request)
            return Silence()

    return Route(path, answer, methods=[method])


class Silence(Response):
    """Nothing at all, until the broken connection is noticed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
