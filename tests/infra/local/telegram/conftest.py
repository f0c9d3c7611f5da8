"""A local Telegram, a real client for it, and a webhook that keeps what it gets."""

import asyncio
import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
import telegram
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from telegram.error import BadRequest

from infra.local.telegram import Telegram, run_telegram
from infra.local.telegram.server import serve_app

Json = dict[str, Any]
Raw = Callable[[str, Json], Awaitable[Json]]
Answer = Callable[[Json], Awaitable[Response | None]]


def make_picture(width: int = 64, height: int = 48, kind: str = "PNG", color: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, kind)
    return out.getvalue()


@pytest.fixture(autouse=True)
def newest_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client warns of an old type of `retry_after` unless the new one is asked for."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def tg() -> AsyncIterator[Telegram]:
    async with run_telegram(seed=1) as running:
        yield running


@pytest.fixture
async def bot(tg: Telegram) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(tg.token, base_url=tg.base_url, base_file_url=tg.base_file_url) as client:
        yield client


@pytest.fixture
async def chat(tg: Telegram) -> int:
    """A person's private chat with the bot, in which they wrote once; the update is already taken."""
    await tg.send({"id": 7, "first_name": "Ada", "language_code": "en"}, text="/start")
    await tg.world.updates.poll(2**31, 1, 0)
    return 7


@pytest.fixture
async def raw(tg: Telegram) -> AsyncIterator[Raw]:
    """Calls a method with a JSON body, whatever the body is, and gives the whole answer."""
    async with httpx.AsyncClient(trust_env=False) as client:

        async def call(method: str, params: Json) -> Json:
            answer = await client.post(f"{tg.base_url}{tg.token}/{method}", json=params)
            body: Json = answer.json()
            assert body["ok"] or body["error_code"] == answer.status_code
            return body

        yield call


class Hook:
    """A webhook: what it got, and what it answers (200 unless told otherwise)."""

    def __init__(self) -> None:
        self.got: list[Json] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""
        self.answer: Answer | None = None
        self._more = asyncio.Event()

    async def serve(self, request: Request) -> Response:
        update = await request.json()
        self.got.append(update)
        self.headers.append(dict(request.headers))
        self._more.set()
        answer = await self.answer(update) if self.answer else None
        return answer or Response()

    async def wait_for(self, count: int, timeout_seconds: float = 5.0) -> list[Json]:
        async with asyncio.timeout(timeout_seconds):
            while len(self.got) < count:
                self._more.clear()
                await self._more.wait()
        return self.got


@pytest.fixture
async def hook(tg: Telegram, bot: telegram.Bot) -> AsyncIterator[Hook]:
    made = Hook()
    app = Starlette(routes=[Route("/hook", made.serve, methods=["POST"])])
    async with serve_app(lambda _cut: app) as port:
        made.url = f"http://127.0.0.1:{port}/hook"
        await bot.set_webhook(made.url, secret_token="test-secret")
        yield made
        await bot.delete_webhook()


def refused(reason: str) -> AbstractContextManager[object]:
    """The client capitalises the reason of a 400; its beginning is `Bad Request` for the server."""
    return pytest.raises(BadRequest, match=f"(?i){re.escape(reason)}")


def respond(status: int, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({}, status, headers)
