"""The relay between a real bot's updates and the local webhook, against a small Bot API of our own."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.ports import find_free_port
from infra.local.relay import Relay, RelayError

TOKEN = "1234567:TEST-not-a-real-token"
SECRET = "test-secret"


class BotApi:
    """Hands out updates as `getUpdates` does: all from the offset on, the earlier ones forgotten."""

    def __init__(self, *ids: int) -> None:
        self.updates = [{"update_id": number, "message": {"text": "приве́т"}} for number in ids]
        self.refusals: list[tuple[int, dict[str, object]]] = []
        self.offsets: list[int] = []
        self.called: list[tuple[str, dict[str, object]]] = []
        self.confirmed = asyncio.Event()

    async def answer(self, request: Request) -> Response:
        method, parameters = request.path_params["method"], await request.json()
        if method != "getUpdates":
            self.called.append((method, parameters))
            return JSONResponse({"ok": True, "result": True})
        self.offsets.append(parameters["offset"])
        if self.refusals:
            code, more = self.refusals.pop(0)
            return JSONResponse({"ok": False, "error_code": code, **more}, code)
        self.updates = [each for each in self.updates if each["update_id"] >= parameters["offset"]]
        if not self.updates:
            self.confirmed.set()
            await asyncio.sleep(0.05)
        return JSONResponse({"ok": True, "result": self.updates})


class Webhook:
    """The local webhook: notes what it gets, answers what it is told to."""

    def __init__(self, *answers: Response) -> None:
        self.answers = [*answers]
        self.got: list[int] = []
        self.secrets: set[str] = set()
        self.bodies: list[bytes] = []

    async def answer(self, request: Request) -> Response:
        body = await request.body()
        self.got.append(json.loads(body)["update_id"])
        self.bodies.append(body)
        self.secrets.add(request.headers["X-Telegram-Bot-Api-Secret-Token"])
        return self.answers.pop(0) if self.answers else Response()


Endpoint = Callable[[Request], Awaitable[Response]]


@asynccontextmanager
async def serve(path: str, endpoint: Endpoint) -> AsyncIterator[str]:
    port = find_free_port()
    app = Starlette(routes=[Route(path, endpoint, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 — uvicorn offers no event
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def relaying(api: BotApi, webhook: Webhook) -> AsyncIterator[list[str]]:
    """A relay at work; its reports."""
    reports: list[str] = []
    async with serve(f"/bot{TOKEN}/{{method}}", api.answer) as base, serve("/", webhook.answer) as url:
        relay = asyncio.create_task(Relay(base, TOKEN, url, SECRET, reports.append).run())
        try:
            async with asyncio.timeout(10):
                confirmed = asyncio.create_task(api.confirmed.wait())
                await asyncio.wait({relay, confirmed}, return_when=asyncio.FIRST_COMPLETED)
                confirmed.cancel()
                if relay.done():
                    relay.result()
            yield reports
        finally:
            relay.cancel()
            with suppress(asyncio.CancelledError, RelayError):
                await relay


async def test_updates_arrive_in_order_with_the_secret() -> None:
    """Each update is posted once, in Telegram's order, with the secret in its header."""
    api, webhook = BotApi(5, 6, 7), Webhook()
    async with relaying(api, webhook):
        assert webhook.got == [5, 6, 7]
        assert webhook.secrets == {SECRET}
        assert "приве́т".encode() in webhook.bodies[0]


async def test_offset_waits_for_the_webhook() -> None:
    """An update that the webhook refuses is offered again before any later one, and confirmed only then."""
    api, webhook = BotApi(5, 6), Webhook(Response(status_code=503))
    async with relaying(api, webhook) as reports:
        assert webhook.got == [5, 5, 6]
        assert api.offsets[:2] == [0, 7]
        assert "503" in reports[0]


async def test_flood_control_is_waited_out() -> None:
    """A 429 or 5xx from Telegram is asked again after the time it names."""
    api, webhook = BotApi(5), Webhook()
    api.refusals = [(429, {"description": "Too Many Requests", "parameters": {"retry_after": 0.1}})]
    async with relaying(api, webhook) as reports:
        assert webhook.got == [5]
        assert "Too Many Requests" in reports[0]


async def test_call_in_the_answer_is_made() -> None:
    """A method that the webhook returns in its answer's body is called, as Telegram would call it."""
    answer = JSONResponse({"method": "answerPreCheckoutQuery", "pre_checkout_query_id": "1", "ok": True})
    api, webhook = BotApi(5), Webhook(answer)
    async with relaying(api, webhook):
        assert api.called == [("answerPreCheckoutQuery", {"pre_checkout_query_id": "1", "ok": True})]


@pytest.mark.parametrize(
    ("code", "description", "words"),
    [
        (401, "Unauthorized", "@BotFather"),
        (404, "Not Found", "@BotFather"),
        (409, "Conflict: can't use getUpdates method while webhook is active", "deleteWebhook"),
        (409, "Conflict: terminated by other getUpdates request", "Another program"),
    ],
)
async def test_hopeless_refusal_ends_with_the_cure(code: int, description: str, words: str) -> None:
    """What waiting cannot cure ends the relay with one line that names the cure and no token."""
    api = BotApi(5)
    api.refusals = [(code, {"description": description})]
    with pytest.raises(RelayError, match=words) as caught:
        async with relaying(api, Webhook()):
            pass
    assert TOKEN not in str(caught.value)


async def test_unreachable_telegram_never_shows_the_token() -> None:
    """A broken line is reported without the address, which holds the token."""
    reports: asyncio.Queue[str] = asyncio.Queue()
    base = f"http://127.0.0.1:{find_free_port()}"
    relay = asyncio.create_task(Relay(base, TOKEN, base, SECRET, reports.put_nowait).run())
    report = await asyncio.wait_for(reports.get(), 5)
    relay.cancel()
    with suppress(asyncio.CancelledError):
        await relay
    assert "ConnectError" in report
    assert TOKEN not in report
