"""The web application: Bot API, control API and page on one port."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.telegram.api import BotApi, Cut
from infra.local.telegram.control import Control
from infra.local.telegram.errors import ApiError
from infra.local.telegram.page import Page
from infra.local.telegram.people import People


def make_app(people: People, cut: Cut) -> Starlette:
    """The ASGI application of one bot's Telegram; `cut` breaks the connection of a request."""
    api = BotApi(people.world, cut)
    routes = [
        Route("/bot{token}/{method}", api.serve_method, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", api.serve_file),
        *Control(people).make_routes(),
        *Page(people).make_routes(),
        Route("/health", _serve_health),
    ]
    return Starlette(routes=routes, exception_handlers={404: _answer_not_found})


async def _serve_health(_request: Request) -> Response:
    return JSONResponse({"ok": True})


async def _answer_not_found(_request: Request, _error: Exception) -> Response:
    return JSONResponse(ApiError(404, "Not Found").to_body(), 404)
